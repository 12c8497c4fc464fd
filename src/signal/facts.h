/**
 * All readers over one decoded text: what can be read without any pack.
 */
#ifndef WARD_SIGNAL_FACTS_H
#define WARD_SIGNAL_FACTS_H

#include "signal/child.h"
#include "signal/handle.h"
#include "signal/place.h"
#include "signal/price.h"
#include "signal/role_alias.h"

/** Readers that a caller wants, as bits; the others are not entered. */
enum facts_want {
    FACTS_PRICE = 1u << 0,
    FACTS_CHILD = 1u << 1,
    FACTS_HANDLE = 1u << 2,
    FACTS_PLACE = 1u << 3,
    FACTS_ROLE = 1u << 4,
    FACTS_ALL = (1u << 5) - 1
};

/** Findings of one text; reused, so a steady load allocates nothing but what tokens and handle
 * values grow by. */
struct facts {
    struct tokens tokens;
    struct price_fact prices[SIGNAL_FACTS_MAX];
    uint32_t price_count;
    struct child_part parts[CHILD_PARTS_MAX];
    uint32_t part_count;
    struct child_fact children[SIGNAL_FACTS_MAX];
    uint32_t child_count;
    struct handle_fact handles[SIGNAL_FACTS_MAX];
    uint32_t handle_count;
    struct place_fact places[SIGNAL_FACTS_MAX];
    uint32_t place_count;
    struct role_alias role;
    bool has_role;
    struct handle_values values; /**< what handle_fact.value points to */
};

void facts_init(struct facts *facts);
void facts_release(struct facts *facts);
/**
 * Reads `units` (which must outlive the use of `facts`). One cheap pass finds out which readers
 * have anything to read; without digits, numerals and cues no reader is entered. WARD_ERR_NOMEM
 * leaves `facts` empty. Cost: O(units).
 */
enum ward_status facts_read(struct facts *facts, const struct text_units *units,
                            enum signal_field field, uint32_t want) WARD_MUST_USE;

#endif
