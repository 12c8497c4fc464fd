/**
 * Telegram Desktop exports (result.json), of one chat or of a whole account, of any size.
 *
 * Only the skeleton is walked: the outermost object, `chats` and `left_chats`, their `list`, and
 * each chat's `messages`. One message object at a time is cut out and parsed; everything else is
 * thrown away as it passes, however large, so memory holds one message. A message that is no good
 * is a fault; a skeleton that is no good ends the feed with an error, after what came before it.
 * A chat's name, type and id stand before its messages in every export seen; what comes behind them
 * is not known to earlier messages.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "feed/batch.h"
#include "feed/reader.h"
#include "feed/telegram_message.h"

#define NAME_BYTES_MAX 4096u
#define CAUSE_CUT "the export ends in the middle"

void telegram_release(struct telegram_reader *reader)
{
    buf_release(&reader->root.id);
    buf_release(&reader->root.name);
    buf_release(&reader->listed.id);
    buf_release(&reader->listed.name);
}

static enum ward_status fail_at(struct feed *feed, struct ward_error *err, const char *cause)
{
    const uint64_t line = feed->window.line;
    error_at(err, NULL, line > UINT32_MAX ? UINT32_MAX : (uint32_t)line, 0);
    return error_set(err, WARD_ERR_FORMAT, "%s", cause);
}

/* ---- Finding the end of a value -------------------------------------------------------------- */

static bool ends_scalar(char c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
           c == ':';
}

/* Looks at one byte; true if the value ended before it (scalar) or with it (`*is_inside`). */
static bool scan_byte(struct value_scan *scan, char c, bool *is_inside)
{
    *is_inside = true;
    if (scan->in_string) {
        if (scan->in_escape) {
            scan->in_escape = false;
        } else if (c == '\\') {
            scan->in_escape = true;
        } else if (c == '"') {
            scan->in_string = false;
            return scan->open == 0;
        }
        return false;
    }
    if (scan->in_scalar) {
        *is_inside = false;
        return ends_scalar(c);
    }
    if (c == '"') {
        scan->in_string = true;
    } else if (c == '{' || c == '[') {
        scan->open++;
    } else if (c == '}' || c == ']') {
        scan->open -= scan->open > 0;
        return scan->open == 0;
    } else if (!scan->open) {
        scan->in_scalar = true;
    }
    return false;
}

/* Runs on from `feed->scanned`; true once the value at the window's begin ends at `*len`. */
static bool scan_value(struct feed *feed, size_t *len)
{
    struct value_scan *scan = &feed->telegram.scan;
    const char *const data = feed->window.data + feed->window.begin;
    const size_t have = window_len(&feed->window);
    bool is_inside;
    for (size_t at = feed->scanned; at < have; at++) {
        if (scan_byte(scan, data[at], &is_inside)) {
            *len = at + is_inside;
            *scan = (struct value_scan){0};
            feed->scanned = 0;
            return true;
        }
    }
    feed->scanned = have;
    return false;
}

/* The whole value at the window's begin. */
static enum reader_step hold_value(struct feed *feed, const struct feed_batch *batch, size_t *len,
                                   enum ward_status *status, struct ward_error *err)
{
    while (!scan_value(feed, len)) {
        const enum reader_step step = reader_more(feed, batch, status, err);
        if (step != READER_READY)
            return step;
    }
    *status = WARD_OK;
    return READER_READY;
}

/* Throws the value at the window's begin away; may be resumed. */
static enum reader_step drop_value(struct feed *feed, const struct feed_batch *batch,
                                   enum ward_status *status, struct ward_error *err)
{
    size_t len;
    feed->telegram.is_skipping = true;
    while (!scan_value(feed, &len)) {
        window_take(&feed->window, window_len(&feed->window));
        feed->scanned = 0;
        const enum reader_step step = reader_more(feed, batch, status, err);
        if (step != READER_READY)
            return step;
    }
    window_take(&feed->window, len);
    feed->telegram.is_skipping = false;
    *status = WARD_OK;
    return READER_READY;
}

