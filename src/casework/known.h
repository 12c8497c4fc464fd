/**
 * What flagged accounts are and show: a set of hashes of accounts, handles and pictures, by which
 * an event of level none is recognised as one that ties.
 */
#ifndef WARD_CASEWORK_KNOWN_H
#define WARD_CASEWORK_KNOWN_H

#include "ward/ward.h"

struct known {
    uint64_t *slots; /**< owned; 0: free */
    size_t capacity; /**< power of two, or 0 */
    size_t count;
    uint64_t *pictures; /**< owned; 64-bit perceptual hashes */
    size_t picture_count, picture_capacity;
};

/** Pictures looked at one by one; beyond it only exact ones are recognised. */
#define KNOWN_PICTURES_MAX 16384u
/** Bits in which perceptual hashes of one picture differ at most. */
#define KNOWN_PICTURE_BITS 6

/** Starts empty; allocates nothing. */
void known_init(struct known *known);
void known_release(struct known *known);

/** Adds or asks for an account. Accounts without name are never known. */
bool known_add_account(struct known *known, const struct ward_event *event) WARD_MUST_USE;
bool known_has_account(const struct known *known, const struct ward_event *event);

/** Adds the handles and pictures that an event shows; false when memory is short. */
bool known_add_shown(struct known *known, const struct ward_event *event,
                     const struct ward_handle *handles, size_t handle_count) WARD_MUST_USE;
/** True if a handle or picture that the event shows is known. */
bool known_has_shown(const struct known *known, const struct ward_event *event,
                     const struct ward_handle *handles, size_t handle_count);

#endif
