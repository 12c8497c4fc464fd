/**
 * The library as a user sees it, on the small pack of tests/e2e: events in, verdicts out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ward/ward.h"

struct bench {
    struct ward_engine *engine;
    struct ward_scratch *scratch;
    struct ward_session *session;
    uint64_t index;
};

static int setup(void **state)
{
    static const char *const dirs[] = {TEST_PACK};
    const struct ward_engine_options options = {.dirs = dirs, .dir_count = 1};
    struct bench *b = calloc(1, sizeof *b);
    struct ward_error err = {0};
    if (!b)
        return -1;
    if (ward_engine_open(&options, &b->engine, &err) != WARD_OK)
        fail_msg("%s:%u: %s", err.source, err.line, err.message);
    assert_int_equal(ward_scratch_new(b->engine, &b->scratch), WARD_OK);
    assert_int_equal(ward_session_new(b->engine, NULL, &b->session), WARD_OK);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    ward_session_free(b->session);
    ward_scratch_free(b->scratch);
    ward_engine_close(b->engine);
    free(b);
    return 0;
}

static const struct ward_verdict *check(struct bench *b, const struct ward_event *event,
                                        const struct ward_check_options *options)
{
    const struct ward_verdict *verdict;
    assert_int_equal(ward_check(b->engine, b->scratch, event, options, &verdict), WARD_OK);
    double log_odds = verdict->base;
    for (size_t i = 0; i < verdict->reason_count; i++)
        log_odds += verdict->reasons[i].weight;
    assert_true(fabs(1.0 / (1.0 + exp(-log_odds)) - verdict->score) < 0.0005);
    return verdict;
}

static const struct ward_verdict *check_text(struct bench *b, const char *text)
{
    static struct ward_event event; /* outlives the verdict that borrows from it */
    event = (struct ward_event){.id = str_of("t"), .text = str_of(text)};
    return check(b, &event, NULL);
}

static void test_open_failures(void **state)
{
    (void)state;
    static const char *const nowhere[] = {"/nowhere/at/all"};
    const struct ward_engine_options options = {.dirs = nowhere, .dir_count = 1};
    struct ward_engine *engine = NULL;
    struct ward_error err = {0};
    assert_int_not_equal(ward_engine_open(&options, &engine, &err), WARD_OK);
    assert_null(engine);
    assert_true(err.message[0] != '\0');
    assert_int_equal(ward_engine_open(NULL, &engine, &err), WARD_ERR_ARGUMENT);
    ward_engine_close(NULL);
    ward_scratch_free(NULL);
    ward_session_free(NULL);
}

static void test_pack_names(void **state)
{
    struct bench *b = *state;
    size_t count;
    const struct ward_str *names = ward_engine_packs(b->engine, &count);
    assert_int_equal(count, 1);
    assert_int_equal(names[0].len, strlen("toy@1.0+") + 12);
    assert_memory_equal(names[0].data, "toy@1.0+", 8);
}

static void test_plain_offer(void **state)
{
    struct bench *b = *state;
    const struct ward_verdict *v = check_text(b, "女宝宝送养出去，营养费");
    assert_int_equal(v->level, WARD_LEVEL_URGENT);
    assert_int_equal(v->role, WARD_ROLE_OFFER);
    assert_true(str_equal(v->reasons[0].spans[0].written, str_of("女宝宝")));
    assert_int_equal(check_text(b, "今天天气不错")->level, WARD_LEVEL_NONE);
    assert_int_equal(check_text(b, "")->reason_count, 0);
}

static void test_disguised_offer(void **state)
{
    struct bench *b = *state;
    const struct ward_verdict *v = check_text(b, "女*宝*宝 送 养 出 去，营养费");
    assert_int_equal(v->level, WARD_LEVEL_URGENT);
    const struct ward_span *span = &v->reasons[0].spans[0];
    assert_true(str_equal(span->written, str_of("女*宝*宝")));
    assert_true(str_equal(span->read, str_of("女宝宝")));
    assert_true(span->disguises != 0);
}

