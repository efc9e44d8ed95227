/* Redis over hiredis: one script for each message, so that the key is checked and the rows are changed together, and
 * as many calls outstanding as messages are in flight. Redis reads 16 KiB of each connection before it syncs and
 * answers, so they are spread over connections, those of a conversation always over the same. The client of
 * servers/redis. */
#include "contender.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Keys: idempotency key, conversation, inbox of the receiver, unread counts of the receiver.
 * Arguments: time, sender, conversation, body. */
static const char *const SEND =
    "if not redis.call('SET', KEYS[1], ARGV[3], 'NX') then return 0 end "
    "redis.call('XADD', KEYS[2], '*', 's', ARGV[2], 't', ARGV[1], 'b', ARGV[4]) "
    "redis.call('ZADD', KEYS[3], ARGV[1], ARGV[3]) "
    "redis.call('HINCRBY', KEYS[4], ARGV[3], 1) "
    "return 1";

/* The same to all members of a group, who are the users from 0. Keys: idempotency key, conversation.
 * Arguments: time, sender, conversation, body, number of members. */
static const char *const GROUP =
    "if not redis.call('SET', KEYS[1], ARGV[3], 'NX') then return 0 end "
    "redis.call('XADD', KEYS[2], '*', 's', ARGV[2], 't', ARGV[1], 'b', ARGV[4]) "
    "for member = 0, ARGV[5] - 1 do "
    "  redis.call('ZADD', 'i:' .. member, ARGV[1], ARGV[3]) "
    "  if member ~= tonumber(ARGV[2]) then redis.call('HINCRBY', 'u:' .. member, ARGV[3], 1) end "
    "end "
    "return 1";

/* Many messages at once. Arguments: for each message idempotency key, conversation, sender, time, body. */
static const char *const FILL =
    "for i = 1, #ARGV, 5 do "
    "  redis.call('SET', ARGV[i], ARGV[i + 1]) "
    "  redis.call('XADD', 'm:' .. ARGV[i + 1], '*', 's', ARGV[i + 2], 't', ARGV[i + 3], 'b', ARGV[i + 4]) "
    "end";

static redisContext *redis;
static char script[41];

static redisReply *answer(void) {
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) fail("Redis: %s", redis->errstr);
    if (reply->type == REDIS_REPLY_ERROR) fail("Redis: %s", reply->str);
    return reply;
}

static void command(const char *text) {
    redisAppendCommand(redis, text);
    freeReplyObject(answer());
}

/* The socket is named from inside the directory: a path of a socket must not be long. */
static redisContext *connect_to(const char *directory) {
    int here = open(".", O_RDONLY);
    if (here < 0 || chdir(directory)) fail("no directory %s", directory);
    redisContext *context = redisConnectUnix("socket");
    if (fchdir(here)) fail("the directory from which this was called has gone");
    close(here);
    if (!context || context->err) fail("Redis: %s", context ? context->errstr : "no memory");
    return context;
}

static void open_redis(const struct options *options, const char *source) {
    redis = connect_to(options->directory);
    if (!source) return;
    redisAppendCommand(redis, "SCRIPT LOAD %s", source);
    redisReply *reply = answer();
    snprintf(script, sizeof script, "%s", reply->str);
    freeReplyObject(reply);
}

/* ---- What is there before ---- */

static bool is_rewriting(void) {
    redisAppendCommand(redis, "INFO persistence");
    redisReply *reply = answer();
    bool is_waiting = strstr(reply->str, "aof_rewrite_in_progress:1") || strstr(reply->str, "aof_rewrite_scheduled:1");
    freeReplyObject(reply);
    return is_waiting;
}

enum { MANY = 500, OUTSTANDING = 4 };

static void fill_conversations(const struct options *options) {
    enum { FIELDS = 5, FIRST = 3 };
    static char text[MANY][FIELDS - 1][40];
    const char *arguments[FIRST + MANY * FIELDS] = {"EVALSHA", script, "0"};
    size_t lengths[FIRST + MANY * FIELDS] = {7, 40, 1};
    int outstanding = 0;
    for (uint64_t index = 0; index < options->messages;) {
        int count = 0;
        for (; count < MANY && index < options->messages; count++, index++) {
            struct message message;
            traffic_prepared(options, index, &message);
            const char **argument = &arguments[FIRST + count * FIELDS];
            size_t *length = &lengths[FIRST + count * FIELDS];
            uint64_t numbers[] = {message.conversation, message.sender, message.time};
            memcpy(text[count][0], "k:", 2);
            memcpy(text[count][0] + 2, &message.sender, 8);
            memcpy(text[count][0] + 10, message.key, 16);
            length[0] = 26;
            for (int field = 1; field < FIELDS - 1; field++)
                length[field] = snprintf(text[count][field], sizeof text[count][field], "%lu", numbers[field - 1]);
            for (int field = 0; field < FIELDS - 1; field++) argument[field] = text[count][field];
            argument[FIELDS - 1] = body_of(&message), length[FIELDS - 1] = options->body;
        }
        redisAppendCommandArgv(redis, FIRST + count * FIELDS, arguments, lengths);
        if (++outstanding > OUTSTANDING) freeReplyObject(answer()), outstanding--;
    }
    while (outstanding--) freeReplyObject(answer());
}

