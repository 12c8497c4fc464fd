/**
 * `ward key`: keys by which services ask `ward serve`.
 */
#include <string.h>

#include "access/accounts.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "base/time_text.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/store_options.h"
#include "feed/when.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_SCOPE, OPT_EXPIRES };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_SCOPE, "scope", 0, "LIST",
     "add: of check, ingest, report, read, decide, export, packs, audit, admin; commas between"},
    {OPT_EXPIRES, "expires", 0, "TIME", "add: until when it holds (2027-01-31), else for ever"},
    {OPT_JSON, "json", 'j', NULL, "one JSON object a line"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

struct key_request {
    struct store_request storing;
    const char *verb, *word;
    const char *scopes, *expires;
    bool json, wants_help;
};

static enum ward_status take_operand(struct key_request *r, const char *value,
                                     struct ward_error *err)
{
    if (!r->verb)
        r->verb = value;
    else if (!r->word)
        r->word = value;
    else
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
    return WARD_OK;
}

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct key_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        return take_operand(r, value, err);
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_SCOPE:
        r->scopes = value;
        return WARD_OK;
    case OPT_EXPIRES:
        r->expires = value;
        return WARD_OK;
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

/* ---- what it does ---------------------------------------------------------------------------- */

struct key_work {
    const struct key_request *request;
    struct store *store;
    struct buf *out;
};

static void put_scopes(struct buf *out, uint32_t scopes)
{
    const char *between = "";
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (scopes & 1u << i) {
            buf_printf(out, "%s%s", between, access_scope_name((enum access_scope)(1u << i)));
            between = ",";
        }
}

static void put_key_json(struct buf *out, const struct access_key *key, const char *secret)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair(&pen, "id", key->id);
    pen_pair(&pen, "name", key->name);
    pen_key(&pen, "scopes");
    pen_open(&pen, '[');
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (key->scopes & 1u << i)
            pen_text(&pen, access_scope_name((enum access_scope)(1u << i)));
    pen_close(&pen, ']');
    pen_pair(&pen, "by", key->made_by);
    pen_key(&pen, "created");
    pen_time(&pen, key->created_ms);
    if (key->expires_ms) {
        pen_key(&pen, "expires");
        pen_time(&pen, key->expires_ms);
    }
    if (secret)
        pen_pair_text(&pen, "secret", secret);
    pen_close(&pen, '}');
}

static enum ward_status put_key(void *context, const struct access_key *key, struct ward_error *err)
{
    const struct key_work *w = context;
    struct buf *out = w->out;
    if (w->request->json) {
        put_key_json(out, key, NULL);
    } else {
        safe_put(out, key->id);
        buf_put_text(out, "  ");
        put_scopes(out, key->scopes);
        buf_put_text(out, "  ");
        if (key->expires_ms) {
            buf_put_text(out, "until ");
            time_put(out, key->expires_ms);
            buf_put_text(out, "  ");
        }
        safe_put(out, key->name);
        buf_put_char(out, '\n');
    }
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}

static enum ward_status read_scopes(const char *list, uint32_t *out, struct ward_error *err)
{
    *out = 0;
    while (*list) {
        const size_t len = strcspn(list, ",");
        enum access_scope scope;
        if (!access_scope_read((struct ward_str){list, len}, &scope))
            return error_set(err, WARD_ERR_ARGUMENT, "\"%.*s\" is no scope", (int)len, list);
        *out |= (uint32_t)scope;
        list += len + (list[len] == ',');
    }
    return WARD_OK;
}

static enum ward_status add_key(struct key_work *w, struct ward_error *err)
{
    const struct key_request *r = w->request;
    const struct store_act act = store_request_act(&r->storing);
    struct access_key key = {
        .name = str_of(r->word), .made_by = act.who, .created_ms = act.time_ms};
    char id[ACCESS_KEY_ID_TEXT];
    char secret[ACCESS_TOKEN_TEXT];
    bool is_zone_assumed;
    if (!r->scopes)
        return error_set(err, WARD_ERR_ARGUMENT, "say what it may do: --scope check,ingest");
    enum ward_status status = read_scopes(r->scopes, &key.scopes, err);
    if (status == WARD_OK && r->expires &&
        !when_parse_date(str_of(r->expires), 0, &key.expires_ms, &is_zone_assumed))
        status = error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is no time", r->expires);
    if (status == WARD_OK)
        status = access_key_add(w->store, &act, &key, id, secret, err);
    if (status != WARD_OK)
        return status;
    key.id = str_of(id);
    if (r->json)
        put_key_json(w->out, &key, secret);
    else
        buf_printf(w->out, "%s\n", secret);
    access_forget(secret, sizeof secret);
    return w->out->failed ? error_set(err, w->out->failed, "out of memory") : WARD_OK;
}

static enum ward_status work_on(struct key_work *w, struct ward_error *err)
{
    const struct key_request *r = w->request;
    const struct store_act act = store_request_act(&r->storing);
    if (strcmp(r->verb, "list") == 0)
        return access_keys(w->store, str_of(""), 0, put_key, w, err);
    if (strcmp(r->verb, "add") == 0)
        return add_key(w, err);
    return access_key_revoke(w->store, &act, str_of(r->word), err);
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum ward_status check_words(const struct key_request *r, enum store_mode *mode,
                                    struct ward_error *err)
{
    if (!r->verb)
        return error_set(err, WARD_ERR_ARGUMENT, "say what to do: add, list or revoke");
    const bool lists = strcmp(r->verb, "list") == 0;
    const bool adds = strcmp(r->verb, "add") == 0;
    *mode = lists ? STORE_READ : adds ? STORE_CREATE : STORE_WRITE;
    if (!lists && !adds && strcmp(r->verb, "revoke") != 0)
        return error_set(err, WARD_ERR_ARGUMENT, "there is no \"key %s\"", r->verb);
    if (lists && r->word)
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", r->word);
    if (!lists && !r->word)
        return error_set(err, WARD_ERR_ARGUMENT, "say which: \"key %s %s\"", r->verb,
                         adds ? "NAME" : "ID");
    return WARD_OK;
}

static int run_key(const struct command *self, int argc, char **argv)
{
    struct key_request r = {0};
    struct ward_error err = {0};
    enum store_mode mode = STORE_READ;
    struct output output;
    struct buf out;
    store_request_init(&r.storing);
    enum ward_status status = options_read(options, argc, argv, take_option, &r, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    struct key_work work = {&r, NULL, &out};
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    if (status == WARD_OK)
        status = check_words(&r, &mode, &err);
    if (status == WARD_OK)
        status = store_request_open(&r.storing, mode, &work.store, &err);
    if (status == WARD_OK)
        status = work_on(&work, &err);
    (void)output_write(&output, buf_str(&out));
    if (status == WARD_OK && output_failed(&output, &err))
        status = WARD_ERR_IO;
    store_close(work.store);
    if (out.data)
        access_forget(out.data, out.cap);
    buf_release(&out);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    return status == WARD_OK ? EXIT_NOTHING : command_fail(self, &err);
}

const struct command command_key = {
    .name = "key",
    .usage = "key [OPTIONS] add NAME --scope LIST\n"
             "       ward key [OPTIONS] revoke ID\n"
             "       ward key [OPTIONS] list",
    .summary = "keys by which services ask ward serve",
    .about = "add prints the key, once: only its hash is kept. Services send it as\n"
             "\"Authorization: Bearer KEY\". A running server follows a change within seconds.",
    .options = options,
    .run = run_key,
};
