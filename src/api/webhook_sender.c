#include "api/webhook_sender.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/webhook_outbox.h"
#include "base/error.h"
#include "base/str.h"

#define LOOK_EVERY_MS 1000
#define SWEEP_EVERY_MS (60LL * 60 * 1000)
#define SEND_MS 10000L
#define CONNECT_MS 5000L
#define ANSWER_BYTES_MAX 65536u
/* Deliveries held in memory, of those that wait; the rest follows. */
#define HELD_MAX 1000u

/* A delivery that waits, without its body. */
struct held {
    char id[WEBHOOK_DELIVERY_TEXT];
    int64_t next_ms;
};

struct sender {
    struct api *api;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_ending; /* guarded by lock */
    struct store *store;
    CURL *curl;
    struct webhook_list hooks;
    struct webhook_outbox outbox;
    struct held held[HELD_MAX];
    uint32_t held_count;
    bool has_more; /* not all that wait is held */
    int64_t swept_ms;
};

static bool is_ending(struct sender *s)
{
    (void)pthread_mutex_lock(&s->lock);
    const bool ending = s->is_ending;
    (void)pthread_mutex_unlock(&s->lock);
    return ending;
}

/* ---- sending one ---- */

static size_t drop_answer(char *data, size_t size, size_t count, void *user)
{
    size_t *seen = user;
    (void)data;
    *seen += size * count;
    return *seen > ANSWER_BYTES_MAX ? 0 : size * count;
}

static int watch_end(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return is_ending(user) ? 1 : 0;
}

