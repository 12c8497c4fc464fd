/**
 * bytes -> units. The hot path of everything: one table look-up a code point, no branch on scripts.
 *
 * How: well-formed text of 1 and 3 bytes a code point (ASCII and Han) runs through two tight loops
 * whose only question is whether the table entry is PLAIN; all else (drops, expansions, context,
 * bad bytes, other lengths) goes through one slow step for one code point. Capacity always holds
 * one unit for every byte not read yet, so the loops never check it.
 *
 * Context rules (the only ones): an ASCII sentence mark is a MARK before white space or the end and
 * a SYMBOL elsewhere; CR before LF is nothing; a pair of regional indicators is one flag; a mark of
 * a foreign script on a Han, Latin or other non-letter unit is decoration and dropped.
 */
#include "text/units.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "text/tables.h"

_Static_assert(WARD_DISGUISE_VARIANT == 8 && WARD_DISGUISE_LEET == 1u << 17, "fold entry layout");

/** Where the loops write: the arrays of one text_units, and what was dropped last. */
struct sink {
    struct text_units *units;
    const unsigned char *base; /* first byte of the text */
    const unsigned char *limit;
    uint32_t hidden_at; /* count when something invisible was last dropped; UINT32_MAX never */
    bool hidden_fresh;  /* that drop set the bit on the unit before it */
};

void text_units_init(struct text_units *units)
{
    memset(units, 0, sizeof *units);
}

void text_units_release(struct text_units *units)
{
    free(units->code); /* one block holds all five arrays */
    text_units_init(units);
}

/** Makes room for `capacity` units, keeping those there are. */
static bool units_reserve(struct text_units *units, size_t capacity)
{
    if (capacity <= units->capacity)
        return true;
    capacity = (capacity + 63u) & ~(size_t)63u;
    uint32_t *block = malloc(capacity * (4 * sizeof(uint32_t) + 1));
    if (!block)
        return false;
    struct text_units grown = {
        .count = units->count,
        .capacity = (uint32_t)capacity,
        .code = block,
        .begin = block + capacity,
        .end = block + 2 * capacity,
        .fold = block + 3 * capacity,
        .kind = (uint8_t *)(block + 4 * capacity),
    };
    if (units->count) {
        memcpy(grown.code, units->code, units->count * sizeof(uint32_t));
        memcpy(grown.begin, units->begin, units->count * sizeof(uint32_t));
        memcpy(grown.end, units->end, units->count * sizeof(uint32_t));
        memcpy(grown.fold, units->fold, units->count * sizeof(uint32_t));
        memcpy(grown.kind, units->kind, units->count);
    }
    free(units->code);
    *units = grown;
    return true;
}

static inline uint32_t entry_of(uint32_t code)
{
    if (code < 0x10000)
        return table_fold_bmp[code];
    code -= 0x10000;
    return table_fold_page[(uint32_t)table_fold_index[code >> 7] * 128u + (code & 127u)];
}

static inline uint32_t entry_kind(uint32_t entry)
{
    return (entry >> FOLD_KIND_SHIFT) & 15u;
}

static inline uint32_t entry_disguises(uint32_t entry)
{
    return ((entry >> FOLD_BITS_SHIFT) & 15u) | ((entry & (1u << 29)) >> 12);
}

static void put(struct sink *sink, const unsigned char *at, unsigned len, uint32_t code,
                uint32_t kind_and_fold)
{
    struct text_units *units = sink->units;
    const uint32_t i = units->count++;
    assert(i < units->capacity);
    units->code[i] = code;
    units->begin[i] = (uint32_t)(at - sink->base);
    units->end[i] = units->begin[i] + len;
    units->kind[i] = (uint8_t)(kind_and_fold & 15u);
    units->fold[i] = kind_and_fold >> 4;
}

/** Code points of 1 and 3 bytes whose entry is PLAIN, as far as they go; returns where it stopped.
 */
static const unsigned char *run_plain(struct sink *sink, const unsigned char *at)
{
    struct text_units *units = sink->units;
    uint32_t *restrict code = units->code;
    uint32_t *restrict begin = units->begin;
    uint32_t *restrict end = units->end;
    uint32_t *restrict fold = units->fold;
    uint8_t *restrict kind = units->kind;
    uint32_t i = units->count;
    uint32_t offset = (uint32_t)(at - sink->base);
    while (sink->limit - at >= 4) {
        uint32_t entry;
        uint32_t len;
        if (at[0] < 0x80) {
            entry = table_fold_bmp[at[0]];
            len = 1;
        } else {
            const uint32_t c =
                (uint32_t)(at[0] & 15) << 12 | (uint32_t)(at[1] & 63) << 6 | (at[2] & 63u);
            const bool formed =
                (at[0] & 0xF0) == 0xE0 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
            if (!formed || c < 0x800)
                break;
            entry = table_fold_bmp[c];
            len = 3;
        }
        if (entry >= FOLD_PLAIN_LIMIT)
            break;
        code[i] = entry & FOLD_CODE_MASK;
        begin[i] = offset;
        offset += len;
        end[i] = offset;
        kind[i] = (uint8_t)entry_kind(entry);
        fold[i] = entry_disguises(entry);
        i++;
        at += len;
    }
    units->count = i;
    return at;
}

/** Notes that something at the present place was dropped; what the unit before it is told depends
 * on both. */
