/* What the disk allows at best: records are put one after the other into a file whose blocks are there already, one
 * fdatasync for each batch. At its end the file begins again. */
#include "contender.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE = 256 << 20 };

static int open_file(const struct options *options) {
    int file = open(path_in(options->directory, "records"), O_RDWR | O_CREAT, 0600);
    struct stat status;
    if (file < 0 || fstat(file, &status)) fail("cannot open the file: %s", strerror(errno));
    enum { CHUNK = 4096 }; /* page by page, so that the kernel keeps single pages: see written_by in contender.c */
    char *zeros = allocate(CHUNK);
    for (off_t offset = status.st_size; offset < FILE_SIZE; offset += CHUNK)
        if (pwrite(file, zeros, CHUNK, offset) != CHUNK) fail("cannot fill the file: %s", strerror(errno));
    if (status.st_size < FILE_SIZE && fsync(file)) fail("fsync: %s", strerror(errno));
    return file;
}

static void prepare(const struct options *options) { close(open_file(options)); }

static void send(const struct options *options) {
    traffic_start(options);
    int file = open_file(options);
    size_t record = sizeof(struct message) + options->body, bytes = record * options->in_flight;
    if (bytes > FILE_SIZE) fail("a batch does not fit into the file");
    char *batch = allocate(bytes);
    off_t offset = 0;
    struct message message;
    measure_start(options, 0);
    for (uint64_t now = nanoseconds(); !measure_is_over();) {
        for (uint64_t index = 0; index < options->in_flight; index++) {
            traffic_next(&message);
            memcpy(batch + index * record, &message, sizeof message);
            memcpy(batch + index * record + sizeof message, body_of(&message), options->body);
        }
        if (offset + (off_t)bytes > FILE_SIZE) offset = 0;
        if (pwrite(file, batch, bytes, offset) != (ssize_t)bytes) fail("pwrite: %s", strerror(errno));
        if (fdatasync(file)) fail("fdatasync: %s", strerror(errno));
        offset += bytes;
        now = measure_accepted(options->in_flight, now);
    }
    measure_stop();
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "limit: file", .version = "fdatasync", .equal = false,
        .guarantee = "every message synced before it is accepted; nothing can be found again",
        .prepare = prepare, .send = send});
}
