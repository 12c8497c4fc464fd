/**
 * The law of the packs, as reports cite it.
 */
#ifndef WARD_CLI_LAW_TEXTS_H
#define WARD_CLI_LAW_TEXTS_H

#include "base/arena.h"
#include "engine/engine.h"
#include "evidence/evidence.h"

struct law_texts {
    struct arena arena;
    const struct evidence_law *laws; /**< strings belong to the engine and the arena */
    size_t count;
};

/** Lists all articles of the engine's packs. Release also after a failure. WARD_ERR_NOMEM. */
enum ward_status law_texts_open(const struct ward_engine *engine, struct law_texts *out,
                                struct ward_error *err) WARD_MUST_USE;
void law_texts_release(struct law_texts *texts);

#endif
