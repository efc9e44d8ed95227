#include "contender.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void *allocate(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (!memory) fail("no memory for %zu bytes", bytes);
    return memory;
}

const char *path_in(const char *directory, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0) fail("no memory");
    return path;
}

/* ---- Options and verbs ---- */

static struct options parse(int argc, char **argv) {
    struct options options = {.conversations = 100000, .messages = 0, .members = 1000, .in_flight = 100,
                              .seed = 1, .body = 256, .seconds = 3};
    for (int index = 2; index + 1 < argc; index += 2) {
        const char *name = argv[index], *value = argv[index + 1];
        if (!strcmp(name, "--directory")) options.directory = value;
        else if (!strcmp(name, "--conversations")) options.conversations = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--messages")) options.messages = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--members")) options.members = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--in-flight")) options.in_flight = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--seed")) options.seed = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--body")) options.body = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--seconds")) options.seconds = strtod(value, NULL);
        else if (!strcmp(name, "--distribution")) options.zipf = !strcmp(value, "zipf");
        else fail("unknown option %s", name);
    }
    if (argc > 2 && argc % 2) fail("option %s has no value", argv[argc - 1]);
    if (!options.conversations || !options.in_flight || !options.body || options.body > 32768)
        fail("conversations, in-flight and body are at least 1, body at most 32768");
    return options;
}

static void prepare_once(const struct contender *contender, const struct options *options) {
    const char *path = path_in(options->directory, "prepared");
    if (access(path, F_OK) == 0) return;
    if (options->messages) contender->prepare(options);
    FILE *file = fopen(path, "w");
    if (!file || fprintf(file, "%lu %lu\n", options->messages, options->conversations) < 0 || fclose(file))
        fail("cannot write %s", path);
    sync();
}

static const struct contender *called;

int contender_main(int argc, char **argv, const struct contender *contender) {
    called = contender;
    const char *verb = argc > 1 ? argv[1] : "";
    if (!strcmp(verb, "describe")) {
        printf("{\"name\":\"%s\",\"version\":\"%s\",\"guarantee\":\"%s\",\"equal\":%s}\n", contender->name,
               contender->version, contender->guarantee, contender->equal ? "true" : "false");
        return 0;
    }
    struct options options = parse(argc, argv);
    if (!strcmp(verb, "start") || !strcmp(verb, "stop")) return 0;
    if (!options.directory) fail("usage: %s VERB --directory DIRECTORY ...", argv[0]);
    if (!strcmp(verb, "prepare")) {
        if (contender->prepare) prepare_once(contender, &options);
        return 0;
    }
    void (*action)(const struct options *) = !strcmp(verb, "send")       ? contender->send
                                             : !strcmp(verb, "group")    ? contender->group
                                             : !strcmp(verb, "catch-up") ? contender->catch_up
                                             : !strcmp(verb, "get")      ? contender->get
                                             : !strcmp(verb, "memory")   ? contender->memory
                                                                         : NULL;
    if (!action) {
        fprintf(stderr, "%s: no '%s' here\n", contender->name, verb);
        return EXIT_CANNOT;
    }
    action(&options);
    measure_print();
    return 0;
}

/* ---- Traffic ---- */

enum { DRAWS = 1 << 20, TEXT = 1 << 20 };
static uint32_t *draws;
static uint64_t drawn, key_state, clock_ticks;
static const struct options *traffic;
static char *text;

uint64_t mixed(uint64_t value) { /* the finisher of splitmix64 */
    value += 0x9E3779B97F4A7C15ull;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ull;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBull;
    return value ^ (value >> 31);
}

void put_big_endian(void *bytes, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, 8);
}

uint64_t prepared_conversations(const char *directory) {
    FILE *file = fopen(path_in(directory, "prepared"), "r");
    uint64_t messages, conversations = 0;
    if (file && fscanf(file, "%lu %lu", &messages, &conversations) != 2) conversations = 0;
    if (file) fclose(file);
    if (!conversations) fail("nothing has been prepared in %s", directory);
    return conversations;
}

