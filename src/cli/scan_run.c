#include "cli/scan_run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "cli/source_hash.h"

/* ---- options --------------------------------------------------------------------------------- */

static int default_threads(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > PIPELINE_THREADS_MAX ? PIPELINE_THREADS_MAX : (int)cores;
}

enum ward_status scan_request_init(struct scan_request *r, const struct command *command, int words,
                                   struct ward_error *err)
{
    *r = (struct scan_request){
        .command = command,
        .setup = {.feed = feed_options_default(), .threads = default_threads()},
        .neighbours = INGEST_NEIGHBOURS_DEFAULT,
        .files = calloc((size_t)words + 1u, sizeof *r->files)};
    judge_request_init(&r->judge);
    store_request_init(&r->storing);
    buf_init(&r->packs, SIZE_MAX / 2);
    buf_init(&r->pack_names, SIZE_MAX / 2);
    return r->files ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

void scan_request_release(struct scan_request *r)
{
    ingest_free(r->setup.ingest);
    store_close(r->store);
    ward_session_free(r->setup.check.session);
    ward_engine_close(r->engine);
    buf_release(&r->packs);
    buf_release(&r->pack_names);
    free(r->files);
}

static enum ward_status bad_value(struct ward_error *err, const char *name, const char *value)
{
    return error_set(err, WARD_ERR_ARGUMENT, "--%s does not understand \"%s\"", name, value);
}

enum ward_status scan_option_take(struct scan_request *r, int id, const char *value,
                                  struct ward_error *err)
{
    long number;
    switch (id) {
    case OPTIONS_OPERAND:
        r->files[r->file_count++] = value;
        return WARD_OK;
    case OPT_NO_CONTEXT:
        r->no_context = true;
        return WARD_OK;
    case OPT_STRICT:
        r->setup.strict = true;
        return WARD_OK;
    case OPT_THREADS:
        if (!options_number(value, 1, PIPELINE_THREADS_MAX, &number))
            return bad_value(err, "threads", value);
        r->setup.threads = (int)number;
        return WARD_OK;
    case OPT_FORMAT:
        return feed_format_parse(str_of(value), &r->setup.feed.format)
                   ? WARD_OK
                   : bad_value(err, "format", value);
    case OPT_PLATFORM:
        r->setup.feed.platform = value;
        return WARD_OK;
    case OPT_NEIGHBOURS:
        if (!options_number(value, 0, INGEST_NEIGHBOURS_MAX, &number))
            return bad_value(err, "neighbours", value);
        r->neighbours = (uint32_t)number;
        return WARD_OK;
    case OPT_STORE:
    case OPT_KEY:
    case OPT_WHO:
        return store_option_take(&r->storing, id, value, err);
    default:
        return judge_option_take(&r->judge, id, value, err);
    }
}

enum ward_status scan_request_check(const struct scan_request *r, struct ward_error *err)
{
    if (!r->file_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no file is given; \"-\" reads standard input");
    return judge_request_check(&r->judge, err);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void put_pack_names(struct buf *out, const struct ward_engine *engine)
{
    size_t count;
    const struct ward_str *names = ward_engine_packs(engine, &count);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i ? " " : "");
        buf_put_str(out, names[i]);
    }
}

enum ward_status scan_request_open(struct scan_request *r, struct ward_error *err)
{
    enum ward_status status = judge_request_open(&r->judge, &r->engine, err);
    if (status != WARD_OK)
        return status;
    r->setup.engine = r->engine;
    r->setup.check = r->judge.check;
    r->setup.json = r->judge.json;
    r->setup.quiet = r->judge.quiet;
    r->setup.fail_level = r->judge.fail_level;
    r->setup.view.lang = r->judge.lang;
    r->setup.view.every_reason = r->judge.verbose;
    verdict_json_packs(&r->packs, r->engine);
    put_pack_names(&r->pack_names, r->engine);
    if (r->packs.failed || r->pack_names.failed)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    r->setup.verdict_json = (struct verdict_json){r->judge.lang, buf_str(&r->packs)};
    if (r->no_context || !verdict_uses_memory((r->engine)->plan))
        return WARD_OK; /* packs that ask nothing of memory need none kept */
    status = ward_session_new(r->engine, NULL, &r->setup.check.session);
    return status == WARD_OK ? status : error_set(err, status, "out of memory");
}

