#include "casework/referrals.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"

const char *referral_state_name(enum referral_state state)
{
    static const char *const names[REFERRAL_STATES] = {"requested", "referred", "withdrawn"};
    return (unsigned)state < REFERRAL_STATES ? names[state] : "unknown";
}

void referrals_init(struct referrals *referrals)
{
    *referrals = (struct referrals){.rows = NULL};
    arena_init(&referrals->arena, 64u * 1024u, SIZE_MAX / 2);
}

void referrals_release(struct referrals *referrals)
{
    free(referrals->rows);
    arena_release(&referrals->arena);
    *referrals = (struct referrals){.rows = NULL};
}

/* The request for this case and body that waits; NULL if there is none. */
static struct referral *waiting(struct referrals *r, const struct store_decision *row)
{
    for (size_t i = r->count; i-- > 0;)
        if (r->rows[i].state == REFERRAL_REQUESTED && str_equal(r->rows[i].body, row->reason) &&
            str_equal(r->rows[i].case_id, row->case_id))
            return &r->rows[i];
    return NULL;
}

static enum ward_status add(struct referrals *r, const struct store_decision *row,
                            struct ward_error *err)
{
    if (r->count == r->capacity) {
        const size_t capacity = r->capacity ? r->capacity * 2 : 32;
        struct referral *rows = realloc(r->rows, capacity * sizeof *rows);
        if (!rows)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        r->rows = rows;
        r->capacity = capacity;
    }
    const bool is_done = row->outcome == STORE_DONE;
    struct referral *to = &r->rows[r->count++];
    *to = (struct referral){.seq = row->seq,
                            .case_id = arena_copy(&r->arena, row->case_id),
                            .body = arena_copy(&r->arena, row->reason),
                            .state = is_done ? REFERRAL_DONE : REFERRAL_REQUESTED,
                            .asked_by = arena_copy(&r->arena, row->who),
                            .asked_ms = row->time_ms,
                            .done_by = {"", 0},
                            .done_ms = is_done ? row->time_ms : 0,
                            .note = arena_copy(&r->arena, row->note)};
    return to->case_id.data && to->body.data && to->asked_by.data && to->note.data
               ? WARD_OK
               : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static void withdraw(struct referrals *r, struct ward_str case_id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->rows[i].state == REFERRAL_REQUESTED && str_equal(r->rows[i].case_id, case_id))
            r->rows[i].state = REFERRAL_WITHDRAWN;
}

static enum ward_status take(void *context, const struct store_decision *row,
                             struct ward_error *err)
{
    struct referrals *r = context;
    if (!str_equal(row->subject_kind, str_of("case")))
        return WARD_OK;
    if (row->kind != STORE_REFER) {
        withdraw(r, row->case_id);
        return WARD_OK;
    }
    struct referral *asked = row->outcome == STORE_DONE ? waiting(r, row) : NULL;
    if (!asked)
        return add(r, row, err);
    asked->state = REFERRAL_DONE;
    asked->done_by = arena_copy(&r->arena, row->who);
    asked->done_ms = row->time_ms;
    return asked->done_by.data ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

enum ward_status referrals_read(struct referrals *referrals, struct store *store,
                                struct ward_error *err)
{
    const uint32_t kinds = 1u << STORE_REFER | 1u << STORE_DISMISS | 1u << STORE_REOPEN;
    return store_decisions_of(store, kinds, 0, take, referrals, err);
}
