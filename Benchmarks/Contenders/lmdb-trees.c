#include "lmdb-trees.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(object) ((MDB_val){sizeof(object), &(object)})

void trees_open(struct trees *trees, const struct options *options) {
    static const char *const names[TREES] = {"timeline", "heads", "keys", "inbox"};
    trees->environment = environment_open(options->directory, "trees");
    for (int tree = 0; tree < TREES; tree++) trees->tables[tree] = table_open(trees->environment, names[tree], 0);
}

MDB_txn *trees_begin(struct trees *trees) {
    MDB_txn *transaction = begin_writing(trees->environment);
    for (int tree = 0; tree < TREES; tree++)
        CHECK(mdb_cursor_open(transaction, trees->tables[tree], &trees->cursors[tree]));
    return transaction;
}

void trees_commit(struct trees *trees, MDB_txn *transaction) {
    for (int tree = 0; tree < TREES; tree++) mdb_cursor_close(trees->cursors[tree]);
    CHECK(mdb_txn_commit(transaction));
}

/* ---- Rows ---- */

struct place place_of(uint64_t conversation, uint64_t sequence) {
    struct place place;
    put_big_endian(place.conversation, conversation);
    put_big_endian(place.sequence, sequence);
    return place;
}

struct key key_of(const struct message *message) {
    struct key key;
    put_big_endian(key.sender, message->sender);
    memcpy(key.key, message->key, sizeof key.key);
    return key;
}

struct slot slot_of(uint64_t user, uint64_t conversation) {
    struct slot slot;
    put_big_endian(slot.user, user);
    put_big_endian(slot.conversation, conversation);
    return slot;
}

uint64_t next_sequence(struct trees *trees, const struct message *message) {
    uint8_t conversation[8];
    put_big_endian(conversation, message->conversation);
    MDB_val key = BYTES(conversation), value;
    int status = mdb_cursor_get(trees->cursors[HEADS], &key, &value, MDB_SET);
    if (status == MDB_NOTFOUND) return 1;
    CHECK(status);
    struct head head;
    memcpy(&head, value.mv_data, sizeof head);
    return head.sequence + 1;
}

void put_head(struct trees *trees, const struct message *message, uint64_t sequence) {
    uint8_t conversation[8];
    put_big_endian(conversation, message->conversation);
    struct head head = {sequence, message->time, message->sender};
    MDB_val key = BYTES(conversation), value = BYTES(head);
    CHECK(mdb_cursor_put(trees->cursors[HEADS], &key, &value, 0));
}

bool put_key(struct trees *trees, const struct message *message, uint64_t sequence) {
    struct key row = key_of(message);
    struct stored stored = {message->conversation, sequence};
    MDB_val key = BYTES(row), value = BYTES(stored);
    int status = mdb_cursor_put(trees->cursors[KEYS], &key, &value, MDB_NOOVERWRITE);
    if (status == MDB_KEYEXIST) return false;
    CHECK(status);
    return true;
}

static void write_message(void *bytes, const struct message *message, size_t length) {
    memcpy(bytes, message, sizeof *message);
    memcpy((char *)bytes + sizeof *message, body_of(message), length);
}

void put_message(struct trees *trees, const struct message *message, uint64_t sequence, size_t length) {
    struct place place = place_of(message->conversation, sequence);
    MDB_val key = BYTES(place), value = {sizeof *message + length, NULL};
    CHECK(mdb_cursor_put(trees->cursors[TIMELINE], &key, &value, MDB_RESERVE));
    write_message(value.mv_data, message, length);
}

void put_position(struct trees *trees, const struct message *message, uint64_t sequence, uint64_t position) {
    struct place place = place_of(message->conversation, sequence);
    MDB_val key = BYTES(place), value = BYTES(position);
    CHECK(mdb_cursor_put(trees->cursors[TIMELINE], &key, &value, 0));
}

