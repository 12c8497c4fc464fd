/**
 * Text exports of QQ's message manager:
 *
 *     消息记录（此消息记录为文本格式，不支持重新导入）
 *
 *     ================================================================
 *     消息分组:我的群聊
 *     ================================================================
 *     消息对象:某某群
 *     ================================================================
 *
 *     2020-04-01 12:39:40 昵称(12345)
 *     text, any number of lines
 *
 *     2020-04-01 9:40:02 昵称<someone@example.com>
 *
 * A message lasts until the next header or section, so the last one of a live stream is delivered
 * when it ends. A header names an account in brackets; in private chats it may not, and is then
 * believed only after a blank line. A line of '=' inside a message is text unless a section's title
 * follows. Titles such as 【群主】 stay part of the alias: to lead a group is no office of trust.
 * Times name no zone. The bytes may be UTF-8, GB18030 or UTF-16.
 */
#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "feed/batch.h"
#include "feed/reader.h"
#include "feed/when.h"

#define CAUSE_NO_HEADER "text before the first message header (2020-04-01 12:39:40 name(number))"
#define RULE_LEAST 16u
#define NAME_BYTES_MAX 4096u

/* "消息记录", "消息分组:", "消息对象:" in UTF-8 and in GB18030. */
static const char *const HEADS[] = {"消息记录", "\xCF\xFB\xCF\xA2\xBC\xC7\xC2\xBC"};
static const char *const SECTIONS[] = {"消息分组:", "\xCF\xFB\xCF\xA2\xB7\xD6\xD7\xE9:"};
static const char *const OBJECTS[] = {"消息对象:", "\xCF\xFB\xCF\xA2\xB6\xD4\xCF\xF3:"};

static bool starts_with(struct ward_str line, const char *const either[2], size_t *len)
{
    for (size_t i = 0; i < 2; i++) {
        *len = strlen(either[i]);
        if (line.len >= *len && memcmp(line.data, either[i], *len) == 0)
            return true;
    }
    return false;
}

static bool is_blank(struct ward_str line)
{
    size_t i = 0;
    while (i < line.len && (line.data[i] == ' ' || line.data[i] == '\t'))
        i++;
    return i == line.len;
}

static bool is_rule(struct ward_str line)
{
    size_t i = 0;
    while (i < line.len && line.data[i] == '=')
        i++;
    return i >= RULE_LEAST && i == line.len;
}

/* "(12345)" or "<a@b>" at the end of `name`; `*begin` is where it starts. ASCII, so raw is fine. */
static bool find_account(struct ward_str name, size_t *begin, struct ward_str *account)
{
    if (name.len < 3)
        return false;
    const char last = name.data[name.len - 1];
    const char *open = last == ')'   ? memrchr(name.data, '(', name.len)
                       : last == '>' ? memrchr(name.data, '<', name.len)
                                     : NULL;
    if (!open)
        return false;
    *begin = (size_t)(open - name.data);
    *account = str_part(name, *begin + 1, name.len - 1);
    for (size_t i = 0; i < account->len && last == ')'; i++) {
        if (account->data[i] < '0' || account->data[i] > '9')
            return false;
    }
    return account->len > 0 && (last == ')' || memchr(account->data, '@', account->len) != NULL);
}

/* Splits a header line into time and name; false if it is none. */
static bool split_header(struct ward_str line, struct ward_str *when, struct ward_str *name)
{
    const char *first = memchr(line.data, ' ', line.len < 12 ? line.len : 12);
    if (!line.len || line.data[0] < '0' || line.data[0] > '9' || !first)
        return false;
    const size_t date = (size_t)(first - line.data) + 1;
    const char *second = memchr(line.data + date, ' ', line.len - date);
    if (date < 9 || !second || second + 1 == line.data + line.len)
        return false;
    const size_t clock = (size_t)(second - line.data);
    int64_t ms;
    bool assumed;
    *when = str_part(line, 0, clock);
    *name = str_part(line, clock + 1, line.len);
    return clock - date >= 7 && when_parse_date(*when, 0, &ms, &assumed) && assumed;
}

