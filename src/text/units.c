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

typedef uint32_t four __attribute__((vector_size(16)));

/** Stores four units of `step` bytes each, from entries of class PLAIN. */
static inline void put_four(struct text_units *units, uint32_t i, uint32_t begin, uint32_t step,
                            const uint32_t e[4])
{
    const four entry = {e[0], e[1], e[2], e[3]};
    const four code = entry & FOLD_CODE_MASK;
    const four fold = ((entry >> FOLD_BITS_SHIFT) & 15u) | ((entry & (1u << 29)) >> 12);
    const four first = (four){0, step, 2 * step, 3 * step} + begin;
    const four last = first + step;
    for (unsigned k = 0; k < 4; k++)
        units->kind[i + k] = (uint8_t)entry_kind(e[k]);
    memcpy(units->code + i, &code, sizeof code);
    memcpy(units->fold + i, &fold, sizeof fold);
    memcpy(units->begin + i, &first, sizeof first);
    memcpy(units->end + i, &last, sizeof last);
}

/** The code point of three bytes known to have the shape of a 3-byte sequence. */
static inline uint32_t code_of_three(const unsigned char *at)
{
    return (uint32_t)(at[0] & 15) << 12 | (uint32_t)(at[1] & 63) << 6 | (at[2] & 63u);
}

static inline bool has_shape_of_three(const unsigned char *at)
{
    return (at[0] & 0xF0) == 0xE0 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
}

/** True if the 12 bytes at `at` are four sequences of three bytes by their leading bits. */
static inline bool four_have_shape(const unsigned char *at)
{
    uint64_t low;
    uint32_t high;
    memcpy(&low, at, 8);
    memcpy(&high, at + 8, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (low & 0xC0F0C0C0F0C0C0F0u) == 0x80E08080E08080E0u &&
           (high & 0xC0C0F0C0u) == 0x8080E080u;
#else
    return (low & 0xF0C0C0F0C0C0F0C0u) == 0xE08080E08080E080u &&
           (high & 0xC0F0C0C0u) == 0x80E08080u;
#endif
}

/** Four code points at a time, as long as all are Han-like (3 bytes) or all ASCII, and PLAIN. */
static const unsigned char *run_fours(struct sink *sink, const unsigned char *at)
{
    struct text_units *units = sink->units;
    uint32_t i = units->count;
    while (sink->limit - at >= 12) {
        uint32_t e[4];
        uint32_t word;
        uint32_t step = 3;
        memcpy(&word, at, 4);
        if (four_have_shape(at)) {
            uint32_t overlong = 0;
            for (unsigned k = 0; k < 4; k++) {
                const uint32_t code = code_of_three(at + (size_t)3 * k);
                overlong |= code - 0x800u;
                e[k] = table_fold_bmp[code];
            }
            if (overlong & 1u << 31)
                break;
        } else if (!(word & 0x80808080u)) {
            step = 1;
            for (unsigned k = 0; k < 4; k++)
                e[k] = table_fold_bmp[at[k]];
        } else {
            break;
        }
        if ((e[0] | e[1] | e[2] | e[3]) >= FOLD_PLAIN_LIMIT)
            break;
        put_four(units, i, (uint32_t)(at - sink->base), step, e);
        i += 4;
        at += (size_t)4 * step;
    }
    units->count = i;
    return at;
}

/** Singles after which fours are worth trying again. */
#define SINGLES_A_RUN 5u

/**
 * Code points of 1 and 3 bytes whose entry is PLAIN, as far as they go, one by one at
 * most SINGLES_A_RUN. Sets `*stuck` if it stopped before something else or at the end.
 */
static const unsigned char *run_singles(struct sink *sink, const unsigned char *at, bool *stuck)
{
    struct text_units *units = sink->units;
    uint32_t i = units->count;
    *stuck = false;
    for (unsigned budget = SINGLES_A_RUN; budget; budget--) {
        uint32_t entry = UINT32_MAX;
        uint32_t len = 1;
        if (at == sink->limit) {
            *stuck = true;
            break;
        }
        if (at[0] < 0x80) {
            entry = table_fold_bmp[at[0]];
        } else if (sink->limit - at >= 3 && has_shape_of_three(at)) {
            const uint32_t code = code_of_three(at);
            entry = code >= 0x800 ? table_fold_bmp[code] : UINT32_MAX;
            len = 3;
        }
        if (entry >= FOLD_PLAIN_LIMIT) {
            *stuck = true;
            break;
        }
        units->code[i] = entry & FOLD_CODE_MASK;
        units->begin[i] = (uint32_t)(at - sink->base);
        units->end[i] = (uint32_t)(at - sink->base) + len;
        units->kind[i] = (uint8_t)entry_kind(entry);
        units->fold[i] = entry_disguises(entry);
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
        bool stuck;
        at = run_singles(&sink, run_fours(&sink, at), &stuck);
        if (!stuck)
            continue;
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
