/**
 * Where a list goes on: opaque to clients, a place between rows to us.
 *
 * A cursor holds the sorting key of the last row that was given, never its number in the list, so
 * that rows which come or go in between move nothing. It is not signed: it names a place, and gives
 * nobody a right. Its letter says which list it is of.
 */
#ifndef WARD_API_CURSOR_H
#define WARD_API_CURSOR_H

#include "base/buf.h"

#define CURSOR_NUMBERS 3u
#define CURSOR_TEXT_MAX 1024u

struct cursor {
    char list; /**< a letter for each list */
    uint64_t numbers[CURSOR_NUMBERS];
    size_t text_len;
    char text[CURSOR_TEXT_MAX];
};

/** Keeps the first CURSOR_TEXT_MAX bytes of `text`. */
void cursor_set_text(struct cursor *cursor, struct ward_str text);
static inline struct ward_str cursor_text(const struct cursor *cursor)
{
    return (struct ward_str){cursor->text, cursor->text_len};
}

/** A double as a number that keeps every bit, and back. */
uint64_t cursor_of_real(double value);
double cursor_real(uint64_t number);

/** Appends the cursor as letters, digits, '-' and '_'. */
void cursor_put(struct buf *out, const struct cursor *cursor);
/** False when `text` is no cursor of this list. */
bool cursor_read(struct ward_str text, char list, struct cursor *out) WARD_MUST_USE;

#endif
