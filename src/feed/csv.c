/**
 * CSV with a header (RFC 4180): quotes, doubled quotes, line ends inside quotes; comma, semicolon
 * or tab, whichever the header has most of.
 *
 * A record is first found (a state machine that resumes where the last bytes ended), then copied,
 * decoded and split in place. What goes wrong inside quotes costs one line: the record's first line
 * becomes a fault and reading starts again behind it, so an unclosed quote swallows nothing.
 * More lenient than the RFC: a quote inside a bare field is itself; a time that cannot be read is
 * left out (spreadsheets write times in ways nobody can tell apart) and never costs the text.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "feed/batch.h"
#include "feed/csv_columns.h"
#include "feed/json_event.h"
#include "feed/reader.h"
#include "feed/when.h"

#define CAUSE_OPEN_QUOTE "a quote is not closed"
#define CAUSE_AFTER_QUOTE "text between a closing quote and the next delimiter"
#define CAUSE_MANY_FIELDS "more fields than the header has"
#define CAUSE_KIND "kind must be message, post, listing, alias, group_name, query or report"

/* ---- Finding records ------------------------------------------------------------------------- */

enum scan_result { SCAN_MORE, SCAN_RECORD, SCAN_BAD };

/* Runs the machine on from `feed->scanned`; on SCAN_RECORD it stands behind the newline. */
static enum scan_result scan_record(struct feed *feed)
{
    struct csv_reader *csv = &feed->csv;
    const char *const data = feed->window.data + feed->window.begin;
    const size_t len = window_len(&feed->window);
    for (size_t at = feed->scanned; at < len; at++) {
        const char c = data[at];
        if (csv->state == CSV_QUOTED) {
            if (c == '"')
                csv->state = CSV_QUOTE_SEEN;
        } else if (c == '\n') {
            feed->scanned = at + 1;
            csv->state = CSV_FIELD_START;
            return SCAN_RECORD;
        } else if (c == csv->delimiter && csv->state != CSV_RETURN_SEEN) {
            csv->state = CSV_FIELD_START;
        } else if (c == '"' && (csv->state == CSV_FIELD_START || csv->state == CSV_QUOTE_SEEN)) {
            csv->state = CSV_QUOTED;
        } else if (csv->state == CSV_RETURN_SEEN || (csv->state == CSV_QUOTE_SEEN && c != '\r')) {
            csv->state = CSV_QUOTE_SEEN;
            return SCAN_BAD;
        } else if (csv->state == CSV_QUOTE_SEEN) {
            csv->state = CSV_RETURN_SEEN;
        } else if (csv->state == CSV_FIELD_START) {
            csv->state = CSV_BARE;
        }
    }
    feed->scanned = len;
    return SCAN_MORE;
}

/* Drops the first line of a record that is no good. */
static enum ward_status drop_line(struct feed *feed, struct feed_batch *batch, const char *cause)
{
    const char *const data = feed->window.data + feed->window.begin;
    const size_t len = window_len(&feed->window);
    const char *stop = memchr(data, '\n', len);
    const size_t bytes = stop ? (size_t)(stop - data) + 1 : len;
    const struct feed_place place = reader_place(feed, bytes);
    feed->scanned = 0;
    feed->csv.state = CSV_FIELD_START;
    feed->csv.bad = NULL;
    window_take(&feed->window, bytes);
    return batch_fault(batch, WARD_ERR_FORMAT, cause, place, 0);
}

/* True if a line ends inside the window: a record too long to hold is then an open quote. */
static bool has_line(const struct feed *feed)
{
    return memchr(feed->window.data + feed->window.begin, '\n', window_len(&feed->window)) != NULL;
}

/* A record was found: `*bytes` with its line end, `*record` without. */
static enum reader_step hand_record(struct feed *feed, struct ward_str *record, size_t *bytes)
{
    *bytes = feed->scanned;
    feed->scanned = 0;
    feed->csv.state = CSV_FIELD_START;
    *record = (struct ward_str){feed->window.data + feed->window.begin, *bytes};
    record->len -= record->len && record->data[record->len - 1] == '\n';
    record->len -= record->len && record->data[record->len - 1] == '\r';
    return record->len > WARD_RECORD_BYTES_MAX ? READER_LONG : READER_READY;
}

