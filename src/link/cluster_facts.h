/**
 * Where a text speaks of prices, ages, sexes, places and handles: what gives the slots of a
 * template their type. The readers are those of room `signal`.
 */
#ifndef WARD_LINK_CLUSTER_FACTS_H
#define WARD_LINK_CLUSTER_FACTS_H

#include "link/cluster_template.h"
#include "signal/handle.h"
#include "signal/signals.h"
#include "signal/token.h"

#define CLUSTER_FACTS_MAX 48u

struct cluster_fact {
    uint32_t begin, end; /**< bytes, half-open */
    uint8_t kind;        /**< enum cluster_part_kind */
};

/** Working memory, reused from text to text; owned. */
struct cluster_facts_reader {
    struct tokens tokens;
    struct handle_values values;
    struct price_fact prices[CLUSTER_FACTS_MAX];
    struct place_fact places[CLUSTER_FACTS_MAX];
    struct handle_fact handles[CLUSTER_FACTS_MAX];
};

void cluster_facts_init(struct cluster_facts_reader *reader);
void cluster_facts_release(struct cluster_facts_reader *reader);

/**
 * Reads the facts of one text into `out` (room for CLUSTER_FACTS_MAX), those that decide first:
 * handles, prices, ages, sexes, places. `units` are the text's. WARD_ERR_NOMEM sets `*count` to 0.
 */
enum ward_status cluster_facts_read(struct cluster_facts_reader *reader,
                                    const struct text_units *units, struct cluster_fact *out,
                                    uint32_t *count) WARD_MUST_USE;

#endif
