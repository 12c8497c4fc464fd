/**
 * A pack together with what it owns. Only this room sees it; others hold `const struct pack *`.
 */
#ifndef WARD_PACK_PACK_OWNER_H
#define WARD_PACK_PACK_OWNER_H

#include "base/arena.h"
#include "pack/pack.h"

struct pack_owner {
    struct pack pack; /* first, so that its address is the owner's */
    struct arena arena;
    struct matcher *matcher; /* owned */
};

/** An empty pack; NULL when memory is out. */
struct pack_owner *pack_owner_new(void);
/** Frees everything; NULL is allowed. */
void pack_owner_free(struct pack_owner *owner);
/** Builds the matcher from the terms and allow-phrases of the frozen pack. */
enum ward_status pack_owner_match(struct pack_owner *owner, struct ward_error *err) WARD_MUST_USE;

#endif
