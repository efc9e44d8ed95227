/* The journal in a directory: position, counted from 1 -> conversation, sequence, message without its conversation, body. */
#ifndef LMDB_JOURNAL_H
#define LMDB_JOURNAL_H

#include "lmdb-store.h"

extern struct journal {
    MDB_env *environment;
    MDB_dbi rows;
} journal;

void journal_open(const struct options *options);
uint64_t journal_end(void);
void journal_append(
    MDB_cursor *cursor, uint64_t position, uint64_t sequence, const struct message *message, size_t length);

/* Verbs. They open it. */
void journal_prepare(const struct options *options);
/* Reads so many messages in order, in pages. */
void journal_catch_up(const struct options *options);
/* Reads fifty messages at random an operation. */
void journal_get(const struct options *options);

#endif
