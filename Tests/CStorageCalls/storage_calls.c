#define _GNU_SOURCE
#include "storage_calls.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 4096

struct descriptor {
    uint64_t node; /* 0: not watched */
    int is_synchronous;
};

/* Held while a call is made, so that the log has the order in which things happened. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char root[4096];
static size_t root_length;
static int keeps_log;
static struct descriptor descriptors[DESCRIPTORS];
static uint64_t calls, failed;
static uint64_t failing_call;
static enum storage_failure failure;
static int lasts;
static unsigned int weakness;
static int ignores_fsync;
static unsigned char *record_bytes;
static size_t record_length, record_capacity;

/* MARK: The log */

static void append(const void *bytes, size_t count) {
    if (record_capacity - record_length < count) {
        size_t larger = record_capacity * 2 + count + (1 << 20);
        unsigned char *moved = realloc(record_bytes, larger);
        if (moved == NULL) abort();
        record_bytes = moved;
        record_capacity = larger;
    }
    if (bytes != NULL) memcpy(record_bytes + record_length, bytes, count);
    else memset(record_bytes + record_length, 0, count);
    record_length += count;
}

static void begin_record(uint32_t kind, uint32_t flags, uint64_t node, int64_t offset, size_t length) {
    struct storage_record record = {kind, flags, node, offset, length};
    append(&record, sizeof record);
}

static void end_record(size_t length) { append(NULL, (8 - length % 8) % 8); }

static void note(uint32_t kind, uint32_t flags, uint64_t node, int64_t offset, const void *bytes, size_t length) {
    if (!keeps_log) return;
    begin_record(kind, flags, node, offset, length);
    append(bytes, length);
    end_record(length);
}

static void note_path(uint32_t kind, uint64_t node, const char *path) {
    note(kind, 0, node, 0, path, strlen(path));
}

/* MARK: Failing */

/* Counts a call and says how it fails. Kills at once when that is to happen before it. */
static enum storage_failure next_call(void) {
    calls++;
    int is_dead = failure == storage_death;
    if (failing_call == 0 || calls < failing_call || (calls > failing_call && !lasts && !is_dead))
        return storage_no_failure;
    if (failure == storage_kill_before) kill(getpid(), SIGKILL);
    failed++;
    note(storage_fault, 0, 0, (int64_t)calls, NULL, 0);
    return is_dead && calls > failing_call ? storage_input_output : failure;
}

static void end_call(enum storage_failure verdict) {
    if (verdict == storage_kill_after) kill(getpid(), SIGKILL);
}

/* Whether a call is not made at all; sets errno. */
static int is_refused(enum storage_failure verdict) {
    switch (verdict) {
    case storage_input_output:
    case storage_short: errno = EIO; return 1;
    case storage_no_space: errno = ENOSPC; return 1;
    default: return 0;
    }
}

/* What a call that was made returns. */
static int outcome(int result, enum storage_failure verdict) {
    if ((verdict == storage_late || verdict == storage_death) && result >= 0) {
        errno = EIO;
        return -1;
    }
    return result;
}

static int is_watched(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS && descriptors[descriptor].node != 0;
}

static int is_below_root(const char *path) {
    return root_length > 0 && strncmp(path, root, root_length) == 0
        && (path[root_length] == '/' || path[root_length] == 0);
}

static uint64_t node_of(int descriptor) {
    struct stat information;
    return fstat(descriptor, &information) == 0 ? information.st_ino : 0;
}

/* MARK: Writing */

static ssize_t write_vector(int descriptor, const struct iovec *vector, int count, off_t offset) {
    ssize_t total = 0;
    for (int index = 0; index < count; index++) {
        if (vector[index].iov_len == 0) continue;
        ssize_t written = syscall(SYS_pwrite64, descriptor, vector[index].iov_base, vector[index].iov_len,
                                  offset + total);
        if (written < 0) return total > 0 ? total : -1;
        total += written;
        if ((size_t)written < vector[index].iov_len) break;
    }
    return total;
}

static void note_write(int descriptor, uint32_t flags, off_t offset, const struct iovec *vector, int count,
                       size_t length) {
    if (!keeps_log) return;
    begin_record(storage_write, flags, descriptors[descriptor].node, offset, length);
    size_t rest = length;
    for (int index = 0; index < count && rest > 0; index++) {
        size_t part = vector[index].iov_len < rest ? vector[index].iov_len : rest;
        append(vector[index].iov_base, part);
        rest -= part;
    }
    end_record(length);
}

