/**
 * `ward pack test`: every rule's own examples through the real engine, told one by one.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "cli/output.h"
#include "cli/pack_command.h"
#include "engine/example_run.h"

#define SHOWN_BYTES 96u

struct tester {
    const struct pack_request *request;
    const struct ward_engine *engine;
    struct buf out;
    uint32_t failed;
    uint32_t untested; /* rules that no example makes fire */
};

/* The part of an example that says most, cut to a line, newlines shown as spaces. */
static void put_text(struct buf *out, const struct ward_event *event)
{
    struct ward_str text = event->text.len ? event->text : event->alias;
    if (!text.len)
        text = event->group_name.len ? event->group_name : event->quoted;
    size_t end = text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES;
    while (end > 0 && end < text.len && ((unsigned char)text.data[end] & 0xC0u) == 0x80u)
        end--;
    for (size_t i = 0; i < end; i++)
        buf_put_char(out, (unsigned char)text.data[i] < 0x20u ? ' ' : text.data[i]);
    if (end < text.len)
        buf_put_text(out, "...");
}

static void put_fired(struct buf *out, const struct ward_verdict *verdict)
{
    buf_printf(out, "    level %s, score %.4f, fired:", ward_level_name(verdict->level),
               verdict->score);
    for (size_t i = 0; i < verdict->reason_count; i++)
        buf_printf(out, " %.*s(%+.2f)", (int)verdict->reasons[i].rule.len,
                   verdict->reasons[i].rule.data, verdict->reasons[i].weight);
    for (size_t i = 0; i < verdict->help_count; i++)
        buf_printf(out, " %.*s(help)", (int)verdict->help[i].rule.len, verdict->help[i].rule.data);
    buf_put_char(out, '\n');
}

static void report_text(struct tester *tester, const struct example_result *result)
{
    const struct pack_example *example = result->example;
    const struct ward_verdict *verdict = result->verdict;
    const bool good = result->is_good;
    const struct ward_str rule = result->rule;
    const char *what = example->want ? "fires on" : "does not fire on";
    if (!good)
        what = example->want ? "should fire on" : "should not fire on";
    buf_printf(&tester->out, "%.*s:%u: %s%.*s %s \"", (int)example->file.len, example->file.data,
               example->line, good ? "" : "FAILED ", (int)rule.len, rule.data, what);
    put_text(&tester->out, &example->event);
    buf_put_text(&tester->out, "\"\n");
    put_fired(&tester->out, verdict);
}

static void report_json(struct tester *tester, const struct example_result *result)
{
    const struct pack_example *example = result->example;
    const struct ward_verdict *verdict = result->verdict;
    const bool good = result->is_good;
    struct buf *out = &tester->out;
    buf_put_text(out, "{\"file\":");
    json_put_string(out, example->file);
    buf_printf(out, ",\"line\":%u,\"rule\":", example->line);
    json_put_string(out, result->rule);
    buf_printf(out, ",\"want\":%s,\"good\":%s,\"level\":\"%s\",\"score\":",
               example->want ? "true" : "false", good ? "true" : "false",
               ward_level_name(verdict->level));
    json_put_number(out, verdict->score, 4);
    buf_put_text(out, ",\"fired\":[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, verdict->reasons[i].rule);
    }
    buf_put_text(out, "]}\n");
}

static enum ward_status take_result(void *context, const struct example_result *result)
{
    struct tester *tester = context;
    tester->failed += !result->is_good;
    if (tester->request->json)
        report_json(tester, result);
    else if (!result->is_good || tester->request->verbose)
        report_text(tester, result);
    return WARD_OK;
}

/* Whether some example of the rule must fire it (`want`), or must not. */
static bool has_example(const struct pack *pack, uint32_t rule, bool want)
{
    for (uint32_t i = 0; i < pack->example_count; i++) {
        if (pack->examples[i].rule == rule && pack->examples[i].want == want)
            return true;
    }
    return false;
}

static void report_untested(struct tester *tester, const struct pack_rule *rule)
{
    struct buf *out = &tester->out;
    if (tester->request->json) {
        buf_put_text(out, "{\"file\":");
        json_put_string(out, rule->file);
        buf_printf(out, ",\"line\":%u,\"rule\":", rule->line);
        json_put_string(out, rule->name);
        buf_put_text(out, ",\"want\":true,\"good\":false,\"missing\":\"match\"}\n");
        return;
    }
    buf_printf(out, "%.*s:%u: FAILED %.*s has no match example\n", (int)rule->file.len,
               rule->file.data, rule->line, (int)rule->name.len, rule->name.data);
}

/* A rule that no example makes fire is a rule nobody has seen working: it fails the test. One that
 * no example keeps from firing is only counted. */
static uint32_t count_untested(struct tester *tester)
{
    const struct pack *pack = tester->engine->pack;
    uint32_t unchecked = 0;
    for (uint32_t r = 0; r < pack->rule_count; r++) {
        unchecked += !has_example(pack, r, false);
        if (has_example(pack, r, true))
            continue;
        tester->untested++;
        report_untested(tester, &pack->rules[r]);
    }
    return unchecked;
}

static void put_summary(struct tester *tester)
{
    const struct pack *pack = tester->engine->pack;
    const uint32_t unchecked = count_untested(tester);
    const bool good = !tester->failed && !tester->untested;
    if (tester->request->json || (tester->request->quiet && good))
        return;
    buf_printf(&tester->out, "%u examples of %u rules, %u failed", pack->example_count,
               pack->rule_count, tester->failed);
    if (tester->untested)
        buf_printf(&tester->out, "; %u rules have no match example", tester->untested);
    if (unchecked)
        buf_printf(&tester->out, "; %u rules have no pass example", unchecked);
    buf_put_char(&tester->out, '\n');
}

static enum ward_status test_all(struct tester *tester, struct ward_error *err)
{
    enum ward_status status = example_run(tester->engine, take_result, tester, err);
    if (status != WARD_OK)
        return status;
    put_summary(tester);
    status = tester->out.failed;
    return status == WARD_OK ? status : error_set(err, status, "%s", ward_status_name(status));
}

int pack_test_run(const struct pack_request *request)
{
    const struct ward_engine_options options = {.dirs = request->dirs,
                                                .dir_count = request->dir_count};
    struct ward_engine *engine = NULL;
    struct ward_error err;
    if (ward_engine_open(&options, &engine, &err) != WARD_OK)
        return pack_request_fail(&err);
    struct tester tester = {.request = request, .engine = engine};
    struct output output;
    output_open(&output);
    buf_init(&tester.out, 64u << 20);
    const enum ward_status status = test_all(&tester, &err);
    (void)output_write(&output, buf_str(&tester.out));
    int result = tester.failed || tester.untested ? EXIT_FOUND : EXIT_NOTHING;
    if (status != WARD_OK || output_failed(&output, &err)) {
        (void)pack_request_fail(&err);
        result = EXIT_ERROR;
    }
    buf_release(&tester.out);
    ward_engine_close(engine);
    return result;
}
