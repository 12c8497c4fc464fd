/**
 * What the texts of one cluster have in common: fixed parts and typed slots.
 *
 * A bounded number of members is aligned, token by token, to the one most like the others. A
 * stretch is a slot when describing its variants costs fewer bits than writing the members'
 * differences one by one (minimum description length); single slips of a member do not make a slot.
 * The type of a slot is what the readers of prices, children, places and handles find there in most
 * members.
 */
#ifndef WARD_LINK_CLUSTER_TEMPLATE_H
#define WARD_LINK_CLUSTER_TEMPLATE_H

#include "ward/ward.h"

/** Members that are aligned; of a larger cluster, an even choice of this many. */
#define CLUSTER_TEMPLATE_MEMBERS_MAX 24u

enum cluster_part_kind {
    CLUSTER_FIXED = 0, /**< said by nearly all members */
    CLUSTER_SLOT_TEXT, /**< varies, of no other type */
    CLUSTER_SLOT_PRICE,
    CLUSTER_SLOT_SEX,
    CLUSTER_SLOT_PLACE,
    CLUSTER_SLOT_HANDLE,
    CLUSTER_SLOT_AGE,
    CLUSTER_SLOT_NUMBER
};
/** "fixed", "text", "price", "sex", "place", "handle", "age", "number"; static. */
const char *cluster_part_name(enum cluster_part_kind kind);

struct cluster_part {
    enum cluster_part_kind kind;
    struct ward_str text; /**< as written in the reference: what is fixed, or this one's filling of
                             the slot (may be empty) */
};

struct cluster_template {
    struct cluster_part *parts; /**< owned; in order, no two fixed parts side by side */
    uint32_t part_count;
    uint32_t slot_count;
    uint32_t reference;    /**< index of the member whose bytes the texts of the parts borrow */
    uint32_t fixed_tokens; /**< tokens all share; a template of few says little */
};

/**
 * The template of `count` (1..) texts of one cluster. The parts' texts borrow from
 * members[out->reference]. One member, or none alike, gives its text as one fixed part; an empty
 * text gives none. WARD_ERR_NOMEM. Release `out` with cluster_template_release() (also on failure).
 * Cost: O(m * L^2) for m aligned members of at most CLUSTER_TOKENS_MAX tokens L.
 */
enum ward_status cluster_template_make(const struct ward_str *members, uint32_t count,
                                       struct cluster_template *out) WARD_MUST_USE;
void cluster_template_release(struct cluster_template *template);

#endif
