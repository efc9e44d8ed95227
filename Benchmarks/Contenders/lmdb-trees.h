/* The rows that a message changes, each kind in a tree of its own in one LMDB environment. */
#ifndef LMDB_TREES_H
#define LMDB_TREES_H

#include "lmdb-store.h"

enum tree { TIMELINE, HEADS, KEYS, INBOX, TREES };

/* Tree by tree: what the key is, and the value. All numbers of keys are big-endian. */
struct place { uint8_t conversation[8], sequence[8]; };       /* TIMELINE: what the program keeps there */
struct head { uint64_t sequence, time, sender; };              /* HEADS: by conversation */
struct key { uint8_t sender[8], key[16]; };                    /* KEYS: struct stored */
struct stored { uint64_t conversation, sequence; };
struct slot { uint8_t user[8], conversation[8]; };             /* INBOX: struct unread */
struct unread { uint64_t sequence, read, time, unread; };

struct trees {
    MDB_env *environment;
    MDB_dbi tables[TREES];
    MDB_cursor *cursors[TREES]; /* of the transaction that is open */
};

void trees_open(struct trees *trees, const struct options *options);
MDB_txn *trees_begin(struct trees *trees);
void trees_commit(struct trees *trees, MDB_txn *transaction);
/* Fills them as `traffic_prepared` says; the timeline with messages, or with the positions of a journal. */
void trees_prepare(struct trees *trees, const struct options *options, bool with_messages);

struct place place_of(uint64_t conversation, uint64_t sequence);
struct key key_of(const struct message *message);
struct slot slot_of(uint64_t user, uint64_t conversation);

/* One row each. `put_key` is false if the key is there already. */
uint64_t next_sequence(struct trees *trees, const struct message *message);
bool put_key(struct trees *trees, const struct message *message, uint64_t sequence);
void put_head(struct trees *trees, const struct message *message, uint64_t sequence);
void put_message(struct trees *trees, const struct message *message, uint64_t sequence, size_t length);
void put_position(struct trees *trees, const struct message *message, uint64_t sequence, uint64_t position);
void add_unread(struct trees *trees, uint64_t user, const struct message *message, uint64_t sequence, uint64_t count);

#endif