/* Drops blanks and commas; `*c` is the next byte, not taken. */
static enum reader_step next_byte(struct feed *feed, const struct feed_batch *batch, char *c,
                                  enum ward_status *status, struct ward_error *err)
{
    for (;;) {
        const char *const data = feed->window.data + feed->window.begin;
        const size_t have = window_len(&feed->window);
        size_t at = 0;
        while (at < have && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' ||
                             data[at] == '\n' || data[at] == ','))
            at++;
        *c = at < have ? data[at] : '\0';
        const bool found = at < have;
        window_take(&feed->window, at);
        if (found)
            return READER_READY;
        const enum reader_step step = reader_more(feed, batch, status, err);
        if (step != READER_READY)
            return step;
    }
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* Fault at the byte where parsing stopped: its own line and column. */
static enum ward_status message_fault(struct feed_batch *batch, const struct json_scan *scan,
                                      enum ward_status status, struct feed_place place)
{
    const size_t before = (size_t)(scan->at - scan->begin);
    const char *last = before ? memrchr(scan->begin, '\n', before) : NULL;
    place.line += window_count_lines(scan->begin, before);
    return batch_fault(batch, status, scan->cause, place, last ? (size_t)(scan->at - last) : 0);
}

static enum ward_status complete(struct feed *feed, struct feed_batch *batch,
                                 struct ward_event *event, uint64_t line)
{
    const struct telegram_reader *telegram = &feed->telegram;
    const struct telegram_chat *chat = telegram->in_list ? &telegram->listed : &telegram->root;
    event->group = arena_copy(&batch->arena, buf_str(&chat->id));
    if (chat->is_group)
        event->group_name = arena_copy(&batch->arena, buf_str(&chat->name));
    if (!event->group.data || (chat->is_group && !event->group_name.data))
        return WARD_ERR_NOMEM;
    if (!feed->options.platform)
        event->platform = str_of("telegram");
    return batch_complete(batch, event, line);
}

static enum ward_status add_message(struct feed *feed, struct feed_batch *batch, size_t len)
{
    const struct feed_place place = reader_place(feed, len);
    char *copy = arena_alloc(&batch->arena, len + 1 + JSON_SCAN_PADDING);
    if (!copy)
        return WARD_ERR_NOMEM;
    memcpy(copy, feed->window.data + feed->window.begin, len);
    memset(copy + len, '\n', 1 + JSON_SCAN_PADDING);
    struct json_scan scan = json_scan_of(copy, copy + len);
    struct telegram_message message = {.event = batch_add(batch, place),
                                       .arena = &batch->arena,
                                       .zone_minutes = feed->options.zone_minutes};
    if (!message.event)
        return WARD_ERR_NOMEM;
    if (!telegram_message_read(&scan, &message)) {
        batch_drop_last(batch);
        if (message.status == WARD_ERR_NOMEM)
            return WARD_ERR_NOMEM;
        return message_fault(batch, &scan, message.status, place);
    }
    if (!message.is_wanted) {
        batch_drop_last(batch);
        return WARD_OK;
    }
    batch->places[batch->event_count - 1].zone_assumed = message.zone_assumed;
    return complete(feed, batch, message.event, place.line);
}

/* The array element at the window's begin, which `c` starts. */
static enum reader_step take_message(struct feed *feed, struct feed_batch *batch, char c,
                                     enum ward_status *status, struct ward_error *err)
{
    struct telegram_reader *telegram = &feed->telegram;
    size_t len;
    if (c == ']') {
        window_take(&feed->window, 1);
        telegram->level = telegram->in_list ? TELEGRAM_CHAT : TELEGRAM_ROOT;
        *status = WARD_OK;
        return READER_READY;
    }
    const struct feed_place place = reader_place(feed, 0);
    const enum reader_step step = hold_value(feed, batch, &len, status, err);
    if (step == READER_LONG) {
        *status = batch_fault(batch, WARD_ERR_LIMIT, READER_TOO_LONG, place, 0);
        telegram->is_skipping = true;
        return *status == WARD_OK ? READER_READY : READER_FAILED;
    }
    if (step != READER_READY)
        return step;
    *status = c == '{' ? add_message(feed, batch, len)
                       : batch_fault(batch, WARD_ERR_FORMAT, "a message must be an object",
                                     reader_place(feed, len), 0);
    window_take(&feed->window, len);
    return *status == WARD_OK ? READER_READY : READER_FAILED;
}

/* ---- Skeleton -------------------------------------------------------------------------------- */

static bool key_is(const struct telegram_reader *telegram, const char *key)
{
    return strcmp(telegram->key, key) == 0;
}