static void fill_inboxes(const struct options *options) {
    uint64_t count, outstanding = 0;
    struct prepared_row *rows = prepared_inbox(options, &count);
    for (uint64_t index = 0; index < count; index++) {
        unsigned long long user = rows[index].user, conversation = rows[index].conversation;
        unsigned long long time = rows[index].time, unread = rows[index].unread;
        redisAppendCommand(redis, "ZADD i:%llu %llu %llu", user, time, conversation);
        redisAppendCommand(redis, "HSET u:%llu %llu %llu", user, conversation, unread);
        outstanding += 2;
        while (outstanding > (index + 1 < count ? MANY : 0)) freeReplyObject(answer()), outstanding--;
    }
    free(rows);
}

/* Without its file, which Redis writes at the end in one go. */
static void prepare(const struct options *options) {
    traffic_start(options);
    open_redis(options, FILL);
    command("CONFIG SET appendonly no");
    fill_conversations(options);
    fill_inboxes(options);
    command("CONFIG SET appendonly yes");
    while (is_rewriting()) usleep(20000);
}

/* ---- Sending ---- */

static void append_call(redisContext *context, const struct message *message, size_t length, uint64_t members) {
    char key[26] = "k:", stream[32], inbox[32], unread[32], time[32], sender[32], conversation[32], count[32];
    memcpy(key + 2, &message->sender, 8);
    memcpy(key + 10, message->key, 16);
    size_t stream_length = snprintf(stream, sizeof stream, "m:%lu", message->conversation);
    size_t inbox_length = snprintf(inbox, sizeof inbox, "i:%lu", message->receiver);
    size_t unread_length = snprintf(unread, sizeof unread, "u:%lu", message->receiver);
    size_t time_length = snprintf(time, sizeof time, "%lu", message->time);
    size_t sender_length = snprintf(sender, sizeof sender, "%lu", message->sender);
    size_t conversation_length = snprintf(conversation, sizeof conversation, "%lu", message->conversation);
    size_t count_length = snprintf(count, sizeof count, "%lu", members);
    if (members) {
        const char *arguments[] = {
            "EVALSHA", script, "2", key, stream, time, sender, conversation, body_of(message), count};
        size_t lengths[] = {
            7, 40, 1, sizeof key, stream_length, time_length, sender_length, conversation_length, length, count_length};
        redisAppendCommandArgv(context, 10, arguments, lengths);
    } else {
        const char *arguments[] = {
            "EVALSHA", script, "4", key, stream, inbox, unread, time, sender, conversation, body_of(message)};
        size_t lengths[] = {
            7, 40, 1, sizeof key, stream_length, inbox_length, unread_length, time_length, sender_length,
            conversation_length, length};
        redisAppendCommandArgv(context, 11, arguments, lengths);
    }
}

/* A connection, and when the calls that it has not answered were handed in: a ring, as answers come in order. */
struct connection {
    redisContext *context;
    uint64_t *handed_in, first, outstanding;
};

static void flush(struct connection *connection) {
    int is_done = 0;
    while (!is_done)
        if (redisBufferWrite(connection->context, &is_done) != REDIS_OK) fail("Redis: %s", connection->context->errstr);
}

/* Takes what has been answered and returns how many that was. */
static uint64_t take_answers(struct connection *connection, uint64_t capacity) {
    redisReply *reply;
    uint64_t count = 0;
    if (redisBufferRead(connection->context) != REDIS_OK) fail("Redis: %s", connection->context->errstr);
    for (;; count++) {
        if (redisGetReplyFromReader(connection->context, (void **)&reply) != REDIS_OK)
            fail("Redis: %s", connection->context->errstr);
        if (!reply) return count;
        if (reply->type == REDIS_REPLY_ERROR) fail("Redis: %s", reply->str);
        if (reply->integer != 1) fail("an idempotency key came twice");
        freeReplyObject(reply);
        measure_accepted(1, connection->handed_in[connection->first]);
        connection->first = (connection->first + 1) % capacity, connection->outstanding--;
    }
}

