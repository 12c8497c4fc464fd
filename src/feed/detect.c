/**
 * Telling the format from the first line that is not blank.
 *
 * Only that line is looked at (64 KiB of it at most), never how much happened to arrive behind it,
 * so a pipe and a file are read alike. In order:
 *   '{'   a Telegram export if the line is the bare brace of pretty printing, or if its top level
 *         has `messages`, `chats` or `personal_information`; else JSON lines, even when broken;
 *   QQ    its title, or a dated header with an account;
 *   CSV   two or more known column names, one of them a text;
 *   else plain text. A file without any line is plain text, too.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "feed/reader.h"

#define HEAD_BYTES_MAX (64u * 1024u)

/* The value of a string at `at` (on its quote): the index behind its closing quote, or len. */
static size_t string_end(struct ward_str line, size_t at)
{
    for (at++; at < line.len; at++) {
        if (line.data[at] == '\\')
            at++;
        else if (line.data[at] == '"')
            return at + 1;
    }
    return line.len;
}

static bool is_export_key(struct ward_str quoted)
{
    static const char *const keys[] = {"\"messages\"", "\"chats\"", "\"personal_information\""};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (str_equal(quoted, str_of(keys[i])))
            return true;
    }
    return false;
}

/* Keys at the top level of the object that `line` starts, as far as it goes. */
static bool has_export_key(struct ward_str line)
{
    size_t depth = 0;
    for (size_t at = 0; at < line.len;) {
        const char c = line.data[at];
        if (c == '"') {
            const size_t end = string_end(line, at);
            size_t next = end;
            while (next < line.len && line.data[next] == ' ')
                next++;
            if (depth == 1 && next < line.len && line.data[next] == ':' &&
                is_export_key(str_part(line, at, end)))
                return true;
            at = end;
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= depth && (c == '}' || c == ']');
        at++;
    }
    return false;
}

static bool is_bare_brace(struct ward_str line)
{
    size_t at = 1;
    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
        at++;
    return at >= line.len;
}

/* "[", "[{": a JSON array, which must not pass as plain text ("[图片]" is). */
static bool starts_array(struct ward_str line)
{
    size_t at = 1;
    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
        at++;
    return at >= line.len || line.data[at] == '{';
}

static bool is_csv(struct feed *feed, struct ward_str line, enum ward_status *status)
{
    struct arena arena;
    struct ward_str text;
    size_t columns = 0;
    struct encoding probe;
    encoding_init(&probe, feed->options.encoding);
    arena_init(&arena, 4096, 8 * HEAD_BYTES_MAX);
    *status = encoding_copy(&probe, &arena, line, &text);
    const bool result = *status == WARD_OK && csv_header_match(text, &columns) >= 2;
    arena_release(&arena);
    encoding_release(&probe);
    return result;
}

static enum feed_format format_of_line(struct feed *feed, struct ward_str line,
                                       enum ward_status *status)
{
    *status = WARD_OK;
    if (line.len && line.data[0] == '{')
        return is_bare_brace(line) || has_export_key(line) ? FEED_FORMAT_TELEGRAM
                                                           : FEED_FORMAT_JSONL;
    if (line.len && line.data[0] == '[' && starts_array(line))
        return FEED_FORMAT_JSONL;
    if (qq_is_head(line))
        return FEED_FORMAT_QQ;
    return is_csv(feed, line, status) ? FEED_FORMAT_CSV : FEED_FORMAT_PLAIN;
}

/* Finds the line without taking anything; false while more bytes could change it. */
static bool head_line(const struct window *window, struct ward_str *out)
{
    const char *data = window->data + window->begin;
    const size_t len = window_len(window);
    size_t at = 0;
    while (at < len &&
           (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n'))
        at++;
    const char *stop = at < len ? memchr(data + at, '\n', len - at) : NULL;
    size_t line_len = stop ? (size_t)(stop - data) - at : len - at;
    if (!stop && !window->is_end && line_len < HEAD_BYTES_MAX)
        return false;
    line_len = line_len > HEAD_BYTES_MAX ? HEAD_BYTES_MAX : line_len;
    line_len -= line_len && data[at + line_len - 1] == '\r';
    *out = (struct ward_str){data + at, line_len};
    return true;
}

enum ward_status detect_format(struct feed *feed, struct ward_error *err)
{
    enum ward_status status;
    if (feed->format != FEED_FORMAT_AUTO)
        return WARD_OK;
    struct ward_str line = {NULL, 0};
    while (!head_line(&feed->window, &line)) {
        if (window_len(&feed->window) > WARD_RECORD_BYTES_MAX)
            break;
        status = window_fill(&feed->window, err);
        if (status != WARD_OK)
            return status;
    }
    const enum feed_format format = format_of_line(feed, line, &status);
    if (status != WARD_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    feed->format = format;
    return WARD_OK;
}
