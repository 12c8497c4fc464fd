#include "cli/case_decide.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"

/* ---- naming ---------------------------------------------------------------------------------- */

struct search {
    const char *word;
    size_t place; /* wanted place in the list, 0: none */
    size_t at;
    uint32_t found;
    struct case_name *out;
};

static bool begins(struct ward_str id, const char *word)
{
    const size_t len = strlen(word);
    if (id.len >= len && memcmp(id.data, word, len) == 0)
        return true;
    return id.len >= len + 2 && memcmp(id.data + 2, word, len) == 0;
}

static enum ward_status look(void *context, const struct store_case *row, struct ward_error *err)
{
    struct search *s = context;
    const bool is_it = s->place ? ++s->at == s->place : begins(row->id, s->word);
    if (!is_it)
        return WARD_OK;
    if (row->id.len >= sizeof s->out->id)
        return error_set(err, WARD_ERR_FORMAT, "a case of the store has no proper id");
    s->found++;
    memcpy(s->out->id, row->id.data, row->id.len);
    s->out->id[row->id.len] = '\0';
    return WARD_OK;
}

/* "12" is a place in the list; "7f" and "C-12" are ids. */
static size_t place_of(const char *word)
{
    for (const char *at = word; *at; at++)
        if (!isdigit((unsigned char)*at))
            return 0;
    return strlen(word) <= 6 ? (size_t)strtoul(word, NULL, 10) : 0;
}

enum ward_status case_name_find(struct store *store, const char *word, struct case_name *out,
                                struct ward_error *err)
{
    struct search s = {.word = word, .place = place_of(word), .out = out};
    const struct store_case_query query = {.with_former = s.place == 0};
    const enum ward_status status = store_cases(store, &query, look, &s, err);
    if (status != WARD_OK)
        return status;
    if (!s.found)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no case %s", word);
    if (s.found > 1)
        return error_set(err, WARD_ERR_ARGUMENT, "%u cases begin with %s", s.found, word);
    return WARD_OK;
}

/* ---- decisions ------------------------------------------------------------------------------- */

struct verb {
    const char *name;
    enum store_decision_kind kind;
    const char *wants; /* the word behind the case, or NULL */
    const char *done;
};

static const struct verb verbs[] = {
    {"confirm", STORE_CONFIRM, NULL, "confirmed"},
    {"dismiss", STORE_DISMISS, NULL, "dismissed"},
    {"escalate", STORE_ESCALATE, NULL, "escalated"},
    {"reopen", STORE_REOPEN, NULL, "open again"},
    {"hold", STORE_HOLD, NULL, "under legal hold"},
    {"release", STORE_RELEASE, NULL, "released from legal hold"},
    {"note", STORE_NOTE, "the note", "noted"},
    {"assign", STORE_ASSIGN, "to whom", "assigned"},
    {"refer", STORE_REFER, "to which body", "referred"},
};

static enum ward_status decide(struct store *store, const struct store_act *act,
                               const struct case_decide_request *r, const struct verb *verb,
                               struct buf *out, struct ward_error *err)
{
    struct case_name name;
    enum store_outcome outcome = STORE_DONE;
    if (r->word_count != (verb->wants ? 2 : 1))
        return error_set(err, WARD_ERR_ARGUMENT, "%s needs %s%s", verb->name, "a case",
                         verb->wants ? " and a word: see the help" : "");
    if (verb->kind == STORE_DISMISS && !r->look_alike)
        return error_set(err, WARD_ERR_ARGUMENT, "say as which look-alike: --as pet, doll ...");
    if (isdigit((unsigned char)r->words[0][0]) && place_of(r->words[0]))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a decision names the case by its id, not by its place in a list");
    enum ward_status status = case_name_find(store, r->words[0], &name, err);
    if (status != WARD_OK)
        return status;
    struct store_decision decision = {.time_ms = act->time_ms,
                                      .who = act->who,
                                      .kind = verb->kind,
                                      .subject_kind = str_of("case"),
                                      .subject = str_of(name.id),
                                      .case_id = str_of(name.id),
                                      .note = str_of(r->note ? r->note : "")};
    if (verb->kind == STORE_DISMISS)
        decision.reason = str_of(r->look_alike);
    else if (verb->kind == STORE_NOTE)
        decision.note = str_of(r->words[1]);
    else if (verb->wants)
        decision.reason = str_of(r->words[1]);
    status = store_decide(store, &decision, NULL, &outcome, err);
    if (status == WARD_OK)
        buf_printf(out, "%s %s\n", name.id,
                   outcome == STORE_REQUESTED ? "waits for a second person to refer it"
                                              : verb->done);
    return status;
}

static enum ward_status move(struct store *store, const struct store_act *act,
                             const struct case_decide_request *r, struct buf *out,
                             struct ward_error *err)
{
    const bool merges = strcmp(r->verb, "merge") == 0;
    if (r->word_count < (merges ? 2 : 1) || r->word_count > 2)
        return error_set(err, WARD_ERR_ARGUMENT, "%s",
                         merges ? "merge needs two cases or two people"
                                : "split needs a person, and maybe an account of theirs");
    const bool people = strncmp(r->words[0], "P-", 2) == 0;
    if (!merges && !people)
        return error_set(err, WARD_ERR_ARGUMENT, "split needs a person (P-...)");
    struct casework_request request = {.move = merges               ? people ? CASEWORK_MERGE_PEOPLE
                                                                             : CASEWORK_MERGE_CASES
                                               : r->word_count == 2 ? CASEWORK_SPLIT_ACCOUNT
                                                                    : CASEWORK_SPLIT_PERSON,
                                       .a = str_of(r->words[0]),
                                       .b = str_of(r->word_count == 2 ? r->words[1] : ""),
                                       .note = str_of(r->note ? r->note : "")};
    const enum ward_status status = casework_move(store, act, &request, err);
    if (status == WARD_OK)
        buf_printf(out, "%s\n", merges ? "joined" : "parted");
    return status;
}

enum ward_status case_decide(struct store *store, const struct store_act *act,
                             const struct case_decide_request *request, struct buf *out,
                             struct ward_error *err)
{
    if (strcmp(request->verb, "merge") == 0 || strcmp(request->verb, "split") == 0)
        return move(store, act, request, out, err);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(request->verb, verbs[i].name) == 0)
            return decide(store, act, request, &verbs[i], out, err);
    return error_set(err, WARD_ERR_ARGUMENT, "there is no \"cases %s\"", request->verb);
}
