/* Stands between a program and the C library, and counts what it asks of memory and of files. It works because these
 * functions are defined in the executable, where the dynamic linker looks first: it also sees what liblmdb.so and the
 * Swift runtime call. Nothing is counted, and next to nothing is spent, until counting is turned on. Linux only. */
#pragma once
#include <stdint.h>

struct call_counts {
    uint64_t allocations;    /* malloc, calloc, realloc, aligned ones */
    uint64_t allocated;      /* bytes asked for */
    uint64_t releases;       /* free, other than of nothing */
    uint64_t writes;         /* write, writev, pwrite, pwritev */
    uint64_t written;        /* bytes that they wrote to files */
    uint64_t durable_writes; /* those of them that returned when the bytes were on disk */
    uint64_t syncs;          /* fsync, fdatasync, msync */
};

/* Whether anything can be counted here. */
int call_counts_work(void);
/* Starts or ends counting, in all threads. */
void call_counts_turn(int on);
/* What was counted since the process began. */
struct call_counts call_counts_read(void);
/* Gives memory that has been released, and is kept for who asks next, back to the system. */
void call_counts_give_back(void);
