/**
 * Webhooks and their deliveries as records of the store.
 *
 * A delivery is written down before anything is sent, in one transaction with the mark up to which
 * decisions were looked at, so that a crash neither loses nor doubles one; it may be sent twice
 * when the crash comes between the answer and its receipt (receivers know it by its id).
 */
#ifndef WARD_API_WEBHOOK_RECORDS_H
#define WARD_API_WEBHOOK_RECORDS_H

#include "api/webhook_sign.h"
#include "base/arena.h"
#include "store/store_records.h"

#define WEBHOOK_KIND "webhook"
#define WEBHOOK_DELIVERY_KIND "webhook-delivery"
#define WEBHOOK_CURSOR_KIND "webhook-cursor"
#define WEBHOOK_CASE_KIND "webhook-case"

#define WEBHOOKS_MAX 32u
#define WEBHOOK_ID_TEXT 17u
/** "HOOK/" and a number of 20 digits, with its NUL. */
#define WEBHOOK_DELIVERY_TEXT (WEBHOOK_ID_TEXT + 21u)
/** Deliveries that wait, of all webhooks; further ones fail at once, with a receipt that says so.
 */
#define WEBHOOK_WAITING_MAX 10000u
/** Receipts are kept this long. */
#define WEBHOOK_RECEIPT_MS (30LL * 24 * 60 * 60 * 1000)

enum webhook_event { WEBHOOK_DECISION = 0, WEBHOOK_CASE_OPENED, WEBHOOK_REFERRAL };
#define WEBHOOK_EVENTS 3
/** "decision", "case-opened", "referral"; static. */
const char *webhook_event_name(enum webhook_event event);
/** False when it names none. */
bool webhook_event_read(struct ward_str name, enum webhook_event *out);

struct webhook {
    char id[WEBHOOK_ID_TEXT];
    struct ward_str url, secret;
    uint32_t events; /**< bits 1 << enum webhook_event */
    int64_t created_ms;
    uint64_t since; /**< only decisions with a greater number are told */
};

struct webhook_list {
    struct arena arena;
    struct webhook hooks[WEBHOOKS_MAX];
    uint32_t count;
};
void webhook_list_release(struct webhook_list *list);
/** Reads all, in order of id. `out` is initialised by this call; release it also on failure. */
enum ward_status webhook_list_read(struct webhook_list *out, struct store *store,
                                   struct ward_error *err) WARD_MUST_USE;
/** One webhook as the record's JSON. */
void webhook_put(struct buf *out, const struct webhook *hook);

enum webhook_state { WEBHOOK_WAITING = 0, WEBHOOK_DELIVERED, WEBHOOK_FAILED };

struct webhook_delivery {
    char id[WEBHOOK_DELIVERY_TEXT]; /**< begins with the id of its webhook */
    enum webhook_event event;
    enum webhook_state state;
    uint32_t attempts;
    int64_t created_ms, last_ms, next_ms; /**< last_ms 0: not sent yet */
    long status;                          /**< of the last answer; 0: none */
    char error[128];                      /**< why the last attempt failed, or "" */
    struct ward_str body;                 /**< what is sent; borrowed */
};
/** The record's JSON. */
void webhook_delivery_put(struct buf *out, const struct webhook_delivery *delivery);
/** Reads a record; the body goes to `arena` (NULL: left empty). WARD_ERR_FORMAT, WARD_ERR_NOMEM. */
enum ward_status webhook_delivery_read(const struct store_record *row, struct arena *arena,
                                       struct webhook_delivery *out,
                                       struct ward_error *err) WARD_MUST_USE;
/** As the API shows it: without the body. */
void webhook_delivery_show(struct buf *out, const struct webhook_delivery *delivery);

#endif
