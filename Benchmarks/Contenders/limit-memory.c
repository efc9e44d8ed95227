/* How fast memory can be read at all: from end to end (memory), and as the rows of a journal in LMDB (catch-up). */
#include "lmdb-journal.h"

/* An operation is to read 256 bytes. There is more than a cache holds. */
static void memory(const struct options *options) {
    enum { OPERATION = 256, SIZE = 1 << 29, LANES = 8 };
    uint64_t *words = allocate(SIZE);
    for (size_t index = 0; index < SIZE / 8; index++) words[index] = index;
    uint64_t sums[LANES] = {0};
    measure_start(options, 0);
    do {
        uint64_t now = nanoseconds();
        for (size_t index = 0; index < SIZE / 8; index += LANES)
            for (int lane = 0; lane < LANES; lane++) sums[lane] += words[index + lane];
        measure_accepted(SIZE / OPERATION, now);
    } while (!measure_is_over());
    measure_stop();
    if (!(sums[0] | sums[1] | sums[2] | sums[3] | sums[4] | sums[5] | sums[6] | sums[7])) fail("memory is empty");
}

int main(int argc, char **argv) {
    return contender_main(argc, argv, &(struct contender){
        .name = "limit: memory", .version = lmdb_release(), .equal = false,
        .guarantee = "nothing is written; memory: an operation reads 256 bytes", .writes_pages = true,
        .prepare = journal_prepare, .catch_up = journal_catch_up, .memory = memory});
}