bool qq_is_head(struct ward_str line)
{
    struct ward_str when;
    struct ward_str name;
    struct ward_str account;
    size_t at;
    return starts_with(line, HEADS, &at) || starts_with(line, SECTIONS, &at) ||
           (split_header(line, &when, &name) && find_account(name, &at, &account));
}

void qq_release(struct qq_reader *reader)
{
    buf_release(&reader->text);
    buf_release(&reader->header);
    buf_release(&reader->chat);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static enum ward_status copy_part(struct feed *feed, struct feed_batch *batch,
                                  const struct buf *from, struct ward_str *out)
{
    return encoding_copy(&feed->encoding, &batch->arena, buf_str(from), out);
}

static enum ward_status fill_event(struct feed *feed, struct feed_batch *batch,
                                   struct ward_event *event)
{
    struct qq_reader *qq = &feed->qq;
    struct ward_str chat;
    size_t begin;
    while (qq->text.len && qq->text.data[qq->text.len - 1] == '\n')
        qq->text.len--;
    if (copy_part(feed, batch, &qq->text, &event->text) != WARD_OK ||
        copy_part(feed, batch, &qq->header, &event->alias) != WARD_OK)
        return WARD_ERR_NOMEM;
    chat = arena_copy(&batch->arena, buf_str(&qq->chat));
    if (!chat.data)
        return WARD_ERR_NOMEM;
    if (find_account(event->alias, &begin, &event->account))
        event->alias.len = begin;
    if (str_equal(event->account, str_of("10000")) || str_equal(event->account, str_of("1000000")))
        event->author_kind = str_of("system");
    event->group = chat;
    if (qq->is_group)
        event->group_name = chat;
    event->platform = feed->options.platform ? event->platform : str_of("qq");
    event->has_time = qq->has_time;
    event->time_ms = qq->time_ms;
    return batch_complete(batch, event, qq->place.line);
}

/* Delivers the message under way, if any. */
static enum ward_status flush(struct feed *feed, struct feed_batch *batch)
{
    struct qq_reader *qq = &feed->qq;
    enum ward_status status;
    if (!qq->has_message)
        return WARD_OK;
    qq->place.zone_assumed = qq->has_time;
    if (qq->text.failed == WARD_ERR_NOMEM || qq->header.failed || qq->chat.failed)
        return WARD_ERR_NOMEM;
    if (qq->text.failed) {
        status = batch_fault(batch, WARD_ERR_LIMIT, READER_TOO_LONG, qq->place, 0);
    } else {
        struct ward_event *event = batch_add(batch, qq->place);
        status = event ? fill_event(feed, batch, event) : WARD_ERR_NOMEM;
    }
    buf_clear(&qq->text);
    buf_clear(&qq->header);
    qq->has_message = false;
    return status;
}

static void start_message(struct feed *feed, struct ward_str when, struct ward_str name, size_t len)
{
    struct qq_reader *qq = &feed->qq;
    bool assumed;
    qq->has_message = true;
    qq->place = reader_place(feed, len);
    qq->has_time = when_parse_date(when, feed->options.zone_minutes, &qq->time_ms, &assumed);
    buf_put_str(&qq->header, str_part(name, 0, NAME_BYTES_MAX));
}

static void add_text(struct feed *feed, struct ward_str line)
{
    struct qq_reader *qq = &feed->qq;
    qq->rule_at = qq->text.len;
    buf_put_str(&qq->text, line);
    buf_put_char(&qq->text, '\n');
    const uint64_t bytes = feed->window.offset + line.len - qq->place.offset;
    if (line.len)
        qq->place.bytes = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

/* ---- Sections -------------------------------------------------------------------------------- */

static enum ward_status set_chat(struct feed *feed, struct feed_batch *batch, struct ward_str name)
{
    struct ward_str text;
    buf_clear(&feed->qq.chat);
    if (encoding_copy(&feed->encoding, &batch->arena, str_part(name, 0, NAME_BYTES_MAX), &text) !=
        WARD_OK)
        return WARD_ERR_NOMEM;
    buf_put_str(&feed->qq.chat, text);
    return feed->qq.chat.failed;
}

static enum ward_status set_section(struct feed *feed, struct feed_batch *batch,
                                    struct ward_str name)
{
    struct ward_str text;
    if (encoding_copy(&feed->encoding, &batch->arena, name, &text) != WARD_OK)
        return WARD_ERR_NOMEM;
    feed->qq.is_group = text.len && memmem(text.data, text.len, "群", strlen("群")) != NULL;
    return WARD_OK;
}

/* A section's title, after a line of '=' or where no message is under way. */
static enum ward_status take_title(struct feed *feed, struct feed_batch *batch,
                                   struct ward_str line, bool *is_title)
{
    struct qq_reader *qq = &feed->qq;
    size_t len;
    size_t object_len;
    const bool is_section = starts_with(line, SECTIONS, &len);
    const bool is_object = starts_with(line, OBJECTS, &object_len);
    *is_title = (is_section || is_object) && (!qq->has_message || qq->has_rule);
    if (!*is_title)
        return WARD_OK;
    if (qq->has_message) {
        qq->text.len = qq->text.len < qq->rule_at ? qq->text.len : qq->rule_at;
        const enum ward_status status = flush(feed, batch);
        if (status != WARD_OK)
            return status;
    }
    return is_section ? set_section(feed, batch, str_part(line, len, line.len))
                      : set_chat(feed, batch, str_part(line, object_len, line.len));
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static enum ward_status take_body(struct feed *feed, struct feed_batch *batch, struct ward_str line)
{
    size_t ignored;
    if (feed->qq.has_message) {
        add_text(feed, line);
        return WARD_OK;
    }
    if (is_blank(line) || is_rule(line) || starts_with(line, HEADS, &ignored))
        return WARD_OK;
    return batch_fault(batch, WARD_ERR_FORMAT, CAUSE_NO_HEADER, reader_place(feed, line.len), 0);
}

static enum ward_status take_line(struct feed *feed, struct feed_batch *batch, struct ward_str line)
{
    struct qq_reader *qq = &feed->qq;
    struct ward_str when;
    struct ward_str name;
    struct ward_str account;
    size_t at;
    bool is_title = false;
    enum ward_status status = take_title(feed, batch, line, &is_title);
    if (status == WARD_OK && !is_title) {
        if (split_header(line, &when, &name) &&
            (find_account(name, &at, &account) || !qq->has_text)) {
            status = flush(feed, batch);
            start_message(feed, when, name, line.len);
        } else {
            status = take_body(feed, batch, line);
        }
    }
    qq->has_rule = is_rule(line);
    qq->has_text = !is_title && !qq->has_rule && !is_blank(line);
    return status;
}

enum ward_status qq_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    size_t taken = 0;
    batch->is_parsed = true;
    while (!reader_is_full(batch, taken)) {
        struct ward_str line;
        size_t bytes;
        enum ward_status status;
        const enum reader_step step = reader_line(feed, batch, &line, &bytes, &status, err);
        if (step == READER_FAILED && status != WARD_ERR_NOMEM && feed->qq.has_message)
            return flush(feed, batch) == WARD_OK ? WARD_OK : WARD_ERR_NOMEM; /* damage comes next */
        if (step == READER_FAILED)
            return status;
        if (step == READER_LONG)
            return reader_skip_line(feed, batch, err);
        if (step == READER_WAIT)
            return WARD_OK;
        batch->is_end = step == READER_END;
        status = batch->is_end ? flush(feed, batch) : take_line(feed, batch, line);
        if (status != WARD_OK)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        if (batch->is_end)
            return WARD_OK;
        window_take(&feed->window, bytes);
        taken += bytes;
    }
    return WARD_OK;
}
