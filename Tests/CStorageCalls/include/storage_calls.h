/* Stands between a program and the system: sees, and can fail, every call by which the files below one directory are
 * changed. It works because these functions are defined in the executable, where the dynamic linker looks first, so it
 * also sees what liblmdb.so calls. Linux only. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* What a record of the log says. */
enum storage_kind {
    storage_write = 1,        /* node, offset, bytes */
    storage_sync = 2,         /* node: everything written to it, or all names in it, are on disk */
    storage_sync_failed = 3,  /* node: no later sync will bring what was not on disk there */
    storage_truncate = 4,     /* node; the offset is the new length */
    storage_create = 5,       /* node, path of a new file */
    storage_make_directory = 6, /* node, path */
    storage_rename = 7,       /* path, zero byte, new path */
    storage_unlink = 8,       /* path */
    storage_remove_directory = 9, /* path */
    storage_mark = 10,        /* the offset is the caller's number */
    storage_fault = 11        /* a call was failed on purpose */
};

/* Of a write. */
enum storage_flag {
    storage_durable = 1, /* it was on disk when the call returned */
    storage_stuck = 2    /* it was made, then failed: it is on disk or not, whatever is synced later */
};

/* How a call is failed. */
enum storage_failure {
    storage_no_failure = 0,
    storage_input_output = 1, /* EIO, and nothing is done */
    storage_no_space = 2,     /* ENOSPC, and nothing is done */
    storage_short = 3,        /* half of a write is made, which is no error; other calls fail with EIO */
    storage_late = 4,         /* EIO after it was done */
    storage_death = 7,        /* EIO after it was done, but nothing of it is synced, and nothing is done from then on:
                                 what a process leaves to the next one that dies within the call */
    storage_kill_before = 5,  /* the process is killed instead of the call */
    storage_kill_after = 6    /* the process is killed once the call was made */
};

/* A record, followed by `length` bytes and as many more as make a multiple of eight. */
struct storage_record {
    uint32_t kind;
    uint32_t flags;
    uint64_t node;
    int64_t offset;
    uint64_t length;
};

/* Watches the files below a directory from now on: counts calls from 1, and keeps a log of them if asked to. The path
 * must be absolute and without symbolic links; files that are open already are not watched. */
void storage_calls_watch(const char *root, int keeps_log);
/* Stops watching and failing. The log stays until it is asked for the next time. */
void storage_calls_rest(void);
/* Fails the call of that number, and all after it if `lasts`. Number 0 fails none. */
void storage_calls_fail(uint64_t number, enum storage_failure failure, int lasts);
/* How many calls there were since watching began, and how many of them were failed. */
uint64_t storage_calls_count(void);
uint64_t storage_calls_failed(void);
/* Puts a number of the caller's into the log. */
void storage_calls_mark(int64_t number);
/* The log; valid until the next watched call. Returns its length in bytes. */
size_t storage_calls_log(const void **bytes);
/* Opens LMDB environments with these flags too, from now on: to see what they do. */
void storage_calls_weaken(unsigned int lmdb_flags);
/* Leaves fsync out of the log, as if it did nothing, but not fdatasync, which is LMDB's. */
void storage_calls_ignore_fsync(int ignores);
/* Lets no file grow beyond so many bytes in this process, and writes that try fail; 0 lets them grow again. Returns 0
 * or an errno. */
int storage_calls_limit_files(uint64_t bytes);
