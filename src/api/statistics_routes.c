/**
 * GET /v1/statistics: counts over stored verdicts and decisions.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/tally_service.h"
#include "base/error.h"
#include "base/str.h"
#include "casework/agreement.h"

/* Between two looks at the clock. */
#define ROWS_AT_ONCE 250u
#define DAY_MS (24LL * 60 * 60 * 1000)
/* Days that can be asked for: 1970 to 9999. */
#define DAY_MAX 2932896

/* One tally is shown while, once it is old, the other is counted anew in the background: who asks
 * is never told a part of what was known before. */
struct tally_service {
    pthread_mutex_t lock;
    struct tally tallies[2];
    unsigned shown;      /* which of them */
    bool is_renewing;    /* the other is being counted */
    bool is_behind;      /* more is to be counted in the one shown */
    int64_t begun_ms;    /* the one shown; 0: it is not trusted */
    int64_t renewing_ms; /* the other */
};

static enum ward_status start(struct api *api, void **state, struct ward_error *err)
{
    struct tally_service *s = calloc(1, sizeof *s);
    (void)api;
    if (!s)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    (void)pthread_mutex_init(&s->lock, NULL);
    for (size_t i = 0; i < 2; i++)
        tally_init(&s->tallies[i]);
    s->begun_ms = api_now_ms();
    s->is_behind = true; /* counted before anybody asks */
    *state = s;
    return WARD_OK;
}

static void stop(struct api *api, void *state)
{
    struct tally_service *s = state;
    (void)api;
    if (!s)
        return;
    for (size_t i = 0; i < 2; i++)
        tally_release(&s->tallies[i]);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct tally_service *service_of(struct api *api)
{
    return api_state(api, &api_statistics_part);
}

static void empty(struct tally *tally)
{
    tally_release(tally);
    tally_init(tally);
}

/* Counts for about so long; the lock is held. */
static enum ward_status count_for(struct tally *tally, struct store *store, int64_t budget_ms,
                                  bool *is_behind, struct ward_error *err)
{
    const int64_t end_ms = api_now_ms() + budget_ms;
    enum ward_status status;
    do {
        status = tally_catch_up(tally, store, ROWS_AT_ONCE, is_behind, err);
    } while (status == WARD_OK && *is_behind && api_now_ms() < end_ms);
    return status;
}

static enum ward_status count_shown(struct tally_service *s, struct store *store, int64_t budget_ms,
                                    struct ward_error *err)
{
    const enum ward_status status =
        count_for(&s->tallies[s->shown], store, budget_ms, &s->is_behind, err);
    if (status != WARD_OK) {
        s->begun_ms = 0; /* what was counted in part is not trusted */
        s->is_behind = false;
    }
    return status;
}

/* Goes on with the other tally, and shows it once it has all. */
static void renew(struct tally_service *s, struct store *store, int64_t now_ms)
{
    struct tally *other = &s->tallies[!s->shown];
    bool is_behind = false;
    if (!s->is_renewing) {
        empty(other);
        s->is_renewing = true;
        s->renewing_ms = now_ms;
    }
    if (count_for(other, store, TALLY_TICK_MS, &is_behind, NULL) != WARD_OK) {
        s->is_renewing = false; /* begun again at the next tick */
    } else if (!is_behind) {
        s->shown = !s->shown;
        s->is_renewing = s->is_behind = false;
        s->begun_ms = s->renewing_ms;
        empty(&s->tallies[!s->shown]);
    }
}

static void tick(struct api *api, void *state, struct store *store, int64_t now_ms)
{
    struct tally_service *s = state;
    (void)api;
    (void)pthread_mutex_lock(&s->lock);
    if (s->is_behind)
        (void)!count_shown(s, store, TALLY_TICK_MS, NULL); /* who asks next is told */
    else if (s->is_renewing || (s->begun_ms && now_ms - s->begun_ms > TALLY_AGE_MS))
        renew(s, store, now_ms);
    (void)pthread_mutex_unlock(&s->lock);
}

enum ward_status tally_service_take(struct api_call *call, const struct tally **out,
                                    bool *is_complete, struct ward_error *err)
{
    struct tally_service *s = service_of(call->api);
    (void)pthread_mutex_lock(&s->lock);
    struct tally *tally = &s->tallies[s->shown];
    if (!s->begun_ms) {
        empty(tally);
        s->begun_ms = call->now_ms;
    }
    const enum ward_status status = count_shown(s, call->worker->store, TALLY_REQUEST_MS, err);
    if (status != WARD_OK) {
        (void)pthread_mutex_unlock(&s->lock);
        return status;
    }
    *is_complete = !s->is_behind && tally->is_whole;
    *out = tally;
    return WARD_OK;
}

void tally_service_drop(struct api_call *call)
{
    (void)pthread_mutex_unlock(&service_of(call->api)->lock);
}

/* ---- the route ---- */

static enum ward_status read_day(const struct http_request *request, const char *name, int32_t *day,
                                 struct ward_error *err)
{
    if (!http_query_has(request, name) || tally_day_read(http_query(request, name), day))
        return WARD_OK;
    return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is a day, as in 2026-11-01", name);
}

static enum ward_status statistics(struct api_call *call, struct ward_error *err)
{
    struct tally_range range = {0, DAY_MAX};
    const struct tally *tally;
    struct json_pen pen;
    bool is_complete;
    enum ward_status status = read_day(call->request, "from", &range.from, err);
    if (status == WARD_OK)
        status = read_day(call->request, "to", &range.to, err);
    if (status == WARD_OK && range.to < range.from)
        status = error_set(err, WARD_ERR_ARGUMENT, "\"to\" lies before \"from\"");
    if (status == WARD_OK && http_query_has(call->request, "to"))
        range.to++; /* the day named is in it */
    if (status == WARD_OK)
        status = tally_service_take(call, &tally, &is_complete, err);
    if (status != WARD_OK)
        return status;
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "counted");
    pen_open(&pen, '{');
    pen_key(&pen, "events");
    pen_integer(&pen, (int64_t)tally->events);
    pen_key(&pen, "complete");
    pen_bool(&pen, is_complete);
    pen_close(&pen, '}');
    status = tally_show(tally, range, &pen);
    tally_service_drop(call);
    if (status != WARD_OK)
        return error_set(err, status, "out of memory");
    status = agreement_show(call->worker->store, range.from * DAY_MS, range.to * DAY_MS, &pen, err);
    pen_close(&pen, '}');
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/statistics", ACCESS_READ, API_LANE_READ, statistics, 0},
};

const struct api_part api_statistics_part = {.name = "statistics",
                                             .routes = routes,
                                             .route_count = sizeof routes / sizeof routes[0],
                                             .start = start,
                                             .stop = stop,
                                             .tick = tick};
