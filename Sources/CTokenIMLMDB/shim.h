#pragma once
#include <lmdb.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static inline uint32_t tokenim_crc32c_hardware(uint32_t crc, const void *data, size_t count) {
    const uint8_t *p = (const uint8_t *)data;
    uint64_t wide = crc;
    while (count >= 8) { uint64_t word; memcpy(&word, p, 8); wide = __builtin_ia32_crc32di(wide, word); p += 8; count -= 8; }
    crc = (uint32_t)wide;
    while (count--) crc = __builtin_ia32_crc32qi(crc, *p++);
    return crc;
}
static inline int tokenim_has_hardware_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }
#else
static inline uint32_t tokenim_crc32c_hardware(uint32_t crc, const void *data, size_t count) { return crc; }
static inline int tokenim_has_hardware_crc32c(void) { return 0; }
#endif
