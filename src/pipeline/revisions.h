/**
 * Verdicts given again, kept until they are written in the order of their events.
 */
#ifndef WARD_PIPELINE_REVISIONS_H
#define WARD_PIPELINE_REVISIONS_H

#include "base/buf.h"

struct revision_line {
    uint64_t index; /* of the event in the input */
    uint32_t revision;
    size_t begin, end; /* in `text` */
};

struct revisions {
    struct revision_line *lines; /* owned */
    size_t count;
    size_t capacity;
    struct buf text;
};

void revisions_init(struct revisions *revisions);
void revisions_release(struct revisions *revisions);
/** Starts a line: put the verdict into the buffer returned, then call revisions_end. NULL when
 * memory is short. */
struct buf *revisions_begin(struct revisions *revisions, uint64_t index, uint32_t revision);
void revisions_end(struct revisions *revisions);
/** Bytes held. */
size_t revisions_bytes(const struct revisions *revisions);
/** Hands all to `write` in order of (index, revision) until it returns false; forgets them. */
void revisions_write(struct revisions *revisions, bool (*write)(void *user, struct ward_str bytes),
                     void *user);

#endif