uint64_t users(const struct options *options) { return options->conversations / 5 + 2; }

uint64_t group_conversation(uint64_t members) { return (1ull << 40) + members; }

static int by_user(const void *one, const void *other) {
    const struct prepared_row *a = one, *b = other;
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    return a->conversation < b->conversation ? -1 : 1;
}

struct prepared_row *prepared_inbox(const struct options *options, uint64_t *count) {
    uint64_t filled = options->messages < options->conversations ? options->messages : options->conversations;
    struct prepared_row *rows = allocate((filled * 2 + 1) * sizeof *rows);
    for (uint64_t index = 0; index < options->messages; index++) {
        struct message message;
        traffic_prepared(options, index, &message);
        struct prepared_row *row = &rows[message.conversation * 2 + (message.sender < message.receiver)];
        *row = (struct prepared_row){message.receiver, message.conversation, index / options->conversations + 1,
                                     message.time, row->unread + 1};
    }
    *count = 0;
    for (uint64_t index = 0; index < filled * 2; index++)
        if (rows[index].unread) rows[(*count)++] = rows[index];
    qsort(rows, *count, sizeof *rows, by_user);
    return rows;
}

uint64_t group_batch(const struct options *options) {
    enum { ROWS = 200000 };
    uint64_t batch = ROWS / options->members;
    return batch < 1 ? 1 : batch < options->in_flight ? batch : options->in_flight;
}

/* Drawn before the clock starts, and used over and over: drawing costs more than what the limits measure. */
static void draw(const struct options *options) {
    uint64_t count = options->conversations, state = options->seed;
    double *share = NULL, total = 0;
    if (options->zipf) {
        share = allocate(count * sizeof *share);
        for (uint64_t rank = 0; rank < count; rank++) share[rank] = total += 1.0 / (rank + 1);
    }
    for (size_t index = 0; index < DRAWS; index++) {
        uint64_t bits = mixed(state++);
        if (!share) {
            draws[index] = ((unsigned __int128)bits * count) >> 64;
            continue;
        }
        double target = (bits >> 11) * 0x1p-53 * total;
        uint64_t low = 0, high = count - 1;
        while (low < high) {
            uint64_t middle = (low + high) / 2;
            if (share[middle] < target) low = middle + 1;
            else high = middle;
        }
        draws[index] = low * 2654435761ull % count; /* a prime: neighbours in rank are not neighbours in a tree */
    }
    free(share);
}

void traffic_start(const struct options *options) {
    traffic = options;
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    clock_ticks = time.tv_sec * 1000000ull + time.tv_nsec / 1000;
    key_state = mixed(clock_ticks) ^ mixed((uint64_t)getpid() << 32);
    draws = allocate(DRAWS * sizeof *draws);
    draw(options);
    text = allocate(TEXT + options->body);
    for (size_t index = 0; index < TEXT + options->body; index++) text[index] = 'a' + mixed(index) % 26;
}

const char *body_of(const struct message *message) {
    uint32_t place;
    memcpy(&place, message->key, sizeof place);
    return text + place % TEXT;
}

static void choose_members(const struct options *options, struct message *message, bool is_reply) {
    uint64_t count = users(options), one = mixed(message->conversation * 2) % count;
    uint64_t other = mixed(message->conversation * 2 + 1) % count;
    if (one == other) other = (other + 1) % count;
    message->sender = is_reply ? other : one;
    message->receiver = is_reply ? one : other;
}

void traffic_next(struct message *message) {
    uint64_t bits[2] = {mixed(key_state), mixed(key_state + 1)};
    key_state += 2;
    message->conversation = draws[drawn++ % DRAWS];
    message->time = clock_ticks += 5;
    memcpy(message->key, bits, sizeof bits);
    choose_members(traffic, message, bits[0] & 1);
}

void traffic_prepared(const struct options *options, uint64_t index, struct message *message) {
    uint64_t bits[2] = {mixed(index), mixed(~index)};
    message->conversation = index % options->conversations;
    message->time = 1700000000000000ull + index;
    memcpy(message->key, bits, sizeof bits);
    choose_members(options, message, bits[0] & 1);
}

