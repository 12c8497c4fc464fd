/**
 * Recursive descent over tokens, straight to shared nodes.
 *
 * Chains (`a or b or c ...`) are built as balanced trees, so a long list stays shallow. `any` of
 * plain names in one scope becomes one set, which costs one look at run time.
 */
#include "pack/condition.h"

#include <assert.h>
#include "base/str.h"
#include "pack/condition_parser.h"

static enum ward_status parse_or(struct parser *parser, uint16_t *node);

/* ---- Tests on numbers ---- */

struct range {
    int64_t low, high;
    bool absent; /* may be "not read": then no comparison holds */
};

static struct range fact_range(enum cond_fact fact)
{
    switch (fact) {
    case FACT_PRICE_FEN:
        return (struct range){0, 100000000000000, true};
    case FACT_CHILD_AGE:
        return (struct range){0, 36500, true};
    case FACT_KIND:
        return (struct range){0, WARD_KIND_REPORT, false};
    case FACT_TEXT_UNITS:
    case FACT_TEXT_LINES:
    case FACT_PRICE_COUNT:
    case FACT_CHILD_COUNT:
    case FACT_HANDLE_COUNT:
    case FACT_PLACE_COUNT:
    case FACT_DISGUISE_COUNT:
    case FACT_ACCOUNT_FLAGGED:
    case FACT_GROUP_EVENTS:
    case FACT_GROUP_FLAGGED:
    case FACT_GROUP_LEANING:
    case FACT_WORDING_FOR:
    case FACT_WORDING_AGAINST:
    case FACT_COUNT:
    default:
        return (struct range){0, 1000000, false};
    }
}

/* Does the comparison hold for no (0), some (1) or every (2) value of the range? */
static int holds_for(struct range range, uint8_t compare, int64_t want)
{
    const bool low = cond_holds(range.low, compare, want);
    const bool high = cond_holds(range.high, compare, want);
    const bool inside = want > range.low && want < range.high;
    if (compare == CMP_EQ)
        return low || high || inside ? 1 : 0;
    if (compare == CMP_NE)
        return low && high && !inside ? 2 : 1;
    return low && high ? 2 : low || high;
}

static enum ward_status check_range(struct parser *parser, const struct token *number,
                                    struct range range, uint8_t compare)
{
    const int holds = holds_for(range, compare, number->value);
    if (holds == 0)
        return parser_fail(parser, number->at, "this comparison can never hold");
    if (holds == 2 && !range.absent)
        return parser_fail(parser, number->at, "this comparison always holds");
    return WARD_OK;
}

static enum ward_status parse_compare(struct parser *parser, struct range range,
                                      struct cond_node *node)
{
    if (parser->token.kind != TOKEN_COMPARE)
        return parser_fail_expected(parser, "a comparison (< <= == != >= >)");
    node->compare = (uint8_t)parser->token.value;
    parser_advance(parser);
    const struct token number = parser->token;
    const enum ward_status status = parser_expect(parser, TOKEN_NUMBER, "a whole number");
    node->value = number.value;
    return status == WARD_OK ? check_range(parser, &number, range, node->compare) : status;
}

static enum ward_status parse_kind(struct parser *parser, struct cond_node *node)
{
    if (parser->token.kind != TOKEN_COMPARE ||
        (parser->token.value != CMP_EQ && parser->token.value != CMP_NE))
        return parser_fail_expected(parser, "== or !=");
    node->compare = (uint8_t)parser->token.value;
    parser_advance(parser);
    if (parser->token.kind != TOKEN_WORD)
        return parser_fail_expected(parser, "a kind of event (message, post, listing ...)");
    const int kind = name_find(&names_kinds, parser->token.text);
    if (kind < 0) {
        struct suggestion near;
        suggestion_start(&near, parser->token.text);
        suggestion_offer_list(&near, &names_kinds);
        return parser_fail_unknown(parser, parser->token.at, "kind of event", &near);
    }
    node->value = kind;
    parser_advance(parser);
    return WARD_OK;
}

