/* What the contenders on LMDB share. Commits are synced, always. */
#ifndef LMDB_STORE_H
#define LMDB_STORE_H

#include "contender.h"

#include <lmdb.h>

#define CHECK(call)                                                                                        \
    do {                                                                                                   \
        int status_ = (call);                                                                              \
        if (status_) fail("%s:%d %s: %s", __FILE__, __LINE__, #call, mdb_strerror(status_));               \
    } while (0)

enum { ROWS_IN_A_TRANSACTION = 100000 };

const char *lmdb_release(void);
/* Opens, and creates, the environment of that name in the directory. */
MDB_env *environment_open(const char *directory, const char *name);
MDB_dbi table_open(MDB_env *environment, const char *name, unsigned flags);
MDB_txn *begin_writing(MDB_env *environment);
MDB_txn *begin_reading(MDB_env *environment);

/* Puts `count` rows, which `row` gives in the order of their keys, such that the pages are about seven tenths full
 * afterwards, as they are after random insertions: full pages would make the next insertions dearer than they are. */
void fill(
    MDB_env *environment, MDB_dbi table, uint64_t count, void (*row)(uint64_t index, MDB_val *key, MDB_val *value));

#endif
