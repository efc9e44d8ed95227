/* What Swift cannot reach by itself: liblmdb's header, the processor's CRC32C instruction, and statfs on Linux. */
#pragma once
#include <lmdb.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#if defined(__linux__)
#include <errno.h>
#include <sys/vfs.h>

/* The number of the file system that `path` lies on, as of statfs(2). Returns 0 or an errno. */
static inline int tokenim_file_system(const char *path, uint32_t *number) {
    struct statfs information;
    if (statfs(path, &information) != 0) return errno;
    *number = (uint32_t)information.f_type;
    return 0;
}
#endif

/* tokenim_crc32c_hardware continues the raw (not yet inverted) CRC32C register over `count` bytes.
 * It may only be called where tokenim_has_hardware_crc32c() is not 0. */

#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static inline uint32_t tokenim_crc32c_hardware(uint32_t crc, const void *data, size_t count) {
    const uint8_t *bytes = (const uint8_t *)data;
    uint64_t wide = crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; bytes++, count--)
        crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}
static inline int tokenim_has_hardware_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__)

/* Every 64-bit ARM that Swift runs on has the instruction; on Linux the kernel is asked all the same. */
#if defined(__linux__)
#include <sys/auxv.h>
#endif

__attribute__((target("crc")))
static inline uint32_t tokenim_crc32c_hardware(uint32_t crc, const void *data, size_t count) {
    const uint8_t *bytes = (const uint8_t *)data;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __builtin_arm_crc32cd(crc, word);
    }
    for (; count > 0; bytes++, count--)
        crc = __builtin_arm_crc32cb(crc, *bytes);
    return crc;
}
static inline int tokenim_has_hardware_crc32c(void) {
#if defined(__linux__)
    return (getauxval(AT_HWCAP) & (1UL << 7)) != 0; /* HWCAP_CRC32 */
#else
    return 1;
#endif
}

#else

static inline uint32_t tokenim_crc32c_hardware(uint32_t crc, const void *data, size_t count) {
    (void)data;
    (void)count;
    return crc;
}
static inline int tokenim_has_hardware_crc32c(void) { return 0; }

#endif

/* Tells the processor that the caller is looking for a change that another thread makes. */
static inline void tokenim_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

/* Asks the processor to have a line of memory at hand. */
static inline void tokenim_fetch(const void *address) { __builtin_prefetch(address); }