static enum ward_status parse_fact(struct parser *parser, int fact, uint16_t *out)
{
    struct cond_node node = {.op = COND_FACT, .a = (uint16_t)fact};
    parser_advance(parser);
    const enum ward_status status =
        fact == FACT_KIND ? parse_kind(parser, &node)
                          : parse_compare(parser, fact_range((enum cond_fact)fact), &node);
    return status == WARD_OK ? parser_node(parser, &node, out) : status;
}

/* ---- Calls ---- */

static enum ward_status parse_count(struct parser *parser, uint16_t *out)
{
    struct cond_node node = {.op = COND_COUNT};
    struct signal_list list;
    enum ward_status status = parser_expect(parser, TOKEN_OPEN, "\"(\"");
    if (status == WARD_OK)
        status = signal_list_parse(parser, &list);
    if (status == WARD_OK)
        status = parser_expect(parser, TOKEN_CLOSE, "\")\"");
    if (status == WARD_OK)
        status = parse_compare(parser, (struct range){0, 100000, false}, &node);
    if (status == WARD_OK)
        status = parser_set(parser, &list, &node.a);
    if (status != WARD_OK)
        return status;
    node.scope = list.scope;
    return parser_node(parser, &node, out);
}

static enum ward_status parse_distance(struct parser *parser, int64_t *value)
{
    enum ward_status status = parser_expect(parser, TOKEN_COMMA, "\",\" and a distance");
    if (status != WARD_OK)
        return status;
    const struct token number = parser->token;
    status = parser_expect(parser, TOKEN_NUMBER, "a distance in characters");
    if (status == WARD_OK && (number.value < 0 || number.value > CONDITION_DISTANCE_MAX))
        return parser_fail(parser, number.at, "a distance is 0 to %d", CONDITION_DISTANCE_MAX);
    *value = number.value;
    return status;
}

static enum ward_status parse_pair(struct parser *parser, uint8_t op, uint16_t *out)
{
    struct cond_node node = {.op = op};
    struct signal_list a;
    struct signal_list b;
    const size_t at = parser->token.at;
    enum ward_status status = parser_expect(parser, TOKEN_OPEN, "\"(\"");
    if (status == WARD_OK)
        status = signal_list_parse(parser, &a);
    if (status == WARD_OK)
        status = parser_expect(parser, TOKEN_COMMA, "\",\" and a second list");
    if (status == WARD_OK)
        status = signal_list_parse(parser, &b);
    if (status == WARD_OK && op != COND_CLAUSE)
        status = parse_distance(parser, &node.value);
    if (status == WARD_OK)
        status = parser_expect(parser, TOKEN_CLOSE, "\")\"");
    if (status != WARD_OK)
        return status;
    if (a.scope != b.scope)
        return parser_fail(parser, b.at, "both lists must be of one scope");
    if (a.scope == SCOPE_ACCOUNT || a.scope == SCOPE_GROUP)
        return parser_fail(parser, at, "distance needs one text; \"%s\" is many",
                           names_scopes.names[a.scope]);
    node.scope = a.scope;
    status = parser_set(parser, &a, &node.a);
    if (status == WARD_OK)
        status = parser_set(parser, &b, &node.b);
    return status == WARD_OK ? parser_node(parser, &node, out) : status;
}

/* ---- Chains ---- */

struct chain {
    uint16_t nodes[CONDITION_OPERANDS_MAX];
    uint32_t count;
};

static enum ward_status chain_add(struct parser *parser, struct chain *chain, uint16_t node)
{
    for (uint32_t i = 0; i < chain->count; i++) {
        if (chain->nodes[i] == node)
            return WARD_OK;
    }
    if (chain->count == CONDITION_OPERANDS_MAX)
        return parser_fail(parser, parser->token.at, "more than 256 parts in one chain");
    chain->nodes[chain->count++] = node;
    return WARD_OK;
}