static void send_all(const struct options *options, uint64_t in_flight, uint64_t members) {
    enum { MOST = 64, CALLS_EACH = 32 };
    struct connection connections[MOST] = {0};
    struct pollfd sockets[MOST];
    uint64_t count = members || in_flight < CALLS_EACH ? 1 : in_flight / CALLS_EACH, outstanding = 0;
    if (count > MOST) count = MOST;
    traffic_start(options);
    open_redis(options, members ? GROUP : SEND);
    for (uint64_t index = 0; index < count; index++) {
        connections[index].context = connect_to(options->directory);
        connections[index].handed_in = allocate(in_flight * sizeof(uint64_t));
        sockets[index] = (struct pollfd){connections[index].context->fd, POLLIN, 0};
    }
    bool is_over = false;
    measure_start(options, server_process(options->directory));
    for (;;) {
        is_over = is_over || measure_is_over();
        for (; !is_over && outstanding < in_flight; outstanding++) {
            struct message message;
            traffic_next(&message);
            if (members) message.conversation = group_conversation(members), message.sender %= 2;
            struct connection *connection = &connections[message.conversation % count];
            connection->handed_in[(connection->first + connection->outstanding++) % in_flight] = nanoseconds();
            append_call(connection->context, &message, options->body, members);
        }
        if (!outstanding) break;
        for (uint64_t index = 0; index < count; index++) flush(&connections[index]);
        if (poll(sockets, count, -1) < 0) fail("poll fails");
        for (uint64_t index = 0; index < count; index++)
            if (sockets[index].revents) outstanding -= take_answers(&connections[index], in_flight);
    }
    measure_stop();
}

static void send(const struct options *options) { send_all(options, options->in_flight, 0); }
/* The members' rows are there before the clock starts. */
static void found_group(const struct options *options) {
    unsigned long long conversation = group_conversation(options->members);
    uint64_t outstanding = 0;
    redis = connect_to(options->directory);
    for (unsigned long long member = 0; member < options->members; member++) {
        redisAppendCommand(redis, "ZADD i:%llu 0 %llu", member, conversation);
        redisAppendCommand(redis, "HSET u:%llu %llu 0", member, conversation);
        outstanding += 2;
        while (outstanding > (member + 1 < options->members ? MANY : 0)) freeReplyObject(answer()), outstanding--;
    }
    redisFree(redis);
}

static void group(const struct options *options) {
    found_group(options);
    send_all(options, group_batch(options), options->members);
}

/* A device that has all conversations: reads some at once, and then notes how far it has come in each. */
static void catch_up(const struct options *options) {
    enum { MANY = 64, PAGE = 4096 };
    uint64_t conversations = prepared_conversations(options->directory), total = 0;
    pid_t server = server_process(options->directory);
    open_redis(options, NULL);
    measure_start(options, server);
    for (uint64_t first = 0, asked = nanoseconds(); total < options->messages && first < conversations; first += MANY) {
        uint64_t count = conversations - first < MANY ? conversations - first : MANY, messages = 0;
        for (uint64_t index = 0; index < count; index++)
            redisAppendCommand(redis, "XRANGE m:%llu - + COUNT %d", (unsigned long long)(first + index), (int)PAGE);
        redisReply *pages[MANY];
        for (uint64_t index = 0; index < count; index++) {
            pages[index] = answer();
            messages += pages[index]->elements;
            if (pages[index]->elements == PAGE) fail("a conversation is longer than a page");
        }
        for (uint64_t index = 0; index < count; index++) {
            const redisReply *page = pages[index];
            const char *last = page->elements ? page->element[page->elements - 1]->element[0]->str : "0";
            redisAppendCommand(redis, "HSET device:1 %llu %s", (unsigned long long)(first + index), last);
        }
        for (uint64_t index = 0; index < count; index++) freeReplyObject(answer()), freeReplyObject(pages[index]);
        total += messages;
        asked = measure_accepted(messages, asked);
    }
    measure_stop();
    if (total < options->messages) fail("there are only %lu messages", total);
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "the client of Redis", .version = "", .guarantee = "", .prepare = prepare, .send = send, .group = group,
        .catch_up = catch_up});
}