/* Writes at an offset; at the descriptor's own, which moves on, when the offset is -1. */
static ssize_t watched_write(int descriptor, const struct iovec *vector, int count, off_t at) {
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    ssize_t result;
    if (is_refused(verdict) && verdict != storage_short) {
        result = -1;
    } else {
        off_t offset = at >= 0 ? at : lseek(descriptor, 0, SEEK_CUR);
        struct iovec half = count > 0 ? vector[0] : (struct iovec){NULL, 0};
        if (verdict == storage_short) {
            half.iov_len /= 2;
            vector = &half;
            count = 1;
        }
        result = write_vector(descriptor, vector, count, offset);
        if (result > 0) {
            uint32_t flags = verdict == storage_late ? storage_stuck
                : verdict == storage_no_failure && descriptors[descriptor].is_synchronous ? storage_durable : 0;
            note_write(descriptor, flags, offset, vector, count, (size_t)result);
            if (at < 0) lseek(descriptor, offset + result, SEEK_SET);
        }
        if (verdict == storage_late || verdict == storage_death) {
            errno = EIO;
            result = -1;
        }
    }
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (!is_watched(descriptor)) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    struct iovec vector = {(void *)bytes, count};
    return watched_write(descriptor, &vector, 1, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *vector, int count, off_t offset) {
    if (!is_watched(descriptor)) return write_vector(descriptor, vector, count, offset);
    return watched_write(descriptor, vector, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (!is_watched(descriptor)) return syscall(SYS_write, descriptor, bytes, count);
    struct iovec vector = {(void *)bytes, count};
    return watched_write(descriptor, &vector, 1, -1);
}

ssize_t writev(int descriptor, const struct iovec *vector, int count) {
    if (!is_watched(descriptor)) return syscall(SYS_writev, descriptor, vector, count);
    return watched_write(descriptor, vector, count, -1);
}

int ftruncate(int descriptor, off_t length) {
    if (!is_watched(descriptor)) return (int)syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = is_refused(verdict) ? -1 : (int)syscall(SYS_ftruncate, descriptor, length);
    if (result == 0) note(storage_truncate, 0, descriptors[descriptor].node, length, NULL, 0);
    result = outcome(result, verdict);
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

int posix_fallocate(int descriptor, off_t offset, off_t length) {
    /* Its blocks hold zeros, which is what a model of the disk takes for granted: counted and failed, not noted. */
    if (!is_watched(descriptor)) return syscall(SYS_fallocate, descriptor, 0, offset, length) == 0 ? 0 : errno;
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = is_refused(verdict) ? -1 : (int)syscall(SYS_fallocate, descriptor, 0, offset, length);
    result = outcome(result, verdict);
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result == 0 ? 0 : errno;
}

/* MARK: Syncing */

static int synchronize(int descriptor, long number) {
    if (!is_watched(descriptor)) return (int)syscall(number, descriptor);
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = is_refused(verdict) ? -1 : (int)syscall(number, descriptor);
    uint32_t kind = result == 0 && verdict != storage_late ? storage_sync : storage_sync_failed;
    /* Who dies while a sync is under way leaves what it has written to the next sync. */
    int is_noted = verdict != storage_death && (number != SYS_fsync || !ignores_fsync);
    if (is_noted) note(kind, 0, descriptors[descriptor].node, 0, NULL, 0);
    result = outcome(result, verdict);
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

int fsync(int descriptor) { return synchronize(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synchronize(descriptor, SYS_fdatasync); }

/* MARK: Reading, which can fail */

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
    if (!is_watched(descriptor)) return syscall(SYS_pread64, descriptor, bytes, count, offset);
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    ssize_t result = -1;
    /* A file's bytes are read in one go; only the ends of files and signals part them. */
    if (verdict == storage_short || !is_refused(verdict)) result = syscall(SYS_pread64, descriptor, bytes, count, offset);
    if (verdict == storage_late || verdict == storage_death) {
        errno = EIO;
        result = -1;
    }
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
    return pread(descriptor, bytes, count, offset);
}

/* MARK: Opening and closing */

static int watched_open(const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = -1;
    if (!is_refused(verdict)) {
        int is_new = (flags & O_CREAT) != 0 && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
        result = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
        if (result >= 0) {
            uint64_t node = node_of(result);
            if (is_new) note_path(storage_create, node, path);
            else if (flags & O_TRUNC) note(storage_truncate, 0, node, 0, NULL, 0);
            if (verdict == storage_late || verdict == storage_death) {
                syscall(SYS_close, result);
                errno = EIO;
                result = -1;
            } else if (result < DESCRIPTORS) {
                descriptors[result] = (struct descriptor){node, (flags & (O_DSYNC | O_SYNC)) != 0};
            }
        }
    }
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

static int open_file(const char *path, int flags, mode_t mode) {
    if (is_below_root(path)) return watched_open(path, flags, mode);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int needs_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (needs_mode(flags)) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (needs_mode(flags)) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return open_file(path, flags, mode);
}

int close(int descriptor) {
    if (is_watched(descriptor)) {
        pthread_mutex_lock(&mutex);
        descriptors[descriptor] = (struct descriptor){0, 0};
        pthread_mutex_unlock(&mutex);
    }
    return (int)syscall(SYS_close, descriptor);
}

/* MARK: Names */

static int change_name(uint32_t kind, const char *path, long number, int flags) {
    if (!is_below_root(path)) return (int)syscall(number, AT_FDCWD, path, flags);
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = is_refused(verdict) ? -1 : (int)syscall(number, AT_FDCWD, path, flags);
    if (result == 0) {
        struct stat information;
        uint64_t node = kind == storage_make_directory && lstat(path, &information) == 0 ? information.st_ino : 0;
        note_path(kind, node, path);
    }
    result = outcome(result, verdict);
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    return change_name(storage_make_directory, path, SYS_mkdirat, (int)mode);
}

int unlink(const char *path) { return change_name(storage_unlink, path, SYS_unlinkat, 0); }
int rmdir(const char *path) { return change_name(storage_remove_directory, path, SYS_unlinkat, AT_REMOVEDIR); }

int rename(const char *path, const char *other) {
    if (!is_below_root(path)) return (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 0);
    pthread_mutex_lock(&mutex);
    enum storage_failure verdict = next_call();
    int result = is_refused(verdict) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 0);
    if (result == 0 && keeps_log) {
        size_t length = strlen(path) + 1 + strlen(other);
        begin_record(storage_rename, 0, 0, 0, length);
        append(path, strlen(path) + 1);
        append(other, strlen(other));
        end_record(length);
    }
    result = outcome(result, verdict);
    end_call(verdict);
    pthread_mutex_unlock(&mutex);
    return result;
}

/* MARK: LMDB */

int mdb_env_open(void *environment, const char *path, unsigned int flags, mode_t mode) {
    int (*next)(void *, const char *, unsigned int, mode_t) =
        (int (*)(void *, const char *, unsigned int, mode_t))dlsym(RTLD_NEXT, "mdb_env_open");
    return next == NULL ? ENOSYS : next(environment, path, flags | weakness, mode);
}

/* MARK: What the laboratory calls */

void storage_calls_watch(const char *path, int keeps) {
    pthread_mutex_lock(&mutex);
    root_length = (size_t)snprintf(root, sizeof root, "%s", path);
    keeps_log = keeps;
    calls = failed = failing_call = 0;
    record_length = 0;
    memset(descriptors, 0, sizeof descriptors);
    pthread_mutex_unlock(&mutex);
}

void storage_calls_rest(void) {
    pthread_mutex_lock(&mutex);
    root_length = 0;
    keeps_log = 0;
    failing_call = 0;
    memset(descriptors, 0, sizeof descriptors);
    pthread_mutex_unlock(&mutex);
}

void storage_calls_fail(uint64_t number, enum storage_failure how, int always) {
    pthread_mutex_lock(&mutex);
    failing_call = number;
    failure = how;
    lasts = always;
    pthread_mutex_unlock(&mutex);
}

uint64_t storage_calls_count(void) {
    pthread_mutex_lock(&mutex);
    uint64_t count = calls;
    pthread_mutex_unlock(&mutex);
    return count;
}

uint64_t storage_calls_failed(void) {
    pthread_mutex_lock(&mutex);
    uint64_t count = failed;
    pthread_mutex_unlock(&mutex);
    return count;
}

void storage_calls_mark(int64_t number) {
    pthread_mutex_lock(&mutex);
    note(storage_mark, 0, 0, number, NULL, 0);
    pthread_mutex_unlock(&mutex);
}

size_t storage_calls_log(const void **bytes) {
    pthread_mutex_lock(&mutex);
    *bytes = record_bytes;
    size_t length = record_length;
    pthread_mutex_unlock(&mutex);
    return length;
}

void storage_calls_weaken(unsigned int lmdb_flags) { weakness = lmdb_flags; }
void storage_calls_ignore_fsync(int ignores) { ignores_fsync = ignores; }

int storage_calls_limit_files(uint64_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return errno;
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0 ? 0 : errno;
}

#else

void storage_calls_watch(const char *path, int keeps) { (void)path; (void)keeps; }
void storage_calls_rest(void) {}
void storage_calls_fail(uint64_t number, enum storage_failure how, int always) {
    (void)number; (void)how; (void)always;
}
uint64_t storage_calls_count(void) { return 0; }
uint64_t storage_calls_failed(void) { return 0; }
void storage_calls_mark(int64_t number) { (void)number; }
size_t storage_calls_log(const void **bytes) { *bytes = NULL; return 0; }
void storage_calls_weaken(unsigned int lmdb_flags) { (void)lmdb_flags; }
void storage_calls_ignore_fsync(int ignores) { (void)ignores; }
int storage_calls_limit_files(uint64_t bytes) { (void)bytes; return 0; }

#endif
