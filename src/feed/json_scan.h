/**
 * A pull parser for one JSON value in place: strings are unescaped inside the record's own bytes,
 * so reading allocates and copies nothing.
 *
 * Why our own and not simdjson: simdjson refuses a document with one invalid UTF-8 byte, and such
 * lines must be judged, so a second, tolerant parser with the same rules would be needed beside it.
 * Measured by bench/bench_feed.c on lines of 195 bytes and one core: simdjson's on-demand parser
 * extracts the fields of 9.9 million lines a second, this one builds 7.2 million whole events; the
 * scan behind it aims at 1 million. One grammar is worth the difference. It is RFC 8259 without
 * extensions; what is different is told here:
 *   - invalid UTF-8 bytes in strings stay as they are (offsets count them, one unit each);
 *   - a lone surrogate in a \u escape becomes U+FFFD; \u0000 is a legal NUL;
 *   - of equal keys the last wins.
 *
 * Invariants: begin <= at <= end. `*end` is writable and holds '\n' while scanning, which stops
 * every inner loop without a bounds check; JSON_SCAN_PADDING bytes behind `end` are readable.
 */
#ifndef WARD_FEED_JSON_SCAN_H
#define WARD_FEED_JSON_SCAN_H

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "ward/ward.h"

/** Bytes behind `end` that wide loads may touch. */
#define JSON_SCAN_PADDING 64u

struct json_scan {
    char *begin;
    char *at;
    char *end;
    const char *cause; /**< static sentence once something failed, else NULL */
};

/** Starts on [begin, end). The caller has put '\n' at `end`. */
static inline struct json_scan json_scan_of(char *begin, char *end)
{
    return (struct json_scan){.begin = begin, .at = begin, .end = end, .cause = NULL};
}

/** Notes the first cause and returns false. `cause` is static. */
static inline bool json_fail(struct json_scan *scan, const char *cause)
{
    if (!scan->cause)
        scan->cause = cause;
    return false;
}

/** The next byte that is not blank, not consumed; '\n' at the end. */
static inline char json_peek(struct json_scan *scan)
{
    char c = *scan->at;
    if ((unsigned char)c > ' ')
        return c;
    while ((c == ' ' || c == '\t' || c == '\r' || c == '\n') && scan->at < scan->end)
        c = *++scan->at;
    return c;
}

/** First quote, backslash or control byte at or behind `at`; the sentinel at `end` is one. */
static inline char *json_special(char *at)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    for (;; at += 16) {
        __m128i v;
        memcpy(&v, at, sizeof v);
        const __m128i hit =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                         _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        const unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask)
            return at + __builtin_ctz(mask);
    }
#else
    while (*at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
#endif
}

/** The rest of a string that holds an escape: `from` is its first byte, `at` the first special. */
bool json_string_escaped(struct json_scan *scan, char *from, struct ward_str *out);

/** A string; the next byte must be its quote. `out` points into the record, unescaped. */
static inline bool json_string(struct json_scan *scan, struct ward_str *out)
{
    char *from = scan->at + 1;
    char *special = json_special(from);
    scan->at = special;
    if (*special != '"')
        return json_string_escaped(scan, from, out);
    *out = (struct ward_str){from, (size_t)(special - from)};
    scan->at = special + 1;
    return true;
}

/** A number of the RFC's grammar; `out` is its text. */
bool json_number(struct json_scan *scan, struct ward_str *out);
/** true, false or null; the next byte is its first letter. */
bool json_literal(struct json_scan *scan);
/** Any value, checked and passed over; nesting at most FEED_JSON_DEPTH_MAX. */
bool json_skip(struct json_scan *scan);

enum json_step { JSON_STEP_BAD = -1, JSON_STEP_END = 0, JSON_STEP_ITEM = 1 };

/** Passes `open` ('{' or '['), or fails. */
static inline bool json_enter(struct json_scan *scan, char open)
{
    if (json_peek(scan) != open)
        return json_fail(scan, open == '{' ? "expected an object" : "expected an array");
    scan->at++;
    return true;
}

/** Next key of an object whose '{' was passed; `is_first` starts true. Stands on the value after.
 */
static inline enum json_step json_key(struct json_scan *scan, bool *is_first, struct ward_str *key)
{
    char c = json_peek(scan);
    if (c == '}' && *is_first) {
        scan->at++;
        return JSON_STEP_END;
    }
    if (!*is_first) {
        if (c == '}') {
            scan->at++;
            return JSON_STEP_END;
        }
        if (c != ',') {
            json_fail(scan, "expected ',' or '}' after a value");
            return JSON_STEP_BAD;
        }
        scan->at++;
        c = json_peek(scan);
    }
    *is_first = false;
    if (c != '"') {
        json_fail(scan, "expected a key in quotes");
        return JSON_STEP_BAD;
    }
    if (!json_string(scan, key))
        return JSON_STEP_BAD;
    if (json_peek(scan) != ':') {
        json_fail(scan, "expected ':' after a key");
        return JSON_STEP_BAD;
    }
    scan->at++;
    return JSON_STEP_ITEM;
}

/** Next element of an array whose '[' was passed. Stands on the element after. */
enum json_step json_item(struct json_scan *scan, bool *is_first);

/** True if only blanks are left; else fails. */
bool json_finish(struct json_scan *scan);

#endif
