/**
 * `ward replay`: the stored events judged again, and what would differ.
 *
 * With --against both lists of packs judge the same stored events; without it the verdicts given at
 * the time are compared, which also knew messages that are not kept.
 */
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "casework/replay.h"
#include "cli/judge_options.h"
#include "cli/output.h"
#include "cli/store_options.h"

enum { OPT_AGAINST = 128, OPT_LIMIT };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_PACKS, "packs", 'p', "DIRS", "the packs to try, A:B, later ones overlay earlier ones"},
    {OPT_AGAINST, "against", 'a', "DIRS",
     "packs to compare with (default: the verdicts as stored)"},
    {OPT_LIMIT, "limit", 'n', "N", "only the newest N events"},
    {OPT_JSON, "json", 'j', NULL, "one difference a line as JSON, then the totals"},
    {OPT_QUIET, "quiet", 'q', NULL, "only the totals"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

static int run(const struct command *self, int argc, char **argv);

const struct command command_replay = {
    .name = "replay",
    .usage = "replay [OPTIONS]",
    .summary = "judge what is stored with other packs and show the differences",
    .about =
        "Nothing is changed: the events of a store are judged again with the packs given, and\n"
        "each one whose level, score or rules differ is listed with its number, then the\n"
        "totals. Exit status 0, or 2 when it could not be done.",
    .options = options,
    .run = run};

struct replay_request {
    struct store_request storing;
    struct judge_request judging, against;
    long limit; /* 0: all */
    bool json, quiet, wants_help;
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct replay_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
    case OPT_PACKS:
        r->judging.packs = value;
        return WARD_OK;
    case OPT_AGAINST:
        r->against.packs = value;
        return WARD_OK;
    case OPT_LIMIT:
        if (options_number(value, 1, (long)REPLAY_EVENTS_MAX, &r->limit))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--limit is a number from 1 to %u, not \"%s\"",
                         REPLAY_EVENTS_MAX, value);
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_QUIET:
        r->quiet = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

static enum ward_status read_request(struct replay_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    store_request_init(&r->storing);
    judge_request_init(&r->judging);
    judge_request_init(&r->against);
    return options_read(options, argc, argv, take_option, r, err);
}

/* ---- text ---- */

static void put_rules(struct buf *out, char sign, const struct ward_str *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, " %c%.*s", sign, (int)rules[i].len, rules[i].data);
}

static void put_change_text(struct buf *out, const struct replay_change *c)
{
    buf_printf(out, "%llu: %s %.4f -> %s %.4f", (unsigned long long)c->seq,
               ward_level_name(c->before.level), c->before.score, ward_level_name(c->after.level),
               c->after.score);
    put_rules(out, '+', c->added, c->added_count);
    put_rules(out, '-', c->removed, c->removed_count);
    buf_put_char(out, '\n');
}

static void put_totals_text(struct buf *out, const struct replay *replay)
{
    const struct replay_totals *t = replay_totals(replay);
    buf_printf(out, "%llu events judged, %llu differ\n", (unsigned long long)t->judged,
               (unsigned long long)t->changed);
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            if (a != b && t->moved[a][b])
                buf_printf(out, "  %s -> %s: %llu\n", ward_level_name((enum ward_level)a),
                           ward_level_name((enum ward_level)b), (unsigned long long)t->moved[a][b]);
    size_t count;
    const struct replay_rule *rules = replay_rules(replay, &count);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "  %.*s: +%llu -%llu\n", (int)rules[i].name.len, rules[i].name.data,
                   (unsigned long long)rules[i].added, (unsigned long long)rules[i].removed);
}

/* ---- JSON ---- */

static void put_side(struct buf *out, const char *key, const struct replay_side *side)
{
    buf_printf(out, ",\"%s\":{\"level\":\"%s\",\"score\":", key, ward_level_name(side->level));
    json_put_number(out, side->score, 4);
    buf_put_char(out, '}');
}

static void put_names(struct buf *out, const struct ward_str *names, size_t count)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, names[i]);
    }
    buf_put_char(out, ']');
}

