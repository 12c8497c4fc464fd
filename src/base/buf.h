/**
 * A growing byte buffer with a ceiling. Also the way JSON and text output are put together.
 *
 * Invariants: `len <= cap <= max`; once a write fails `failed` stays set and later writes do
 * nothing, so a caller may check once at the end.
 */
#ifndef WARD_BASE_BUF_H
#define WARD_BASE_BUF_H

#include "ward/ward.h"

struct buf {
    char *data; /**< owned */
    size_t len;
    size_t cap;
    size_t max; /**< bytes; writes beyond fail with WARD_ERR_LIMIT */
    enum ward_status failed;
};

/** Starts empty; allocates nothing. `max` bytes at most will ever be held. */
void buf_init(struct buf *buf, size_t max);
/** Frees the storage; the buffer may be used again after buf_init. */
void buf_release(struct buf *buf);
/** Forgets the content and a former failure, keeps the storage. */
void buf_clear(struct buf *buf);
/** Makes room for `more` bytes behind `len`. WARD_ERR_NOMEM or WARD_ERR_LIMIT; content unchanged.
 */
enum ward_status buf_reserve(struct buf *buf, size_t more);

void buf_put(struct buf *buf, const void *data, size_t len);
void buf_put_char(struct buf *buf, char c);
void buf_put_str(struct buf *buf, struct ward_str text);
void buf_put_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** What is in it; borrowed until the next write. */
static inline struct ward_str buf_str(const struct buf *buf)
{
    return (struct ward_str){buf->data, buf->len};
}

#endif
