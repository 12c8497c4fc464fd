/**
 * Passages: stretches of a long text that are judged by themselves.
 *
 * Whoever wraps an offer in a recipe, in tags or in a song thins out what is heard of it, and an
 * innocent topic around it speaks for the whole. So a text of more than PASSAGE_WHOLE_TOKENS is
 * judged whole and passage by passage, and the strongest judgement stands (verdict.h). Weights are
 * fitted on the passages of innocent lines too, so that a stretch torn from its surroundings
 * accuses nobody.
 *
 * A passage begins where a clause begins and takes in the clauses that follow, up to
 * PASSAGE_TOKENS. A token is an ideograph, another letter, a Latin word, a run of digits or an
 * emoji. Clauses end at marks, symbols, newlines, runs of emoji and spaces beside anything but two
 * Latin words; one longer than half a passage is cut there, so that writing without marks is no way
 * around.
 */
#ifndef WARD_VERDICT_PASSAGE_H
#define WARD_VERDICT_PASSAGE_H

#include "base/arena.h"
#include "text/units.h"
#include "verdict/verdict.h"

#define PASSAGE_TOKENS 24u
/** A text of no more than this is judged whole only: little can be wrapped around an offer in it.
 */
#define PASSAGE_WHOLE_TOKENS 32u
/** Less is too little to be judged without its surroundings. */
#define PASSAGE_TOKENS_LEAST 8u

struct passage {
    uint32_t unit_begin, unit_end; /**< half-open */
};

/**
 * The passage that begins at unit `from`, where a clause begins; false when what is left is less
 * than PASSAGE_TOKENS_LEAST: then none follows. Cost: O(units of the passage).
 */
bool passage_at(const struct text_units *units, uint32_t from, struct passage *out);
/** Where the clause ends that `passage` begins with: the next passage begins there. */
uint32_t passage_after(const struct text_units *units, const struct passage *passage);

/** True when a text of these units is long enough to be judged by passages too. O(tokens needed).
 */
bool passage_parts(const struct text_units *units);

/**
 * `whole` with nothing of its subject but one passage of window `field`: its hits, facts and text.
 * All of `*out` that differs lies in `arena`. `units` are those of the field's text.
 * WARD_ERR_NOMEM.
 */
enum ward_status passage_view(const struct verdict_input *whole, uint32_t field,
                              const struct text_units *units, const struct passage *passage,
                              struct arena *arena, struct verdict_input *out) WARD_MUST_USE;

#endif
