/**
 * What a scan is measured against, in the same run on the same file: reading events alone, and
 * reading events plus a bare Vectorscan literal scan of their texts (the terms of the packs as they
 * are written, no disguise, no rules).
 *
 *     bench_floor FILE PACK_DIR...
 *
 * Prints one JSON object: {"events":n,"bytes":n,"terms":n,"parse_s":t,"vectorscan_s":t,"hits":n}.
 * Times are processor time, so that a busy machine does not blur them; each is the
 * best of three passes.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "feed/feed.h"
#include "pack/pack.h"

#define PASSES 3

struct floor {
    const char *path;
    hs_database_t *database;
    hs_scratch_t *scratch;
    uint64_t events, bytes, hits;
};

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int count_hit(unsigned int id, unsigned long long from, unsigned long long to,
                     unsigned int flags, void *context)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(uint64_t *)context;
    return 0;
}

static bool scan_batch(struct floor *f, const struct feed_batch *batch, bool literal)
{
    for (size_t i = 0; i < batch->event_count; i++) {
        const struct ward_str text = batch->events[i].text;
        f->events++;
        f->bytes += batch->places[i].bytes + 1u;
        if (literal && text.len &&
            hs_scan(f->database, text.data, (unsigned)text.len, 0, f->scratch, count_hit,
                    &f->hits) != HS_SUCCESS)
            return false;
    }
    return true;
}

/* One pass over the file; seconds, or -1. */
static double pass(struct floor *f, bool literal)
{
    struct feed *feed;
    struct feed_batch batch;
    struct ward_error err = {0};
    const double start_s = now_s();
    f->events = f->bytes = f->hits = 0;
    if (feed_open(f->path, NULL, &feed, &err) != WARD_OK) {
        (void)fprintf(stderr, "%s: %s\n", f->path, err.message);
        return -1;
    }
    feed_batch_init(&batch);
    bool good = true;
    do {
        good = feed_read(feed, &batch, &err) == WARD_OK && scan_batch(f, &batch, literal);
    } while (good && !batch.is_end);
    feed_batch_release(&batch);
    feed_close(feed);
    return good ? now_s() - start_s : -1;
}

static double best_pass(struct floor *f, bool literal)
{
    double best = -1;
    for (int i = 0; i < PASSES; i++) {
        const double took_s = pass(f, literal);
        if (took_s > 0 && (best < 0 || took_s < best))
            best = took_s;
    }
    return best;
}

static bool compile(struct floor *f, const struct pack *pack)
{
    const char **texts = calloc(pack->term_count + 1u, sizeof *texts);
    size_t *lens = calloc(pack->term_count + 1u, sizeof *lens);
    unsigned *ids = calloc(pack->term_count + 1u, sizeof *ids);
    unsigned *flags = calloc(pack->term_count + 1u, sizeof *flags);
    hs_compile_error_t *error = NULL;
    bool good = texts && lens && ids && flags;
    for (uint32_t i = 0; good && i < pack->term_count; i++) {
        texts[i] = pack->terms[i].text.data;
        lens[i] = pack->terms[i].text.len;
        ids[i] = i;
    }
    good = good && hs_compile_lit_multi(texts, flags, ids, lens, pack->term_count, HS_MODE_BLOCK,
                                        NULL, &f->database, &error) == HS_SUCCESS;
    if (error)
        (void)hs_free_compile_error(error);
    free(texts);
    free(lens);
    free(ids);
    free(flags);
    return good && hs_alloc_scratch(f->database, &f->scratch) == HS_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fprintf(stderr, "usage: bench_floor FILE PACK_DIR...\n");
        return 2;
    }
    struct floor f = {.path = argv[1]};
    const struct pack *pack;
    struct ward_error err = {0};
    if (pack_load((const char *const *)(argv + 2), (uint32_t)argc - 2u, &pack, &err) != WARD_OK) {
        (void)fprintf(stderr, "%s:%u: %s\n", err.source, err.line, err.message);
        return 2;
    }
    if (!compile(&f, pack)) {
        (void)fprintf(stderr, "cannot compile the terms\n");
        return 2;
    }
    const double parse_s = best_pass(&f, false);
    const double vectorscan_s = best_pass(&f, true);
    (void)printf("{\"events\":%llu,\"bytes\":%llu,\"terms\":%u,\"parse_s\":%.4f,"
                 "\"vectorscan_s\":%.4f,\"hits\":%llu}\n",
                 (unsigned long long)f.events, (unsigned long long)f.bytes, pack->term_count,
                 parse_s, vectorscan_s, (unsigned long long)f.hits);
    pack_free(pack);
    (void)hs_free_scratch(f.scratch);
    (void)hs_free_database(f.database);
    return parse_s > 0 && vectorscan_s > 0 ? 0 : 1;
}
