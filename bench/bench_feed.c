/**
 * How fast JSON lines become events: reading alone, parsing alone, both.
 *
 *     bench_feed [FILE [ROUNDS]]
 *
 * Without FILE it makes 200,000 lines of about 190 bytes itself. "parse" cuts a batch outside the
 * clock and times feed_batch_parse() only: the figure of one core's parsing stage. The last lines
 * read the same bytes with simdjson, a document a line and as one stream. Times are processor
 * time of all threads, the best of all rounds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "feed/feed.h"
#include "simdjson_lines.h"

#define MADE_LINES 200000u
#define INPUT_BYTES_MAX ((size_t)1 << 31)

struct memory {
    const char *data;
    size_t len;
    size_t at;
};

static ssize_t memory_read(void *context, void *buffer, size_t size)
{
    struct memory *memory = context;
    const size_t left = memory->len - memory->at;
    const size_t got = left < size ? left : size;
    memcpy(buffer, memory->data + memory->at, got);
    memory->at += got;
    return (ssize_t)got;
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void make_lines(struct buf *out)
{
    static const char *const texts[] = {
        "今天晚上一起去吃火锅吗，老地方见", "谁有二手的婴儿车，带孩子出门用，价格好说",
        "ok see you at the station tomorrow morning", "这个周末有空的话帮我看看那份合同，谢谢啦"};
    for (unsigned i = 0; i < MADE_LINES; i++) {
        buf_printf(out,
                   "{\"id\":\"m%u\",\"platform\":\"qq\",\"group\":\"g%u\",\"account\":\"u%u\","
                   "\"alias\":\"小明\",\"time\":\"2026-03-29T18:22:%02u+08:00\",\"kind\":"
                   "\"message\",\"text\":\"%s\"}\n",
                   i, i % 97, i % 1009, i % 60, texts[i % 4]);
    }
}

struct figures {
    double fill_s;
    double parse_s;
    size_t events;
    size_t faults;
};

static enum ward_status run(const struct buf *input, struct feed_batch *batch, struct figures *out)
{
    struct memory memory = {input->data, input->len, 0};
    struct ward_error err;
    struct feed *feed;
    enum ward_status status =
        feed_open_stream((struct feed_stream){memory_read, NULL, &memory}, "bench",
                         &(struct feed_options){.format = FEED_FORMAT_JSONL}, &feed, &err);
    *out = (struct figures){0};
    while (status == WARD_OK && !batch->is_end) {
        const double start = now_s();
        status = feed_fill(feed, batch, &err);
        const double cut = now_s();
        if (status == WARD_OK)
            status = feed_batch_parse(batch, &err);
        out->parse_s += now_s() - cut;
        out->fill_s += cut - start;
        out->events += batch->event_count;
        out->faults += batch->fault_count;
    }
    batch->is_end = false;
    feed_close(feed);
    return status;
}

static double yardstick_s(const struct buf *input,
                          size_t (*read_all)(const char *, size_t, size_t *))
{
    size_t bytes = 0;
    const double start = now_s();
    (void)read_all(input->data, input->len, &bytes);
    return now_s() - start;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static enum ward_status compare(struct buf *input, long rounds)
{
    struct feed_batch batch;
    struct figures figures = {0};
    double best[5] = {1e9, 1e9, 1e9, 1e9, 1e9};
    static const char *const names[] = {"cut", "parse", "cut and parse",
                                        "simdjson, a document a line", "simdjson, one stream"};
    if (buf_reserve(input, 128) != WARD_OK)
        return WARD_ERR_NOMEM;
    memset(input->data + input->len, 0, 128);
    feed_batch_init(&batch);
    for (long round = 0; round < rounds; round++) {
        const enum ward_status status = run(input, &batch, &figures);
        if (status != WARD_OK)
            return status;
        best[0] = least(best[0], figures.fill_s);
        best[1] = least(best[1], figures.parse_s);
        best[2] = least(best[2], figures.fill_s + figures.parse_s);
        best[3] = least(best[3], yardstick_s(input, simdjson_read_lines));
        best[4] = least(best[4], yardstick_s(input, simdjson_read_stream));
    }
    feed_batch_release(&batch);
    (void)printf("%zu events, %zu faults, %.0f bytes an event\n", figures.events, figures.faults,
                 (double)input->len / (double)figures.events);
    for (size_t i = 0; i < 5; i++)
        (void)printf("%-28s %6.2f M events/s  %5.0f MB/s\n", names[i],
                     (double)figures.events / best[i] / 1e6, (double)input->len / best[i] / 1e6);
    return WARD_OK;
}

int main(int argc, char **argv)
{
    struct buf input;
    struct ward_error err;
    buf_init(&input, INPUT_BYTES_MAX);
    if (argc > 1 && file_read(argv[1], INPUT_BYTES_MAX, &input, &err) != WARD_OK) {
        (void)fprintf(stderr, "%s: %s\n", argv[1], err.message);
        return 2;
    }
    if (argc <= 1)
        make_lines(&input);
    const long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 5;
    const enum ward_status status = compare(&input, rounds);
    buf_release(&input);
    return status == WARD_OK ? 0 : 2;
}
