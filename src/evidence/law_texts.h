/**
 * The law of the packs, as reports cite it.
 */
#ifndef WARD_EVIDENCE_LAW_TEXTS_H
#define WARD_EVIDENCE_LAW_TEXTS_H

#include "base/arena.h"
#include "evidence/evidence.h"
#include "pack/pack.h"

struct law_texts {
    struct arena arena;
    const struct evidence_law *laws; /**< strings belong to the pack and the arena */
    size_t count;
};

/** Lists all articles of the packs. Release also after a failure. WARD_ERR_NOMEM. */
enum ward_status law_texts_open(const struct pack *pack, struct law_texts *out,
                                struct ward_error *err) WARD_MUST_USE;
void law_texts_release(struct law_texts *texts);

#endif