static void chat_clear(struct telegram_chat *chat)
{
    buf_clear(&chat->id);
    buf_clear(&chat->name);
    chat->is_group = false;
}

static bool is_group_type(struct ward_str type)
{
    return memmem(type.data, type.len, "group", 5) || memmem(type.data, type.len, "channel", 7);
}

/* name, type or id of the chat under way: `value` is a string or number as JSON. */
static enum ward_status set_chat_field(struct feed *feed, struct feed_batch *batch, size_t len)
{
    struct telegram_reader *telegram = &feed->telegram;
    struct telegram_chat *chat =
        telegram->level == TELEGRAM_CHAT ? &telegram->listed : &telegram->root;
    char *copy = arena_alloc(&batch->arena, len + 1 + JSON_SCAN_PADDING);
    if (!copy)
        return WARD_ERR_NOMEM;
    memcpy(copy, feed->window.data + feed->window.begin, len);
    memset(copy + len, '\n', 1 + JSON_SCAN_PADDING);
    struct json_scan scan = json_scan_of(copy, copy + len);
    struct ward_str value = {NULL, 0};
    const bool good = *copy == '"' ? json_string(&scan, &value) : json_number(&scan, &value);
    if (!good || !value.len)
        return WARD_OK;
    value = str_part(value, 0, NAME_BYTES_MAX);
    if (key_is(telegram, "type")) {
        chat->is_group = is_group_type(value);
        return WARD_OK;
    }
    struct buf *into = key_is(telegram, "id") ? &chat->id : &chat->name;
    buf_clear(into);
    buf_put_str(into, value);
    return into->failed;
}

static enum reader_step take_chat_field(struct feed *feed, struct feed_batch *batch,
                                        enum ward_status *status, struct ward_error *err)
{
    size_t len;
    const enum reader_step step = hold_value(feed, batch, &len, status, err);
    if (step != READER_READY)
        return step;
    *status = set_chat_field(feed, batch, len);
    window_take(&feed->window, len);
    feed->telegram.has_key = false;
    return *status == WARD_OK ? READER_READY : READER_FAILED;
}

/* The level that a container behind `key` opens, or the present one if nobody wants it. */
static enum telegram_level level_behind(const struct telegram_reader *telegram, char c)
{
    const enum telegram_level level = telegram->level;
    const bool is_chat = level == TELEGRAM_ROOT || level == TELEGRAM_CHAT;
    if (c == '[' && is_chat && key_is(telegram, "messages"))
        return TELEGRAM_MESSAGES;
    if (c == '{' && level == TELEGRAM_ROOT &&
        (key_is(telegram, "chats") || key_is(telegram, "left_chats")))
        return TELEGRAM_CHATS;
    if (c == '[' && level == TELEGRAM_CHATS && key_is(telegram, "list"))
        return TELEGRAM_LIST;
    return level;
}

static enum reader_step take_value(struct feed *feed, struct feed_batch *batch, char c,
                                   enum ward_status *status, struct ward_error *err)
{
    struct telegram_reader *telegram = &feed->telegram;
    const enum telegram_level next = level_behind(telegram, c);
    *status = WARD_OK;
    if (next != telegram->level) {
        telegram->has_messages |= next == TELEGRAM_MESSAGES;
        telegram->in_list = telegram->level == TELEGRAM_CHAT;
        telegram->level = next;
        telegram->has_key = false;
        window_take(&feed->window, 1);
        return READER_READY;
    }
    const bool is_chat = telegram->level != TELEGRAM_CHATS;
    if (is_chat && c != '{' && c != '[' &&
        (key_is(telegram, "name") || key_is(telegram, "type") || key_is(telegram, "id")))
        return take_chat_field(feed, batch, status, err);
    telegram->has_key = false;
    return drop_value(feed, batch, status, err);
}

static enum reader_step take_key(struct feed *feed, const struct feed_batch *batch,
                                 enum ward_status *status, struct ward_error *err)
{
    struct telegram_reader *telegram = &feed->telegram;
    size_t len;
    const enum reader_step step = hold_value(feed, batch, &len, status, err);
    if (step != READER_READY)
        return step;
    telegram->key[0] = '\0';
    if (len - 2 < sizeof telegram->key) {
        memcpy(telegram->key, feed->window.data + feed->window.begin + 1, len - 2);
        telegram->key[len - 2] = '\0';
    }
    window_take(&feed->window, len);
    telegram->has_key = true;
    return READER_READY;
}

