/*
 * Any bytes as an event are judged: the reasons add up to the score, every span lies in its field
 * and holds the bytes it says, and judging twice gives the same.
 *
 * Input: text NUL alias NUL quoted, so that one file seeds three fields. The pack is the small one
 * of tests/e2e, opened once.
 */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "ward/ward.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ward_engine *engine;
static struct ward_scratch *scratch;

static struct ward_str cut(struct ward_str *rest)
{
    const char *end = rest->len ? memchr(rest->data, 0, rest->len) : NULL;
    const size_t len = end ? (size_t)(end - rest->data) : rest->len;
    const struct ward_str part = {rest->data, len};
    const size_t used = end ? len + 1 : len;
    *rest = (struct ward_str){rest->data + used, rest->len - used};
    return part;
}

static struct ward_str field_of(const struct ward_event *event, enum ward_field field)
{
    return field == WARD_FIELD_ALIAS    ? event->alias
           : field == WARD_FIELD_QUOTED ? event->quoted
                                        : event->text;
}

static void check_reason(const struct ward_event *event, const struct ward_reason *reason)
{
    for (size_t i = 0; i < reason->span_count; i++) {
        const struct ward_span *span = &reason->spans[i];
        const struct ward_str field = field_of(event, span->at.field);
        assert(span->at.begin < span->at.end && span->at.end <= field.len);
        assert(str_equal(span->written, str_part(field, span->at.begin, span->at.end)));
        assert(span->read.len && span->signal.len);
    }
}

static double check_once(const struct ward_event *event)
{
    const struct ward_check_options options = {.every_rule = event->text.len & 1u};
    const struct ward_verdict *verdict = NULL;
    const enum ward_status status = ward_check(engine, scratch, event, &options, &verdict);
    assert(status == WARD_OK && verdict);
    double log_odds = verdict->base;
    for (size_t i = 0; i < verdict->reason_count; i++) {
        log_odds += verdict->reasons[i].weight;
        check_reason(event, &verdict->reasons[i]);
    }
    assert(fabs(1.0 / (1.0 + exp(-log_odds)) - verdict->score) < 0.0005);
    return verdict->score;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!engine) {
        static const char *const dirs[] = {TOY_PACK};
        const struct ward_engine_options options = {.dirs = dirs, .dir_count = 1};
        const enum ward_status opened = ward_engine_open(&options, &engine, NULL);
        assert(opened == WARD_OK);
        const enum ward_status made = ward_scratch_new(engine, &scratch);
        assert(made == WARD_OK);
    }
    struct ward_str rest = {(const char *)data, size};
    struct ward_event event = {.id = str_of("f")};
    event.text = cut(&rest);
    event.alias = cut(&rest);
    event.quoted = cut(&rest);
    const double first = check_once(&event);
    const double again = check_once(&event);
    assert(fabs(first - again) < 1e-12);
    return 0;
}
