/*
 * Streams through pipelines: bytes in order whatever the threads, several streams over one session
 * in turns, a source that keeps us waiting holds up nobody, events turned away, faults told.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "pipeline/pipeline.h"

struct fixture {
    struct ward_engine *engine;
    struct ward_session *session;
    struct pipeline_order *order;
    struct pipeline *pipeline;
};

static void open_fixture(struct fixture *f, int threads)
{
    const char *const dirs[] = {TEST_PACK};
    const struct ward_engine_options options = {.dirs = dirs, .dir_count = 1};
    assert_int_equal(ward_engine_open(&options, &f->engine, NULL), WARD_OK);
    assert_int_equal(ward_session_new(f->engine, NULL, &f->session), WARD_OK);
    assert_int_equal(pipeline_order_new(0, &f->order), WARD_OK);
    const struct pipeline_setup setup = {.engine = f->engine,
                                         .check = {.session = f->session},
                                         .order = f->order,
                                         .fail_level = WARD_LEVEL_REVIEW,
                                         .threads = threads};
    assert_int_equal(pipeline_new(&setup, &f->pipeline, NULL), WARD_OK);
}

static void close_fixture(struct fixture *f)
{
    pipeline_free(f->pipeline);
    pipeline_order_free(f->order);
    ward_session_free(f->session);
    ward_engine_close(f->engine);
}

/* ---- sources --------------------------------------------------------------------------------- */

struct text_source {
    struct ward_str text;
    size_t at;
    int fails; /* errno-like: nonzero makes the end an error */
};

static ssize_t text_read(void *context, void *buffer, size_t size)
{
    struct text_source *source = context;
    const size_t left = source->text.len - source->at;
    const size_t got = left < size ? left : size;
    if (!left && source->fails)
        return -1;
    memcpy(buffer, source->text.data + source->at, got);
    source->at += got;
    return (ssize_t)got;
}

static ssize_t pipe_read(void *context, void *buffer, size_t size)
{
    return read(*(int *)context, buffer, size);
}

static struct feed *feed_of(ssize_t (*read_from)(void *, void *, size_t), void *context)
{
    struct feed_options options = feed_options_default();
    struct feed *feed;
    options.format = FEED_FORMAT_JSONL;
    const struct feed_stream stream = {.read = read_from, .context = context};
    assert_int_equal(feed_open_stream(stream, "test", &options, &feed, NULL), WARD_OK);
    return feed;
}

/* Bytes are there, though maybe no whole record. */
static bool says_ready(void *context)
{
    (void)context;
    return true;
}

/* ---- hooks ----------------------------------------------------------------------------------- */

struct told {
    struct buf out;
    int faults, first_line;
    int turned_away;
};

static void put_id(void *user, struct buf *out, const struct ward_event *event,
                   const struct ward_verdict *verdict)
{
    (void)user;
    buf_put_str(out, event->id);
    buf_put_text(out, verdict->level > WARD_LEVEL_NONE ? "! " : " ");
}

static bool collect(void *user, struct ward_str bytes)
{
    struct told *told = user;
    buf_put_str(&told->out, bytes);
    return true;
}

static bool nobody_reads(void *user, struct ward_str bytes)
{
    (void)user;
    (void)bytes;
    return false;
}

static enum ward_status count_fault(void *user, const struct ward_error *fault)
{
    struct told *told = user;
    if (!told->faults++)
        told->first_line = (int)fault->line;
    return WARD_OK;
}

static bool not_twice(void *user, struct ward_event *event)
{
    struct told *told = user;
    const bool is_fresh = !str_equal(event->id, str_of("again"));
    told->turned_away += !is_fresh;
    return is_fresh;
}

static struct pipeline_hooks hooks_of(struct told *told)
{
    *told = (struct told){0};
    buf_init(&told->out, SIZE_MAX / 2);
    return (struct pipeline_hooks){
        .user = told, .put = put_id, .write = collect, .fault = count_fault, .admit = not_twice};
}

