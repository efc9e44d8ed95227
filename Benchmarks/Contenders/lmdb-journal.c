#include "lmdb-journal.h"

#include <string.h>

enum { MESSAGES_IN_A_PAGE = 4096, MESSAGES_AT_RANDOM = 50 };

struct header {
    uint64_t conversation, sequence, sender, receiver, time;
    uint8_t key[16];
};

struct journal journal;

void journal_open(const struct options *options) {
    journal.environment = environment_open(options->directory, "journal");
    journal.rows = table_open(journal.environment, "journal", MDB_INTEGERKEY);
}

uint64_t journal_end(void) {
    MDB_txn *transaction = begin_reading(journal.environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t end = 0;
    CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
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

void journal_prepare(const struct options *options) {
    traffic_start(options);
    journal_open(options);
    struct message message;
    for (uint64_t index = 0; index < options->messages;) {
        MDB_txn *transaction = begin_writing(journal.environment);
        MDB_cursor *cursor;
        CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
        for (int row = 0; row < ROWS_IN_A_TRANSACTION && index < options->messages; row++, index++) {
            traffic_prepared(options, index, &message);
            journal_append(cursor, index + 1, index / options->conversations + 1, &message, options->body);
        }
        mdb_cursor_close(cursor);
        CHECK(mdb_txn_commit(transaction));
    }
}

/* All of a message is read, as it is by one who sends it on. */
static uint64_t sum_of(const MDB_val *value) {
    const uint64_t *words = value->mv_data;
    uint64_t sum = 0;
    for (size_t word = 0; word < value->mv_size / 8; word++) sum += words[word];
    return sum;
}

void journal_catch_up(const struct options *options) {
    journal_open(options);
    MDB_txn *transaction = begin_reading(journal.environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0;
    CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
    measure_start(options, 0);
    uint64_t asked = nanoseconds();
    for (uint64_t index = 0; index < options->messages;) {
        uint64_t count = 0;
        for (; count < MESSAGES_IN_A_PAGE && index < options->messages; count++, index++) {
            if (mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) fail("there are only %lu messages", index);
            sum += sum_of(&value);
        }
        asked = measure_accepted(count, asked);
    }
    measure_stop();
    if (!sum) fail("the messages are empty");
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
}

/* Once from end to end, so that what is measured afterwards does not wait for the system to map pages. */
static uint64_t read_all(void) {
    MDB_txn *transaction = begin_reading(journal.environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0;
    CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) sum += sum_of(&value);
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    return sum;
}

void journal_get(const struct options *options) {
    journal_open(options);
    uint64_t end = journal_end(), state = options->seed << 32, sum = read_all();
    if (!sum) fail("there are no messages");
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        MDB_txn *transaction = begin_reading(journal.environment);
        for (int count = 0; count < MESSAGES_AT_RANDOM; count++) {
            uint64_t position = mixed(state++) % end + 1;
            MDB_val key = {sizeof position, &position}, value;
            CHECK(mdb_get(transaction, journal.rows, &key, &value));
            sum += sum_of(&value);
        }
        mdb_txn_abort(transaction);
        now = measure_accepted(1, now);
    }
    measure_stop();
    if (!sum) fail("the messages are empty");
}
