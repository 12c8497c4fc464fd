/**
 * What writes on a case answer.
 */
#ifndef WARD_API_CASE_REPLY_H
#define WARD_API_CASE_REPLY_H

#include "api/case_request.h"

/** Puts the case's new ETag on the reply, tells waiting clients, and sets the status. */
enum ward_status case_reply_written(const struct api_call *call, struct ward_str case_id,
                                    int status, struct ward_error *err) WARD_MUST_USE;

/** The problem 409 `held`, with "holder": who holds the case. */
enum ward_status case_reply_held(const struct api_call *call, struct ward_str case_id,
                                 struct ward_error *err) WARD_MUST_USE;

/** True if who asks may undo what others claimed: leads and administrators. */
static inline bool case_reply_is_lead(const struct api_call *call)
{
    return call->who->role >= ACCESS_LEAD;
}

#endif