static struct curl_slist *make_headers(const struct webhook *hook,
                                       const struct webhook_delivery *delivery, int64_t now_ms)
{
    char signature[WEBHOOK_SIGNATURE_TEXT];
    char line[4][WEBHOOK_SIGNATURE_TEXT + 32];
    struct curl_slist *list = NULL;
    webhook_sign(hook->secret, now_ms / 1000, delivery->body, signature);
    (void)snprintf(line[0], sizeof line[0], "Content-Type: application/json");
    (void)snprintf(line[1], sizeof line[1], "Ward-Signature: %s", signature);
    (void)snprintf(line[2], sizeof line[2], "Ward-Delivery: %s", delivery->id);
    (void)snprintf(line[3], sizeof line[3], "Ward-Kind: %s", webhook_event_name(delivery->event));
    for (int i = 0; i < 4; i++) {
        struct curl_slist *longer = curl_slist_append(list, line[i]);
        if (!longer) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static void set_up(struct sender *s, const struct webhook *hook,
                   const struct webhook_delivery *delivery, size_t *answered)
{
    CURL *c = s->curl;
    curl_easy_reset(c);
    (void)curl_easy_setopt(c, CURLOPT_URL, hook->url.data); /* an arena's: ends in NUL */
    (void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(c, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, SEND_MS);
    (void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    (void)curl_easy_setopt(c, CURLOPT_USERAGENT, "ward");
    (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)delivery->body.len);
    (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, delivery->body.data);
    (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop_answer);
    (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, answered);
    (void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch_end);
    (void)curl_easy_setopt(c, CURLOPT_XFERINFODATA, s);
}

/* Sends and writes into the delivery what came of it; false when cut short by the end. */
static bool send_one(struct sender *s, const struct webhook *hook,
                     struct webhook_delivery *delivery)
{
    size_t answered = 0;
    struct curl_slist *headers = make_headers(hook, delivery, api_now_ms());
    set_up(s, hook, delivery, &answered);
    (void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
    const CURLcode code = headers ? curl_easy_perform(s->curl) : CURLE_OUT_OF_MEMORY;
    delivery->status = 0;
    (void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &delivery->status);
    curl_slist_free_all(headers);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return false;
    delivery->error[0] = '\0';
    if (delivery->status >= 200 && delivery->status < 300)
        return true; /* a longer answer than is read is an answer */
    if (code != CURLE_OK)
        (void)snprintf(delivery->error, sizeof delivery->error, "%s", curl_easy_strerror(code));
    else if (delivery->status >= 300 && delivery->status < 400)
        (void)snprintf(delivery->error, sizeof delivery->error, "redirects are not followed");
    else
        (void)snprintf(delivery->error, sizeof delivery->error, "answered with %ld",
                       delivery->status);
    return true;
}

static void note_outcome(struct webhook_delivery *d, int64_t now_ms)
{
    d->attempts++;
    d->last_ms = now_ms;
    if (!d->error[0])
        d->state = WEBHOOK_DELIVERED;
    else if (d->attempts >= WEBHOOK_ATTEMPTS_MAX || d->status == 410)
        d->state = WEBHOOK_FAILED;
    else
        d->next_ms = now_ms + webhook_wait_ms(d->attempts, randombytes_random());
}

static enum ward_status keep(struct sender *s, const struct webhook_delivery *delivery,
                             struct ward_error *err)
{
    struct buf json;
    buf_init(&json, 1u << 20);
    webhook_delivery_put(&json, delivery);
    struct store_record_change change = {.kind = str_of(WEBHOOK_DELIVERY_KIND),
                                         .id = str_of(delivery->id),
                                         .json = buf_str(&json),
                                         .expires_ms = delivery->created_ms + WEBHOOK_RECEIPT_MS,
                                         .expect = STORE_ETAG_ANY};
    struct store_record_batch batch = {
        .who = str_of("ward"), .time_ms = api_now_ms(), .changes = &change, .count = 1};
    const enum ward_status status =
        json.failed ? json.failed : store_records_change(s->store, &batch, err);
    buf_release(&json);
    return status;
}

/* ---- what is due ---- */

struct found {
    struct arena *arena;
    struct webhook_delivery delivery;
};

static enum ward_status take_found(void *context, const struct store_record *row,
                                   struct ward_error *err)
{
    struct found *found = context;
    return webhook_delivery_read(row, found->arena, &found->delivery, err);
}

static const struct webhook *hook_of(const struct sender *s, const char *delivery)
{
    for (uint32_t i = 0; i < s->hooks.count; i++)
        if (strncmp(s->hooks.hooks[i].id, delivery, WEBHOOK_ID_TEXT - 1) == 0)
            return &s->hooks.hooks[i];
    return NULL;
}

static void forget(struct sender *s, uint32_t index)
{
    s->held[index] = s->held[--s->held_count];
    if (s->outbox.waiting)
        s->outbox.waiting--;
}

/* The others of a webhook that failed wait as long: they would fail too. */
static void hold_up(struct sender *s, const char *delivery, int64_t until_ms)
{
    for (uint32_t i = 0; i < s->held_count; i++)
        if (strncmp(s->held[i].id, delivery, WEBHOOK_ID_TEXT - 1) == 0 &&
            s->held[i].next_ms < until_ms)
            s->held[i].next_ms = until_ms;
}

static enum ward_status deliver(struct sender *s, uint32_t index, struct ward_error *err)
{
    struct arena arena;
    struct held *held = &s->held[index];
    struct found found = {.arena = &arena};
    const struct webhook *hook = hook_of(s, held->id);
    arena_init(&arena, 32768, 1u << 20);
    enum ward_status status = store_record_find(s->store, str_of(WEBHOOK_DELIVERY_KIND),
                                                str_of(held->id), take_found, &found, err);
    struct webhook_delivery *d = &found.delivery;
    if (status == WARD_OK && d->state == WEBHOOK_WAITING) {
        if (!hook) {
            d->state = WEBHOOK_FAILED;
            (void)snprintf(d->error, sizeof d->error, "the webhook was taken away");
            status = keep(s, d, err);
        } else if (send_one(s, hook, d)) {
            note_outcome(d, api_now_ms());
            status = keep(s, d, err);
            held->next_ms = d->next_ms;
            if (status == WARD_OK && d->state == WEBHOOK_WAITING)
                hold_up(s, d->id, d->next_ms);
        }
    }
    if (status == WARD_ERR_NOT_FOUND || (status == WARD_OK && d->state != WEBHOOK_WAITING))
        forget(s, index);
    else if (status != WARD_OK)
        held->next_ms = api_now_ms() + 10000;
    arena_release(&arena);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status;
}

static enum ward_status take_waiting(void *context, const struct store_record *row,
                                     struct ward_error *err)
{
    struct sender *s = context;
    struct webhook_delivery delivery;
    const enum ward_status status = webhook_delivery_read(row, NULL, &delivery, err);
    if (status != WARD_OK || delivery.state != WEBHOOK_WAITING)
        return status;
    s->outbox.waiting++;
    if (s->held_count == HELD_MAX) {
        s->has_more = true;
        return WARD_OK;
    }
    struct held *held = &s->held[s->held_count++];
    memcpy(held->id, delivery.id, sizeof held->id);
    held->next_ms = delivery.next_ms;
    return WARD_OK;
}

/* What waits, read from the store anew. */
static enum ward_status gather(struct sender *s, struct ward_error *err)
{
    const struct store_record_query query = {.kind = str_of(WEBHOOK_DELIVERY_KIND)};
    s->held_count = 0;
    s->outbox.waiting = 0;
    s->has_more = false;
    return store_records(s->store, &query, take_waiting, s, err);
}

/* The one that is due first; HELD_MAX: none is. */
static uint32_t first_due(const struct sender *s, int64_t now_ms)
{
    uint32_t best = HELD_MAX;
    for (uint32_t i = 0; i < s->held_count; i++)
        if (s->held[i].next_ms <= now_ms &&
            (best == HELD_MAX || s->held[i].next_ms < s->held[best].next_ms))
            best = i;
    return best;
}

/* ---- the thread ---- */

static enum ward_status look(struct sender *s, struct ward_error *err)
{
    uint64_t stamp;
    uint64_t fresh = 0;
    const int64_t now_ms = api_now_ms();
    enum ward_status status = store_records_stamp(s->store, str_of(WEBHOOK_KIND), &stamp, err);
    if (status == WARD_OK && (stamp != s->outbox.stamp || !s->hooks.arena.block_bytes)) {
        webhook_list_release(&s->hooks);
        status = webhook_list_read(&s->hooks, s->store, err);
        s->outbox.stamp = status == WARD_OK ? stamp : 0;
        s->outbox.has_looked = false;
    }
    if (status == WARD_OK)
        status = webhook_outbox_fill(&s->outbox, s->store, &s->hooks, now_ms, &fresh, err);
    if (status == WARD_OK && (fresh || (s->has_more && !s->held_count)))
        status = gather(s, err);
    if (status == WARD_OK && now_ms - s->swept_ms > SWEEP_EVERY_MS) {
        s->swept_ms = now_ms;
        status = store_records_sweep(s->store, str_of(WEBHOOK_DELIVERY_KIND), now_ms, NULL, err);
    }
    return status;
}

static void rest(struct sender *s)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_EVERY_MS / 1000;
    (void)pthread_mutex_lock(&s->lock);
    if (!s->is_ending)
        (void)pthread_cond_timedwait(&s->wake, &s->lock, &until);
    (void)pthread_mutex_unlock(&s->lock);
}

static void *run(void *context)
{
    struct sender *s = context;
    struct ward_error err = {.status = WARD_OK};
    bool is_told = false; /* one line in the log for a row of failures */
    enum ward_status status = gather(s, &err);
    while (!is_ending(s)) {
        status = look(s, &err);
        uint32_t due;
        while (status == WARD_OK && !is_ending(s) && (due = first_due(s, api_now_ms())) != HELD_MAX)
            status = deliver(s, due, &err);
        if (status != WARD_OK && !is_told)
            api_log(s->api, API_LOG_WARNING, "webhooks-wait", ward_status_name(status));
        is_told = status != WARD_OK;
        rest(s);
    }
    return NULL;
}

/* ---- start and stop ---- */

static void release(struct sender *s)
{
    if (s->curl)
        curl_easy_cleanup(s->curl);
    store_close(s->store);
    webhook_list_release(&s->hooks);
    (void)pthread_cond_destroy(&s->wake);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

enum ward_status webhook_sender_start(struct api *api, void **state, struct ward_error *err)
{
    const struct api_place place = api_place(api);
    struct sender *s = calloc(1, sizeof *s);
    pthread_condattr_t steady;
    *state = NULL;
    if (!s || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(s);
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    s->api = api;
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&s->wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    const struct store_options options = {.url = place.store_url,
                                          .mode = STORE_WRITE,
                                          .key_path = place.key_path,
                                          .now_ms = api_now_ms()};
    enum ward_status status = store_open(&options, &s->store, err);
    s->curl = status == WARD_OK ? curl_easy_init() : NULL;
    if (status == WARD_OK && !s->curl)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK && pthread_create(&s->thread, NULL, run, s) != 0)
        status = error_set(err, WARD_ERR_IO, "no thread can be started");
    if (status == WARD_OK)
        *state = s;
    else
        release(s);
    return status;
}

void webhook_sender_stop(struct api *api, void *state)
{
    struct sender *s = state;
    (void)api;
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    s->is_ending = true;
    (void)pthread_cond_signal(&s->wake);
    (void)pthread_mutex_unlock(&s->lock);
    (void)pthread_join(s->thread, NULL);
    release(s);
    curl_global_cleanup();
}