static enum ward_status run_text(struct fixture *f, const struct pipeline_hooks *hooks,
                                 struct text_source *text, struct pipeline_totals *totals)
{
    struct pipeline_stream *stream;
    struct feed *feed = feed_of(text_read, text);
    const struct pipeline_source source = {.feed = feed};
    assert_int_equal(pipeline_stream_new(f->pipeline, hooks, &stream, NULL), WARD_OK);
    const enum ward_status status = pipeline_read(stream, &source, NULL);
    pipeline_finish(stream);
    *totals = *pipeline_totals(stream);
    pipeline_stream_free(stream);
    feed_close(feed);
    return status;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void fill_lines(struct buf *text, size_t count)
{
    buf_init(text, SIZE_MAX / 2);
    for (size_t i = 0; i < count; i++)
        buf_printf(text,
                   "{\"id\":\"m%zu\",\"platform\":\"qq\",\"group\":\"g%zu\",\"account\":\"u%zu\","
                   "\"text\":\"%s\"}\n",
                   i, i % 7, i % 13, i % 5 ? "今天降温了" : "男宝宝送养出去，感谢费");
}

static void same_bytes_whatever_the_threads(void **state)
{
    (void)state;
    struct buf text;
    struct told one;
    struct told three;
    struct pipeline_totals totals;
    fill_lines(&text, 60000); /* several rounds */
    for (int threads = 1; threads <= 3; threads += 2) {
        struct fixture f;
        open_fixture(&f, threads);
        const struct pipeline_hooks hooks = hooks_of(threads == 1 ? &one : &three);
        struct text_source source = {.text = buf_str(&text)};
        assert_int_equal(run_text(&f, &hooks, &source, &totals), WARD_OK);
        assert_int_equal(totals.events, 60000);
        assert_int_equal(totals.flagged, totals.events - totals.levels[WARD_LEVEL_NONE]);
        assert_true(totals.flagged >= 12000);
        close_fixture(&f);
    }
    assert_true(one.out.len > 100000);
    assert_true(str_equal(buf_str(&one.out), buf_str(&three.out)));
    buf_release(&one.out);
    buf_release(&three.out);
    buf_release(&text);
}

static void tells_faults_and_turns_away(void **state)
{
    (void)state;
    struct fixture f;
    struct told told;
    struct pipeline_totals totals;
    open_fixture(&f, 2);
    const struct pipeline_hooks hooks = hooks_of(&told);
    struct text_source source = {.text = str_of("{\"id\":\"a\",\"text\":\"x\"}\n"
                                                "{\"id\":\"b\",\"text\":\n"
                                                "{\"id\":\"again\",\"text\":\"x\"}\n"
                                                "{\"id\":\"c\",\"text\":\"x\"}\n"),
                                 .fails = 1};
    assert_int_equal(run_text(&f, &hooks, &source, &totals), WARD_ERR_IO);
    assert_true(str_equal(buf_str(&told.out), str_of("a c ")));
    assert_int_equal(told.faults, 1);
    assert_int_equal(told.first_line, 2);
    assert_int_equal(told.turned_away, 1);
    assert_int_equal(totals.events, 3);
    assert_int_equal(totals.repeats, 1);
    assert_int_equal(totals.skipped, 1);
    buf_release(&told.out);
    close_fixture(&f);
}

static void stops_when_nobody_reads(void **state)
{
    (void)state;
    struct fixture f;
    struct told told;
    struct buf text;
    struct pipeline_totals totals;
    open_fixture(&f, 2);
    fill_lines(&text, 200000);
    struct pipeline_hooks hooks = hooks_of(&told);
    hooks.write = nobody_reads;
    struct text_source source = {.text = buf_str(&text)};
    assert_int_equal(run_text(&f, &hooks, &source, &totals), WARD_OK);
    assert_true(totals.events < 200000);
    buf_release(&told.out);
    buf_release(&text);
    close_fixture(&f);
}

struct slow {
    struct fixture *f;
    int fd;
    struct pipeline_totals totals;
    enum ward_status status;
};

static void *read_slowly(void *argument)
{
    struct slow *slow = argument;
    struct pipeline_stream *stream;
    const struct pipeline_hooks none = {0};
    struct feed *feed = feed_of(pipe_read, &slow->fd);
    const struct pipeline_source source = {
        .feed = feed, .is_ready = says_ready, .reads_outside = true};
    slow->status = pipeline_stream_new(slow->f->pipeline, &none, &stream, NULL);
    if (slow->status == WARD_OK) {
        slow->status = pipeline_read(stream, &source, NULL);
        slow->totals = *pipeline_totals(stream);
    }
    pipeline_stream_free(stream);
    feed_close(feed);
    return NULL;
}

static void slow_source_holds_up_nobody(void **state)
{
    (void)state;
    static const char first[] = "{\"id\":\"s1\",\"text\":\"x\"}\n{\"id\":\"s2\",";
    static const char rest[] = "\"text\":\"y\"}\n";
    struct fixture f;
    struct told told;
    struct buf text;
    struct pipeline_totals totals;
    int ends[2];
    pthread_t thread;
    open_fixture(&f, 2);
    fill_lines(&text, 20000);
    assert_int_equal(pipe(ends), 0);
    struct slow slow = {.f = &f, .fd = ends[0]};
    assert_int_equal(pthread_create(&thread, NULL, read_slowly, &slow), 0);
    assert_int_equal(write(ends[1], first, sizeof first - 1), (ssize_t)sizeof first - 1);
    const struct pipeline_hooks hooks = hooks_of(&told);
    for (int i = 0; i < 3; i++) { /* all the while the other waits in the middle of a record */
        struct text_source source = {.text = buf_str(&text)};
        assert_int_equal(run_text(&f, &hooks, &source, &totals), WARD_OK);
        assert_int_equal(totals.events, 20000);
    }
    assert_int_equal(write(ends[1], rest, sizeof rest - 1), (ssize_t)sizeof rest - 1);
    (void)close(ends[1]);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(slow.status, WARD_OK);
    assert_int_equal(slow.totals.events, 2);
    (void)close(ends[0]);
    buf_release(&told.out);
    buf_release(&text);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_whatever_the_threads),
        cmocka_unit_test(tells_faults_and_turns_away),
        cmocka_unit_test(stops_when_nobody_reads),
        cmocka_unit_test(slow_source_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
