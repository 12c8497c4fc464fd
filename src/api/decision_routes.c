/**
 * POST /v1/cases/{id}/decisions, /merge, /split.
 *
 * What decides about the whole case (confirm, dismiss, escalate, reopen) is refused while another
 * person holds the case; notes, holds and referrals are not: a referral may need that other person.
 */
#include <inttypes.h>

#include "api/case_parts.h"
#include "api/case_reply.h"
#include "api/claim.h"
#include "api/relinker.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "casework/casework.h"

/* Bytes. A note is a page or two of text; a reason is a name. */
#define NOTE_MAX 20000u
#define REASON_MAX 200u
#define ID_MAX 256u
/* Keys of accounts are as long as platforms make them. */
#define ACCOUNT_MAX 4096u

/* ---- what is asked --------------------------------------------------------------------------- */

enum reason_kind { NO_REASON, LOOK_ALIKE, BODY };

struct kind {
    enum store_decision_kind kind;
    enum reason_kind reason;
    bool needs_note;
    bool is_exclusive; /* only who holds the case, if anybody does */
};

static const struct kind kinds[] = {
    {STORE_CONFIRM, NO_REASON, false, true},  {STORE_DISMISS, LOOK_ALIKE, false, true},
    {STORE_ESCALATE, NO_REASON, false, true}, {STORE_NOTE, NO_REASON, true, false},
    {STORE_REOPEN, NO_REASON, false, true},   {STORE_REFER, BODY, false, false},
    {STORE_HOLD, NO_REASON, false, false},    {STORE_RELEASE, NO_REASON, false, false},
};

static const struct kind *find_kind(struct ward_str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_equal(name, str_of(store_decision_name(kinds[i].kind))))
            return &kinds[i];
    return NULL;
}

/* The name of a reading, as packs have them: pet, doll, lawful ... */
static bool is_look_alike(struct ward_str name)
{
    if (!name.len || name.len > 64 || str_equal(name, str_of("trade")) ||
        str_equal(name, str_of("any")))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

/* A line of plain text that says something. */
static bool is_name(struct ward_str text)
{
    bool says = false;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return false;
        says |= text.data[i] != ' ';
    }
    return says;
}

struct asked {
    json_t *body; /* owned */
    const struct kind *kind;
    struct ward_str reason, note;
};

static enum ward_status check_asked(const struct asked *a, struct ward_error *err)
{
    if (a->kind->reason == LOOK_ALIKE && !is_look_alike(a->reason))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "dismissing names what it looks like in \"reason\": pet, doll, goods, "
                         "lawful, news, other ...");
    if (a->kind->reason == BODY && !is_name(a->reason))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a referral names the body it goes to in \"reason\"");
    if (a->kind->needs_note && !a->note.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a note needs its text in \"note\"");
    return WARD_OK;
}

static enum ward_status read_asked(const struct api_call *call, struct asked *a,
                                   struct ward_error *err)
{
    struct ward_str kind;
    enum ward_status status = request_object(call, &a->body, err);
    if (status == WARD_OK)
        status = request_text(a->body, "kind", 32, &kind, err);
    if (status == WARD_OK)
        status = request_text(a->body, "reason", REASON_MAX, &a->reason, err);
    if (status == WARD_OK)
        status = request_text(a->body, "note", NOTE_MAX, &a->note, err);
    if (status != WARD_OK)
        return status;
    a->kind = find_kind(kind);
    return a->kind ? check_asked(a, err)
                   : error_set(err, WARD_ERR_ARGUMENT,
                               "kind is confirm, dismiss, escalate, note, reopen, refer, hold or "
                               "release");
}

/* ---- decisions ------------------------------------------------------------------------------- */

static enum ward_status take_setting(void *context, struct ward_str text, struct ward_error *err)
{
    (void)err;
    *(bool *)context = str_equal(text, str_of("1"));
    return WARD_OK;
}

/* A service that refers on somebody's behalf is nobody's second person. */
static enum ward_status may_refer(const struct api_call *call, bool *may, struct ward_error *err)
{
    bool needs_two = false;
    enum ward_status status = store_setting(call->worker->store, str_of("refer-needs-two"),
                                            take_setting, &needs_two, err);
    if (status == WARD_ERR_NOT_FOUND)
        status = WARD_OK;
    *may = !needs_two || access_is_person(call->who);
    return status;
}

static enum ward_status refused(const struct api_call *call, const struct asked *a,
                                struct ward_str case_id, struct ward_error *err)
{
    if (a->kind->kind != STORE_REFER)
        return case_reply_held(call, case_id, err);
    http_problem(call->reply, 409, "second-person-needed", "A second person is needed",
                 "You asked for this referral; another person must complete it.");
    return WARD_OK;
}

