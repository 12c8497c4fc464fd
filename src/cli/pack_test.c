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

/* A rule that no example makes fire is a rule nobody has seen working. */
static uint32_t put_untested(struct tester *tester)
{
    const struct pack *pack = tester->engine->pack;
    uint32_t untested = 0;
    for (uint32_t r = 0; r < pack->rule_count; r++) {
        bool tested = false;
        for (uint32_t i = 0; i < pack->example_count && !tested; i++)
            tested = pack->examples[i].want && pack->examples[i].rule == r;
        untested += !tested;
        if (!tested && tester->request->verbose && !tester->request->json)
            buf_printf(&tester->out, "%.*s:%u: %.*s has no match example\n",
                       (int)pack->rules[r].file.len, pack->rules[r].file.data, pack->rules[r].line,
                       (int)pack->rules[r].name.len, pack->rules[r].name.data);
    }
    return untested;
}

static void put_summary(struct tester *tester)
{
    const struct pack *pack = tester->engine->pack;
    const uint32_t untested = put_untested(tester);
    if (tester->request->json || (tester->request->quiet && !tester->failed))
        return;
    buf_printf(&tester->out, "%u examples of %u rules, %u failed", pack->example_count,
               pack->rule_count, tester->failed);
    if (untested)
        buf_printf(&tester->out, "; %u rules have no match example", untested);
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
    int result = tester.failed ? EXIT_FOUND : EXIT_NOTHING;
    if (status != WARD_OK || output_failed(&output, &err)) {
        (void)pack_request_fail(&err);
        result = EXIT_ERROR;
    }
    buf_release(&tester.out);
    ward_engine_close(engine);
    return result;
}
