/**
 * Names -> UUIDs of version 5 (RFC 9562): the same thing has the same id in every export.
 */
#ifndef WARD_EVIDENCE_UUID_H
#define WARD_EVIDENCE_UUID_H

#include "base/buf.h"

struct uuid {
    unsigned char bytes[16];
};

#define UUID_TEXT_BYTES 37

/** The space all ids of ward are made in. */
extern const struct uuid uuid_ward;

/** The id of `parts`, joined by U+001F (one part stands alone), in `space`. */
void uuid_v5(const struct uuid *space, const struct ward_str *parts, size_t count,
             struct uuid *out);
/** "xxxxxxxx-xxxx-5xxx-xxxx-xxxxxxxxxxxx" and a NUL. */
void uuid_text(const struct uuid *id, char out[UUID_TEXT_BYTES]);

/** Ids seen so far. */
struct uuid_set {
    struct uuid *slots; /**< owned; all-zero: free */
    size_t capacity;    /**< power of two */
    size_t count;
};

/** Adds; `*is_new` is false if it was there. WARD_ERR_NOMEM. A zeroed set is an empty one. */
enum ward_status uuid_set_add(struct uuid_set *set, const struct uuid *id,
                              bool *is_new) WARD_MUST_USE;
void uuid_set_release(struct uuid_set *set);

#endif
