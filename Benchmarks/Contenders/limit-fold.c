/* What the engine's own layout allows: a message is one row at the end of a journal, synced; a second thread brings
 * the index, heads, keys and inbox rows up to date in another environment, in the order of their keys, many messages
 * at a time. Keys are looked up in those of the messages that have not been folded, and in the tree. */
#include "lmdb-journal.h"
#include "lmdb-trees.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FOLD = 100000, BEHIND = 400000, SLOTS = 1 << 20 };

struct entry {
    struct message message;
    uint64_t sequence, position;
};

/* Messages that have been accepted and not folded, and the set of their keys. */
struct generation {
    struct entry *entries;
    struct key *keys;
    size_t count;
};

static struct trees trees;
static uint64_t *sequences;
static struct generation generations[2];
static struct generation *live = &generations[0], *frozen = &generations[1];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* FOLDED until no batch can be looking into the frozen generation any more, then CLEARING. */
static enum state { IDLE, FOLDING, FOLDED, CLEARING, ENDED } state;

static void prepare(const struct options *options) {
    journal_prepare(options);
    trees_open(&trees, options);
    trees_prepare(&trees, options, false);
}

/* ---- Folding ---- */

static int by_place(const void *one, const void *other) {
    const struct entry *a = one, *b = other;
    if (a->message.conversation != b->message.conversation)
        return a->message.conversation < b->message.conversation ? -1 : 1;
    return a->position < b->position ? -1 : 1;
}

static int by_key(const void *one, const void *other) {
    const struct entry *a = one, *b = other;
    if (a->message.sender != b->message.sender) return a->message.sender < b->message.sender ? -1 : 1;
    return memcmp(a->message.key, b->message.key, sizeof a->message.key);
}

static int by_slot(const void *one, const void *other) {
    const struct entry *a = one, *b = other;
    if (a->message.receiver != b->message.receiver) return a->message.receiver < b->message.receiver ? -1 : 1;
    return by_place(one, other);
}

static void fold(struct generation *generation) {
    MDB_txn *transaction = trees_begin(&trees);
    struct entry *entries = generation->entries;
    size_t count = generation->count;
    qsort(entries, count, sizeof *entries, by_place);
    for (size_t index = 0; index < count; index++) {
        struct entry *entry = &entries[index];
        put_position(&trees, &entry->message, entry->sequence, entry->position);
        if (index + 1 == count || entry[1].message.conversation != entry->message.conversation)
            put_head(&trees, &entry->message, entry->sequence);
    }
    qsort(entries, count, sizeof *entries, by_slot);
    for (size_t index = 0, first = 0; index < count; index++) {
        struct message *message = &entries[index].message, *next = &entries[index + 1].message;
        if (index + 1 < count && next->receiver == message->receiver && next->conversation == message->conversation)
            continue;
        add_unread(&trees, message->receiver, message, entries[index].sequence, index + 1 - first);
        first = index + 1;
    }
    qsort(entries, count, sizeof *entries, by_key);
    for (size_t index = 0; index < count; index++)
        if (!put_key(&trees, &entries[index].message, entries[index].sequence)) fail("an idempotency key came twice");
    trees_commit(&trees, transaction);
}

static void await(enum state wanted) {
    while (state != wanted) pthread_cond_wait(&changed, &lock);
}

static void become(enum state next) {
    state = next;
    pthread_cond_broadcast(&changed);
}