/* Scans on, and notes in `csv.bad` what is wrong with the record, if anything. */
static bool find_record(struct feed *feed)
{
    struct csv_reader *csv = &feed->csv;
    const enum scan_result result = csv->bad ? SCAN_MORE : scan_record(feed);
    const bool at_end = result == SCAN_MORE && feed->window.is_end && window_len(&feed->window);
    if (result == SCAN_BAD)
        csv->bad = CAUSE_AFTER_QUOTE;
    else if (at_end && csv->state == CSV_QUOTED)
        csv->bad = CAUSE_OPEN_QUOTE;
    return !csv->bad && (result == SCAN_RECORD || at_end);
}

/* As reader_line(), for a record; a broken one is dropped with a fault and the next looked for. */
static enum reader_step next_record(struct feed *feed, struct feed_batch *batch,
                                    struct ward_str *record, size_t *bytes,
                                    enum ward_status *status, struct ward_error *err)
{
    *status = WARD_OK;
    for (;;) {
        if (find_record(feed))
            return hand_record(feed, record, bytes);
        if (feed->csv.bad && (feed->window.is_end || has_line(feed))) {
            *status = drop_line(feed, batch, feed->csv.bad);
            if (*status != WARD_OK)
                return READER_FAILED;
            if (reader_is_full(batch, 0))
                return READER_WAIT;
            continue;
        }
        const enum reader_step step = reader_more(feed, batch, status, err);
        if (step == READER_LONG && has_line(feed))
            feed->csv.bad = CAUSE_OPEN_QUOTE;
        else if (step != READER_READY)
            return step;
    }
}

/* ---- Splitting ------------------------------------------------------------------------------- */

/* The field at `*at`, unquoted in place; moves `*at` behind its delimiter. False after the last. */
static bool take_field(char **at, char *end, char delimiter, struct ward_str *out)
{
    char *from = *at;
    char *to = from;
    bool is_quoted = from < end && *from == '"';
    if (is_quoted)
        from++;
    char *const begin = to;
    while (from < end && (is_quoted || *from != delimiter)) {
        if (is_quoted && *from == '"') {
            if (from + 1 < end && from[1] == '"') {
                from++;
            } else {
                is_quoted = false;
                from++;
                continue;
            }
        }
        *to++ = *from++;
    }
    *out = (struct ward_str){begin, (size_t)(to - begin)};
    const bool more = from < end;
    *at = more ? from + 1 : end;
    return more;
}

static const char *set_field(struct feed_batch *batch, struct ward_event *event,
                             enum csv_column column, struct ward_str value)
{
    struct ward_str *slot = csv_column_slot(event, column);
    if (slot) {
        if (!slot->len)
            *slot = value;
    } else if (column == CSV_COLUMN_KIND && value.len) {
        return json_event_kind(value, &event->kind) ? NULL : CAUSE_KIND;
    } else if (column == CSV_COLUMN_TIME && value.len && !event->has_time) {
        bool *assumed = &batch->places[batch->event_count - 1].zone_assumed;
        event->has_time =
            when_parse_unix(value, &event->time_ms) ||
            when_parse_date(value, batch->options.zone_minutes, &event->time_ms, assumed);
    }
    return NULL;
}

static const char *split_record(const struct csv_reader *csv, struct feed_batch *batch,
                                struct ward_event *event, struct ward_str record)
{
    char *at;
    memcpy(&at, &record.data, sizeof at); /* the arena's copy is ours to write */
    char *const end = at + record.len;
    struct ward_str value;
    size_t column = 0;
    bool more;
    do {
        more = take_field(&at, end, csv->delimiter, &value);
        if (column >= csv->column_count && value.len)
            return CAUSE_MANY_FIELDS;
        const char *cause =
            column < csv->column_count
                ? set_field(batch, event, (enum csv_column)csv->columns[column], value)
                : NULL;
        if (cause)
            return cause;
        column++;
    } while (more);
    return NULL;
}

/* ---- Header ---------------------------------------------------------------------------------- */

static char find_delimiter(struct ward_str line)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t counts[3] = {0};
    bool is_quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        is_quoted ^= line.data[i] == '"';
        for (size_t c = 0; c < 3 && !is_quoted; c++)
            counts[c] += line.data[i] == candidates[c];
    }
    const size_t best = counts[2] > counts[0] && counts[2] > counts[1] ? 2 : counts[1] > counts[0];
    return candidates[best];
}

static struct ward_str unquoted(struct ward_str cell)
{
    if (cell.len >= 2 && cell.data[0] == '"' && cell.data[cell.len - 1] == '"')
        return str_part(cell, 1, cell.len - 1);
    return cell;
}

