/**
 * What the wording of an event says, beyond the rules: the pieces of its text that the pack's
 * wording table knows (pack/wording_table.h), weighed and summed.
 *
 * The text becomes a row of tokens: where counted signals begin, the classes of the longest of them
 * stand for their units; a Latin word and a run of digits are one token each; every other character
 * that carries meaning is its own. From the row come the pieces: each token, two and three in a
 * row, two classes in order at most WORDING_SKIP_TOKENS apart; beside it short runs of characters,
 * the classes of the alias and the group's name, and the kind. Each distinct piece counts once. The
 * pieces of the row are scaled to a length of 2, those of characters to a length of 1, so that long
 * texts do not outweigh short ones; the rest count 0.5 each.
 *
 * Method: a linear model over class-based and character n-grams; class n-grams after Brown et al.
 * 1992; weights come from logistic regression (tools/fit_wording.py), fitted on labelled lines and
 * tested on lines of other authors.
 */
#ifndef WARD_VERDICT_WORDING_H
#define WARD_VERDICT_WORDING_H

#include "verdict/verdict.h"
#include "verdict/wording_words.h"

/** Tokens of a text that are looked at; what lies beyond is left out. */
#define WORDING_ROW_MAX 192u
#define WORDING_SKIP_TOKENS 8u
/** Classes that one stretch of text may stand for at once. */
#define WORDING_CLASSES_MAX 3u
/** The places that spoke loudest, kept for the evidence. */
#define WORDING_LOUD_MAX 4u

struct wording_token {
    uint64_t token;
    uint32_t unit_begin, unit_end;
    uint32_t hit; /**< index into the field's hits, or WORDING_NO_HIT */
};
#define WORDING_NO_HIT 0xFFFFFFFFu

/** A piece as it is met: `tokens` in order; for kind c, `begin` and `end` bound its units. */
struct wording_piece {
    enum piece_kind kind;
    const struct wording_token *const *tokens;
    uint32_t count;
    uint32_t unit_begin, unit_end;
    uint64_t key;
};

/** Called once for every distinct piece. */
typedef void wording_visit(void *context, const struct wording_piece *piece);

struct wording_scratch;

/** Working memory for one thread. WARD_ERR_NOMEM. */
enum ward_status wording_scratch_new(struct wording_scratch **out) WARD_MUST_USE;
void wording_scratch_free(struct wording_scratch *scratch);
/** Units of the text last visited, for those who name its pieces; valid until the next visit. */
const struct text_units *wording_scratch_units(const struct wording_scratch *scratch);

/**
 * Visits the pieces of an event: its first window of text, alias and group name. WARD_ERR_NOMEM.
 * Cost: O(units + tokens x WORDING_SKIP_TOKENS), bounded by WORDING_ROW_MAX.
 */
enum ward_status wording_pieces(const struct pack *pack, const struct verdict_input *input,
                                struct wording_scratch *scratch, wording_visit *visit,
                                void *context) WARD_MUST_USE;

/** What the wording says, in log-odds, and the hits of the text that spoke loudest for it. */
struct wording_opinion {
    double log_odds;
    double lean[WORDING_ROLES];      /**< in a trade post: for offer, seek, agent; 0 unknown */
    uint32_t loud[WORDING_LOUD_MAX]; /**< indices into the hits of field 0 */
    uint32_t loud_count;
    struct wording_word words[WORDING_WORDS_MAX]; /**< of field 0, the strongest first */
    uint32_t word_count;
};

/** Sums the pack's table over the pieces. A pack without one gives 0. WARD_ERR_NOMEM. */
enum ward_status wording_judge(const struct pack *pack, const struct verdict_input *input,
                               struct wording_scratch *scratch,
                               struct wording_opinion *out) WARD_MUST_USE;

#endif
