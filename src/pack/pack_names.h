/**
 * The fixed words of the pack format, and "did you mean" for words that are none of them.
 */
#ifndef WARD_PACK_PACK_NAMES_H
#define WARD_PACK_PACK_NAMES_H

#include "ward/ward.h"

/** A fixed list of words; the position of a word is its value. */
struct name_list {
    const char *const *names;
    uint32_t count;
};

/** The lists of the format, in the order of their enums. */
extern const struct name_list names_slots;    /**< enum pack_slot */
extern const struct name_list names_readers;  /**< enum pack_reader */
extern const struct name_list names_modes;    /**< enum term_mode */
extern const struct name_list names_roles;    /**< none, offer, seek, agent */
extern const struct name_list names_kinds;    /**< enum ward_kind */
extern const struct name_list names_scopes;   /**< enum cond_scope; the text itself has no name */
extern const struct name_list names_facts;    /**< enum cond_fact */
extern const struct name_list names_compares; /**< enum cond_compare */

/** Position of `word` in `list`, or -1. */
int name_find(const struct name_list *list, struct ward_str word);

/** The nearest of several candidates to a mistyped word. Strings are borrowed. */
struct suggestion {
    struct ward_str wanted;
    struct ward_str best;
    unsigned distance;
};

#define SUGGESTION_BYTES 96

/** Starts looking for words near `wanted`. */
void suggestion_start(struct suggestion *suggestion, struct ward_str wanted);
/** Offers one candidate; the nearest stays, the first of equals. Words over 48 bytes are skipped.
 */
void suggestion_offer(struct suggestion *suggestion, struct ward_str candidate);
/** Offers every word of a list. */
void suggestion_offer_list(struct suggestion *suggestion, const struct name_list *list);
/** Writes ` (did you mean "x"?)` into `out`, or the empty string; returns `out`. */
const char *suggestion_text(const struct suggestion *suggestion, char out[SUGGESTION_BYTES]);

#endif
