/* NATS JetStream over libnats: a stream in files, of which a conversation of a receiver is a subject, with
 * identifiers that it refuses to take twice. Published with an inbox for the acknowledgements, as its own
 * asynchronous publishing does, which does not say when an acknowledgement came. The client of servers/nats. */
#include "contender.h"

#include <glob.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static natsConnection *connection;
static jsCtx *stream;
static natsSubscription *acknowledgements;
static char inbox[64];

static void check(natsStatus status, const char *what) {
    if (status != NATS_OK) fail("NATS, %s: %s", what, natsStatus_GetText(status));
}

/* Where the server says that it listens, in a file of which we know the directory. */
static void find_server(const struct options *options, char *address, size_t size) {
    glob_t files;
    if (glob(path_in(options->directory, "*.ports"), 0, NULL, &files)) fail("the server has not said where it listens");
    FILE *file = fopen(files.gl_pathv[0], "r");
    char text[1024] = "";
    if (file && !fread(text, 1, sizeof text - 1, file)) text[0] = 0;
    if (file) fclose(file);
    globfree(&files);
    char *start = strstr(text, "nats://"), *end = start ? strchr(start, '"') : NULL;
    if (!end) fail("the server has not said where it listens");
    snprintf(address, size, "%.*s", (int)(end - start), start);
}

static void open_nats(const struct options *options, bool is_singly) {
    char address[128];
    natsOptions *choices;
    natsInbox *name;
    jsStreamInfo *info = NULL;
    jsErrCode error = 0;
    server_process(options->directory);
    find_server(options, address, sizeof address);
    check(natsOptions_Create(&choices), "options");
    check(natsOptions_SetURL(choices, address), address);
    check(natsOptions_SetSendAsap(choices, is_singly), "options");
    check(natsConnection_Connect(&connection, choices), address);
    natsOptions_Destroy(choices);
    check(natsConnection_JetStream(&stream, connection, NULL), "JetStream");
    if (js_GetStreamInfo(&info, stream, "messages", NULL, &error) != NATS_OK) {
        jsStreamConfig configuration;
        jsStreamConfig_Init(&configuration);
        configuration.Name = "messages";
        configuration.Subjects = (const char *[]){"to.>"};
        configuration.SubjectsLen = 1;
        configuration.Storage = js_FileStorage;
        configuration.Duplicates = 120000000000;
        check(js_AddStream(&info, stream, &configuration, NULL, &error), "stream");
    }
    jsStreamInfo_Destroy(info);
    check(natsInbox_Create(&name), "inbox");
    snprintf(inbox, sizeof inbox, "%s", name);
    natsInbox_Destroy(name);
    char all[80];
    snprintf(all, sizeof all, "%s.*", inbox);
    check(natsConnection_SubscribeSync(&acknowledgements, connection, all), "inbox");
    check(natsSubscription_SetPendingLimits(acknowledgements, -1, -1), "inbox");
}

static void publish(const struct message *message, const char *data, size_t length, uint64_t slot, bool is_keyed) {
    char subject[64], reply[96], key[48];
    natsMsg *letter;
    snprintf(subject, sizeof subject, "to.%lu.%lu", message->receiver, message->conversation);
    snprintf(reply, sizeof reply, "%s.%lu", inbox, slot);
    check(natsMsg_Create(&letter, subject, reply, data, length), "message");
    if (is_keyed) {
        uint64_t parts[2];
        memcpy(parts, message->key, sizeof parts);
        snprintf(key, sizeof key, "%lx-%lx%lx", message->sender, parts[0], parts[1]);
        check(natsMsgHeader_Set(letter, "Nats-Msg-Id", key), "message");
    }
    check(natsConnection_PublishMsg(connection, letter), "publish");
    natsMsg_Destroy(letter);
}

