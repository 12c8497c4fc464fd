/**
 * See conf.h. One table of keys; everything else walks it.
 */
#include "api/conf.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define ARENA_BLOCK_BYTES 4096u
#define ARENA_BYTES_MAX (1024u * 1024u)

enum kind { KIND_TEXT, KIND_LIST, KIND_NUMBER, KIND_SCORE, KIND_CHOICE };

struct spec {
    struct conf_key key;
    enum kind kind;
    size_t at;
    int64_t low, high;         /* numbers */
    const char *const *choice; /* names, by value; ends with NULL */
};

static const char *const langs[] = {"en", "zh", "both", NULL};
static const char *const request_logs[] = {"none", "errors", "all", NULL};

#define AT(field) offsetof(struct conf, field)
#define TEXT(name, about)                                                                          \
    {                                                                                              \
        {#name, about, false}, KIND_TEXT, AT(name), 0, 0, NULL                                     \
    }
#define LIST(name, about)                                                                          \
    {                                                                                              \
        {#name, about, false}, KIND_LIST, AT(name), 0, 0, NULL                                     \
    }
#define NUMBER(name, live, low, high, about)                                                       \
    {                                                                                              \
        {#name, about, live}, KIND_NUMBER, AT(name), low, high, NULL                               \
    }
#define MB (1024 * 1024)

static const struct spec specs[] = {
    LIST(listen, "addresses and ports, with commas between them"),
    TEXT(tls_certificate, "PEM file with the certificate and its chain"),
    TEXT(tls_key, "PEM file with the certificate's key"),
    TEXT(store, "FILE or postgresql://..."),
    TEXT(store_key, "signing key of the audit log"),
    TEXT(state_dir, "folder for exports and the local overlay"),
    {{"packs", "pack folders, A:B, later ones overlay earlier ones", true},
     KIND_TEXT,
     AT(packs),
     0,
     0,
     NULL},
    TEXT(packs_cache, "file that keeps the compiled packs"),
    TEXT(log, "file for the log; standard error without it"),
    TEXT(proxy_header, "header in which a trusted proxy names the user"),
    LIST(proxy_peers, "addresses and networks of such proxies"),
    TEXT(public_origin, "origin that browsers see, as in https://ward.example"),
    {{"watch", "least score of level watch", true}, KIND_SCORE, AT(watch), 0, 0, NULL},
    {{"review", "least score of level review", true}, KIND_SCORE, AT(review), 0, 0, NULL},
    {{"urgent", "least score of level urgent", true}, KIND_SCORE, AT(urgent), 0, 0, NULL},
    {{"lang", "language of sentences: en, zh, both", true}, KIND_CHOICE, AT(lang), 0, 0, langs},
    {{"log_requests", "requests in the log: none, errors, all", true},
     KIND_CHOICE,
     AT(log_requests),
     0,
     0,
     request_logs},
    NUMBER(threads_event, false, 0, 64, "event threads; 0: as many as processors, at most 4"),
    NUMBER(threads_read, false, 1, 64, "threads that read the store"),
    NUMBER(limit_body_bytes, false, 1024, 16 * MB, "bytes of a body"),
    NUMBER(limit_batch_bytes, false, 1024, 256 * MB, "bytes of a body with many events"),
    NUMBER(limit_stream_bytes, false, 1024, INT64_C(1) << 50, "bytes of one ingested stream"),
    NUMBER(limit_header_bytes, false, 2048, 65536, "memory of a connection for its headers"),
    NUMBER(limit_connections, false, 16, 1000000, "open connections"),
    NUMBER(limit_streams, false, 1, 1024, "bodies that stream at once"),
    NUMBER(limit_queue, false, 1, 65536, "requests that wait for a lane"),
    NUMBER(limit_rate, true, 0, 10000000, "requests a second of one key or address; 0: no limit"),
    NUMBER(limit_burst, true, 1, 10000000, "requests at once of one key or address"),
    NUMBER(idle_seconds, false, 1, 3600, "an idle connection is closed after this"),
    NUMBER(request_seconds, false, 1, 3600, "time for a body to come in"),
    NUMBER(drain_seconds, false, 0, 3600, "time for what has begun when stopping"),
    NUMBER(session_idle_minutes, false, 1, 1440, "a session ends when unused for this"),
    NUMBER(session_hours, false, 1, 720, "a session ends after this"),
};
#define SPEC_COUNT (sizeof specs / sizeof specs[0])

const struct conf_key *conf_key_at(size_t n)
{
    return n < SPEC_COUNT ? &specs[n].key : NULL;
}

void conf_init(struct conf *conf)
{
    *conf = (struct conf){.listen = {.at = {"127.0.0.1:8480"}, .count = 1},
                          .store = "case.db",
                          .lang = CONF_LANG_BOTH,
                          .log_requests = CONF_LOG_ERRORS,
                          .threads_read = 2,
                          .limit_body_bytes = MB,
                          .limit_batch_bytes = 16 * MB,
                          .limit_stream_bytes = INT64_C(64) * 1024 * MB,
                          .limit_header_bytes = 8192,
                          .limit_connections = 20000,
                          .limit_streams = 32,
                          .limit_queue = 1024,
                          .limit_burst = 1000,
                          .idle_seconds = 60,
                          .request_seconds = 30,
                          .drain_seconds = 30,
                          .session_idle_minutes = 30,
                          .session_hours = 12};
    arena_init(&conf->arena, ARENA_BLOCK_BYTES, ARENA_BYTES_MAX);
}

void conf_release(struct conf *conf)
{
    arena_release(&conf->arena);
}

/* ---- one key --------------------------------------------------------------------------------- */

/* Equal but for at most two letters, so that a slip of the hand is named. */
static bool is_near(const char *a, const char *b)
{
    const size_t la = strlen(a);
    const size_t lb = strlen(b);
    size_t head = 0;
    size_t tail = 0;
    while (head < la && head < lb && a[head] == b[head])
        head++;
    while (tail < la - head && tail < lb - head && a[la - 1 - tail] == b[lb - 1 - tail])
        tail++;
    const size_t rest = la > lb ? la : lb;
    return rest - head - tail <= 2;
}

static const struct spec *find_spec(const char *key, struct ward_error *err)
{
    const char *near = NULL;
    for (size_t i = 0; i < SPEC_COUNT; i++) {
        if (strcmp(specs[i].key.name, key) == 0)
            return &specs[i];
        if (!near && is_near(specs[i].key.name, key))
            near = specs[i].key.name;
    }
    if (near)
        (void)error_set(err, WARD_ERR_ARGUMENT, "there is no key \"%.64s\"; \"%s\" is meant?", key,
                        near);
    else
        (void)error_set(err, WARD_ERR_ARGUMENT, "there is no key \"%.64s\"", key);
    return NULL;
}

static enum ward_status set_number(void *field, const struct spec *spec, const char *value,
                                   struct ward_error *err)
{
    char *end;
    errno = 0;
    const long long number = strtoll(value, &end, 10);
    if (end == value || *end || errno || number < spec->low || number > spec->high)
        return error_set(err, WARD_ERR_ARGUMENT, "%s is a number from %lld to %lld, not \"%.64s\"",
                         spec->key.name, (long long)spec->low, (long long)spec->high, value);
    *(int64_t *)field = number;
    return WARD_OK;
}

/* "0.35": digits and one point, whatever the locale. */
static enum ward_status set_score(void *field, const struct spec *spec, const char *value,
                                  struct ward_error *err)
{
    double score = 0;
    double unit = 1;
    bool has_point = false;
    const char *at = value;
    for (; (*at >= '0' && *at <= '9') || (*at == '.' && !has_point); at++) {
        if (*at == '.') {
            has_point = true;
            continue;
        }
        score = score * 10 + (*at - '0');
        unit *= has_point ? 10 : 1;
    }
    score /= unit;
    if (*at || at == value || score <= 0 || score > 1)
        return error_set(err, WARD_ERR_ARGUMENT, "%s is above 0 and at most 1, not \"%.64s\"",
                         spec->key.name, value);
    *(double *)field = score;
    return WARD_OK;
}

static enum ward_status set_choice(void *field, const struct spec *spec, const char *value,
                                   struct ward_error *err)
{
    for (int64_t i = 0; spec->choice[i]; i++)
        if (strcmp(spec->choice[i], value) == 0) {
            *(int64_t *)field = i;
            return WARD_OK;
        }
    return error_set(err, WARD_ERR_ARGUMENT, "%s is one of %s, %s, %s, not \"%.64s\"",
                     spec->key.name, spec->choice[0], spec->choice[1], spec->choice[2], value);
}

static enum ward_status set_list(struct conf *conf, void *field, const struct spec *spec,
                                 const char *value, struct ward_error *err)
{
    struct conf_list list = {0};
    while (*value) {
        value += strspn(value, ", \t");
        const size_t len = strcspn(value, ", \t");
        if (!len)
            break;
        if (list.count == CONF_LIST_MAX)
            return error_set(err, WARD_ERR_ARGUMENT, "%s takes at most %u", spec->key.name,
                             CONF_LIST_MAX);
        list.at[list.count] = arena_copy(&conf->arena, (struct ward_str){value, len}).data;
        if (!list.at[list.count++])
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        value += len;
    }
    *(struct conf_list *)field = list;
    return WARD_OK;
}

static enum ward_status set_text(struct conf *conf, void *field, const char *value,
                                 struct ward_error *err)
{
    const char *copy = NULL;
    if (*value) {
        copy = arena_copy(&conf->arena, str_of(value)).data;
        if (!copy)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    *(const char **)field = copy;
    return WARD_OK;
}

enum ward_status conf_set(struct conf *conf, const char *key, const char *value,
                          struct ward_error *err)
{
    const struct spec *spec = find_spec(key, err);
    if (!spec)
        return WARD_ERR_ARGUMENT;
    void *field = (char *)conf + spec->at;
    switch (spec->kind) {
    case KIND_TEXT:
        return set_text(conf, field, value, err);
    case KIND_LIST:
        return set_list(conf, field, spec, value, err);
    case KIND_NUMBER:
        return set_number(field, spec, value, err);
    case KIND_SCORE:
        return set_score(field, spec, value, err);
    case KIND_CHOICE:
        break;
    }
    return set_choice(field, spec, value, err);
}

/* ---- files ----------------------------------------------------------------------------------- */

static struct ward_str trimmed(struct ward_str s)
{
    while (s.len && strchr(" \t\r", s.data[0]) && s.data[0])
        s = str_part(s, 1, s.len);
    while (s.len && strchr(" \t\r", s.data[s.len - 1]) && s.data[s.len - 1])
        s.len--;
    return s;
}

/* "key = value"; a value may stand in double quotes. '#' begins a comment only at a line's start,
 * for it may be part of a value. */
static enum ward_status read_line(struct conf *conf, struct ward_str line, struct ward_error *err)
{
    line = trimmed(line);
    if (!line.len || *line.data == '#')
        return WARD_OK;
    if (memchr(line.data, '\0', line.len))
        return error_set(err, WARD_ERR_FORMAT, "a NUL byte");
    const char *equals = memchr(line.data, '=', line.len);
    if (!equals)
        return error_set(err, WARD_ERR_FORMAT, "expected \"key = value\"");
    const size_t at = (size_t)(equals - line.data);
    struct ward_str value = trimmed(str_part(line, at + 1, line.len));
    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
        value = str_part(value, 1, value.len - 1);
    const struct ward_str key = arena_copy(&conf->arena, trimmed(str_part(line, 0, at)));
    value = arena_copy(&conf->arena, value);
    if (!key.data || !value.data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return conf_set(conf, key.data, value.data, err);
}

enum ward_status conf_read(struct conf *conf, struct ward_str text, const char *name,
                           struct ward_error *err)
{
    uint32_t number = 0;
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        const size_t len = end ? (size_t)(end - text.data) : text.len;
        number++;
        const enum ward_status status = read_line(conf, str_part(text, 0, len), err);
        if (status != WARD_OK) {
            error_at(err, name, number, 0);
            return status == WARD_ERR_NOMEM ? status : WARD_ERR_FORMAT;
        }
        text = str_part(text, len + 1, text.len);
    }
    return WARD_OK;
}

enum ward_status conf_load(struct conf *conf, const char *path, struct ward_error *err)
{
    struct buf text;
    enum ward_status status = file_read(path, CONF_FILE_BYTES_MAX, &text, err);
    if (status == WARD_OK)
        status = conf_read(conf, buf_str(&text), path, err);
    buf_release(&text);
    return status;
}

/* ---- all keys together ----------------------------------------------------------------------- */

enum ward_status conf_check(const struct conf *conf, struct ward_error *err)
{
    if (!conf->listen.count)
        return error_set(err, WARD_ERR_ARGUMENT, "listen names no address");
    if (!conf->store)
        return error_set(err, WARD_ERR_ARGUMENT, "store is empty");
    if (!conf->tls_certificate != !conf->tls_key)
        return error_set(err, WARD_ERR_ARGUMENT, "tls_certificate and tls_key go together");
    if (!conf->proxy_header != !conf->proxy_peers.count)
        return error_set(err, WARD_ERR_ARGUMENT, "proxy_header and proxy_peers go together");
    const bool is_ordered =
        (conf->watch == 0 || conf->review == 0 || conf->watch <= conf->review) &&
        (conf->review == 0 || conf->urgent == 0 || conf->review <= conf->urgent) &&
        (conf->watch == 0 || conf->urgent == 0 || conf->watch <= conf->urgent);
    if (!is_ordered)
        return error_set(err, WARD_ERR_ARGUMENT, "watch <= review <= urgent must hold");
    return WARD_OK;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_list(const struct conf_list *a, const struct conf_list *b)
{
    bool is_same = a->count == b->count;
    for (size_t i = 0; is_same && i < a->count; i++)
        is_same = strcmp(a->at[i], b->at[i]) == 0;
    return is_same;
}

const char *conf_differs(const struct conf *a, const struct conf *b)
{
    for (size_t i = 0; i < SPEC_COUNT; i++) {
        const struct spec *spec = &specs[i];
        const void *left = (const char *)a + spec->at;
        const void *right = (const char *)b + spec->at;
        bool is_same = true;
        if (spec->key.is_live)
            continue;
        if (spec->kind == KIND_TEXT)
            is_same = same_text(*(const char *const *)left, *(const char *const *)right);
        else if (spec->kind == KIND_LIST)
            is_same = same_list(left, right);
        else if (spec->kind == KIND_NUMBER || spec->kind == KIND_CHOICE)
            is_same = *(const int64_t *)left == *(const int64_t *)right;
        if (!is_same)
            return spec->key.name;
    }
    return NULL;
}
