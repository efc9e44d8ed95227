/* PostgreSQL over libpq: a batch is one prepared statement with arrays, and one synchronous commit. From 100
 * messages in flight on there are two connections, of the even and of the odd conversations, so that none waits for
 * a row of the other. The client of servers/postgres. */
#include "contender.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TABLES =
    "CREATE TABLE IF NOT EXISTS conversation (id bigint PRIMARY KEY, head bigint NOT NULL, last_at bigint NOT NULL)"
    "  WITH (fillfactor = 70);"
    "CREATE TABLE IF NOT EXISTS message (conversation_id bigint, sequence bigint, sender_id bigint NOT NULL,"
    "  sent_at bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (conversation_id, sequence));"
    "CREATE TABLE IF NOT EXISTS idempotency_key (sender_id bigint, key uuid, PRIMARY KEY (sender_id, key));"
    "CREATE TABLE IF NOT EXISTS inbox (user_id bigint, conversation_id bigint, unread bigint NOT NULL,"
    "  last_at bigint NOT NULL, PRIMARY KEY (user_id, conversation_id)) WITH (fillfactor = 70);"
    "CREATE TABLE IF NOT EXISTS membership (conversation_id bigint, user_id bigint,"
    "  PRIMARY KEY (conversation_id, user_id));"
    "CREATE TABLE IF NOT EXISTS device (id bigint PRIMARY KEY, conversation_id bigint NOT NULL,"
    "  sequence bigint NOT NULL)";

/* Stores what has not come before, in order, each conversation's sequence without gaps. */
#define STORE                                                                                                         \
    "WITH arrived AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[],"       \
    "    $6::bytea[]) WITH ORDINALITY AS row(conversation_id, sender_id, receiver_id, sent_at, key, body, place)),"   \
    "  unseen AS (INSERT INTO idempotency_key SELECT sender_id, key FROM arrived ORDER BY 1, 2"                       \
    "    ON CONFLICT DO NOTHING RETURNING sender_id, key),"                                                           \
    "  fresh AS (SELECT arrived.*, row_number() OVER (PARTITION BY conversation_id ORDER BY place) AS nth,"           \
    "    count(*) OVER (PARTITION BY conversation_id) AS count FROM arrived JOIN unseen USING (sender_id, key)),"     \
    "  heads AS (INSERT INTO conversation SELECT conversation_id, count(*), max(sent_at) FROM fresh GROUP BY 1"       \
    "    ORDER BY 1 ON CONFLICT (id) DO UPDATE SET head = conversation.head + excluded.head,"                         \
    "    last_at = excluded.last_at RETURNING id, head),"                                                             \
    "  stored AS (INSERT INTO message SELECT conversation_id, head - count + nth, sender_id, sent_at, body"           \
    "    FROM fresh JOIN heads ON id = conversation_id),"

static const char *const SEND =
    STORE
    "  counted AS (INSERT INTO inbox SELECT receiver_id, conversation_id, count(*), max(sent_at) FROM fresh"
    "    GROUP BY 1, 2 ORDER BY 1, 2 ON CONFLICT (user_id, conversation_id) DO UPDATE"
    "    SET unread = inbox.unread + excluded.unread,"
    "    last_at = excluded.last_at)"
    "SELECT count(*) FROM fresh";

/* A member's row is changed once for all messages of a batch. Nobody's own messages are unread. */
static const char *const GROUP =
    STORE
    "  news AS (SELECT conversation_id, count(*) AS all, max(sent_at) AS at FROM fresh GROUP BY 1),"
    "  own AS (SELECT conversation_id, sender_id AS user_id, count(*) AS own FROM fresh GROUP BY 1, 2),"
    "  counted AS (UPDATE inbox SET unread = unread + news.all - coalesce(own.own, 0), last_at = news.at"
    "    FROM news JOIN membership USING (conversation_id) LEFT JOIN own USING (conversation_id, user_id)"
    "    WHERE inbox.user_id = membership.user_id AND inbox.conversation_id = news.conversation_id)"
    "SELECT count(*) FROM fresh";

/* ---- The wire ---- */

/* Bytes that are put together in network order. */
struct buffer {
    char *bytes;
    size_t length, capacity;
};