static enum telegram_level level_above(enum telegram_level level)
{
    if (level == TELEGRAM_CHAT)
        return TELEGRAM_LIST;
    if (level == TELEGRAM_LIST)
        return TELEGRAM_CHATS;
    return level == TELEGRAM_CHATS ? TELEGRAM_ROOT : TELEGRAM_DONE;
}

static enum reader_step bad_skeleton(struct feed *feed, const char *cause, enum ward_status *status,
                                     struct ward_error *err)
{
    *status = fail_at(feed, err, cause);
    return READER_FAILED;
}

/* Inside an object of the skeleton. */
static enum reader_step take_member(struct feed *feed, struct feed_batch *batch, char c,
                                    enum ward_status *status, struct ward_error *err)
{
    struct telegram_reader *telegram = &feed->telegram;
    *status = WARD_OK;
    if (telegram->has_key && c == ':') {
        window_take(&feed->window, 1);
        return READER_READY;
    }
    if (telegram->has_key)
        return c == '}' || c == ']' ? bad_skeleton(feed, "a key has no value", status, err)
                                    : take_value(feed, batch, c, status, err);
    if (c == '"')
        return take_key(feed, batch, status, err);
    if (c != '}')
        return bad_skeleton(feed, "expected a key in quotes or '}'", status, err);
    telegram->level = level_above(telegram->level);
    window_take(&feed->window, 1);
    return READER_READY;
}

/* Where an object or the end of the list must come. */
static enum reader_step take_chat(struct feed *feed, char c, enum ward_status *status,
                                  struct ward_error *err)
{
    struct telegram_reader *telegram = &feed->telegram;
    *status = WARD_OK;
    if (telegram->level == TELEGRAM_START && c == '{') {
        telegram->level = TELEGRAM_ROOT;
    } else if (telegram->level == TELEGRAM_LIST && c == '{') {
        telegram->level = TELEGRAM_CHAT;
        chat_clear(&telegram->listed);
    } else if (telegram->level == TELEGRAM_LIST && c == ']') {
        telegram->level = level_above(telegram->level);
    } else {
        return bad_skeleton(feed,
                            telegram->level == TELEGRAM_DONE ? "text after the end of the export"
                                                             : "expected an object",
                            status, err);
    }
    window_take(&feed->window, 1);
    return READER_READY;
}

static enum reader_step take_step(struct feed *feed, struct feed_batch *batch,
                                  enum ward_status *status, struct ward_error *err)
{
    char c;
    if (feed->telegram.is_skipping)
        return drop_value(feed, batch, status, err);
    if (feed->scanned == 0) {
        const enum reader_step step = next_byte(feed, batch, &c, status, err);
        if (step != READER_READY)
            return step;
    }
    c = feed->window.data[feed->window.begin];
    switch (feed->telegram.level) {
    case TELEGRAM_MESSAGES:
        return take_message(feed, batch, c, status, err);
    case TELEGRAM_ROOT:
    case TELEGRAM_CHATS:
    case TELEGRAM_CHAT:
        return take_member(feed, batch, c, status, err);
    case TELEGRAM_START:
    case TELEGRAM_LIST:
    case TELEGRAM_DONE:
        break;
    }
    return take_chat(feed, c, status, err);
}

static enum ward_status at_end(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    if (batch->event_count || batch->fault_count)
        return WARD_OK; /* the next call says what is wrong, if anything */
    if (feed->telegram.level != TELEGRAM_DONE)
        return fail_at(feed, err, CAUSE_CUT);
    if (!feed->telegram.has_messages)
        return fail_at(feed, err, "no messages in this export");
    batch->is_end = true;
    return WARD_OK;
}

enum ward_status telegram_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    const uint64_t begin = feed->window.offset;
    batch->is_parsed = true;
    while (!reader_is_full(batch, (size_t)(feed->window.offset - begin))) {
        enum ward_status status = WARD_OK;
        switch (take_step(feed, batch, &status, err)) {
        case READER_READY:
            break;
        case READER_WAIT:
            return WARD_OK;
        case READER_END:
            return at_end(feed, batch, err);
        case READER_LONG:
            return fail_at(feed, err, READER_TOO_LONG);
        case READER_FAILED:
            return status == WARD_ERR_NOMEM ? error_set(err, status, "out of memory") : status;
        }
    }
    return WARD_OK;
}
