/* What LMDB allows at best: a message is one row at the end of one tree, and nothing is checked. */
#include "lmdb-journal.h"

static void send(const struct options *options) {
    traffic_start(options);
    journal_open(options);
    uint64_t position = journal_end();
    struct message message;
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        MDB_txn *transaction = begin_writing(journal.environment);
        MDB_cursor *cursor;
        CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
        for (uint64_t index = 0; index < options->in_flight; index++) {
            traffic_next(&message);
            position++;
            journal_append(cursor, position, position, &message, options->body);
        }
        mdb_cursor_close(cursor);
        CHECK(mdb_txn_commit(transaction));
        now = measure_accepted(options->in_flight, now);
    }
    measure_stop();
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "limit: append", .version = lmdb_release(), .equal = false,
        .guarantee = "every message synced before it is accepted; no keys, no order, no unread counts",
        .writes_pages = true, .prepare = journal_prepare, .send = send, .catch_up = journal_catch_up, .get = journal_get});
}
