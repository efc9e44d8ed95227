#include "lmdb-store.h"

#include <stdio.h>
#include <sys/stat.h>

const char *lmdb_release(void) {
    static char release[32];
    int major, minor, patch;
    mdb_version(&major, &minor, &patch);
    snprintf(release, sizeof release, "LMDB %d.%d.%d", major, minor, patch);
    return release;
}

MDB_env *environment_open(const char *directory, const char *name) {
    const char *path = path_in(directory, name);
    mkdir(path, 0700);
    MDB_env *environment;
    CHECK(mdb_env_create(&environment));
    CHECK(mdb_env_set_maxdbs(environment, 8));
    CHECK(mdb_env_set_mapsize(environment, 64ul << 30));
    CHECK(mdb_env_open(environment, path, MDB_NOTLS, 0600));
    return environment;
}

MDB_txn *begin_writing(MDB_env *environment) {
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
    return transaction;
}

MDB_txn *begin_reading(MDB_env *environment) {
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
    return transaction;
}

MDB_dbi table_open(MDB_env *environment, const char *name, unsigned flags) {
    MDB_txn *transaction = begin_writing(environment);
    MDB_dbi table;
    CHECK(mdb_dbi_open(transaction, name, MDB_CREATE | flags, &table));
    CHECK(mdb_txn_commit(transaction));
    return table;
}

/* ---- Filling ---- */

/* Rows put in order, but not with MDB_APPEND, leave pages half full. The rest of the rows then goes in between. */
void fill(MDB_env *environment, MDB_dbi table, uint64_t count, void (*row)(uint64_t, MDB_val *, MDB_val *)) {
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t index = 0; index < count;) {
            MDB_txn *transaction = begin_writing(environment);
            MDB_cursor *cursor;
            CHECK(mdb_cursor_open(transaction, table, &cursor));
            for (int rows = 0; rows < ROWS_IN_A_TRANSACTION && index < count; rows++, index++) {
                if ((index % 10 >= 7) != pass) continue;
                MDB_val key, value;
                row(index, &key, &value);
                CHECK(mdb_cursor_put(cursor, &key, &value, 0));
            }
            mdb_cursor_close(cursor);
            CHECK(mdb_txn_commit(transaction));
        }
    }
}