/* Joins neighbours pairwise until one is left: depth grows with the logarithm. */
static enum ward_status chain_join(struct parser *parser, struct chain *chain, uint8_t op,
                                   uint16_t *out)
{
    assert(chain->count > 0);
    while (chain->count > 1) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < chain->count; i += 2) {
            uint16_t node = chain->nodes[i];
            if (i + 1 < chain->count) {
                const struct cond_node pair = {
                    .op = op, .left = chain->nodes[i], .right = chain->nodes[i + 1]};
                const enum ward_status status = parser_node(parser, &pair, &node);
                if (status != WARD_OK)
                    return status;
            }
            chain->nodes[kept++] = node;
        }
        chain->count = kept;
    }
    *out = chain->nodes[0];
    return WARD_OK;
}

static bool is_plain_name(const struct cond_node *node)
{
    return node->op == COND_COUNT && node->compare == CMP_GE && node->value == 1;
}

/* Merges the plain names of an `any` that share a scope into one set. */
static enum ward_status chain_unite(struct parser *parser, struct chain *chain, uint8_t scope)
{
    struct conditions *all = parser->all;
    struct signal_list list;
    enum ward_status status = signal_list_init(parser, &list);
    if (status != WARD_OK)
        return status;
    uint32_t kept = 0;
    uint32_t united = 0;
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct cond_node *node = (const struct cond_node *)all->nodes.at + chain->nodes[i];
        if (!is_plain_name(node) || node->scope != scope) {
            chain->nodes[kept++] = chain->nodes[i];
            continue;
        }
        const struct pack_set *set = (const struct pack_set *)all->sets.at + node->a;
        for (uint32_t w = 0; w < all->signal_words; w++)
            list.bits[w] |= set->bits[w];
        united++;
    }
    if (!united)
        return WARD_OK;
    chain->count = kept;
    struct cond_node node = {.op = COND_COUNT, .scope = scope, .compare = CMP_GE, .value = 1};
    uint16_t made;
    status = parser_set(parser, &list, &node.a);
    if (status == WARD_OK)
        status = parser_node(parser, &node, &made);
    return status == WARD_OK ? chain_add(parser, chain, made) : status;
}

static enum ward_status parse_any_all(struct parser *parser, uint8_t op, uint16_t *out)
{
    struct chain chain = {.count = 0};
    enum ward_status status = parser_expect(parser, TOKEN_OPEN, "\"(\"");
    while (status == WARD_OK) {
        uint16_t node;
        status = parse_or(parser, &node);
        if (status == WARD_OK)
            status = chain_add(parser, &chain, node);
        if (status != WARD_OK || parser->token.kind != TOKEN_COMMA)
            break;
        parser_advance(parser);
    }
    if (status == WARD_OK)
        status = parser_expect(parser, TOKEN_CLOSE, "\",\" or \")\"");
    for (uint8_t scope = 0; op == COND_OR && scope < SCOPE_COUNT && status == WARD_OK; scope++)
        status = chain_unite(parser, &chain, scope);
    return status == WARD_OK ? chain_join(parser, &chain, op, out) : status;
}

/* ---- Expressions ---- */

static enum ward_status parse_call(struct parser *parser, uint16_t *out, bool *is_call)
{
    static const struct {
        const char *word;
        uint8_t op;
    } calls[] = {{"any", COND_OR},    {"all", COND_AND},       {"count", COND_COUNT},
                 {"near", COND_NEAR}, {"before", COND_BEFORE}, {"clause", COND_CLAUSE}};
    *is_call = false;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (!parser_is_word(parser, calls[i].word))
            continue;
        *is_call = true;
        parser_advance(parser);
        if (calls[i].op == COND_OR || calls[i].op == COND_AND)
            return parse_any_all(parser, calls[i].op, out);
        if (calls[i].op == COND_COUNT)
            return parse_count(parser, out);
        return parse_pair(parser, calls[i].op, out);
    }
    return WARD_OK;
}

static enum ward_status parse_name(struct parser *parser, uint16_t *out)
{
    struct signal_list list;
    enum ward_status status = signal_list_init(parser, &list);
    if (status == WARD_OK)
        status = signal_list_name(parser, &list);
    struct cond_node node = {.op = COND_COUNT, .compare = CMP_GE, .value = 1};
    if (status == WARD_OK)
        status = parser_set(parser, &list, &node.a);
    if (status != WARD_OK)
        return status;
    if (parser->token.kind == TOKEN_COMPARE)
        return parser_fail(parser, parser->token.at,
                           "a signal has no value; write count(...) %.*s ...",
                           (int)parser->token.text.len, parser->token.text.data);
    node.scope = list.scope;
    return parser_node(parser, &node, out);
}

