/**
 * Literal search for many terms on raw bytes: every occurrence of every term, overlaps included.
 *
 * Terms are valid UTF-8, so an occurrence can only start at a byte that is not a continuation byte;
 * one pass turns the text into a bit mask of such bytes, a second visits the set bits. At each, the
 * first 8, 6, 3, 2 or 1 bytes (the longest that the term has) are hashed into one bit of a filter;
 * what passes is looked up and compared. Measured against Vectorscan in bench/bench_grep.c.
 *
 * Invariants:
 *  1. A term lives in exactly one length class, the widest key not longer than the term.
 *  2. The text is never read beyond its end (the last bytes are copied to a padded window).
 *  3. The result is the set of (term, begin) in ascending `begin`; order inside one begin is free.
 */
#ifndef WARD_MATCH_LITERAL_H
#define WARD_MATCH_LITERAL_H

#include "ward/ward.h"

#define LITERAL_CLASSES 5u

struct literal_term {
    struct ward_str text; /**< 1 byte at least, valid UTF-8; copied by the build */
    uint32_t id;          /**< given back with each occurrence */
};

struct literal;

/** Told of each occurrence; false stops the search. `at` is the first byte, `len` the length. */
typedef bool (*literal_found)(void *user, uint32_t id, size_t at, size_t len);

/** Builds the search; WARD_ERR_NOMEM or WARD_ERR_LIMIT (more than 4 GiB of terms). */
enum ward_status literal_build(const struct literal_term *terms, uint32_t count,
                               struct literal **out) WARD_MUST_USE;
/** Frees; NULL is allowed. */
void literal_free(struct literal *literal);
/** Bytes held. */
size_t literal_bytes(const struct literal *literal);
/** Number of terms. */
uint32_t literal_count(const struct literal *literal);

/** Finds all occurrences in `text` (any bytes). Never fails, allocates nothing. */
void literal_scan(const struct literal *literal, struct ward_str text, literal_found found,
                  void *user);

#endif
