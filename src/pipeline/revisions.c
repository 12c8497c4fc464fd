#include "pipeline/revisions.h"

#include <stdlib.h>

#include "base/str.h"

void revisions_init(struct revisions *r)
{
    *r = (struct revisions){0};
    buf_init(&r->text, SIZE_MAX / 2);
}

void revisions_release(struct revisions *r)
{
    free(r->lines);
    buf_release(&r->text);
    revisions_init(r);
}

struct buf *revisions_begin(struct revisions *r, uint64_t index, uint32_t revision)
{
    if (r->count == r->capacity) {
        const size_t capacity = r->capacity ? r->capacity * 2 : 64;
        struct revision_line *lines = realloc(r->lines, capacity * sizeof *lines);
        if (!lines)
            return NULL;
        r->lines = lines;
        r->capacity = capacity;
    }
    r->lines[r->count++] = (struct revision_line){index, revision, r->text.len, r->text.len};
    return &r->text;
}

void revisions_end(struct revisions *r)
{
    r->lines[r->count - 1].end = r->text.len;
}

size_t revisions_bytes(const struct revisions *r)
{
    return r->text.len + r->count * sizeof *r->lines;
}

static int by_event(const void *a, const void *b)
{
    const struct revision_line *x = a;
    const struct revision_line *y = b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->revision > y->revision) - (x->revision < y->revision);
}

void revisions_write(struct revisions *r, bool (*write)(void *user, struct ward_str bytes),
                     void *user)
{
    bool goes_on = true;
    if (r->count)
        qsort(r->lines, r->count, sizeof *r->lines, by_event);
    for (size_t i = 0; i < r->count && goes_on; i++)
        goes_on = write(user, str_part(buf_str(&r->text), r->lines[i].begin, r->lines[i].end));
    r->count = 0;
    buf_clear(&r->text);
}
