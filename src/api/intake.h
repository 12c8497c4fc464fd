/**
 * Where live events come in: the shared memory of what groups said, the shared door to the store,
 * and the threads that judge. POST /v1/events, Coop's items and reports all go through here.
 *
 * Bodies may come in several at once: each takes turns of one round (see pipeline.h), in the order
 * of asking, and waits for its client outside of them. At the end of every turn what is to be kept
 * is durable, so what was whole of a body that breaks off is stored.
 *
 * A turn that fails leaves nothing half done: rows that could not be written wait and are written
 * with the next turn that can; the client gets an error and sends again, which is no harm.
 */
#ifndef WARD_API_INTAKE_H
#define WARD_API_INTAKE_H

#include "api/api.h"
#include "pipeline/pipeline.h"

struct intake;

/** Opens its own handle of the store. */
enum ward_status intake_new(struct api *api, struct intake **out,
                            struct ward_error *err) WARD_MUST_USE;
/** Writes what is left. No body may be at work. NULL allowed. */
void intake_free(struct intake *intake);
/** The one of the service. */
struct intake *intake_of(struct api *api);

/** Errors listed by line; more are counted. */
#define INTAKE_ERRORS_MAX 100u

/** What became of a body. */
struct intake_result {
    uint64_t received; /**< events read */
    uint64_t flagged;
    uint64_t stored; /**< rows written: flagged events, neighbours, ties */
    uint64_t duplicate;
    uint64_t faulty; /**< records that could not be used */
    struct intake_fault {
        uint64_t line;
        char detail[WARD_ERROR_MESSAGE_BYTES];
    } faults[INTAKE_ERRORS_MAX]; /**< the first of them */
};

/** Where a body comes from. */
struct intake_body {
    struct feed_stream stream;
    /** As in struct pipeline_source, with the stream's context; NULL: reading never waits. */
    bool (*is_ready)(void *context);
    uint64_t unpacked_max; /**< see feed_options; 0: no limit */
};

/**
 * Takes JSON lines (gzip and zstd are recognised by content) to their end. `result` tells what was
 * done, also after a failure. Errors of the stream, the store; WARD_ERR_NOMEM.
 */
enum ward_status intake_take(struct intake *intake, const struct api_call *call,
                             const struct intake_body *body, struct intake_result *result,
                             struct ward_error *err) WARD_MUST_USE;

/** Puts {"received","flagged","stored","duplicate","errors":[...],"errors_left_out"}. */
void intake_put(struct buf *out, const struct intake_result *result);

/**
 * For what must be kept whatever its level, made by somebody else's judging: runs `work` in a turn,
 * which may call ingest_keep(), then makes all durable.
 */
enum ward_status intake_run(struct intake *intake, const struct api_call *call,
                            enum ward_status (*work)(void *context, struct ingest *ingest,
                                                     struct ward_error *err),
                            void *context, struct ward_error *err) WARD_MUST_USE;

#endif
