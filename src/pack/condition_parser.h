/**
 * The parts of the condition parser that its files share. Only condition*.c include this.
 */
#ifndef WARD_PACK_CONDITION_PARSER_H
#define WARD_PACK_CONDITION_PARSER_H

#include "pack/condition.h"
#include "pack/condition_lexer.h"
#include "pack/pack_names.h"

struct parser {
    struct conditions *all;
    struct condition_fault *fault;
    struct ward_str text;
    struct token token; /**< the one looked at */
    uint32_t nest;
};

/** Signals of one scope, as a bit set being filled. */
struct signal_list {
    uint64_t *bits; /**< in the arena of the conditions */
    uint8_t scope;  /**< enum cond_scope; SCOPE_COUNT while empty */
    size_t at;      /**< byte where it begins */
};

/* ---- Faults and tokens (condition_parser.c) ---- */

/** Fills the fault; returns WARD_ERR_FORMAT. */
enum ward_status parser_fail(struct parser *parser, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** `unknown WHAT "wanted"` with the nearest candidate. */
enum ward_status parser_fail_unknown(struct parser *parser, size_t at, const char *what,
                                     const struct suggestion *near);
/** `expected WANTED, found ...` at the token looked at. */
enum ward_status parser_fail_expected(struct parser *parser, const char *wanted);
/** Is the token looked at this word? */
bool parser_is_word(const struct parser *parser, const char *word);
/** Looks at the next token. */
void parser_advance(struct parser *parser);
/** Passes a token of this kind, or fails. */
enum ward_status parser_expect(struct parser *parser, enum token_kind kind, const char *wanted);

/* ---- Shared nodes and sets (condition_nodes.c) ---- */

/** Index of a node equal to `wanted`, made if there is none. */
enum ward_status parser_node(struct parser *parser, const struct cond_node *wanted, uint16_t *out);
/** Index of the set of exactly these signals, made if there is none. */
enum ward_status parser_set(struct parser *parser, const struct signal_list *list, uint16_t *out);

/* ---- Lists of signals (condition_signals.c) ---- */

/** An empty list that begins at the token looked at. */
enum ward_status signal_list_init(struct parser *parser, struct signal_list *list);
/** Adds one name (with scope, wildcard, slot: or reading:) to the list. */
enum ward_status signal_list_name(struct parser *parser, struct signal_list *list);
/** list = name | any(list, ...), from empty. */
enum ward_status signal_list_parse(struct parser *parser, struct signal_list *list);

#endif
