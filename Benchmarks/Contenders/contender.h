/* What all contenders share: their options, the traffic that they carry, and how they are measured. */
#ifndef CONTENDER_H
#define CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Statuses of the program, from sysexits.h. */
enum { EXIT_CANNOT = 64, EXIT_ABSENT = 69 };

struct options {
    const char *directory;
    uint64_t conversations, messages, members, in_flight, seed;
    size_t body;
    double seconds;
    bool zipf;
};

/* A program: what it says of itself, and what it can be asked for. A verb that is NULL cannot be. */
struct contender {
    const char *name, *version, *guarantee;
    bool equal;
    bool writes_pages; /* whole pages of files, see `bytes_written` */
    void (*prepare)(const struct options *);
    void (*send)(const struct options *);
    void (*group)(const struct options *);
    void (*catch_up)(const struct options *);
    void (*get)(const struct options *);
    void (*memory)(const struct options *);
};
int contender_main(int argc, char **argv, const struct contender *contender);

/* Says on standard error why the program ends, and ends it. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *allocate(size_t bytes);
/* The path of a file in the directory, in memory of its own. */
const char *path_in(const char *directory, const char *name);

/* ---- Traffic: direct conversations, two users each, chosen at random ---- */

struct message {
    uint64_t conversation, sender, receiver, time;
    uint8_t key[16]; /* the sender's idempotency key: never the same again, whatever the seed */
};
uint64_t users(const struct options *options);
/* What a message says: never the same twice in a row, so that nobody can compress it more than text can be. */
const char *body_of(const struct message *message);
void traffic_start(const struct options *options);
void traffic_next(struct message *message);
/* The same for message number `index` of what is there before: they go round the conversations. */
void traffic_prepared(const struct options *options, uint64_t index, struct message *message);
/* What is unread after those: rows in the order of user and conversation. */
struct prepared_row { uint64_t user, conversation, sequence, time, unread; };
struct prepared_row *prepared_inbox(const struct options *options, uint64_t *count);
/* How many conversations there are in a directory that has been filled. */
uint64_t prepared_conversations(const char *directory);
/* The conversation that is a group with so many members. */
uint64_t group_conversation(uint64_t members);
uint64_t mixed(uint64_t value);
void put_big_endian(void *bytes, uint64_t value);

/* Messages to a group are cut into batches that change at most so many rows. At least one message. */
uint64_t group_batch(const struct options *options);

/* ---- Measuring ---- */

uint64_t nanoseconds(void);
/* The clock starts. Bytes written are those of process `server` and its children, or of this one if it is 0. */
void measure_start(const struct options *options, pid_t server);
/* Whether the time that was asked for is over. */
bool measure_is_over(void);
/* `count` messages that were handed in at one moment have now been accepted. Returns now. */
uint64_t measure_accepted(uint64_t count, uint64_t handed_in);
/* The clock stops; bytes that are written later still count. */
void measure_stop(void);
void measure_print(void);
/* The server whose process number is in the directory's file `pid`. */
pid_t server_process(const char *directory);

#endif
