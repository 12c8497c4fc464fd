/**
 * `ward user`: who may sign in. A running `ward serve` sees a change within seconds.
 */
#include <string.h>

#include "access/accounts.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "base/time_text.h"
#include "cli/ask_password.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/store_options.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_ROLE, OPT_NAME };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_ROLE, "role", 'r', "ROLE", "add: viewer (default), reviewer, lead or administrator"},
    {OPT_NAME, "name", 'n', "NAME", "add: the name to be shown"},
    {OPT_JSON, "json", 'j', NULL, "list: one JSON object a line"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

struct user_request {
    struct store_request storing;
    const char *words[3]; /* verb, user, role */
    int word_count;
    const char *role, *name;
    bool json, wants_help;
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct user_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->word_count == 3)
            return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
        r->words[r->word_count++] = value;
        return WARD_OK;
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_ROLE:
        r->role = value;
        return WARD_OK;
    case OPT_NAME:
        r->name = value;
        return WARD_OK;
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

/* ---- what it does ---------------------------------------------------------------------------- */

struct user_work {
    const struct user_request *request;
    struct store *store;
    struct buf *out;
};

static enum ward_status put_user(void *context, const struct access_user *user,
                                 struct ward_error *err)
{
    const struct user_work *w = context;
    struct json_pen pen;
    if (w->request->json) {
        pen_init(&pen, w->out, false);
        pen_open(&pen, '{');
        pen_pair(&pen, "user", user->user);
        pen_pair(&pen, "name", user->name);
        pen_pair_text(&pen, "role", access_role_name(user->role));
        pen_key(&pen, "disabled");
        pen_bool(&pen, user->is_disabled);
        pen_key(&pen, "created");
        pen_time(&pen, user->created_ms);
        pen_close(&pen, '}');
    } else {
        safe_put(w->out, user->user);
        buf_printf(w->out, "  %s  ", access_role_name(user->role));
        buf_put_text(w->out, user->is_disabled ? "disabled  " : "");
        safe_put(w->out, user->name);
        buf_put_char(w->out, '\n');
    }
    return w->out->failed ? error_set(err, w->out->failed, "out of memory") : WARD_OK;
}

static enum ward_status list_users(struct user_work *w, struct ward_error *err)
{
    return access_users(w->store, str_of(""), 0, put_user, w, err);
}

static enum ward_status read_role(const char *text, enum access_role *out, struct ward_error *err)
{
    if (access_role_read(str_of(text), out))
        return WARD_OK;
    return error_set(err, WARD_ERR_ARGUMENT,
                     "a role is viewer, reviewer, lead or administrator, not \"%s\"", text);
}

static enum ward_status add_user(struct user_work *w, struct ward_error *err)
{
    const struct user_request *r = w->request;
    const struct store_act act = store_request_act(&r->storing);
    struct access_user user = {.user = str_of(r->words[1]), .name = str_of(r->name ? r->name : "")};
    struct buf password;
    enum ward_status status = read_role(r->role ? r->role : "viewer", &user.role, err);
    if (status != WARD_OK)
        return status;
    status = ask_password(r->words[1], &password, err);
    if (status == WARD_OK)
        status = access_user_add(w->store, &act, &user, buf_str(&password), NULL, err);
    ask_forget(&password);
    return status;
}

static enum ward_status change_user(struct user_work *w, const struct access_user_change *change,
                                    struct ward_error *err)
{
    const struct store_act act = store_request_act(&w->request->storing);
    return access_user_change(w->store, &act, str_of(w->request->words[1]), change, NULL, NULL,
                              err);
}

static enum ward_status disable_user(struct user_work *w, struct ward_error *err)
{
    return change_user(w, &(struct access_user_change){.disabled = 1, .expect = STORE_ETAG_ANY},
                       err);
}

static enum ward_status enable_user(struct user_work *w, struct ward_error *err)
{
    return change_user(w, &(struct access_user_change){.disabled = 0, .expect = STORE_ETAG_ANY},
                       err);
}

static enum ward_status set_role(struct user_work *w, struct ward_error *err)
{
    struct access_user_change change = {.disabled = -1, .expect = STORE_ETAG_ANY};
    const enum ward_status status = read_role(w->request->words[2], &change.role, err);
    return status == WARD_OK ? change_user(w, &change, err) : status;
}

static enum ward_status set_password(struct user_work *w, struct ward_error *err)
{
    struct access_user_change change = {.disabled = -1, .expect = STORE_ETAG_ANY};
    struct buf password;
    enum ward_status status = ask_password(w->request->words[1], &password, err);
    change.password = buf_str(&password);
    if (status == WARD_OK && !password.len)
        status = error_set(err, WARD_ERR_ARGUMENT, "no password was given");
    if (status == WARD_OK)
        status = change_user(w, &change, err);
    ask_forget(&password);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

struct verb {
    const char *name;
    int words; /* with the verb itself */
    enum store_mode mode;
    enum ward_status (*run)(struct user_work *work, struct ward_error *err);
};

static const struct verb verbs[] = {
    {"add", 2, STORE_CREATE, add_user},        {"list", 1, STORE_READ, list_users},
    {"disable", 2, STORE_WRITE, disable_user}, {"enable", 2, STORE_WRITE, enable_user},
    {"role", 3, STORE_WRITE, set_role},        {"password", 2, STORE_WRITE, set_password}};

static enum ward_status find_verb(const struct user_request *r, const struct verb **out,
                                  struct ward_error *err)
{
    *out = NULL;
    if (!r->word_count)
        return error_set(err, WARD_ERR_ARGUMENT,
                         "say what to do: add, list, disable, enable, password or role");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, r->words[0]) == 0)
            *out = &verbs[i];
    if (!*out)
        return error_set(err, WARD_ERR_ARGUMENT, "there is no \"user %s\"", r->words[0]);
    if ((*out)->words != r->word_count)
        return error_set(err, WARD_ERR_ARGUMENT, "\"user %s\" takes %d words, not %d", r->words[0],
                         (*out)->words - 1, r->word_count - 1);
    return WARD_OK;
}

static int run_user(const struct command *self, int argc, char **argv)
{
    struct user_request r = {0};
    struct ward_error err = {0};
    const struct verb *verb = NULL;
    struct output output;
    struct buf out;
    store_request_init(&r.storing);
    enum ward_status status = options_read(options, argc, argv, take_option, &r, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    struct user_work work = {&r, NULL, &out};
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    if (status == WARD_OK)
        status = find_verb(&r, &verb, &err);
    if (status == WARD_OK)
        status = store_request_open(&r.storing, verb->mode, &work.store, &err);
    if (status == WARD_OK)
        status = verb->run(&work, &err);
    (void)output_write(&output, buf_str(&out));
    if (status == WARD_OK && output_failed(&output, &err))
        status = WARD_ERR_IO;
    store_close(work.store);
    buf_release(&out);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    return status == WARD_OK ? EXIT_NOTHING : command_fail(self, &err);
}

const struct command command_user = {
    .name = "user",
    .usage = "user [OPTIONS] add|disable|enable|password USER\n"
             "       ward user [OPTIONS] role USER ROLE\n"
             "       ward user [OPTIONS] list",
    .summary = "who may sign in to ward serve",
    .about = "A password is asked on the terminal, or read as the first line of standard input.\n"
             "Changing password, role or state ends the user's sessions; a running server follows\n"
             "within seconds. Nobody is ever deleted: what a user did stays under the name.",
    .options = options,
    .run = run_user,
};
