#include "api/job_reply.h"

#include <stdio.h>

#include "base/error.h"

enum ward_status job_reply(struct api_call *call, const char *kind, const char *place,
                           const char *id, struct ward_error *err)
{
    struct http_reply *reply = call->reply;
    char location[88];
    (void)snprintf(location, sizeof location, "%s/%s", place, id);
    http_reply_header_text(reply, "Location", location);
    buf_printf(&reply->body, "{\"%s\":\"%s\",\"state\":\"waiting\"}\n", kind, id);
    reply->status = 202;
    return reply->body.failed ? error_set(err, reply->body.failed, "out of memory") : WARD_OK;
}