static void *fold_all(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (state != FOLDING && state != CLEARING && state != ENDED) pthread_cond_wait(&changed, &lock);
        if (state == ENDED) break;
        bool is_clearing = state == CLEARING;
        pthread_mutex_unlock(&lock);
        if (is_clearing) memset(frozen->keys, 0, SLOTS * sizeof *frozen->keys), frozen->count = 0;
        else fold(frozen);
        pthread_mutex_lock(&lock);
        become(is_clearing ? IDLE : FOLDED);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* What has been accepted is folded from now on. Only the sender does this, and only between batches. */
static void freeze(void) {
    struct generation *generation = live;
    live = frozen, frozen = generation;
    become(FOLDING);
}

/* ---- Sending ---- */

/* Where a key is, or could be put. */
static struct key *look_up(struct generation *generation, const struct key *key) {
    static const struct key none;
    uint64_t hash;
    memcpy(&hash, key->key, sizeof hash);
    for (;; hash++) {
        struct key *slot = &generation->keys[hash % SLOTS];
        if (!memcmp(slot, key, sizeof none) || !memcmp(slot, &none, sizeof none)) return slot;
    }
}

static bool is_there(struct generation *generation, const struct key *key) {
    return !memcmp(look_up(generation, key), key, sizeof *key);
}

static void load_heads(const struct options *options) {
    sequences = allocate(options->conversations * sizeof *sequences);
    MDB_txn *transaction = begin_reading(trees.environment);
    MDB_cursor *cursor;
    MDB_val key, value;
    CHECK(mdb_cursor_open(transaction, trees.tables[HEADS], &cursor));
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        uint64_t conversation;
        memcpy(&conversation, key.mv_data, sizeof conversation);
        conversation = __builtin_bswap64(conversation);
        if (conversation < options->conversations) memcpy(&sequences[conversation], value.mv_data, 8);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
}

static void append(
    const struct options *options, struct entry *batch, uint64_t *position, MDB_txn *reader, bool has_frozen) {
    MDB_txn *transaction = begin_writing(journal.environment);
    MDB_cursor *cursor;
    CHECK(mdb_cursor_open(transaction, journal.rows, &cursor));
    for (uint64_t index = 0; index < options->in_flight; index++) {
        struct entry *entry = &batch[index];
        traffic_next(&entry->message);
        struct key row = key_of(&entry->message), *slot = look_up(live, &row);
        MDB_val key = {sizeof row, &row}, value;
        if (!memcmp(slot, &row, sizeof row) || (has_frozen && is_there(frozen, &row))
            || !mdb_get(reader, trees.tables[KEYS], &key, &value))
            fail("an idempotency key came twice");
        *slot = row;
        entry->sequence = ++sequences[entry->message.conversation];
        entry->position = ++*position;
        journal_append(cursor, entry->position, entry->sequence, &entry->message, options->body);
    }
    mdb_cursor_close(cursor);
    CHECK(mdb_txn_commit(transaction));
}

static void fold_the_rest(void) {
    pthread_mutex_lock(&lock);
    if (state == FOLDING) await(FOLDED);
    if (state == FOLDED) become(CLEARING);
    await(IDLE);
    freeze();
    await(FOLDED);
    become(ENDED);
    pthread_mutex_unlock(&lock);
}

static void send(const struct options *options) {
    traffic_start(options);
    journal_open(options);
    trees_open(&trees, options);
    load_heads(options);
    for (int index = 0; index < 2; index++) {
        generations[index].entries = allocate((BEHIND + options->in_flight) * sizeof(struct entry));
        generations[index].keys = allocate(SLOTS * sizeof(struct key));
    }
    struct entry *batch = allocate(options->in_flight * sizeof *batch);
    uint64_t position = journal_end();
    MDB_txn *reader = begin_reading(trees.environment);
    mdb_txn_reset(reader);
    pthread_t folder;
    pthread_create(&folder, NULL, fold_all, NULL);
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        pthread_mutex_lock(&lock);
        if (state == FOLDED) become(CLEARING);
        while (live->count >= BEHIND && state != IDLE) {
            if (state == FOLDED) become(CLEARING);
            pthread_cond_wait(&changed, &lock);
        }
        if (live->count >= FOLD && state == IDLE) freeze();
        CHECK(mdb_txn_renew(reader));
        bool has_frozen = state == FOLDING;
        pthread_mutex_unlock(&lock);
        append(options, batch, &position, reader, has_frozen);
        mdb_txn_reset(reader);
        memcpy(live->entries + live->count, batch, options->in_flight * sizeof *batch);
        live->count += options->in_flight;
        now = measure_accepted(options->in_flight, now);
    }
    measure_stop();
    fold_the_rest();
    pthread_join(folder, NULL);
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "limit: append and fold", .version = lmdb_release(), .equal = true,
        .guarantee = "every message synced in the journal before it is accepted; the other rows follow",
        .writes_pages = true, .prepare = prepare, .send = send});
}
