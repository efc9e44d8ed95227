/* What everybody writes first on a B-tree: message, conversation's head, idempotency key and the receiver's inbox
 * row, each in its tree, straight away; one synced commit for each batch. */
#include "lmdb-trees.h"

#include <string.h>

enum { PAGE_OF_MESSAGES = 4096 };

static struct trees trees;

static void prepare(const struct options *options) {
    traffic_start(options);
    trees_open(&trees, options);
    trees_prepare(&trees, options, true);
}

static uint64_t store(const struct message *message, size_t length) {
    uint64_t sequence = next_sequence(&trees, message);
    if (!put_key(&trees, message, sequence)) fail("an idempotency key came twice");
    put_head(&trees, message, sequence);
    put_message(&trees, message, sequence, length);
    return sequence;
}

static void send(const struct options *options) {
    traffic_start(options);
    trees_open(&trees, options);
    struct message message;
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        MDB_txn *transaction = trees_begin(&trees);
        for (uint64_t index = 0; index < options->in_flight; index++) {
            traffic_next(&message);
            add_unread(&trees, message.receiver, &message, store(&message, options->body), 1);
        }
        trees_commit(&trees, transaction);
        now = measure_accepted(options->in_flight, now);
    }
    measure_stop();
}

/* The members' rows are there before the clock starts. */
static void found_group(const struct options *options, uint64_t conversation) {
    MDB_txn *transaction = trees_begin(&trees);
    struct message message = {.conversation = conversation};
    for (uint64_t member = 0; member < options->members; member++) add_unread(&trees, member, &message, 0, 0);
    trees_commit(&trees, transaction);
}

static void group(const struct options *options) {
    traffic_start(options);
    trees_open(&trees, options);
    uint64_t conversation = group_conversation(options->members), batch = group_batch(options);
    found_group(options, conversation);
    struct message message;
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        MDB_txn *transaction = trees_begin(&trees);
        for (uint64_t index = 0; index < batch; index++) {
            traffic_next(&message);
            message.conversation = conversation;
            message.sender %= 2;
            uint64_t sequence = store(&message, options->body);
            for (uint64_t member = 0; member < options->members; member++)
                if (member != message.sender) add_unread(&trees, member, &message, sequence, 1);
        }
        trees_commit(&trees, transaction);
        now = measure_accepted(batch, now);
    }
    measure_stop();
}

/* A device that has all conversations: a page of their messages at a time, and where it is in a synced commit. */
static void catch_up(const struct options *options) {
    trees_open(&trees, options);
    MDB_dbi devices = table_open(trees.environment, "devices", 0);
    uint64_t sum = 0;
    struct place place = {{0}, {0}};
    measure_start(options, 0);
    uint64_t asked = nanoseconds();
    for (uint64_t index = 0; index < options->messages;) {
        MDB_txn *transaction = begin_reading(trees.environment);
        MDB_cursor *cursor;
        MDB_val key = {sizeof place, &place}, value;
        CHECK(mdb_cursor_open(transaction, trees.tables[TIMELINE], &cursor));
        int status = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (!status && index) status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT); /* past what was last */
        uint64_t count = 0;
        for (; count < PAGE_OF_MESSAGES && index < options->messages; count++, index++) {
            if (status) fail("there are only %lu messages", index);
            const uint64_t *words = value.mv_data;
            for (size_t word = 0; word < value.mv_size / 8; word++) sum += words[word];
            memcpy(&place, key.mv_data, sizeof place);
            status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
        mdb_cursor_close(cursor);
        mdb_txn_abort(transaction);
        transaction = begin_writing(trees.environment);
        key = (MDB_val){6, "device"}, value = (MDB_val){sizeof place, &place};
        CHECK(mdb_put(transaction, devices, &key, &value, 0));
        CHECK(mdb_txn_commit(transaction));
        asked = measure_accepted(count, asked);
    }
    measure_stop();
    if (!sum) fail("the messages are empty");
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "LMDB, four trees", .version = lmdb_release(), .equal = true,
        .guarantee = "every message synced before it is accepted",
        .writes_pages = true, .prepare = prepare, .send = send, .group = group, .catch_up = catch_up});
}
