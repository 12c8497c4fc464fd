/**
 * GET /v1/changes?after=N: answers as soon as the store's serial is greater than N, at the latest
 * after 25 seconds. A client that waits holds a connection, never a thread. What another process
 * wrote (`ward scan --store`, `ward cases`) is seen within the two seconds of a tick.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/error.h"

#define WAIT_MS 25000u

static enum ward_status read_after(const struct api_call *call, uint64_t *after,
                                   struct ward_error *err)
{
    const struct ward_str text = http_query(call->request, "after");
    *after = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i == 19)
            return error_set(err, WARD_ERR_ARGUMENT, "after is the serial of an earlier answer");
        *after = *after * 10 + (uint64_t)(text.data[i] - '0');
    }
    return WARD_OK;
}

static enum ward_status changes(struct api_call *call, struct ward_error *err)
{
    const bool waits = http_query_has(call->request, "after");
    uint64_t after;
    uint64_t serial;
    enum ward_status status = read_after(call, &after, err);
    if (status == WARD_OK)
        status = store_serial(call->worker->store, &serial, err);
    if (status != WARD_OK)
        return status;
    /* A serial behind ours is of another store: the client starts anew. */
    if (waits && serial == after && !call->is_last) {
        api_park(call, WAIT_MS);
        return WARD_OK;
    }
    buf_printf(&call->reply->body, "{\"serial\":%" PRIu64 "}\n", serial);
    return request_written(call, err);
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/changes", ACCESS_READ, API_LANE_READ, changes, 0},
};

static enum ward_status start(struct api *api, void **state, struct ward_error *err)
{
    (void)api;
    *state = calloc(1, sizeof(uint64_t)); /* the serial at the last tick */
    return *state ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static void stop(struct api *api, void *state)
{
    (void)api;
    free(state);
}

static void tick(struct api *api, void *state, struct store *store, int64_t now_ms)
{
    uint64_t *seen = state;
    uint64_t serial;
    (void)now_ms;
    if (store_serial(store, &serial, NULL) != WARD_OK || serial == *seen)
        return;
    *seen = serial;
    api_changed(api);
}

const struct api_part change_part = {.name = "changes",
                                     .routes = routes,
                                     .route_count = sizeof routes / sizeof routes[0],
                                     .start = start,
                                     .stop = stop,
                                     .tick = tick};
