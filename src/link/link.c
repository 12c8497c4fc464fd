/**
 * The stages of linking, in order; see link.h. Working memory goes with the call, the result lives
 * in the arena of the struct link.
 */
#include "link/link.h"

#include <stdlib.h>

#include "base/error.h"
#include "link/brokerage.h"
#include "link/result.h"

#define BLOCK_BYTES (1u << 18)

/* What link_free() gets back: the public part first. */
struct owned_link {
    struct link link;
    struct arena keep;
};

static enum ward_status find_all(struct owned_link *out, const struct link_input *input,
                                 struct arena *work)
{
    struct census census;
    struct standing *standing;
    struct thing_index things;
    if (census_take(&census, input, &out->keep, work) || standing_take(&census, &standing, work) ||
        things_collect(&things, &census, work, work))
        return WARD_ERR_NOMEM;
    const struct scene scene = {&census, standing, &things};
    struct pairs pairs;
    struct people people;
    struct profiles profiles;
    if (pairs_gather(&pairs, &scene, work) || people_find(&people, &scene, &pairs, work) ||
        profiles_take(&profiles, &scene, &people, work))
        return WARD_ERR_NOMEM;
    const struct cast cast = {&scene, &pairs, &people, &profiles};
    struct group_view *groups;
    struct cases cases;
    double *brokerage = arena_calloc(work, people.count + 1u, sizeof *brokerage);
    if (!brokerage || groups_view(&groups, &cast, work) ||
        cases_find(&cases, &cast, groups, work) ||
        brokerage_measure(brokerage, &cases, people.count, work))
        return WARD_ERR_NOMEM;
    const struct finding finding = {&cast, groups, &cases, brokerage};
    return result_make(&out->link, &finding, &out->keep, work);
}

enum ward_status link_build(const struct link_input *input, struct link **out,
                            struct ward_error *err)
{
    *out = NULL;
    error_clear(err);
    if (input->event_count > LINK_EVENTS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more than %u events to link", LINK_EVENTS_MAX);
    struct owned_link *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(err, WARD_ERR_NOMEM, "out of memory while linking");
    struct arena work;
    arena_init(&made->keep, BLOCK_BYTES, SIZE_MAX);
    arena_init(&work, BLOCK_BYTES, SIZE_MAX);
    const enum ward_status status = find_all(made, input, &work);
    arena_release(&work);
    if (status) {
        link_free(&made->link);
        return error_set(err, status, "out of memory while linking");
    }
    *out = &made->link;
    return WARD_OK;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    struct owned_link *made = (struct owned_link *)link;
    arena_release(&made->keep);
    free(made);
}

const char *link_tie_name(enum link_tie_kind kind)
{
    static const char *const names[LINK_TIE_KINDS] = {"handle", "media", "template", "alias",
                                                      "reply",  "group", "judgement"};
    return names[kind];
}

const char *link_urgency_name(enum link_urgency urgency)
{
    static const char *const names[] = {"low", "medium", "high", "critical"};
    return names[urgency];
}