/* An event of kind alias without text is judged on the alias; spans say so. */
static void test_alias_as_subject(void **state)
{
    struct bench *b = *state;
    const struct ward_event event = {.kind = WARD_KIND_ALIAS,
                                     .alias = str_of("女宝宝送养出去营养费")};
    const struct ward_verdict *v = check(b, &event, NULL);
    assert_int_equal(v->level, WARD_LEVEL_URGENT);
    assert_int_equal(v->reasons[0].spans[0].at.field, WARD_FIELD_ALIAS);
    const struct ward_event message = {.text = str_of("在吗"), .alias = event.alias};
    assert_int_equal(check(b, &message, NULL)->level, WARD_LEVEL_NONE);
}

static void test_media_and_quoted(void **state)
{
    struct bench *b = *state;
    const struct ward_media media[] = {{.text = str_of("图")}, {.text = str_of("女宝宝 送养出去")}};
    struct ward_event event = {.text = str_of("营养费"), .media = media, .media_count = 2};
    assert_int_equal(check(b, &event, NULL)->reason_count, 1); /* rules ask the text, not media */
    event = (struct ward_event){.text = str_of("女宝宝送养出去"), .quoted = str_of("送养出去")};
    const struct ward_verdict *v = check(b, &event, NULL);
    bool quoted = false;
    for (size_t i = 0; i < v->reason_count; i++)
        quoted |= str_equal(v->reasons[i].rule, str_of("quoted-offer"));
    assert_true(quoted);
}

static void test_foreign(void **state)
{
    struct bench *b = *state;
    struct ward_event event = {.text = str_of("女宝宝送养出去，营养费"),
                               .forwarded_from = str_of("someone")};
    assert_int_equal(check(b, &event, NULL)->role, WARD_ROLE_NONE);
    event.forwarded_from.len = 0;
    event.author_kind = str_of("bot");
    assert_int_equal(check(b, &event, NULL)->role, WARD_ROLE_NONE);
    event.author_kind = str_of("person");
    assert_int_equal(check(b, &event, NULL)->role, WARD_ROLE_OFFER);
}

static void test_thresholds(void **state)
{
    struct bench *b = *state;
    const struct ward_event event = {.text = str_of("女宝宝送养出去，营养费")};
    const struct ward_check_options strict = {.threshold_watch = 0.95, .threshold_review = 0.99};
    assert_int_equal(check(b, &event, &strict)->level, WARD_LEVEL_NONE);
    const struct ward_check_options high = {.threshold_urgent = 0.99};
    assert_int_equal(check(b, &event, &high)->level, WARD_LEVEL_REVIEW);
}

/* A hit deep in a long text, also across every kind of window border, at its true place, once. */
static void test_long_text(void **state)
{
    struct bench *b = *state;
    static const char words[] = "女宝宝送养出去，营养费";
    const size_t places[] = {0, 64000, 64510, 65000, 65536, 130000, 199999};
    const size_t size = 300000;
    char *text = malloc(size);
    if (!text)
        fail_msg("out of memory");
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        memset(text, 'x', size);
        for (size_t i = 40; i < size; i += 41)
            text[i] = ' ';
        memcpy(text + places[p], words, sizeof words - 1);
        const struct ward_event event = {.text = {text, size}};
        const struct ward_verdict *v = check(b, &event, NULL);
        assert_int_equal(v->level, WARD_LEVEL_URGENT);
        assert_int_equal(v->reasons[0].span_count, 2);
        assert_int_equal(v->reasons[0].spans[0].at.begin, places[p]);
        assert_true(str_equal(v->reasons[0].spans[0].written, str_of("女宝宝")));
    }
    free(text);
}

static void test_text_too_long(void **state)
{
    struct bench *b = *state;
    const struct ward_event event = {.text = {"x", 17u * 1024u * 1024u}};
    const struct ward_verdict *verdict;
    assert_int_equal(ward_check(b->engine, b->scratch, &event, NULL, &verdict), WARD_ERR_LIMIT);
    assert_null(verdict);
    assert_int_equal(check_text(b, "女宝宝送养出去")->level, WARD_LEVEL_WATCH);
}

/* ---- sessions -------------------------------------------------------------------------------- */

