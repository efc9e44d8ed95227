#define _GNU_SOURCE
#include "call_counts.h"

#include <stddef.h>

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_on;
static struct call_counts counts;

#define ADD(field, number) __atomic_fetch_add(&counts.field, (uint64_t)(number), __ATOMIC_RELAXED)
#define IS_ON __builtin_expect(__atomic_load_n(&is_on, __ATOMIC_RELAXED), 0)

int call_counts_work(void) { return 1; }

void call_counts_turn(int on) { __atomic_store_n(&is_on, on, __ATOMIC_SEQ_CST); }

struct call_counts call_counts_read(void) {
    struct call_counts copy = {
        __atomic_load_n(&counts.allocations, __ATOMIC_RELAXED), __atomic_load_n(&counts.allocated, __ATOMIC_RELAXED),
        __atomic_load_n(&counts.releases, __ATOMIC_RELAXED), __atomic_load_n(&counts.writes, __ATOMIC_RELAXED),
        __atomic_load_n(&counts.written, __ATOMIC_RELAXED), __atomic_load_n(&counts.durable_writes, __ATOMIC_RELAXED),
        __atomic_load_n(&counts.syncs, __ATOMIC_RELAXED),
    };
    return copy;
}

/* MARK: Memory */

void call_counts_give_back(void) { malloc_trim(0); }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static void note_allocation(size_t size) {
    ADD(allocations, 1);
    ADD(allocated, size);
}

void *malloc(size_t size) {
    if (IS_ON) note_allocation(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    if (IS_ON) note_allocation(count * size);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    if (IS_ON) note_allocation(size);
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (IS_ON) note_allocation(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    if (IS_ON) note_allocation(size);
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

void free(void *memory) {
    if (IS_ON && memory != NULL) ADD(releases, 1);
    __libc_free(memory);
}

/* MARK: Files */

static ssize_t noted(int descriptor, ssize_t written) {
    if (!IS_ON || written < 0) return written;
    ADD(writes, 1);
    ADD(written, written);
    long flags = syscall(SYS_fcntl, descriptor, F_GETFL);
    if (flags >= 0 && (flags & O_DSYNC) != 0) ADD(durable_writes, 1);
    return written;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    return noted(descriptor, syscall(SYS_write, descriptor, bytes, count));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return noted(descriptor, syscall(SYS_pwrite64, descriptor, bytes, count, offset));
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return noted(descriptor, syscall(SYS_pwrite64, descriptor, bytes, count, offset));
}

ssize_t writev(int descriptor, const struct iovec *vector, int count) {
    return noted(descriptor, syscall(SYS_writev, descriptor, vector, count));
}

/* The system takes the offset in two halves, of which a 64-bit machine looks at the first. */

ssize_t pwritev(int descriptor, const struct iovec *vector, int count, off_t offset) {
    return noted(descriptor, syscall(SYS_pwritev, descriptor, vector, count, offset, 0));
}

ssize_t pwritev64(int descriptor, const struct iovec *vector, int count, off64_t offset) {
    return noted(descriptor, syscall(SYS_pwritev, descriptor, vector, count, offset, 0));
}

int fsync(int descriptor) {
    if (IS_ON) ADD(syncs, 1);
    return (int)syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor) {
    if (IS_ON) ADD(syncs, 1);
    return (int)syscall(SYS_fdatasync, descriptor);
}

int msync(void *memory, size_t length, int flags) {
    if (IS_ON) ADD(syncs, 1);
    return (int)syscall(SYS_msync, memory, length, flags);
}

#else

int call_counts_work(void) { return 0; }
void call_counts_turn(int on) { (void)on; }
void call_counts_give_back(void) {}
struct call_counts call_counts_read(void) { struct call_counts nothing = {0}; return nothing; }

#endif
