#include "engine/example_run.h"

#include "base/error.h"
#include "base/str.h"

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

/* Judges the events before the example and then the example, in a session of their own. */
static enum ward_status judge_thread(struct ward_scratch *scratch,
                                     const struct pack_example *example,
                                     struct ward_check_options *options,
                                     const struct ward_verdict **verdict)
{
    struct ward_session *session = NULL;
    const struct ward_session_options memory = {.thread = {"example", 7}};
    enum ward_status status = ward_session_new(scratch->engine, &memory, &session);
    options->session = session;
    for (uint32_t i = 0; i < example->before_count && status == WARD_OK; i++) {
        options->index = i;
        status = ward_check(scratch->engine, scratch, &example->before[i], options, verdict);
    }
    if (status == WARD_OK)
        status = ward_session_settle(session);
    options->index = example->before_count;
    if (status == WARD_OK)
        status = ward_check(scratch->engine, scratch, &example->event, options, verdict);
    ward_session_free(session);
    return status;
}

static enum ward_status run_one(struct ward_scratch *scratch, const struct pack_example *example,
                                example_taker take, void *context)
{
    const struct ward_verdict *verdict = NULL;
    struct ward_check_options options = {.every_rule = true, .whole_only = true};
    const enum ward_status status =
        example->before_count
            ? judge_thread(scratch, example, &options, &verdict)
            : ward_check(scratch->engine, scratch, &example->event, &options, &verdict);
    if (status != WARD_OK)
        return status;
    const struct ward_str rule = scratch->engine->pack->rules[example->rule].name;
    const struct example_result result = {.example = example,
                                          .verdict = verdict,
                                          .rule = rule,
                                          .is_good = fired(verdict, rule) == example->want};
    return take(context, &result);
}

enum ward_status example_run(const struct ward_engine *engine, example_taker take, void *context,
                             struct ward_error *err)
{
    const struct pack *pack = engine->pack;
    struct ward_scratch *scratch = NULL;
    enum ward_status status = ward_scratch_new(engine, &scratch);
    for (uint32_t i = 0; i < pack->example_count && status == WARD_OK; i++) {
        status = run_one(scratch, &pack->examples[i], take, context);
        if (status != WARD_OK)
            error_at(err, pack->examples[i].file.data, pack->examples[i].line, 0);
    }
    if (status != WARD_OK)
        (void)error_set(err, status, "cannot be judged: %s", ward_status_name(status));
    ward_scratch_free(scratch);
    return status;
}
