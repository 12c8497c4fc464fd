/*
 * Speed of the readers and of the whole signal stage on the lines of a file, one call a line, best
 * of several rounds.
 *
 * usage: bench_signals FILE [PACK_DIR]...
 * Prints ns a line for decoding, decoding + readers, and with packs the whole of signals_find.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/file.h"
#include "pack/pack.h"
#include "signal/facts.h"
#include "signal/signals.h"

#define ROUNDS 7u

struct bench {
    struct text_units units;
    struct facts facts;
    const struct pack *pack;
    struct signal_scratch *scratch;
    struct signals found;
    uint64_t lines, seen;
};

typedef enum ward_status (*stage_fn)(struct bench *bench, struct ward_str line);

static double now_s(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static enum ward_status decode(struct bench *bench, struct ward_str line)
{
    bench->seen += bench->units.count;
    return text_units_decode(&bench->units, line);
}

static enum ward_status read_facts(struct bench *bench, struct ward_str line)
{
    enum ward_status status = text_units_decode(&bench->units, line);
    if (!status)
        status = facts_read(&bench->facts, &bench->units, SIGNAL_TEXT, FACTS_ALL);
    bench->seen += bench->facts.price_count + bench->facts.child_count;
    return status;
}

static enum ward_status find_all(struct bench *bench, struct ward_str line)
{
    bench->seen += bench->found.hit_count;
    return signals_find(bench->pack, line, SIGNAL_TEXT, bench->scratch, &bench->found);
}

static double run(struct bench *bench, struct ward_str text, stage_fn stage)
{
    double best = 1e9;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const double begin = now_s();
        const char *at = text.data;
        const char *end = at + text.len;
        bench->lines = bench->seen = 0;
        while (at < end) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            stop = stop ? stop : end;
            if (stop - at < (long)WARD_TEXT_WINDOW_BYTES &&
                stage(bench, (struct ward_str){at, (size_t)(stop - at)}))
                return -1;
            bench->lines++;
            at = stop + 1;
        }
        const double took = now_s() - begin;
        best = took < best ? took : best;
    }
    return best * 1e9 / (double)bench->lines;
}

static int bench_all(struct bench *bench, struct ward_str text, int dirs, char **paths)
{
    struct ward_error err = {0};
    (void)printf("decode %.0f ns/line\n", run(bench, text, decode));
    (void)printf("decode + readers %.0f ns/line\n", run(bench, text, read_facts));
    (void)printf("prices and children: %llu\n", (unsigned long long)bench->seen);
    if (!dirs)
        return 0;
    if (pack_load((const char *const *)paths, (uint32_t)dirs, &bench->pack, &err) ||
        signal_scratch_new(bench->pack, &bench->scratch)) {
        (void)fprintf(stderr, "%s:%u: %s\n", err.source, err.line, err.message);
        return 2;
    }
    (void)printf("signals_find %.0f ns/line\n", run(bench, text, find_all));
    (void)printf("hits: %llu in %llu lines\n", (unsigned long long)bench->seen,
                 (unsigned long long)bench->lines);
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct buf file;
    struct ward_error err;
    if (argc < 2 || file_read(argv[1], 1u << 30, &file, &err)) {
        (void)fprintf(stderr, "usage: bench_signals FILE [PACK_DIR]...\n");
        return 2;
    }
    text_units_init(&bench.units);
    facts_init(&bench.facts);
    signals_init(&bench.found);
    const int status = bench_all(&bench, buf_str(&file), argc - 2, argv + 2);
    signal_scratch_free(bench.scratch);
    signals_release(&bench.found);
    facts_release(&bench.facts);
    text_units_release(&bench.units);
    pack_free(bench.pack);
    buf_release(&file);
    return status;
}