static void put(struct buffer *buffer, const void *bytes, size_t length) {
    if (buffer->length + length > buffer->capacity) {
        buffer->capacity = (buffer->length + length) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        if (!buffer->bytes) fail("no memory");
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

static void put16(struct buffer *buffer, uint16_t value) {
    value = __builtin_bswap16(value);
    put(buffer, &value, 2);
}

static void put32(struct buffer *buffer, uint32_t value) {
    value = __builtin_bswap32(value);
    put(buffer, &value, 4);
}

static void put_number(struct buffer *buffer, uint64_t value) {
    put32(buffer, 8);
    value = __builtin_bswap64(value);
    put(buffer, &value, 8);
}

static void put_bytes(struct buffer *buffer, const void *bytes, size_t length) {
    put32(buffer, length);
    put(buffer, bytes, length);
}

/* ---- Connections ---- */

struct connection {
    PGconn *postgres;
    uint64_t handed_in;
    struct buffer columns[6];
    size_t batch;
    bool is_waiting;
};

static void check(PGconn *postgres, PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("PostgreSQL: %s", PQerrorMessage(postgres));
    PQclear(result);
}

static void execute(PGconn *postgres, const char *statement) { check(postgres, PQexec(postgres, statement)); }

static PGconn *open_postgres(const struct options *options) {
    char *data = realpath(path_in(options->directory, "data"), NULL);
    if (!data) fail("the server in %s has not been started", options->directory);
    const char *names[] = {"host", "user", "dbname", "options", NULL};
    const char *values[] = {data, "tokenim", "postgres", "-c client_min_messages=warning", NULL};
    PGconn *postgres = PQconnectdbParams(names, values, 0);
    if (PQstatus(postgres) != CONNECTION_OK) fail("PostgreSQL: %s", PQerrorMessage(postgres));
    free(data);
    return postgres;
}

/* ---- What is there before ---- */

static void copy(PGconn *postgres, struct buffer *rows, bool is_last) {
    if (is_last) put16(rows, 0xffff);
    if ((is_last || rows->length > 1 << 20) && rows->length) {
        if (PQputCopyData(postgres, rows->bytes, rows->length) != 1) fail("PostgreSQL: %s", PQerrorMessage(postgres));
        rows->length = 0;
    }
    if (!is_last) return;
    if (PQputCopyEnd(postgres, NULL) != 1) fail("PostgreSQL: %s", PQerrorMessage(postgres));
    for (PGresult *result; (result = PQgetResult(postgres));) check(postgres, result);
}

static struct buffer copy_into(PGconn *postgres, const char *table) {
    char statement[96];
    snprintf(statement, sizeof statement, "COPY %s FROM STDIN WITH (FORMAT binary)", table);
    PGresult *result = PQexec(postgres, statement);
    if (PQresultStatus(result) != PGRES_COPY_IN) fail("PostgreSQL: %s", PQerrorMessage(postgres));
    PQclear(result);
    struct buffer rows = {0};
    put(&rows, "PGCOPY\n\377\r\n", 11);
    put(&rows, "\0\0\0\0\0\0\0", 8);
    return rows;
}

static void copy_messages(PGconn *postgres, const struct options *options) {
    struct message message;
    struct buffer rows = copy_into(postgres, "message");
    for (uint64_t index = 0; index < options->messages; index++) {
        traffic_prepared(options, index, &message);
        put16(&rows, 5);
        put_number(&rows, message.conversation);
        put_number(&rows, index / options->conversations + 1);
        put_number(&rows, message.sender);
        put_number(&rows, message.time);
        put_bytes(&rows, body_of(&message), options->body);
        copy(postgres, &rows, false);
    }
    copy(postgres, &rows, true);
    rows = copy_into(postgres, "idempotency_key");
    for (uint64_t index = 0; index < options->messages; index++) {
        traffic_prepared(options, index, &message);
        put16(&rows, 2);
        put_number(&rows, message.sender);
        put_bytes(&rows, message.key, sizeof message.key);
        copy(postgres, &rows, false);
    }
    copy(postgres, &rows, true);
}

static void copy_conversations(PGconn *postgres, const struct options *options) {
    uint64_t filled = options->messages < options->conversations ? options->messages : options->conversations;
    struct message message;
    struct buffer rows = copy_into(postgres, "conversation");
    for (uint64_t conversation = 0; conversation < filled; conversation++) {
        uint64_t head = (options->messages - conversation - 1) / options->conversations + 1;
        traffic_prepared(options, (head - 1) * options->conversations + conversation, &message);
        put16(&rows, 3);
        put_number(&rows, conversation);
        put_number(&rows, head);
        put_number(&rows, message.time);
        copy(postgres, &rows, false);
    }
    copy(postgres, &rows, true);
    rows = copy_into(postgres, "inbox");
    uint64_t count;
    struct prepared_row *inbox = prepared_inbox(options, &count);
    for (uint64_t index = 0; index < count; index++) {
        put16(&rows, 4);
        put_number(&rows, inbox[index].user);
        put_number(&rows, inbox[index].conversation);
        put_number(&rows, inbox[index].unread);
        put_number(&rows, inbox[index].time);
        copy(postgres, &rows, false);
    }
    copy(postgres, &rows, true);
    free(inbox);
}

/* Into tables of the same transaction, which needs no log, and the indices after the rows. */
static void prepare(const struct options *options) {
    traffic_start(options);
    PGconn *postgres = open_postgres(options);
    execute(postgres, "DROP TABLE IF EXISTS conversation, message, idempotency_key, inbox");
    execute(postgres, "BEGIN");
    execute(postgres, TABLES);
    execute(postgres,
            "ALTER TABLE message DROP CONSTRAINT message_pkey;"
            "ALTER TABLE idempotency_key DROP CONSTRAINT idempotency_key_pkey");
    copy_messages(postgres, options);
    copy_conversations(postgres, options);
    execute(postgres,
            "ALTER TABLE message ADD PRIMARY KEY (conversation_id, sequence);"
            "ALTER TABLE idempotency_key ADD PRIMARY KEY (sender_id, key) WITH (fillfactor = 70)");
    execute(postgres, "COMMIT");
    execute(postgres, "VACUUM (FREEZE, ANALYZE)");
    execute(postgres, "CHECKPOINT");
    PQfinish(postgres);
}

/* ---- Sending ---- */

/* Of a one-dimensional array of so many elements. */
static void put_array_header(struct buffer *buffer, uint32_t type, uint32_t count) {
    buffer->length = 0;
    put32(buffer, 1);
    put32(buffer, 0);
    put32(buffer, type);
    put32(buffer, count);
    put32(buffer, 1);
}

/* Hands in a batch: of every conversation, or of those with this remainder after division by `connections`. */
static void hand_in(
    struct connection *connection, const struct options *options, uint64_t remainder, uint64_t connections,
    uint64_t members) {
    enum { BIGINT = 20, UUID = 2950, BYTEA = 17 };
    static const uint32_t types[] = {BIGINT, BIGINT, BIGINT, BIGINT, UUID, BYTEA};
    struct buffer *columns = connection->columns;
    connection->handed_in = nanoseconds();
    for (int column = 0; column < 6; column++) put_array_header(&columns[column], types[column], connection->batch);
    for (size_t index = 0; index < connection->batch; index++) {
        struct message message;
        do traffic_next(&message);
        while (message.conversation % connections != remainder);
        if (members) message.conversation = group_conversation(members), message.sender %= 2;
        put_number(&columns[0], message.conversation);
        put_number(&columns[1], message.sender);
        put_number(&columns[2], message.receiver);
        put_number(&columns[3], message.time);
        put_bytes(&columns[4], message.key, sizeof message.key);
        put_bytes(&columns[5], body_of(&message), options->body);
    }
    const char *values[6];
    int lengths[6], formats[6];
    for (int column = 0; column < 6; column++)
        values[column] = columns[column].bytes, lengths[column] = columns[column].length, formats[column] = 1;
    if (!PQsendQueryPrepared(connection->postgres, "send", 6, values, lengths, formats, 0))
        fail("PostgreSQL: %s", PQerrorMessage(connection->postgres));
    connection->is_waiting = true;
}

/* Takes the answer to a batch if it has come. */
static void take_answer(struct connection *connection) {
    PGconn *postgres = connection->postgres;
    if (!PQconsumeInput(postgres)) fail("PostgreSQL: %s", PQerrorMessage(postgres));
    while (connection->is_waiting && !PQisBusy(postgres)) {
        PGresult *result = PQgetResult(postgres);
        if (!result) {
            connection->is_waiting = false;
            measure_accepted(connection->batch, connection->handed_in);
            return;
        }
        if (PQresultStatus(result) != PGRES_TUPLES_OK) fail("PostgreSQL: %s", PQerrorMessage(postgres));
        if (strtoull(PQgetvalue(result, 0, 0), NULL, 10) != connection->batch) fail("an idempotency key came twice");
        PQclear(result);
    }
}

static void send_all(const struct options *options, uint64_t members) {
    enum { MOST = 2, ENOUGH = 100 };
    struct connection connections[MOST] = {0};
    struct pollfd sockets[MOST];
    uint64_t count = options->in_flight >= ENOUGH && !members ? MOST : 1;
    traffic_start(options);
    for (uint64_t index = 0; index < count; index++) {
        struct connection *connection = &connections[index];
        connection->postgres = open_postgres(options);
        connection->batch = options->in_flight / count + (index < options->in_flight % count);
        check(connection->postgres, PQprepare(connection->postgres, "send", members ? GROUP : SEND, 6, NULL));
        sockets[index] = (struct pollfd){PQsocket(connection->postgres), POLLIN, 0};
    }
    uint64_t waiting = 0;
    measure_start(options, server_process(options->directory));
    do {
        bool is_over = measure_is_over();
        for (uint64_t index = 0; index < count; index++)
            if (!is_over && !connections[index].is_waiting)
                hand_in(&connections[index], options, index, count, members);
        if (poll(sockets, count, -1) < 0) fail("poll fails");
        waiting = 0;
        for (uint64_t index = 0; index < count; index++) {
            if (connections[index].is_waiting) take_answer(&connections[index]);
            waiting += connections[index].is_waiting;
        }
    } while (waiting || !measure_is_over());
    measure_stop();
}

static void with_tables(const struct options *options) {
    PGconn *postgres = open_postgres(options);
    execute(postgres, TABLES);
    PQfinish(postgres);
}

static void send(const struct options *options) {
    with_tables(options);
    send_all(options, 0);
}

/* The members and their rows are there before the clock starts. */
static void group(const struct options *options) {
    with_tables(options);
    PGconn *postgres = open_postgres(options);
    char statement[512];
    uint64_t conversation = group_conversation(options->members);
    snprintf(statement, sizeof statement,
             "INSERT INTO membership SELECT %lu, generate_series(0, %lu) ON CONFLICT DO NOTHING;"
             "INSERT INTO inbox SELECT generate_series(0, %lu), %lu, 0, 0 ON CONFLICT DO NOTHING;"
             "ANALYZE membership, inbox",
             conversation, options->members - 1, options->members - 1, conversation);
    execute(postgres, statement);
    PQfinish(postgres);
    send_all(options, options->members);
}

/* A device that has all conversations: a page of their messages at a time, and where it is in a synchronous commit. */
static void catch_up(const struct options *options) {
    PGconn *postgres = open_postgres(options);
    execute(postgres, "INSERT INTO device VALUES (1, -1, 0) ON CONFLICT (id) DO UPDATE SET conversation_id = -1");
    check(postgres, PQprepare(postgres, "page",
                              "SELECT conversation_id, sequence, sender_id, sent_at, body FROM message"
                              "  WHERE (conversation_id, sequence) > ($1::bigint, $2::bigint)"
                              "  ORDER BY conversation_id, sequence LIMIT 4096", 2, NULL));
    check(postgres, PQprepare(postgres, "acknowledge",
                              "UPDATE device SET conversation_id = $1, sequence = $2 WHERE id = 1", 2, NULL));
    uint64_t place[2] = {__builtin_bswap64(-1), 0}, total = 0;
    const char *values[] = {(char *)&place[0], (char *)&place[1]};
    int lengths[] = {8, 8}, formats[] = {1, 1};
    measure_start(options, server_process(options->directory));
    for (uint64_t asked = nanoseconds(); total < options->messages;) {
        PGresult *page = PQexecPrepared(postgres, "page", 2, values, lengths, formats, 1);
        if (PQresultStatus(page) != PGRES_TUPLES_OK) fail("PostgreSQL: %s", PQerrorMessage(postgres));
        int count = PQntuples(page);
        if (!count) fail("there are only %lu messages", total);
        for (int column = 0; column < 2; column++) memcpy(&place[column], PQgetvalue(page, count - 1, column), 8);
        PQclear(page);
        check(postgres, PQexecPrepared(postgres, "acknowledge", 2, values, lengths, formats, 1));
        total += count;
        asked = measure_accepted(count, asked);
    }
    measure_stop();
    PQfinish(postgres);
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "the client of PostgreSQL", .version = "", .guarantee = "", .writes_pages = true, .prepare = prepare,
        .send = send, .group = group, .catch_up = catch_up});
}
