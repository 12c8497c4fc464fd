/**
 * See read_back.h.
 */
#include "api/read_back.h"

#include "base/bounds.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/units.h"

#define TEXT_BYTES_MAX (64u * 1024u * 1024u)

static void put_code(struct buf *out, uint32_t code)
{
    char bytes[4];
    buf_put(out, bytes, utf8_encode(code == UTF8_INVALID ? 0xFFFDu : code, bytes));
}

/* The longest span of the text, read through disguise, that begins in [begin, end). */
static const struct ward_span *span_at(const struct ward_verdict *verdict, uint32_t begin,
                                       uint32_t end)
{
    const struct ward_span *best = NULL;
    for (size_t i = 0; i < verdict->reason_count; i++)
        for (size_t k = 0; k < verdict->reasons[i].span_count; k++) {
            const struct ward_span *span = &verdict->reasons[i].spans[k];
            const bool fits = span->at.field == WARD_FIELD_TEXT && span->disguises &&
                              span->read.len && span->at.begin >= begin && span->at.begin < end;
            if (fits && (!best || span->at.end > best->at.end))
                best = span;
        }
    return best;
}

/* One window, `offset` bytes into the text; `done`: bytes already covered by a span. */
static void put_window(struct buf *out, const struct text_units *units, uint32_t offset,
                       const struct ward_verdict *verdict, uint32_t *done)
{
    for (uint32_t i = 0; i < units->count; i++) {
        const uint32_t begin = offset + units->begin[i];
        if (begin < *done)
            continue;
        const struct ward_span *span = span_at(verdict, begin, offset + units->end[i]);
        if (span) {
            buf_put_str(out, span->read);
            *done = span->at.end;
        } else if (units->kind[i] == UNIT_NEWLINE) {
            buf_put_char(out, '\n');
        } else {
            put_code(out, units->code[i]);
        }
    }
}

/* A cut at a code point's border, at most a window long. */
static size_t window_len(struct ward_str text)
{
    size_t len = text.len < WARD_TEXT_WINDOW_BYTES ? text.len : WARD_TEXT_WINDOW_BYTES;
    for (unsigned i = 0; i < 3 && len < text.len && len > 1; i++)
        if (((unsigned char)text.data[len] & 0xC0u) == 0x80u)
            len--;
    return len;
}

void read_back_put(struct buf *out, const struct ward_event *event,
                   const struct ward_verdict *verdict)
{
    struct text_units units;
    struct buf plain;
    uint32_t done = 0;
    size_t at = 0;
    text_units_init(&units);
    buf_init(&plain, TEXT_BYTES_MAX);
    while (at < event->text.len && !plain.failed) {
        struct ward_str window = str_part(event->text, at, event->text.len);
        window.len = window_len(window);
        if (text_units_decode(&units, window) != WARD_OK)
            plain.failed = WARD_ERR_NOMEM;
        else
            put_window(&plain, &units, (uint32_t)at, verdict, &done);
        at += window.len;
    }
    json_put_string(out, buf_str(&plain));
    if (plain.failed)
        out->failed = plain.failed;
    buf_release(&plain);
    text_units_release(&units);
}
