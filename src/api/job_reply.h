/**
 * The answer to who asked for a job that goes on in the background.
 */
#ifndef WARD_API_JOB_REPLY_H
#define WARD_API_JOB_REPLY_H

#include "api/api.h"

/** 202 with {"KIND":"ID","state":"waiting"} and Location PLACE/ID. `kind`, `place` and `id` need no
 * escapes; place and id have 80 bytes at most. WARD_ERR_NOMEM. */
enum ward_status job_reply(struct api_call *call, const char *kind, const char *place,
                           const char *id, struct ward_error *err) WARD_MUST_USE;

#endif