static enum ward_status write_decision(const struct api_call *call, const struct asked *a,
                                       struct ward_str case_id, struct ward_error *err)
{
    const struct store_condition only_if = {.stamp = request_stamp(call),
                                            .is_free =
                                                a->kind->is_exclusive && !case_reply_is_lead(call),
                                            .idle_ms = call->now_ms - CLAIM_IDLE_MS};
    const struct store_decision decision = {
        .time_ms = call->now_ms,
        .who = str_of(call->who->who),
        .kind = a->kind->kind,
        .subject_kind = str_of("case"),
        .subject = case_id,
        .case_id = case_id,
        .reason = a->kind->reason == NO_REASON ? (struct ward_str){"", 0} : a->reason,
        .note = a->note,
        .only_if = &only_if};
    enum store_outcome outcome;
    uint64_t seq;
    enum ward_status status = store_decide(call->worker->store, &decision, &seq, &outcome, err);
    if (status == WARD_ERR_REFUSED)
        return refused(call, a, case_id, err);
    if (status != WARD_OK)
        return status;
    buf_printf(&call->reply->body, "{\"seq\":%" PRIu64 ",\"outcome\":\"%s\"}\n", seq,
               outcome == STORE_REQUESTED ? "requested" : "done");
    return case_reply_written(call, case_id, 201, err);
}

static enum ward_status decide(struct api_call *call, struct ward_error *err)
{
    struct asked a = {.body = NULL};
    struct buf case_id;
    bool may = true;
    buf_init(&case_id, ID_MAX);
    enum ward_status status = read_asked(call, &a, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &case_id, err);
    if (status == WARD_OK && a.kind->kind == STORE_REFER)
        status = may_refer(call, &may, err);
    if (status == WARD_OK && !may)
        http_problem(call->reply, 403, "person-needed", "A person is needed",
                     "Where referrals need two people, both must be signed in themselves.");
    else if (status == WARD_OK)
        status = write_decision(call, &a, buf_str(&case_id), err);
    json_decref(a.body);
    buf_release(&case_id);
    return status;
}

/* ---- joining and parting ----------------------------------------------------------------------
 * The decision is written at once; linking anew takes as long as the store is large, and follows in
 * the background. Clients see it come by /v1/changes.
 */

static enum ward_status write_move(const struct api_call *call,
                                   const struct casework_request *request, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    uint64_t seq;
    const enum ward_status status =
        casework_move_decide(call->worker->store, &act, request, &seq, err);
    if (status == WARD_ERR_REFUSED)
        return case_reply_held(call, request->case_id, err);
    if (status != WARD_OK)
        return status;
    api_relink_due(call->api);
    buf_printf(&call->reply->body, "{\"seq\":%" PRIu64 ",\"outcome\":\"done\",\"linking\":true}\n",
               seq);
    return case_reply_written(call, request->case_id, 202, err);
}

struct move_asked {
    json_t *body; /* owned */
    struct buf case_id;
    struct store_condition only_if;
    struct casework_request request;
};

static enum ward_status move_begin(const struct api_call *call, struct move_asked *m,
                                   struct ward_error *err)
{
    *m = (struct move_asked){.body = NULL};
    buf_init(&m->case_id, ID_MAX);
    enum ward_status status = request_object(call, &m->body, err);
    if (status == WARD_OK)
        status = request_text(m->body, "note", NOTE_MAX, &m->request.note, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &m->case_id, err);
    m->only_if = (struct store_condition){.stamp = request_stamp(call),
                                          .is_free = !case_reply_is_lead(call),
                                          .idle_ms = call->now_ms - CLAIM_IDLE_MS};
    m->request.case_id = buf_str(&m->case_id);
    m->request.only_if = &m->only_if;
    return status;
}

static void move_end(struct move_asked *m)
{
    json_decref(m->body);
    buf_release(&m->case_id);
}

static enum ward_status merge(struct api_call *call, struct ward_error *err)
{
    struct move_asked m;
    struct ward_str person = {"", 0};
    enum ward_status status = move_begin(call, &m, err);
    if (status == WARD_OK)
        status = request_text(m.body, "with", ID_MAX, &m.request.b, err);
    if (status == WARD_OK)
        status = request_text(m.body, "person", ID_MAX, &person, err);
    if (status == WARD_OK && !m.request.b.len)
        status = error_set(err, WARD_ERR_ARGUMENT, "\"with\" names the case to join with");
    m.request.move = person.len ? CASEWORK_MERGE_PEOPLE : CASEWORK_MERGE_CASES;
    m.request.a = person.len ? person : buf_str(&m.case_id);
    if (status == WARD_OK)
        status = write_move(call, &m.request, err);
    move_end(&m);
    return status;
}

static enum ward_status split(struct api_call *call, struct ward_error *err)
{
    struct move_asked m;
    enum ward_status status = move_begin(call, &m, err);
    if (status == WARD_OK)
        status = request_text(m.body, "person", ID_MAX, &m.request.a, err);
    if (status == WARD_OK)
        status = request_text(m.body, "account", ACCOUNT_MAX, &m.request.b, err);
    if (status == WARD_OK && !m.request.a.len)
        status = error_set(err, WARD_ERR_ARGUMENT, "\"person\" names who is to leave");
    m.request.move = m.request.b.len ? CASEWORK_SPLIT_ACCOUNT : CASEWORK_SPLIT_PERSON;
    if (status == WARD_OK)
        status = write_move(call, &m.request, err);
    move_end(&m);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/cases/{id}/decisions", ACCESS_DECIDE, API_LANE_WRITE, decide, 0},
    {HTTP_POST, "/v1/cases/{id}/merge", ACCESS_DECIDE, API_LANE_WRITE, merge, 0},
    {HTTP_POST, "/v1/cases/{id}/split", ACCESS_DECIDE, API_LANE_WRITE, split, 0},
};

const struct api_part decision_part = {
    .name = "decisions", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
