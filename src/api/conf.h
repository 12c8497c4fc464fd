/**
 * Settings of the service: ward.conf (key = value, one a line) and the same keys from flags.
 *
 * A file is read whole or not at all; every fault names file and line. What is not set keeps its
 * default. `is_live` keys take effect on a reload, the others at the next start.
 */
#ifndef WARD_API_CONF_H
#define WARD_API_CONF_H

#include "base/arena.h"

#define CONF_LIST_MAX 8u
#define CONF_FILE_BYTES_MAX (256u * 1024u)

enum conf_log_requests { CONF_LOG_NONE = 0, CONF_LOG_ERRORS, CONF_LOG_ALL };
/** As enum says_lang. */
enum conf_lang { CONF_LANG_EN = 0, CONF_LANG_ZH, CONF_LANG_BOTH };

struct conf_list {
    const char *at[CONF_LIST_MAX];
    size_t count;
};

/** All strings lie in the arena and end with NUL; NULL: not set. */
struct conf {
    struct arena arena;

    struct conf_list listen;
    const char *tls_certificate; /**< files, PEM */
    const char *tls_key;
    const char *store;
    const char *store_key;
    const char *state_dir;
    const char *packs; /**< "A:B" */
    const char *packs_cache;
    const char *log; /**< file; NULL: standard error */
    const char *proxy_header;
    struct conf_list proxy_peers;
    const char *public_origin;
    double watch, review, urgent; /**< 0: the packs' */
    int64_t lang;                 /**< enum conf_lang */
    int64_t log_requests;         /**< enum conf_log_requests */
    int64_t threads_event, threads_read;
    int64_t limit_body_bytes, limit_batch_bytes, limit_stream_bytes, limit_header_bytes;
    int64_t limit_connections, limit_streams, limit_queue;
    int64_t limit_rate, limit_burst; /**< requests a second and at once, each key or address */
    int64_t idle_seconds, request_seconds, drain_seconds;
    int64_t session_idle_minutes, session_hours;
};

/** Every key at its default. */
void conf_init(struct conf *conf);
void conf_release(struct conf *conf);

/** Sets one key. WARD_ERR_ARGUMENT says what is wrong, with the nearest key if it is unknown. */
enum ward_status conf_set(struct conf *conf, const char *key, const char *value,
                          struct ward_error *err) WARD_MUST_USE;
/** Reads a file; `err` names file and line. Errors of file_read(). */
enum ward_status conf_load(struct conf *conf, const char *path,
                           struct ward_error *err) WARD_MUST_USE;
/** As conf_load() on text that is there already; `name` stands for the file. */
enum ward_status conf_read(struct conf *conf, struct ward_str text, const char *name,
                           struct ward_error *err) WARD_MUST_USE;
/** What only fits together: certificate and key, watch <= review <= urgent, header and peers. */
enum ward_status conf_check(const struct conf *conf, struct ward_error *err) WARD_MUST_USE;

/** One key, for documents and tests. */
struct conf_key {
    const char *name;
    const char *about;
    bool is_live;
};
/** The n-th key; NULL behind the last. */
const struct conf_key *conf_key_at(size_t n);
/** Name of the first key, not live, that differs; NULL if none does: a reload can take `b`. */
const char *conf_differs(const struct conf *a, const struct conf *b);

#endif
