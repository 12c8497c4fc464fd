#include "api/pack_validate.h"

#include <string.h>

#include "base/bounds.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "engine/example_run.h"

#define LINE_BYTES_MAX 400u
#define EXAMPLE_BYTES_MAX 400u

struct validator {
    const struct pack_service *service;
    const struct api_engine *base; /* in force */
    struct json_pen pen;
    struct pack_validation *found;
};

/* At most `max` bytes, cut between code points. */
static struct ward_str cut(struct ward_str text, size_t max)
{
    size_t end = text.len < max ? text.len : max;
    while (end > 0 && end < text.len && ((unsigned char)text.data[end] & 0xC0u) == 0x80u)
        end--;
    return str_part(text, 0, end);
}

static struct ward_str line_of(struct ward_str bytes, uint32_t line)
{
    size_t begin = 0;
    for (uint32_t at = 1; at < line; at++) {
        const char *newline = memchr(bytes.data + begin, '\n', bytes.len - begin);
        if (!newline)
            return (struct ward_str){"", 0};
        begin = (size_t)(newline - bytes.data) + 1;
    }
    size_t end = begin;
    while (end < bytes.len && bytes.data[end] != '\n' && bytes.data[end] != '\r')
        end++;
    return str_part(bytes, begin, end);
}

/* {"file","line","column","message","text"} of an error in a pack; `text` is its line. */
static void put_error(const struct validator *v, const struct ward_error *error, struct buf *out)
{
    struct json_pen pen;
    struct buf path;
    struct buf content;
    struct ward_error ignored;
    pen_init(&pen, out, false);
    buf_init(&path, 4096);
    pack_service_show_path(v->service, v->base, str_of(error->source), &path);
    pen_open(&pen, '{');
    pen_key(&pen, "file");
    pen_string(&pen, buf_str(&path));
    pen_key(&pen, "line");
    pen_integer(&pen, error->line);
    pen_key(&pen, "column");
    pen_integer(&pen, error->column);
    pen_pair_text(&pen, "message", error->message);
    pen_key(&pen, "text");
    if (error->line &&
        file_read(error->source, WARD_PACK_FILE_BYTES_MAX, &content, &ignored) == WARD_OK)
        pen_string(&pen, cut(line_of(buf_str(&content), error->line), LINE_BYTES_MAX));
    else
        pen_text(&pen, "");
    if (error->line)
        buf_release(&content);
    pen_close(&pen, '}');
    buf_release(&path);
}

/* ---- examples ---- */

static struct ward_str said(const struct ward_event *event)
{
    if (event->text.len)
        return event->text;
    if (event->alias.len)
        return event->alias;
    return event->group_name.len ? event->group_name : event->quoted;
}

static void put_failure(struct validator *v, const struct example_result *result)
{
    struct json_pen *pen = &v->pen;
    struct buf path;
    buf_init(&path, 4096);
    pack_service_show_path(v->service, v->base, result->example->file, &path);
    pen_open(pen, '{');
    pen_key(pen, "file");
    pen_string(pen, buf_str(&path));
    pen_key(pen, "line");
    pen_integer(pen, result->example->line);
    pen_key(pen, "rule");
    pen_string(pen, result->rule);
    pen_key(pen, "text");
    pen_string(pen, cut(said(&result->example->event), EXAMPLE_BYTES_MAX));
    pen_key(pen, "wanted");
    pen_bool(pen, result->example->want);
    pen_pair_text(pen, "level", ward_level_name(result->verdict->level));
    pen_key(pen, "score");
    pen_number(pen, result->verdict->score, 4);
    pen_key(pen, "fired");
    pen_open(pen, '[');
    for (size_t i = 0; i < result->verdict->reason_count; i++)
        pen_string(pen, result->verdict->reasons[i].rule);
    for (size_t i = 0; i < result->verdict->help_count; i++)
        pen_string(pen, result->verdict->help[i].rule);
    pen_close(pen, ']');
    pen_close(pen, '}');
    buf_release(&path);
}

static enum ward_status take_result(void *context, const struct example_result *result)
{
    struct validator *v = context;
    if (result->is_good) {
        v->found->passed++;
        return WARD_OK;
    }
    if (v->found->failed++ < VALIDATE_FAILURES_SHOWN)
        put_failure(v, result);
    return WARD_OK;
}

static enum ward_status put_tests(struct validator *v, const struct ward_engine *engine,
                                  struct ward_error *err)
{
    struct json_pen *pen = &v->pen;
    enum ward_status status = WARD_OK;
    pen_key(pen, "tests");
    pen_open(pen, '{');
    pen_key(pen, "failures");
    pen_open(pen, '[');
    if (engine)
        status = example_run(engine, take_result, v, err);
    pen_close(pen, ']');
    pen_key(pen, "passed");
    pen_integer(pen, v->found->passed);
    pen_key(pen, "failed");
    pen_integer(pen, v->found->failed);
    pen_close(pen, '}');
    return status;
}

/* Errors that the writer of a pack can mend, not the machine's. */
static bool is_of_the_pack(enum ward_status status)
{
    return status == WARD_ERR_FORMAT || status == WARD_ERR_LIMIT || status == WARD_ERR_ARGUMENT;
}

enum ward_status pack_validate(const struct pack_service *service, const struct api_engine *base,
                               uint32_t version, struct buf *out, struct pack_validation *found,
                               struct ward_error *err)
{
    struct pack_folders folders;
    struct ward_engine *engine = NULL;
    struct validator v = {.service = service, .base = base, .found = found};
    *found = (struct pack_validation){.is_good = false};
    pack_service_folders(service, base, version, &folders);
    const struct ward_engine_options options = {.dirs = folders.at, .dir_count = folders.count};
    enum ward_status status = ward_engine_open(&options, &engine, err);
    if (status != WARD_OK && !is_of_the_pack(status))
        return status;
    pen_init(&v.pen, out, false);
    pen_open(&v.pen, '{');
    pen_key(&v.pen, "errors");
    pen_open(&v.pen, '[');
    if (status != WARD_OK) {
        struct buf error;
        buf_init(&error, 65536);
        put_error(&v, err, &error);
        pen_raw(&v.pen, buf_str(&error));
        buf_release(&error);
    }
    pen_close(&v.pen, ']');
    const bool compiled = status == WARD_OK;
    status = put_tests(&v, engine, err);
    found->is_good = compiled && status == WARD_OK && found->failed == 0;
    pen_key(&v.pen, "ok");
    pen_bool(&v.pen, found->is_good);
    pen_close(&v.pen, '}');
    ward_engine_close(engine);
    return status;
}
