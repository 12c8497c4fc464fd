/**
 * How fast ward reads term lists, beside Vectorscan in the same process.
 *
 * usage: bench_grep [--json] [--seconds S] TERMS TEXT...
 *
 * TERMS: one a line, the first 1,000 / 8,000 / 10,000 / 50,000 of them are used. TEXT: each line is
 * a message, scanned with one call, as a platform would. Rates are the best of several passes.
 * Hostile texts are made here: characters of the terms themselves in random order, without and with
 * letters and digits strewn in.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/str.h"
#include "ward/ward.h"

#define BYTES_MAX ((size_t)1 << 30)
#define HOSTILE_BYTES ((size_t)1 << 20)

struct lines {
    struct ward_str *at;
    uint32_t count;
    size_t bytes;
};

struct corpus {
    struct buf terms_file;
    struct lines terms;
    struct buf texts[16];
    struct lines messages;
    struct ward_str hostile;
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* not disturbed by other work on the machine */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *must(void *memory)
{
    if (!memory) {
        fputs("bench_grep: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void read_file(const char *path, struct buf *out)
{
    struct ward_error err;
    if (file_read(path, BYTES_MAX, out, &err) != WARD_OK) {
        fprintf(stderr, "bench_grep: %s: %s\n", path, err.message);
        exit(2);
    }
}

static void add_lines(struct lines *lines, const struct buf *file)
{
    size_t begin = 0;
    while (begin < file->len) {
        const char *stop = memchr(file->data + begin, '\n', file->len - begin);
        const size_t end = stop ? (size_t)(stop - file->data) : file->len;
        if (end > begin) {
            if ((lines->count & (lines->count - 1)) == 0)
                lines->at = must(
                    realloc(lines->at, (lines->count ? lines->count * 2 : 1) * sizeof(*lines->at)));
            lines->at[lines->count++] = (struct ward_str){file->data + begin, end - begin};
            lines->bytes += end - begin;
        }
        begin = end + 1;
    }
}

/* Characters of the terms in random order: every filter answers all the time. */
static struct ward_str make_hostile(const struct lines *terms, bool strewn)
{
    char *data = must(malloc(HOSTILE_BYTES + 256));
    size_t len = 0;
    uint32_t seed = 12345;
    while (len < HOSTILE_BYTES) {
        seed = seed * 1664525u + 1013904223u;
        const struct ward_str term = terms->at[(seed >> 8) % terms->count];
        const size_t part = term.len > 6 ? 6 : term.len;
        memcpy(data + len, term.data, part);
        len += part;
        if (strewn) {
            data[len++] = "abcxyz0189"[(seed >> 4) % 10];
            data[len++] = "aioeunhgzs"[(seed >> 12) % 10];
        }
    }
    return (struct ward_str){data, len};
}

/* ---- The engines ----------------------------------------------------------------------------- */

static bool count_hit(void *user, const struct ward_term_hit *hit)
{
    (void)hit;
    ++*(uint64_t *)user;
    return true;
}

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                       void *user)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(uint64_t *)user;
    return 0;
}

struct result {
    double mb_s;
    uint64_t hits;
    double build_s;
    size_t bytes;
};

struct engine {
    struct ward_terms *terms;
    struct ward_terms_scratch *scratch;
    hs_database_t *database;
    hs_scratch_t *hs;
};

static uint64_t pass(const struct engine *e, const struct lines *messages)
{
    uint64_t hits = 0;
    for (uint32_t i = 0; i < messages->count; i++) {
        const struct ward_str text = messages->at[i];
        if (e->database)
            (void)hs_scan(e->database, text.data, (unsigned)text.len, 0, e->hs, count_match, &hits);
        else if (ward_terms_scan(e->terms, e->scratch, text, count_hit, &hits) != WARD_OK)
            exit(2);
    }
    return hits;
}

static void measure(const struct engine *e, const struct lines *messages, double seconds,
                    struct result *out)
{
    const double start = cpu_s();
    double best = 1e9;
    for (int n = 0; n < 3 || cpu_s() - start < seconds; n++) {
        const double from = cpu_s();
        out->hits = pass(e, messages);
        const double took = cpu_s() - from;
        best = took < best ? took : best;
    }
    out->mb_s = (double)messages->bytes / best / 1e6;
}

static struct result run_ward(const struct corpus *c, uint32_t terms, enum ward_term_mode mode,
                              const struct lines *messages, double seconds)
{
    struct ward_term *list = must(calloc(terms, sizeof(*list)));
    for (uint32_t i = 0; i < terms; i++)
        list[i] = (struct ward_term){.text = c->terms.at[i], .mode = mode};
    struct engine e = {0};
    struct result r = {0};
    struct ward_error err;
    const double from = cpu_s();
    if (ward_terms_open(list, terms, NULL, &e.terms, &err) != WARD_OK ||
        ward_terms_scratch_new(e.terms, &e.scratch) != WARD_OK) {
        fprintf(stderr, "bench_grep: %s\n", err.message);
        exit(2);
    }
    r.build_s = cpu_s() - from;
    r.bytes = ward_terms_bytes(e.terms);
    measure(&e, messages, seconds, &r);
    ward_terms_scratch_free(e.scratch);
    ward_terms_close(e.terms);
    free(list);
    return r;
}

static struct result run_vectorscan(const struct corpus *c, uint32_t terms,
                                    const struct lines *messages, double seconds)
{
    const char **patterns = must(calloc(terms, sizeof(*patterns)));
    size_t *lengths = must(calloc(terms, sizeof(*lengths)));
    unsigned *flags = must(calloc(terms, sizeof(*flags)));
    unsigned *ids = must(calloc(terms, sizeof(*ids)));
    for (uint32_t i = 0; i < terms; i++) {
        patterns[i] = c->terms.at[i].data;
        lengths[i] = c->terms.at[i].len;
        ids[i] = i;
    }
    struct engine e = {0};
    struct result r = {0};
    hs_compile_error_t *error = NULL;
    const double from = cpu_s();
    if (hs_compile_lit_multi(patterns, flags, ids, lengths, terms, HS_MODE_BLOCK, NULL, &e.database,
                             &error) != HS_SUCCESS ||
        hs_alloc_scratch(e.database, &e.hs) != HS_SUCCESS)
        exit(2);
    r.build_s = cpu_s() - from;
    (void)hs_database_size(e.database, &r.bytes);
    measure(&e, messages, seconds, &r);
    hs_free_scratch(e.hs);
    hs_free_database(e.database);
    free(patterns);
    free(lengths);
    free(flags);
    free(ids);
    return r;
}

/* ---- Report ---------------------------------------------------------------------------------- */

static bool json;

static void report(const char *what, uint32_t terms, const struct result *r,
                   const struct result *yardstick)
{
    const double ratio = yardstick ? r->mb_s / yardstick->mb_s : 1.0;
    if (json)
        printf("{\"bench\":\"grep\",\"what\":\"%s\",\"terms\":%u,\"mb_s\":%.1f,\"ratio\":%.3f,"
               "\"hits\":%llu,\"build_s\":%.3f,\"bytes\":%zu}\n",
               what, terms, r->mb_s, ratio, (unsigned long long)r->hits, r->build_s, r->bytes);
    else
        printf("%-22s %6u %8.1f MB/s %6.2f x %9llu hits %7.3f s %8.2f MB\n", what, terms, r->mb_s,
               ratio, (unsigned long long)r->hits, r->build_s, (double)r->bytes / 1e6);
    fflush(stdout);
}

static void bench_size(const struct corpus *c, uint32_t terms, double seconds)
{
    if (terms > c->terms.count)
        return;
    const struct result vs = run_vectorscan(c, terms, &c->messages, seconds);
    report("vectorscan literal", terms, &vs, NULL);
    const struct result exact = run_ward(c, terms, WARD_TERM_LITERAL, &c->messages, seconds);
    report("ward exact", terms, &exact, &vs);
    const struct result full = run_ward(c, terms, WARD_TERM_FULL, &c->messages, seconds);
    report("ward all disguises", terms, &full, &vs);
}

static void bench_hostile(const struct corpus *c, uint32_t terms, double seconds)
{
    if (terms > c->terms.count)
        terms = c->terms.count;
    for (int strewn = 0; strewn < 2; strewn++) {
        struct ward_str text = make_hostile(&c->terms, strewn);
        const struct lines one = {&text, 1, text.len};
        const struct result r = run_ward(c, terms, WARD_TERM_FULL, &one, seconds);
        report(strewn ? "hostile, strewn" : "hostile", terms, &r, NULL);
        free((void *)(uintptr_t)text.data);
    }
}

int main(int argc, char **argv)
{
    struct corpus *c = must(calloc(1, sizeof(*c)));
    double seconds = 1.0;
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        json |= strcmp(argv[at], "--json") == 0;
        if (strcmp(argv[at], "--seconds") == 0 && at + 1 < argc)
            seconds = strtod(argv[++at], NULL);
    }
    if (argc - at < 2 || argc - at > 16) {
        fputs("usage: bench_grep [--json] [--seconds S] TERMS TEXT...\n", stderr);
        return 2;
    }
    read_file(argv[at++], &c->terms_file);
    add_lines(&c->terms, &c->terms_file);
    for (int i = 0; at < argc; at++, i++) {
        read_file(argv[at], &c->texts[i]);
        add_lines(&c->messages, &c->texts[i]);
    }
    if (!json)
        printf("%u messages, mean %.1f bytes\n", c->messages.count,
               (double)c->messages.bytes / c->messages.count);
    const uint32_t sizes[] = {1000, 8000, 10000, 50000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        bench_size(c, sizes[i], seconds);
    bench_hostile(c, 8000, seconds);
    return 0;
}
