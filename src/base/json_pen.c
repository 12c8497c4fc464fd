#include "base/json_pen.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

void pen_init(struct json_pen *pen, struct buf *out, bool is_pretty)
{
    *pen = (struct json_pen){.out = out, .is_pretty = is_pretty};
}

static void new_line(struct json_pen *pen)
{
    if (!pen->is_pretty)
        return;
    buf_put_char(pen->out, '\n');
    for (unsigned i = 0; i < pen->depth; i++)
        buf_put_text(pen->out, "  ");
}

static void before_item(struct json_pen *pen)
{
    if (pen->after_key) {
        pen->after_key = false;
        return;
    }
    if (!pen->depth)
        return;
    if (pen->has_items[pen->depth - 1])
        buf_put_char(pen->out, ',');
    pen->has_items[pen->depth - 1] = true;
    new_line(pen);
}

void pen_open(struct json_pen *pen, char bracket)
{
    assert(pen->depth < JSON_PEN_DEPTH);
    before_item(pen);
    buf_put_char(pen->out, bracket);
    pen->has_items[pen->depth++] = false;
}

void pen_close(struct json_pen *pen, char bracket)
{
    assert(pen->depth > 0);
    const bool had_items = pen->has_items[--pen->depth];
    if (had_items)
        new_line(pen);
    buf_put_char(pen->out, bracket);
    if (!pen->depth)
        buf_put_char(pen->out, '\n');
}

void pen_key(struct json_pen *pen, const char *key)
{
    before_item(pen);
    json_put_key(pen->out, key);
    if (pen->is_pretty)
        buf_put_char(pen->out, ' ');
    pen->after_key = true;
}

void pen_string(struct json_pen *pen, struct ward_str value)
{
    before_item(pen);
    json_put_string(pen->out, value);
}

void pen_text(struct json_pen *pen, const char *value)
{
    pen_string(pen, str_of(value));
}

void pen_number(struct json_pen *pen, double value, int decimals)
{
    before_item(pen);
    json_put_number(pen->out, value, decimals);
}

void pen_integer(struct json_pen *pen, int64_t value)
{
    before_item(pen);
    buf_printf(pen->out, "%" PRId64, value);
}

void pen_bool(struct json_pen *pen, bool value)
{
    before_item(pen);
    buf_put_text(pen->out, value ? "true" : "false");
}

void pen_time(struct json_pen *pen, int64_t time_ms)
{
    before_item(pen);
    buf_put_char(pen->out, '"');
    time_put(pen->out, time_ms);
    /* Whole seconds come without a fraction: "...:00Z" -> "...:00.000Z". */
    if (!pen->out->failed && time_ms % 1000 == 0) {
        pen->out->len--;
        buf_put_text(pen->out, ".000Z");
    }
    buf_put_char(pen->out, '"');
}

void pen_raw(struct json_pen *pen, struct ward_str json)
{
    before_item(pen);
    buf_put_str(pen->out, json);
}

void pen_pair(struct json_pen *pen, const char *key, struct ward_str value)
{
    if (!value.len)
        return;
    pen_key(pen, key);
    pen_string(pen, value);
}

void pen_pair_text(struct json_pen *pen, const char *key, const char *value)
{
    pen_pair(pen, key, str_of(value));
}
