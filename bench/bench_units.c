/*
 * Speed of text_units_decode on the lines of a file, one call a line, best of several rounds.
 *
 * usage: bench_units FILE. Prints MB/s, lines/s and units a byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "text/units.h"

#define ROUNDS 15u

static double now_s(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/** Decodes every line once; returns the units seen, UINT64_MAX on failure. */
static uint64_t decode_lines(struct ward_str text, struct text_units *units, uint64_t *lines)
{
    uint64_t seen = 0;
    const char *at = text.data;
    const char *end = at + text.len;
    *lines = 0;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (text_units_decode(units, (struct ward_str){at, (size_t)(stop - at)}))
            return UINT64_MAX;
        seen += units->count;
        *lines += 1;
        at = stop + 1;
    }
    return seen;
}

int main(int argc, char **argv)
{
    struct buf file;
    struct ward_error err;
    if (argc != 2 || file_read(argv[1], 1u << 30, &file, &err)) {
        (void)fprintf(stderr, "usage: bench_units FILE (at most 1 GiB)\n");
        return 2;
    }
    struct text_units units;
    text_units_init(&units);
    double best = 1e9;
    uint64_t seen = 0;
    uint64_t lines = 0;
    for (unsigned round = 0; round < ROUNDS && seen != UINT64_MAX; round++) {
        const double begin = now_s();
        seen = decode_lines(buf_str(&file), &units, &lines);
        const double took = now_s() - begin;
        best = took < best ? took : best;
    }
    (void)printf("%.0f MB/s, %.2f M lines/s, %.3f units a byte\n", (double)file.len / best / 1e6,
                 (double)lines / best / 1e6, (double)seen / (double)file.len);
    text_units_release(&units);
    buf_release(&file);
    return seen == UINT64_MAX;
}
