/**
 * Lines of text exports that are GB18030 (GBK, GB2312) or UTF-8, nobody says which.
 *
 * Decided line by line, each line as a whole, so that how bytes arrive changes nothing: the first
 * conclusive line settles what ambiguous ones mean. UTF-8 is conclusive with one sequence of three
 * bytes or four of two; GB18030 where a line is not UTF-8, decodes without a hole and is mostly
 * Chinese. A chance GB18030 pair passes as two-byte UTF-8 in about one of seven, four in a row in
 * one of 2,600 (leads C2..DF times trails A1..BF over the GB2312 rows).
 * Line ends and CSV marks are safe in GB18030: no trailing byte is below 0x30, none is a quote,
 * comma, semicolon, tab or newline.
 */
#ifndef WARD_FEED_ENCODING_H
#define WARD_FEED_ENCODING_H

#include "base/arena.h"
#include "feed/feed.h"

enum encoding_state { ENCODING_OPEN = 0, ENCODING_UTF8, ENCODING_GB18030 };

struct encoding {
    enum encoding_state state;
    bool is_forced;
    bool has_converter;
    void *converter; /**< iconv_t, opened at first need */
};

/** Starts as the option says; UTF-16 arrives here as UTF-8. */
void encoding_init(struct encoding *encoding, enum feed_encoding option);
void encoding_release(struct encoding *encoding);

/**
 * A copy of `raw` in `arena` as UTF-8. What cannot be decoded is copied as it is.
 * WARD_ERR_NOMEM; `*out` is then empty.
 */
enum ward_status encoding_copy(struct encoding *encoding, struct arena *arena, struct ward_str raw,
                               struct ward_str *out) WARD_MUST_USE;

#endif
