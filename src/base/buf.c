#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES 256u

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = WARD_OK;
}

enum ward_status buf_reserve(struct buf *buf, size_t more)
{
    assert(buf->len <= buf->cap);
    if (buf->failed)
        return buf->failed;
    if (more <= buf->cap - buf->len)
        return WARD_OK;
    if (more > buf->max || buf->len > buf->max - more)
        return buf->failed = WARD_ERR_LIMIT;
    const size_t need = buf->len + more;
    size_t cap = buf->cap ? buf->cap : BUF_FIRST_BYTES;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > buf->max)
        cap = buf->max;
    char *grown = realloc(buf->data, cap);
    if (!grown)
        return buf->failed = WARD_ERR_NOMEM;
    buf->data = grown;
    buf->cap = cap;
    return WARD_OK;
}

void buf_put(struct buf *buf, const void *data, size_t len)
{
    if (len == 0 || buf_reserve(buf, len) != WARD_OK)
        return;
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
}

void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_put_str(struct buf *buf, struct ward_str text)
{
    buf_put(buf, text.data, text.len);
}

void buf_put_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    const int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    /* +1: vsnprintf writes a NUL that is not counted in len. */
    if (need > 0 && buf_reserve(buf, (size_t)need + 1) == WARD_OK) {
        (void)vsnprintf(buf->data + buf->len, (size_t)need + 1, format, again);
        buf->len += (size_t)need;
    }
    va_end(again);
}