static void put_change_json(struct buf *out, const struct replay_change *c)
{
    buf_printf(out, "{\"seq\":%llu", (unsigned long long)c->seq);
    if (c->case_id.len) {
        buf_put_text(out, ",\"case\":");
        json_put_string(out, c->case_id);
    }
    put_side(out, "before", &c->before);
    put_side(out, "after", &c->after);
    buf_put_text(out, ",\"rules\":{\"added\":");
    put_names(out, c->added, c->added_count);
    buf_put_text(out, ",\"removed\":");
    put_names(out, c->removed, c->removed_count);
    buf_put_text(out, "}}\n");
}

/* Events by level, before (rows) or after (columns). */
static void put_levels(struct buf *out, const struct replay_totals *t, bool after)
{
    for (int a = 0; a < 4; a++) {
        uint64_t sum = 0;
        for (int b = 0; b < 4; b++)
            sum += after ? t->moved[b][a] : t->moved[a][b];
        buf_printf(out, "%s\"%s\":%llu", a ? "," : "{", ward_level_name((enum ward_level)a),
                   (unsigned long long)sum);
    }
    buf_put_char(out, '}');
}

static void put_totals_json(struct buf *out, const struct replay *replay)
{
    const struct replay_totals *t = replay_totals(replay);
    size_t count;
    const struct replay_rule *rules = replay_rules(replay, &count);
    buf_printf(out, "{\"judged\":%llu,\"changed\":%llu,\"levels\":{\"before\":",
               (unsigned long long)t->judged, (unsigned long long)t->changed);
    put_levels(out, t, false);
    buf_put_text(out, ",\"after\":");
    put_levels(out, t, true);
    buf_put_text(out, "},\"rules\":[");
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i ? ",{\"rule\":" : "{\"rule\":");
        json_put_string(out, rules[i].name);
        buf_printf(out, ",\"added\":%llu,\"removed\":%llu}", (unsigned long long)rules[i].added,
                   (unsigned long long)rules[i].removed);
    }
    buf_put_text(out, "]}\n");
}

/* ---- the run ---- */

/* Written piece by piece: a replay of millions may differ in all of them. */
static enum ward_status show(const struct replay_request *r, struct replay *replay,
                             struct ward_error *err)
{
    struct output output;
    struct buf out;
    struct replay_change change;
    const uint64_t changed = r->quiet ? 0 : replay_totals(replay)->changed;
    output_open(&output);
    buf_init(&out, 16u << 20);
    for (uint64_t i = 0; i < changed && !out.failed; i++) {
        replay_change_at(replay, i, &change);
        if (r->json)
            put_change_json(&out, &change);
        else
            put_change_text(&out, &change);
        if (out.len < 65536)
            continue;
        if (!output_write(&output, buf_str(&out)))
            break;
        buf_clear(&out);
    }
    if (r->json)
        put_totals_json(&out, replay);
    else
        put_totals_text(&out, replay);
    enum ward_status status = out.failed;
    if (status == WARD_OK) {
        (void)output_write(&output, buf_str(&out));
        status = output_failed(&output, err) ? WARD_ERR_IO : WARD_OK;
    } else {
        (void)error_set(err, status, "out of memory");
    }
    buf_release(&out);
    return status;
}

static int replay(const struct command *self, const struct replay_request *r)
{
    struct ward_engine *after = NULL;
    struct ward_engine *before = NULL;
    struct store *store = NULL;
    struct replay *found = NULL;
    struct ward_error err = {.status = WARD_OK};
    enum ward_status status = judge_request_open(&r->judging, &after, &err);
    if (status == WARD_OK && r->against.packs)
        status = judge_request_open(&r->against, &before, &err);
    const bool packs_are_bad = status == WARD_ERR_FORMAT;
    if (status == WARD_OK)
        status = store_request_open(&r->storing, STORE_READ, &store, &err);
    const struct replay_options how = {
        .store = store, .after = after, .before = before, .limit = (uint64_t)r->limit};
    if (status == WARD_OK)
        status = replay_run(&how, &found, &err);
    if (status == WARD_OK)
        status = show(r, found, &err);
    replay_free(found);
    store_close(store);
    ward_engine_close(before);
    ward_engine_close(after);
    if (status == WARD_OK)
        return EXIT_NOTHING;
    return packs_are_bad ? command_fail_pack(self, &err) : command_fail(self, &err);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct replay_request request = {.limit = 0};
    struct ward_error err = {.status = WARD_OK};
    if (read_request(&request, argc, argv, &err) != WARD_OK)
        return command_misuse(self, &err);
    if (request.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    return replay(self, &request);
}