void add_unread(
    struct trees *trees, uint64_t user, const struct message *message, uint64_t sequence, uint64_t count) {
    struct slot slot = slot_of(user, message->conversation);
    struct unread unread = {0};
    MDB_val key = BYTES(slot), value;
    int status = mdb_cursor_get(trees->cursors[INBOX], &key, &value, MDB_SET);
    if (!status) memcpy(&unread, value.mv_data, sizeof unread);
    else if (status != MDB_NOTFOUND) CHECK(status);
    unread.sequence = sequence, unread.time = message->time, unread.unread += count;
    key = BYTES(slot), value = BYTES(unread);
    CHECK(mdb_cursor_put(trees->cursors[INBOX], &key, &value, status ? 0 : MDB_CURRENT));
}

/* ---- What is there before ---- */

static const struct options *filling;
static struct key_row { struct key key; uint32_t index; } *key_rows;
static struct prepared_row *inbox_rows;

/* The message that comes at this place when all are in the order of conversation and sequence. */
static uint64_t in_order(uint64_t rank, uint64_t *sequence) {
    uint64_t each = filling->messages / filling->conversations, longer = filling->messages % filling->conversations;
    uint64_t length = each + 1, first = 0;
    if (rank >= longer * length) {
        rank -= longer * length;
        first = longer;
        length = each;
    }
    *sequence = rank % length + 1;
    return rank % length * filling->conversations + first + rank / length;
}

static struct place place;
static void message_row(uint64_t rank, MDB_val *key, MDB_val *value) {
    static char row[sizeof(struct message) + 65536];
    struct message message;
    uint64_t sequence;
    traffic_prepared(filling, in_order(rank, &sequence), &message);
    place = place_of(message.conversation, sequence);
    write_message(row, &message, filling->body);
    *key = BYTES(place);
    *value = (MDB_val){sizeof message + filling->body, row};
}

static void position_row(uint64_t rank, MDB_val *key, MDB_val *value) {
    static uint64_t position;
    uint64_t sequence, index = in_order(rank, &sequence);
    place = place_of(index % filling->conversations, sequence);
    position = index + 1;
    *key = BYTES(place);
    *value = BYTES(position);
}

static void head_row(uint64_t conversation, MDB_val *key, MDB_val *value) {
    static uint8_t number[8];
    static struct head head;
    uint64_t sequence = (filling->messages - conversation - 1) / filling->conversations + 1;
    struct message last;
    traffic_prepared(filling, (sequence - 1) * filling->conversations + conversation, &last);
    put_big_endian(number, conversation);
    head = (struct head){sequence, last.time, last.sender};
    *key = BYTES(number);
    *value = BYTES(head);
}

static void key_row(uint64_t rank, MDB_val *key, MDB_val *value) {
    static struct stored stored;
    uint64_t index = key_rows[rank].index;
    stored = (struct stored){index % filling->conversations, index / filling->conversations + 1};
    *key = BYTES(key_rows[rank].key);
    *value = BYTES(stored);
}

static void inbox_row(uint64_t rank, MDB_val *key, MDB_val *value) {
    static struct slot slot;
    static struct unread unread;
    struct prepared_row *row = &inbox_rows[rank];
    slot = slot_of(row->user, row->conversation);
    unread = (struct unread){row->sequence, 0, row->time, row->unread};
    *key = BYTES(slot);
    *value = BYTES(unread);
}

static int by_key(const void *one, const void *other) { return memcmp(one, other, sizeof(struct key)); }

void trees_prepare(struct trees *trees, const struct options *options, bool with_messages) {
    filling = options;
    uint64_t filled = options->messages < options->conversations ? options->messages : options->conversations;
    key_rows = allocate(options->messages * sizeof *key_rows);
    for (uint64_t index = 0; index < options->messages; index++) {
        struct message message;
        traffic_prepared(options, index, &message);
        key_rows[index] = (struct key_row){key_of(&message), index};
    }
    qsort(key_rows, options->messages, sizeof *key_rows, by_key);
    uint64_t slots;
    inbox_rows = prepared_inbox(options, &slots);
    fill(trees->environment, trees->tables[TIMELINE], options->messages, with_messages ? message_row : position_row);
    fill(trees->environment, trees->tables[HEADS], filled, head_row);
    fill(trees->environment, trees->tables[KEYS], options->messages, key_row);
    fill(trees->environment, trees->tables[INBOX], slots, inbox_row);
    free(key_rows);
    free(inbox_rows);
}
