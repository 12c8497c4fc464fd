/**
 * The condition language of rules: text -> nodes and sets of the compiled pack.
 *
 *   expr  = and { "or" and }          and  = not { "and" not }
 *   not   = "not" not | "(" expr ")" | call | test | list
 *   call  = ("any" | "all") "(" expr { "," expr } ")"
 *         | "count" "(" list ")" compare number
 *         | ("near" | "before") "(" list "," list "," number ")"
 *         | "clause" "(" list "," list ")"
 *   test  = fact compare number | "event.kind" ("==" | "!=") kind
 *   list  = name | "any" "(" list { "," list } ")"
 *   name  = [ scope "." ] ( word-with-* | "slot:" slot | "reading:" word )
 *
 * Everything is checked when it is compiled: unknown names, wildcards that fit nothing, facts
 * compared with the wrong type, comparisons that are always or never true. Equal nodes and sets are
 * shared by all rules. The parser recurses at most CONDITION_NEST_MAX deep.
 */
#ifndef WARD_PACK_CONDITION_H
#define WARD_PACK_CONDITION_H

#include "base/arena.h"
#include "pack/name_map.h"
#include "pack/pack.h"

#define CONDITION_BYTES_MAX 4096u
#define CONDITION_NEST_MAX 16u
#define CONDITION_OPERANDS_MAX 256u
#define CONDITION_DISTANCE_MAX 1024

/** What is wrong with a condition and where. */
struct condition_fault {
    size_t at; /**< byte of the text */
    char message[224];
};

/** Gathers the nodes and sets of many conditions over one list of signals. */
struct conditions {
    const struct pack_signal *signals; /**< borrowed; names unique */
    uint32_t signal_count;
    uint32_t signal_words;  /**< 64-bit words of a signal bit set */
    struct arena *arena;    /**< borrowed; holds the bit sets */
    struct rows nodes;      /**< struct cond_node */
    struct rows sets;       /**< struct pack_set */
    struct rows depths;     /**< uint8_t: longest path below each node */
    struct name_map shared; /**< bytes of a node or set -> its index */
};

/** Starts without nodes. Everything in `arena` stays valid after conditions_release. */
void conditions_init(struct conditions *conditions, const struct pack_signal *signals,
                     uint32_t signal_count, struct arena *arena);
/** Frees the rows (copy them first); bit sets stay in the arena. */
void conditions_release(struct conditions *conditions);

/**
 * Compiles one condition; `*root` is its node. WARD_ERR_FORMAT or WARD_ERR_LIMIT with `fault`
 * filled, or WARD_ERR_NOMEM. Nodes made before a failure stay and do no harm.
 * Cost: O(text) plus O(signals) for each wildcard.
 */
enum ward_status conditions_add(struct conditions *conditions, struct ward_str text, uint16_t *root,
                                struct condition_fault *fault) WARD_MUST_USE;

#endif