/* ---- Measuring ---- */

/* Latencies fall into classes that are 1/32 apart. */
enum { STEPS = 32, CLASSES = 64 * STEPS };
static struct {
    const struct options *options;
    pid_t server;
    uint64_t began, deadline, ended, operations, maximum, classes[CLASSES];
    struct bytes { uint64_t written, handed; } before;
} measured;

uint64_t nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static size_t class_of(uint64_t value) {
    if (value < STEPS) return value;
    int shift = 63 - __builtin_clzll(value) - 5;
    return (size_t)(shift + 1) * STEPS + (value >> shift) - STEPS;
}

static uint64_t middle_of(size_t class) {
    if (class < STEPS) return class;
    int shift = class / STEPS - 1;
    return ((class % STEPS + STEPS) << shift) + ((1ull << shift) >> 1);
}

static uint64_t percentile(double share) {
    uint64_t target = measured.operations * share, seen = 0;
    for (size_t class = 0; class < CLASSES; class++) {
        seen += measured.classes[class];
        if (seen > target) return middle_of(class);
    }
    return measured.maximum;
}

/* What a process and its children, those that have ended too, have written, and what they have handed to calls of
 * write. */
static struct bytes written_by(pid_t process) {
    char path[64], line[128];
    struct bytes bytes = {0, 0};
    snprintf(path, sizeof path, "/proc/%d/io", process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) 
        if (sscanf(line, "write_bytes: %lu", &bytes.written) != 1) sscanf(line, "wchar: %lu", &bytes.handed);
    if (file) fclose(file);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, process);
    file = fopen(path, "r");
    for (int child; file && fscanf(file, "%d", &child) == 1;) {
        struct bytes more = written_by(child);
        bytes.written += more.written, bytes.handed += more.handed;
    }
    if (file) fclose(file);
    return bytes;
}

/* The kernel counts a page when it becomes dirty. Where pages are kept in large folios, as ext4 does since Linux
 * 6.16, it counts the whole folio, of which far less goes to the disk. Who writes whole pages has handed over what
 * goes there. */
static uint64_t bytes_written(void) {
    struct bytes now = written_by(measured.server);
    uint64_t written = now.written - measured.before.written, handed = now.handed - measured.before.handed;
    return called->writes_pages && handed < written ? handed : written;
}

static uint64_t stored;
static int add_size(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)path, (void)place;
    if (kind == FTW_F) stored += status->st_blocks * 512ull;
    return 0;
}

pid_t server_process(const char *directory) {
    FILE *file = fopen(path_in(directory, "pid"), "r");
    int process = 0;
    if (file && fscanf(file, "%d", &process) != 1) process = 0;
    if (file) fclose(file);
    if (!process) fail("the server in %s is not running: start it first", directory);
    return process;
}

void measure_start(const struct options *options, pid_t server) {
    measured.options = options;
    measured.server = server ? server : getpid();
    measured.before = written_by(measured.server);
    measured.began = nanoseconds();
    measured.deadline = measured.began + options->seconds * 1e9;
}

bool measure_is_over(void) { return nanoseconds() >= measured.deadline; }

uint64_t measure_accepted(uint64_t count, uint64_t handed_in) {
    uint64_t now = nanoseconds(), latency = now - handed_in;
    measured.operations += count;
    measured.classes[class_of(latency)] += count;
    if (latency > measured.maximum) measured.maximum = latency;
    return now;
}

void measure_stop(void) { measured.ended = nanoseconds(); }

void measure_print(void) {
    nftw(measured.options->directory, add_size, 16, FTW_PHYS);
    printf("{\"operations\":%lu,\"nanoseconds\":%lu,\"bytesWritten\":%lu,\"p50\":%lu,\"p99\":%lu,\"p999\":%lu,"
           "\"maximum\":%lu,\"storeBytes\":%lu}\n",
           measured.operations, measured.ended - measured.began, bytes_written(),
           percentile(.5), percentile(.99), percentile(.999), measured.maximum, stored);
}