struct retold {
    uint32_t count;
    uint64_t index;
    uint32_t revision;
    enum ward_level before, level;
    char text[64];
};

static void take_revision(void *user, const struct ward_event *event, uint64_t index,
                          enum ward_level before, const struct ward_verdict *verdict)
{
    struct retold *r = user;
    r->count++;
    r->index = index;
    r->revision = verdict->revision;
    r->before = before;
    r->level = verdict->level;
    (void)snprintf(r->text, sizeof r->text, "%.*s", (int)event->text.len, event->text.data);
}

/* Checks a message of `group` in the session; the level, and what it raised in `retold`. */
static enum ward_level say(struct bench *b, const char *group, const char *account,
                           const char *text, struct retold *retold)
{
    const struct ward_event event = {.platform = str_of("qq"),
                                     .group = str_of(group),
                                     .account = str_of(account),
                                     .text = str_of(text)};
    const struct ward_check_options options = {.session = b->session, .index = b->index++};
    const enum ward_level level = check(b, &event, &options)->level;
    *retold = (struct retold){0};
    assert_int_equal(
        ward_session_revise(b->engine, b->scratch, &event, &options, take_revision, retold),
        WARD_OK);
    return level;
}

static void test_thread_gives_meaning(void **state)
{
    struct bench *b = *state;
    struct retold retold;
    assert_int_equal(say(b, "1", "a", "营养费多少", &retold), WARD_LEVEL_NONE);
    assert_int_equal(say(b, "2", "a", "女宝宝", &retold), WARD_LEVEL_NONE);
    assert_int_equal(retold.count, 0);
    assert_int_equal(say(b, "2", "b", "营养费多少", &retold), WARD_LEVEL_REVIEW);
}

/* Later words raise an earlier event of the same thread, once, with its own text and index. */
static void test_revision(void **state)
{
    struct bench *b = *state;
    struct retold retold;
    assert_int_equal(say(b, "7", "a", "营养费多少", &retold), WARD_LEVEL_NONE);
    assert_int_equal(say(b, "7", "b", "在的", &retold), WARD_LEVEL_NONE);
    assert_int_equal(say(b, "7", "c", "女宝宝", &retold), WARD_LEVEL_NONE);
    assert_int_equal(retold.count, 1);
    assert_int_equal(retold.index, 0);
    assert_int_equal(retold.revision, 1);
    assert_int_equal(retold.before, WARD_LEVEL_NONE);
    assert_int_equal(retold.level, WARD_LEVEL_REVIEW);
    assert_string_equal(retold.text, "营养费多少");
    assert_int_equal(say(b, "7", "c", "男宝宝", &retold), WARD_LEVEL_NONE);
    assert_int_equal(retold.count, 0);
}

/* What an event said itself is not company for it. */
static void test_no_self_company(void **state)
{
    struct bench *b = *state;
    struct retold retold;
    assert_int_equal(say(b, "9", "a", "送养出去", &retold), WARD_LEVEL_NONE);
    assert_int_equal(say(b, "9", "a", "女宝宝营养费", &retold), WARD_LEVEL_WATCH);
    assert_int_equal(retold.count, 1); /* the flagged neighbour raises the first */
    assert_int_equal(retold.index, 0);
}

static void test_window_ends(void **state)
{
    struct bench *b = *state;
    struct retold retold;
    (void)say(b, "5", "a", "营养费多少", &retold);
    for (int i = 0; i < 70; i++)
        (void)say(b, "5", "b", "早上好", &retold);
    (void)say(b, "5", "c", "女宝宝", &retold);
    assert_int_equal(retold.count, 0);
}

int main(void)
{
#define ENGINE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_failures),
        ENGINE(test_pack_names),
        ENGINE(test_plain_offer),
        ENGINE(test_disguised_offer),
        ENGINE(test_alias_as_subject),
        ENGINE(test_media_and_quoted),
        ENGINE(test_foreign),
        ENGINE(test_thresholds),
        ENGINE(test_long_text),
        ENGINE(test_text_too_long),
        ENGINE(test_thread_gives_meaning),
        ENGINE(test_revision),
        ENGINE(test_no_self_company),
        ENGINE(test_window_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