/* Waits for an acknowledgement and says to which of those in flight it belongs. */
static uint64_t acknowledged(void) {
    natsMsg *letter;
    check(natsSubscription_NextMsg(&letter, acknowledgements, 20000), "acknowledgement");
    const char *text = natsMsg_GetData(letter);
    if (strstr(text, "\"error\"")) fail("NATS: %s", text);
    if (strstr(text, "\"duplicate\"")) fail("an identifier came twice");
    uint64_t slot = strtoull(natsMsg_GetSubject(letter) + strlen(inbox) + 1, NULL, 10);
    natsMsg_Destroy(letter);
    return slot;
}

/* What a message says: sender and time before its body. */
static size_t write_down(char *data, const struct message *message, size_t length) {
    memcpy(data, &message->sender, 8);
    memcpy(data + 8, &message->time, 8);
    memcpy(data + 16, body_of(message), length);
    return 16 + length;
}

static void prepare(const struct options *options) {
    enum { WINDOW = 4000 };
    traffic_start(options);
    open_nats(options, false);
    char *data = allocate(options->body + 16);
    uint64_t outstanding = 0;
    struct message message;
    for (uint64_t index = 0; index < options->messages; index++) {
        if (outstanding == WINDOW) acknowledged(), outstanding--;
        traffic_prepared(options, index, &message);
        publish(&message, data, write_down(data, &message, options->body), 0, false);
        outstanding++;
    }
    while (outstanding--) acknowledged();
}

static void send(const struct options *options) {
    traffic_start(options);
    open_nats(options, options->in_flight == 1);
    char *data = allocate(options->body + 16);
    uint64_t *handed_in = allocate(options->in_flight * sizeof *handed_in);
    uint64_t *slots = allocate(options->in_flight * sizeof *slots), outstanding = 0;
    for (uint64_t slot = 0; slot < options->in_flight; slot++) slots[slot] = slot;
    struct message message;
    bool is_over = false;
    measure_start(options, server_process(options->directory));
    for (;;) {
        is_over = is_over || measure_is_over();
        for (; !is_over && outstanding < options->in_flight; outstanding++) {
            traffic_next(&message);
            handed_in[slots[outstanding]] = nanoseconds();
            publish(&message, data, write_down(data, &message, options->body), slots[outstanding], true);
        }
        if (!outstanding) break;
        uint64_t slot = acknowledged();
        measure_accepted(1, handed_in[slot]);
        slots[--outstanding] = slot;
    }
    measure_stop();
}

/* A durable consumer of all that there is, which asks for pages and acknowledges each with its last message. */
static void catch_up(const struct options *options) {
    enum { PAGE = 1000 };
    char name[64];
    natsSubscription *consumer;
    jsSubOptions choices;
    jsErrCode error = 0;
    open_nats(options, false);
    jsSubOptions_Init(&choices);
    choices.Stream = "messages";
    choices.Config.AckPolicy = js_AckAll;
    choices.Config.DeliverPolicy = js_DeliverAll;
    choices.Config.MaxAckPending = PAGE * 4;
    snprintf(name, sizeof name, "device-%lu", nanoseconds());
    check(js_PullSubscribe(&consumer, stream, "to.>", name, NULL, &choices, &error), "consumer");
    measure_start(options, server_process(options->directory));
    uint64_t total = 0, asked = nanoseconds();
    while (total < options->messages) {
        natsMsgList page;
        uint64_t count = options->messages - total < PAGE ? options->messages - total : PAGE;
        check(natsSubscription_Fetch(&page, consumer, count, 5000, &error), "fetch");
        if (page.Count < 1) fail("there are only %lu messages", total);
        check(natsMsg_Ack(page.Msgs[page.Count - 1], NULL), "acknowledge");
        total += page.Count;
        asked = measure_accepted(page.Count, asked);
        natsMsgList_Destroy(&page);
    }
    check(natsConnection_Flush(connection), "flush");
    measure_stop();
    js_DeleteConsumer(stream, "messages", name, NULL, &error);
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "the client of NATS", .version = "", .guarantee = "", .prepare = prepare, .send = send,
        .catch_up = catch_up});
}
