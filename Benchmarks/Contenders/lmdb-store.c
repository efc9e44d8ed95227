#include "lmdb-store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS_IN_A_TRANSACTION = 100000, PAGE_OF_MESSAGES = 4096 };

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

/* ---- The journal ---- */

struct header {
    uint64_t conversation, sequence, sender, receiver, time;
    uint8_t key[16];
};

MDB_dbi journal_open(MDB_env *environment) { return table_open(environment, "journal", MDB_INTEGERKEY); }

uint64_t journal_end(MDB_env *environment, MDB_dbi journal) {
    MDB_txn *transaction = begin_reading(environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t end = 0;
    CHECK(mdb_cursor_open(transaction, journal, &cursor));
    if (!mdb_cursor_get(cursor, &key, &value, MDB_LAST)) memcpy(&end, key.mv_data, sizeof end);
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    return end;
}

void journal_append(
    MDB_cursor *cursor, uint64_t position, uint64_t sequence, const struct message *message, size_t length) {
    struct header header = {message->conversation, sequence, message->sender, message->receiver, message->time, {0}};
    memcpy(header.key, message->key, sizeof header.key);
    MDB_val key = {sizeof position, &position}, value = {sizeof header + length, NULL};
    CHECK(mdb_cursor_put(cursor, &key, &value, MDB_APPEND | MDB_RESERVE));
    memcpy(value.mv_data, &header, sizeof header);
    memcpy((char *)value.mv_data + sizeof header, body_of(message), length);
}

void journal_prepare(MDB_env *environment, MDB_dbi journal, const struct options *options) {
    struct message message;
    for (uint64_t index = 0; index < options->messages;) {
        MDB_txn *transaction = begin_writing(environment);
        MDB_cursor *cursor;
        CHECK(mdb_cursor_open(transaction, journal, &cursor));
        for (int row = 0; row < ROWS_IN_A_TRANSACTION && index < options->messages; row++, index++) {
            traffic_prepared(options, index, &message);
            journal_append(cursor, index + 1, index / options->conversations + 1, &message, options->body);
        }
        mdb_cursor_close(cursor);
        CHECK(mdb_txn_commit(transaction));
    }
}

void journal_catch_up(MDB_env *environment, MDB_dbi journal, const struct options *options) {
    MDB_txn *transaction = begin_reading(environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0;
    CHECK(mdb_cursor_open(transaction, journal, &cursor));
    measure_start(options, 0);
    uint64_t asked = nanoseconds();
    for (uint64_t index = 0; index < options->messages;) {
        uint64_t count = 0;
        for (; count < PAGE_OF_MESSAGES && index < options->messages; count++, index++) {
            if (mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) fail("there are only %lu messages", index);
            const uint64_t *words = value.mv_data; /* all of it is read, as it is by one who sends it on */
            for (size_t word = 0; word < value.mv_size / 8; word++) sum += words[word];
        }
        asked = measure_accepted(count, asked);
    }
    measure_stop();
    if (!sum) fail("the messages are empty");
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
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
