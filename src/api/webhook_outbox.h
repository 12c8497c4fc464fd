/**
 * What has happened since the last look -> deliveries that wait, for the webhooks that ask.
 *
 * Decisions are followed by their number, cases by the ids that were told; both marks are records.
 */
#ifndef WARD_API_WEBHOOK_OUTBOX_H
#define WARD_API_WEBHOOK_OUTBOX_H

#include "api/webhook_records.h"

struct webhook_outbox {
    uint64_t serial; /**< of the store at the last look */
    uint64_t stamp;  /**< of the webhooks' records at the last look */
    bool has_looked;
    uint64_t waiting; /**< deliveries that wait; kept by the sender */
};

/**
 * Looks for what is new and writes its deliveries; `*fresh` how many. Cheap when nothing changed.
 * Errors of the store.
 */
enum ward_status webhook_outbox_fill(struct webhook_outbox *outbox, struct store *store,
                                     const struct webhook_list *hooks, int64_t now_ms,
                                     uint64_t *fresh, struct ward_error *err) WARD_MUST_USE;

/** Marks every case there is as told, so that a new webhook is told of later ones only. */
enum ward_status webhook_outbox_skip_cases(struct store *store, int64_t now_ms,
                                           struct ward_error *err) WARD_MUST_USE;

#endif