static enum ward_status parse_primary(struct parser *parser, uint16_t *out)
{
    if (parser->token.kind == TOKEN_OPEN) {
        parser_advance(parser);
        const enum ward_status status = parse_or(parser, out);
        return status == WARD_OK ? parser_expect(parser, TOKEN_CLOSE, "\")\"") : status;
    }
    if (parser->token.kind != TOKEN_WORD)
        return parser_fail_expected(parser, "a signal, a fact or \"(\"");
    bool is_call;
    const enum ward_status status = parse_call(parser, out, &is_call);
    if (is_call || status != WARD_OK)
        return status;
    const int fact = name_find(&names_facts, parser->token.text);
    return fact >= 0 ? parse_fact(parser, fact, out) : parse_name(parser, out);
}

static enum ward_status parse_not(struct parser *parser, uint16_t *out)
{
    bool negated = false;
    while (parser_is_word(parser, "not")) {
        negated = !negated;
        parser_advance(parser);
    }
    enum ward_status status = parse_primary(parser, out);
    if (status != WARD_OK || !negated)
        return status;
    const struct cond_node node = {.op = COND_NOT, .left = *out};
    return parser_node(parser, &node, out);
}

static enum ward_status parse_and(struct parser *parser, uint16_t *out)
{
    struct chain chain = {.count = 0};
    for (;;) {
        uint16_t node;
        enum ward_status status = parse_not(parser, &node);
        if (status == WARD_OK)
            status = chain_add(parser, &chain, node);
        if (status != WARD_OK)
            return status;
        if (!parser_is_word(parser, "and"))
            return chain_join(parser, &chain, COND_AND, out);
        parser_advance(parser);
    }
}

static enum ward_status parse_or(struct parser *parser, uint16_t *out)
{
    if (parser->nest == CONDITION_NEST_MAX)
        return parser_fail(parser, parser->token.at, "nested too deeply (at most 16 parentheses)");
    parser->nest++;
    struct chain chain = {.count = 0};
    enum ward_status status = WARD_OK;
    for (;;) {
        uint16_t node;
        status = parse_and(parser, &node);
        if (status == WARD_OK)
            status = chain_add(parser, &chain, node);
        if (status != WARD_OK || !parser_is_word(parser, "or"))
            break;
        parser_advance(parser);
    }
    if (status == WARD_OK)
        status = chain_join(parser, &chain, COND_OR, out);
    parser->nest--;
    return status;
}

/* ---- Entry ---- */

void conditions_init(struct conditions *conditions, const struct pack_signal *signals,
                     uint32_t signal_count, struct arena *arena)
{
    *conditions = (struct conditions){.signals = signals,
                                      .signal_count = signal_count,
                                      .signal_words = (signal_count + 63) / 64,
                                      .arena = arena};
    rows_init(&conditions->nodes, sizeof(struct cond_node));
    rows_init(&conditions->sets, sizeof(struct pack_set));
    rows_init(&conditions->depths, sizeof(uint8_t));
    name_map_init(&conditions->shared);
}

void conditions_release(struct conditions *conditions)
{
    rows_release(&conditions->nodes);
    rows_release(&conditions->sets);
    rows_release(&conditions->depths);
    name_map_release(&conditions->shared);
}

enum ward_status conditions_add(struct conditions *conditions, struct ward_str text, uint16_t *root,
                                struct condition_fault *fault)
{
    *root = 0;
    *fault = (struct condition_fault){.at = 0};
    struct parser parser = {.all = conditions, .fault = fault, .text = text};
    if (text.len > CONDITION_BYTES_MAX)
        return parser_fail(&parser, 0, "a condition of more than 4096 bytes");
    parser.token = token_next(text, 0);
    enum ward_status status = parse_or(&parser, root);
    if (status == WARD_OK && parser.token.kind != TOKEN_END)
        status = parser_fail_expected(&parser, "\"and\", \"or\" or the end");
    return status;
}