/* Reads the header's cells into `csv`; false if there are too many. */
static bool read_header(struct csv_reader *csv, struct ward_str line, size_t *known, bool *has_text)
{
    csv->delimiter = find_delimiter(line);
    csv->column_count = 0;
    *known = 0;
    *has_text = false;
    size_t begin = 0;
    while (begin <= line.len) {
        const char *stop =
            begin < line.len ? memchr(line.data + begin, csv->delimiter, line.len - begin) : NULL;
        const size_t end = stop ? (size_t)(stop - line.data) : line.len;
        const enum csv_column column = csv_column_of(unquoted(str_part(line, begin, end)));
        if (csv->column_count == CSV_COLUMNS_MAX)
            return false;
        csv->columns[csv->column_count++] = (uint8_t)column;
        *known += column != CSV_COLUMN_OTHER;
        *has_text |= column == CSV_COLUMN_TEXT;
        begin = end + 1;
    }
    return true;
}

size_t csv_header_match(struct ward_str line, size_t *column_count)
{
    struct csv_reader probe = {0};
    size_t known;
    bool has_text;
    const bool fits = read_header(&probe, line, &known, &has_text);
    *column_count = probe.column_count;
    return fits && has_text ? known : 0;
}

/* The first line that is not blank. */
static enum reader_step take_header(struct feed *feed, struct feed_batch *batch,
                                    enum ward_status *status, struct ward_error *err)
{
    struct ward_str line;
    struct ward_str text;
    size_t bytes;
    size_t known;
    bool has_text;
    do {
        const enum reader_step step = reader_line(feed, batch, &line, &bytes, status, err);
        if (step != READER_READY)
            return step;
        if (!line.len)
            window_take(&feed->window, bytes);
    } while (!line.len);
    *status = encoding_copy(&feed->encoding, &batch->arena, line, &text);
    if (*status != WARD_OK) {
        *status = error_set(err, WARD_ERR_NOMEM, "out of memory");
        return READER_FAILED;
    }
    error_at(err, NULL, (uint32_t)feed->window.line, 0);
    if (!read_header(&feed->csv, text, &known, &has_text)) {
        *status = error_set(err, WARD_ERR_LIMIT, "the header has more than 256 columns");
        return READER_FAILED;
    }
    if (!has_text) {
        *status = error_set(err, WARD_ERR_FORMAT,
                            "the header names no column of text (text, content, message, 内容)");
        return READER_FAILED;
    }
    error_at(err, NULL, 0, 0);
    window_take(&feed->window, bytes);
    feed->csv.has_header = true;
    return READER_READY;
}

/* ---- Filling --------------------------------------------------------------------------------- */

static enum ward_status add_record(struct feed *feed, struct feed_batch *batch,
                                   struct ward_str record)
{
    struct ward_str text;
    const struct feed_place place = reader_place(feed, record.len);
    if (encoding_copy(&feed->encoding, &batch->arena, record, &text) != WARD_OK)
        return WARD_ERR_NOMEM;
    struct ward_event *event = batch_add(batch, place);
    if (!event)
        return WARD_ERR_NOMEM;
    const char *cause = split_record(&feed->csv, batch, event, text);
    if (cause) {
        batch_drop_last(batch);
        return batch_fault(batch, WARD_ERR_FORMAT, cause, place, 0);
    }
    return batch_complete(batch, event, place.line);
}

enum ward_status csv_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    size_t taken = 0;
    batch->is_parsed = true;
    while (!reader_is_full(batch, taken)) {
        struct ward_str record;
        size_t bytes = 0;
        enum ward_status status;
        const enum reader_step step = feed->csv.has_header
                                          ? next_record(feed, batch, &record, &bytes, &status, err)
                                          : take_header(feed, batch, &status, err);
        if (step == READER_FAILED)
            return status == WARD_ERR_NOMEM ? error_set(err, status, "out of memory") : status;
        if (step == READER_LONG) {
            feed->csv.state = CSV_FIELD_START;
            feed->csv.bad = NULL;
            return reader_skip_line(feed, batch, err);
        }
        batch->is_end = step == READER_END;
        if (step != READER_READY)
            return WARD_OK;
        if (!bytes)
            continue; /* that was the header */
        if (record.len && add_record(feed, batch, record) != WARD_OK)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        window_take(&feed->window, bytes);
        taken += bytes;
    }
    return WARD_OK;
}
