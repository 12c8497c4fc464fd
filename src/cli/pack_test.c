/**
 * `ward pack test`: every rule's own examples through the real engine.
 *
 * An example with `before:` is judged behind those events in a session of its own; one without is
 * judged by itself. A rule counts as fired when it is among the reasons or the help of the verdict.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "cli/output.h"
#include "cli/pack_command.h"
#include "engine/engine.h"

#define SHOWN_BYTES 96u

struct tester {
    const struct pack_request *request;
    const struct ward_engine *engine;
    struct ward_scratch *scratch;
    struct buf out;
    uint32_t failed;
};

static bool fired(const struct ward_verdict *verdict, struct ward_str rule)
{
    for (size_t i = 0; i < verdict->reason_count; i++) {
        if (str_equal(verdict->reasons[i].rule, rule))
            return true;
    }
    for (size_t i = 0; i < verdict->help_count; i++) {
        if (str_equal(verdict->help[i].rule, rule))
            return true;
    }
    return false;
}

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

static void report_text(struct tester *tester, const struct pack_example *example,
                        const struct ward_verdict *verdict, bool good)
{
    const struct ward_str rule = tester->engine->pack->rules[example->rule].name;
    const char *what = example->want ? "fires on" : "does not fire on";
    if (!good)
        what = example->want ? "should fire on" : "should not fire on";
    buf_printf(&tester->out, "%.*s:%u: %s%.*s %s \"", (int)example->file.len, example->file.data,
               example->line, good ? "" : "FAILED ", (int)rule.len, rule.data, what);
    put_text(&tester->out, &example->event);
    buf_put_text(&tester->out, "\"\n");
    put_fired(&tester->out, verdict);
}

static void report_json(struct tester *tester, const struct pack_example *example,
                        const struct ward_verdict *verdict, bool good)
{
    struct buf *out = &tester->out;
    buf_put_text(out, "{\"file\":");
    json_put_string(out, example->file);
    buf_printf(out, ",\"line\":%u,\"rule\":", example->line);
    json_put_string(out, tester->engine->pack->rules[example->rule].name);
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

/* Judges the events before the example and then the example, in a session of their own. */
static enum ward_status judge_thread(struct tester *tester, const struct pack_example *example,
                                     struct ward_check_options *options,
                                     const struct ward_verdict **verdict)
{
    struct ward_session *session = NULL;
    const struct ward_session_options memory = {.thread = {"example", 7}};
    enum ward_status status = ward_session_new(tester->engine, &memory, &session);
    options->session = session;
    for (uint32_t i = 0; i < example->before_count && status == WARD_OK; i++) {
        options->index = i;
        status = ward_check(tester->engine, tester->scratch, &example->before[i], options, verdict);
    }
    if (status == WARD_OK)
        status = ward_session_settle(session);
    options->index = example->before_count;
    if (status == WARD_OK)
        status = ward_check(tester->engine, tester->scratch, &example->event, options, verdict);
    ward_session_free(session);
    return status;
}

static enum ward_status run_example(struct tester *tester, const struct pack_example *example)
{
    const struct ward_verdict *verdict = NULL;
    struct ward_check_options options = {.every_rule = true};
    const enum ward_status status =
        example->before_count
            ? judge_thread(tester, example, &options, &verdict)
            : ward_check(tester->engine, tester->scratch, &example->event, &options, &verdict);
    if (status != WARD_OK)
        return status;
    const struct ward_str rule = tester->engine->pack->rules[example->rule].name;
    const bool good = fired(verdict, rule) == example->want;
    tester->failed += !good;
    if (tester->request->json)
        report_json(tester, example, verdict, good);
    else if (!good || tester->request->verbose)
        report_text(tester, example, verdict, good);
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
    const struct pack *pack = tester->engine->pack;
    enum ward_status status = ward_scratch_new(tester->engine, &tester->scratch);
    for (uint32_t i = 0; i < pack->example_count && status == WARD_OK; i++) {
        status = run_example(tester, &pack->examples[i]);
        if (status != WARD_OK)
            error_at(err, pack->examples[i].file.data, pack->examples[i].line, 0);
    }
    if (status == WARD_OK)
        put_summary(tester);
    if (status == WARD_OK)
        status = tester->out.failed;
    if (status != WARD_OK)
        (void)error_set(err, status, "cannot be judged: %s", ward_status_name(status));
    return status;
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
    ward_scratch_free(tester.scratch);
    ward_engine_close(engine);
    return result;
}
