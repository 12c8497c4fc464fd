/**
 * What people said of ties, as linking takes it: read from the decisions that carry it.
 *
 * A decision that joins or parts holds {"judgements":[{"kind":"same-case","a":...,"b":...}]} in its
 * extra JSON; a decision that dismisses an event names it as its subject.
 */
#ifndef WARD_CASEWORK_JUDGEMENTS_H
#define WARD_CASEWORK_JUDGEMENTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "link/link.h"
#include "store/store.h"

struct judgements {
    struct arena arena;
    struct link_judgement *rows; /* owned */
    size_t count, capacity;
};

void judgements_init(struct judgements *judgements);
void judgements_release(struct judgements *judgements);

/** Appends all that the store's decisions hold, oldest first. Errors of the store; NOMEM. */
enum ward_status judgements_read(struct judgements *judgements, struct store *store,
                                 struct ward_error *err) WARD_MUST_USE;

/** Appends one; strings are copied. WARD_ERR_NOMEM. */
enum ward_status judgements_add(struct judgements *judgements, enum link_judgement_kind kind,
                                struct ward_str a, struct ward_str b) WARD_MUST_USE;

/** Writes them as a decision's extra JSON. */
void judgements_write(const struct judgements *judgements, struct buf *out);

#endif
