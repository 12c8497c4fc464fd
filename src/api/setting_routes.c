/**
 * GET and PUT /v1/settings: how casework is done here. Kept in the store, so that it holds for the
 * command line too, and every change is in the audit log.
 */
#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"

static const char needs_two[] = "refer-needs-two";

static enum ward_status take_setting(void *context, struct ward_str text, struct ward_error *err)
{
    (void)err;
    *(bool *)context = str_equal(text, str_of("1"));
    return WARD_OK;
}

static enum ward_status put_settings(const struct api_call *call, struct ward_error *err)
{
    bool two = false;
    enum ward_status status =
        store_setting(call->worker->store, str_of(needs_two), take_setting, &two, err);
    if (status == WARD_ERR_NOT_FOUND) /* never set */
        status = WARD_OK;
    if (status != WARD_OK)
        return status;
    buf_printf(&call->reply->body, "{\"refer_needs_two\":%s}\n", two ? "true" : "false");
    return request_written(call, err);
}

static enum ward_status show(struct api_call *call, struct ward_error *err)
{
    return put_settings(call, err);
}

static enum ward_status change(struct api_call *call, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    json_t *body;
    enum ward_status status = request_object(call, &body, err);
    if (status != WARD_OK)
        return status;
    const json_t *two = json_object_get(body, "refer_needs_two");
    if (!json_is_boolean(two))
        status = error_set(err, WARD_ERR_ARGUMENT, "\"refer_needs_two\" is true or false");
    else
        status = store_configure(call->worker->store, &act, str_of(needs_two),
                                 str_of(json_is_true(two) ? "1" : "0"), err);
    json_decref(body);
    return status == WARD_OK ? put_settings(call, err) : status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/settings", ACCESS_READ, API_LANE_READ, show, 0},
    {HTTP_PUT, "/v1/settings", ACCESS_ADMIN, API_LANE_WRITE, change, 0},
};

const struct api_part setting_part = {
    .name = "settings", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