static void drop(struct sink *sink, enum fold_drop what, uint32_t code)
{
    struct text_units *units = sink->units;
    if (!units->count)
        return;
    const uint32_t last = units->count - 1;
    const uint8_t kind = units->kind[last];
    if (what == DROP_ACCENT && kind == UNIT_LETTER) {
        units->fold[last] |= WARD_DISGUISE_VARIANT;
        return;
    }
    if (what == DROP_JOINER) {
        if (code == 0x20E3 && kind == UNIT_DIGIT)
            units->fold[last] |= WARD_DISGUISE_STYLED;
        if (kind == UNIT_EMOJI || kind == UNIT_SYMBOL || kind == UNIT_DIGIT)
            return;
    }
    if (kind == UNIT_OTHER || kind == UNIT_NEWLINE)
        return; /* joiners are spelling in Persian and Indic scripts */
    if (sink->hidden_at != units->count) {
        sink->hidden_fresh = !(units->fold[last] & WARD_DISGUISE_INVISIBLE);
        sink->hidden_at = units->count;
    }
    units->fold[last] |= WARD_DISGUISE_INVISIBLE;
}

/** One code point that becomes several units, all with the span of the one. */
static enum ward_status put_multi(struct sink *sink, const unsigned char *at, unsigned len,
                                  uint32_t entry)
{
    const uint32_t *multi = table_fold_multi + (entry & FOLD_CODE_MASK);
    const uint32_t count = *multi++;
    const size_t unread = (size_t)(sink->limit - at);
    if (!units_reserve(sink->units, sink->units->count + unread + count))
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        put(sink, at, len, multi[i] & FOLD_CODE_MASK,
            entry_kind(multi[i]) | entry_disguises(entry) << 4);
    return WARD_OK;
}

static bool parts_a_sentence(const struct sink *sink, const unsigned char *next)
{
    if (next == sink->limit || *next == ' ' || (*next >= '\t' && *next <= '\r'))
        return true;
    return sink->limit - next >= 3 && memcmp(next, "\xE3\x80\x80", 3) == 0; /* U+3000 */
}

static bool is_regional(uint32_t code)
{
    return code >= 0x1F1E6 && code <= 0x1F1FF;
}

/** A regional indicator: with its neighbour a flag (two emoji units), alone a letter. */
static unsigned put_regional(struct sink *sink, const unsigned char *at, uint32_t code)
{
    uint32_t second = 0;
    const unsigned len = sink->limit - at > 4 ? utf8_decode(at + 4, sink->limit, &second) : 0;
    if (len && is_regional(second)) {
        put(sink, at, 4, code, UNIT_EMOJI);
        put(sink, at + 4, 4, second, UNIT_EMOJI);
        return 8;
    }
    put(sink, at, 4, 'a' + (code - 0x1F1E6), UNIT_LETTER | WARD_DISGUISE_STYLED << 4);
    return 4;
}

/** What depends on neighbours; returns the bytes consumed. */
static unsigned put_special(struct sink *sink, const unsigned char *at, unsigned len, uint32_t code,
                            uint32_t entry)
{
    const struct text_units *units = sink->units;
    const uint32_t kind = entry_kind(entry);
    if (is_regional(code))
        return put_regional(sink, at, code);
    if (code == '\r') {
        if (at + 1 == sink->limit || at[1] != '\n')
            put(sink, at, len, '\n', UNIT_NEWLINE);
        return len;
    }
    if (kind == UNIT_SYMBOL) {
        put(sink, at, len, code, parts_a_sentence(sink, at + len) ? UNIT_MARK : UNIT_SYMBOL);
        return len;
    }
    if (kind == UNIT_OTHER && units->count && units->kind[units->count - 1] != UNIT_OTHER) {
        drop(sink, DROP_INVISIBLE, code);
        return len;
    }
    put(sink, at, len, code, kind);
    return len;
}

/** One code point of any sort; moves `*at` behind it. */
static enum ward_status step_any(struct sink *sink, const unsigned char **at)
{
    uint32_t code;
    unsigned len = utf8_decode(*at, sink->limit, &code);
    enum ward_status status = WARD_OK;
    if (code == UTF8_INVALID) {
        put(sink, *at, len, UTF8_INVALID, UNIT_INVALID);
    } else {
        const uint32_t entry = entry_of(code);
        switch ((enum fold_class)(entry >> FOLD_CLASS_SHIFT)) {
        case FOLD_PLAIN:
            put(sink, *at, len, entry & FOLD_CODE_MASK,
                entry_kind(entry) | entry_disguises(entry) << 4);
            break;
        case FOLD_MULTI:
            status = put_multi(sink, *at, len, entry);
            break;
        case FOLD_DROP:
            drop(sink, (enum fold_drop)entry_kind(entry), code);
            break;
        case FOLD_SPECIAL:
            len = put_special(sink, *at, len, code, entry);
            break;
        }
    }
    *at += len;
    return status;
}

enum ward_status text_units_decode(struct text_units *units, struct ward_str text)
{
    units->count = 0;
    if (text.len > WARD_TEXT_WINDOW_BYTES)
        return WARD_ERR_LIMIT;
    if (text.len == 0)
        return WARD_OK;
    if (!units_reserve(units, text.len))
        return WARD_ERR_NOMEM;
    const unsigned char *at = (const unsigned char *)text.data;
    struct sink sink = {units, at, at + text.len, UINT32_MAX, false};
    while (at < sink.limit) {
        at = run_plain(&sink, at);
        if (at == sink.limit)
            break;
        const enum ward_status status = step_any(&sink, &at);
        if (status) {
            units->count = 0;
            return status;
        }
    }
    if (sink.hidden_fresh && sink.hidden_at == units->count)
        units->fold[units->count - 1] &= ~(uint32_t)WARD_DISGUISE_INVISIBLE;
    return WARD_OK;
}
