/**
 * The colder parts of the JSON pull parser: escapes, numbers, skipping. See json_scan.h.
 *
 * Skipping is iterative: one bit per level tells object from array, so hostile nesting costs a
 * fault, never the stack. Grammar: RFC 8259; cases after "Parsing JSON is a minefield" (N. Seriot,
 * 2016).
 */
#include "feed/json_scan.h"

#include "base/utf8.h"
#include "feed/feed.h"

_Static_assert(FEED_JSON_DEPTH_MAX <= 64, "levels are kept in one 64-bit word");

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hex digits at `at`; -1 if they are not. Stops at the sentinel, so never reads past it. */
static int32_t hex_four(const char *at)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX at scan->at (on the 'u'), with its second half if it is a pair. */
static bool escape_unicode(struct json_scan *scan, char **to)
{
    const int32_t first = hex_four(scan->at + 1);
    if (first < 0)
        return json_fail(scan, "\\u needs four hex digits");
    scan->at += 5;
    uint32_t code = (uint32_t)first;
    if (code >= 0xD800 && code < 0xDC00 && scan->at[0] == '\\' && scan->at[1] == 'u') {
        const int32_t second = hex_four(scan->at + 2);
        if (second >= 0xDC00 && second < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + ((uint32_t)second - 0xDC00);
            scan->at += 6;
        }
    }
    if (code >= 0xD800 && code < 0xE000)
        code = 0xFFFD;
    *to += utf8_encode(code, *to);
    return true;
}

/* One escape; scan->at is on the backslash. Writes at most as many bytes as it reads. */
static bool escape_one(struct json_scan *scan, char **to)
{
    static const char from[] = "\"\\/bfnrt";
    static const char into[] = "\"\\/\b\f\n\r\t";
    const char c = *++scan->at;
    if (c == 'u')
        return escape_unicode(scan, to);
    for (size_t i = 0; i < sizeof from - 1; i++) {
        if (c == from[i]) {
            *(*to)++ = into[i];
            scan->at++;
            return true;
        }
    }
    return json_fail(scan, "unknown escape after a backslash");
}

bool json_string_escaped(struct json_scan *scan, char *from, struct ward_str *out)
{
    char *to = scan->at;
    for (;;) {
        const char c = *scan->at;
        if (c == '"') {
            *out = (struct ward_str){from, (size_t)(to - from)};
            scan->at++;
            return true;
        }
        if (c == '\\') {
            if (!escape_one(scan, &to))
                return false;
        } else if (scan->at >= scan->end) {
            return json_fail(scan, "string is not closed");
        } else {
            return json_fail(scan, "control character in a string");
        }
        char *next = json_special(scan->at);
        const size_t plain = (size_t)(next - scan->at);
        memmove(to, scan->at, plain);
        to += plain;
        scan->at = next;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *digits_end(const char *at)
{
    while (is_digit(*at))
        at++;
    return at;
}

bool json_number(struct json_scan *scan, struct ward_str *out)
{
    char *const from = scan->at;
    const char *at = from;
    if (*at == '-')
        at++;
    if (!is_digit(*at))
        return json_fail(scan, "expected a value");
    at = *at == '0' ? at + 1 : digits_end(at);
    if (is_digit(*at))
        return json_fail(scan, "number starts with 0");
    if (*at == '.') {
        if (!is_digit(at[1]))
            return json_fail(scan, "number has no digit after its point");
        at = digits_end(at + 1);
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '+' || *at == '-')
            at++;
        if (!is_digit(*at))
            return json_fail(scan, "number has no digit in its exponent");
        at = digits_end(at);
    }
    *out = (struct ward_str){from, (size_t)(at - from)};
    scan->at = from + out->len;
    return true;
}

bool json_literal(struct json_scan *scan)
{
    size_t len = 0;
    if (memcmp(scan->at, "true", 4) == 0 || memcmp(scan->at, "null", 4) == 0)
        len = 4;
    else if (memcmp(scan->at, "false", 5) == 0)
        len = 5;
    if (!len)
        return json_fail(scan, "expected a value");
    scan->at += len;
    return true;
}

static bool skip_scalar(struct json_scan *scan, char c)
{
    struct ward_str ignored;
    if (c == '"')
        return json_string(scan, &ignored);
    if (c == 't' || c == 'f' || c == 'n')
        return json_literal(scan);
    return json_number(scan, &ignored);
}

/* Which containers are open: bit (depth - 1) set for an object. */
struct levels {
    uint64_t is_object;
    unsigned depth;
};

static bool level_open(struct json_scan *scan, struct levels *levels, char c)
{
    if (levels->depth == FEED_JSON_DEPTH_MAX)
        return json_fail(scan, "nested too deeply (64 levels)");
    const uint64_t bit = UINT64_C(1) << levels->depth++;
    levels->is_object = c == '{' ? levels->is_object | bit : levels->is_object & ~bit;
    scan->at++;
    return true;
}

/* Moves to the next value inside the innermost container, closing what ends. */
static bool level_next(struct json_scan *scan, struct levels *levels, bool is_first)
{
    while (levels->depth) {
        struct ward_str key;
        const bool is_object = (levels->is_object >> (levels->depth - 1)) & 1;
        const enum json_step step =
            is_object ? json_key(scan, &is_first, &key) : json_item(scan, &is_first);
        if (step != JSON_STEP_END)
            return step == JSON_STEP_ITEM;
        levels->depth--;
        is_first = false;
    }
    return true;
}

bool json_skip(struct json_scan *scan)
{
    struct levels levels = {0, 0};
    do {
        const char c = json_peek(scan);
        const bool opens = c == '{' || c == '[';
        if (!(opens ? level_open(scan, &levels, c) : skip_scalar(scan, c)))
            return false;
        if (!level_next(scan, &levels, opens))
            return false;
    } while (levels.depth);
    return true;
}

enum json_step json_item(struct json_scan *scan, bool *is_first)
{
    const char c = json_peek(scan);
    if (c == ']') {
        scan->at++;
        return JSON_STEP_END;
    }
    if (!*is_first) {
        if (c != ',') {
            json_fail(scan, "expected ',' or ']' after a value");
            return JSON_STEP_BAD;
        }
        scan->at++;
        if (json_peek(scan) == ']') {
            json_fail(scan, "comma before ']'");
            return JSON_STEP_BAD;
        }
    }
    *is_first = false;
    return JSON_STEP_ITEM;
}

bool json_finish(struct json_scan *scan)
{
    (void)json_peek(scan);
    return scan->at >= scan->end || json_fail(scan, "more text after the object");
}