enum ward_status scan_request_open_store(struct scan_request *r, struct ward_error *err)
{
    if (!r->stores)
        return WARD_OK;
    const enum ward_status status = store_request_open(&r->storing, STORE_CREATE, &r->store, err);
    if (status != WARD_OK)
        return status;
    const struct ingest_options how = {.store = r->store,
                                       .by = {.packs = buf_str(&r->pack_names),
                                              .json = {SAYS_BOTH, buf_str(&r->packs)},
                                              .who = str_of(r->storing.who)},
                                       .neighbours = r->neighbours,
                                       .zone_minutes = r->setup.feed.zone_minutes,
                                       .now_ms = clock_ms};
    return ingest_new(&how, &r->setup.ingest, err);
}

/* ---- running --------------------------------------------------------------------------------- */

/* The descriptor to poll when `path` may keep us waiting, else -1. */
static int live_descriptor(const char *path)
{
    struct stat info;
    if (strcmp(path, "-") != 0 || fstat(STDIN_FILENO, &info) != 0 || S_ISREG(info.st_mode))
        return -1;
    return STDIN_FILENO;
}

/* Tells the store which source begins; a file that can be read twice is named by its hash. */
static enum ward_status begin_source(const struct scan_request *r, const char *path,
                                     struct ward_error *err)
{
    struct source_hash hash = {{0}};
    if (!r->setup.ingest)
        return WARD_OK;
    const enum ward_status status = source_hash_of(path, &hash, err);
    return status == WARD_OK ? ingest_source(r->setup.ingest, str_of(path), str_of(hash.hex), err)
                             : status;
}

static enum ward_status scan_files(const struct scan_request *r, struct scan *scan,
                                   struct ward_error *err)
{
    enum ward_status worst = WARD_OK;
    for (int i = 0; i < r->file_count; i++) {
        struct feed *feed;
        const char *path = r->files[i];
        enum ward_status status = feed_open(path, &r->setup.feed, &feed, err);
        if (status == WARD_OK) {
            if (r->setup.check.session)
                session_name_thread(r->setup.check.session, str_of(path));
            status = begin_source(r, path, err);
            if (status == WARD_OK)
                status = scan_feed(scan, feed, live_descriptor(path), err);
            feed_close(feed);
        }
        if (status == WARD_OK)
            continue;
        worst = status;
        if (r->setup.strict || i + 1 == r->file_count)
            break;
        (void)command_fail(r->command, err); /* the other files are still read */
        error_clear(err);
    }
    scan_finish(scan);
    return worst;
}

/* What was read is written and linked, also when a source ended in an error: nothing is lost. */
static enum ward_status store_rest(struct scan_request *r, enum ward_status scanned,
                                   struct ward_error *err)
{
    const struct store_act act = store_request_act(&r->storing);
    struct ward_error cause = {0};
    if (!r->setup.ingest)
        return scanned;
    enum ward_status status = ingest_finish(r->setup.ingest, &cause);
    if (status == WARD_OK)
        status = casework_relink(r->store, &act, &cause);
    if (status == WARD_OK)
        return scanned;
    if (scanned != WARD_OK) {
        (void)command_fail(r->command, &cause); /* the caller tells of the other */
        return scanned;
    }
    *err = cause;
    return status;
}

enum ward_status scan_request_run(struct scan_request *r, struct scan *scan, struct ward_error *err)
{
    return store_rest(r, scan_files(r, scan, err), err);
}
