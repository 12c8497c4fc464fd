#include "api/case_reply.h"

#include <stdio.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "engine/engine.h"

enum ward_status case_reply_written(const struct api_call *call, struct ward_str case_id,
                                    int status, struct ward_error *err)
{
    char stamp[STORE_STAMP];
    char tag[STORE_STAMP + 16];
    api_changed(call->api);
    const enum ward_status found = store_case_stamp(call->worker->store, case_id, stamp, NULL);
    if (found == WARD_OK) { /* else the write stands all the same, and the client reads anew */
        (void)snprintf(tag, sizeof tag, "\"%s-%.8s\"", stamp,
                       call->worker->engine->engine->pack->hash);
        http_reply_header_text(call->reply, "ETag", tag);
    }
    call->reply->status = status;
    return request_written(call, err);
}

static enum ward_status take_holder(void *context, const struct store_case *row,
                                    struct ward_error *err)
{
    struct buf *holder = context;
    buf_put_str(holder, row->assignee);
    return holder->failed == WARD_OK ? WARD_OK : error_set(err, holder->failed, "out of memory");
}

enum ward_status case_reply_held(const struct api_call *call, struct ward_str case_id,
                                 struct ward_error *err)
{
    struct buf *body = &call->reply->body;
    struct buf holder;
    buf_init(&holder, 1u << 20);
    const enum ward_status status =
        store_case_find(call->worker->store, case_id, take_holder, &holder, err);
    if (status == WARD_OK) {
        http_problem(call->reply, 409, "held", "Somebody else holds the case", "%s",
                     holder.len ? "Another person works on this case." : "Nobody holds this case.");
        while (!body->failed && body->len && body->data[body->len - 1] != '}')
            body->len--;
        if (!body->failed && body->len)
            body->len--;
        buf_put_text(body, ",\"holder\":");
        if (holder.len)
            json_put_string(body, buf_str(&holder));
        else
            buf_put_text(body, "null");
        buf_put_text(body, "}\n");
    }
    buf_release(&holder);
    return status == WARD_OK ? request_written(call, err) : status;
}
