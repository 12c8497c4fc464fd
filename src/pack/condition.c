/**
 * Recursive descent over tokens, straight to shared nodes.
 *
 * Chains (`a or b or c ...`) are built as balanced trees, so a long list stays shallow. `any` of
 * plain names in one scope becomes one set, which costs one look at run time.
 */
#include "pack/condition.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "pack/condition_lexer.h"
#include "pack/pack_names.h"

#define SPACE_NODES 0u
#define SPACE_SETS 1u

struct parser {
    struct conditions *all;
    struct condition_fault *fault;
    struct ward_str text;
    struct token token; /* the one looked at */
    uint32_t nest;
};

/* A list of signals in one scope, as a bit set being filled. */
struct list {
    uint64_t *bits;
    uint8_t scope;
    size_t at;
};

static enum ward_status parse_or(struct parser *parser, uint16_t *node);

/* ---- Faults ---- */

static enum ward_status fail(struct parser *parser, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum ward_status fail(struct parser *parser, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(parser->fault->message, sizeof parser->fault->message, format, args);
    va_end(args);
    parser->fault->at = at;
    return WARD_ERR_FORMAT;
}

static enum ward_status fail_unknown(struct parser *parser, size_t at, const char *what,
                                     const struct suggestion *near)
{
    char hint[SUGGESTION_BYTES];
    return fail(parser, at, "unknown %s \"%.*s\"%s", what,
                (int)(near->wanted.len < 64 ? near->wanted.len : 64), near->wanted.data,
                suggestion_text(near, hint));
}

/* ---- Tokens ---- */

static bool is_word(const struct parser *parser, const char *word)
{
    return parser->token.kind == TOKEN_WORD && str_equal(parser->token.text, str_of(word));
}

static void advance(struct parser *parser)
{
    parser->token = token_next(parser->text, parser->token.at + parser->token.text.len);
}

static enum ward_status fail_expected(struct parser *parser, const char *wanted)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_BAD)
        return fail(parser, token->at, "%s", token->message);
    if (token->kind == TOKEN_END)
        return fail(parser, token->at, "expected %s, the condition ends here", wanted);
    return fail(parser, token->at, "expected %s, found \"%.*s\"", wanted,
                (int)(token->text.len < 64 ? token->text.len : 64), token->text.data);
}

static enum ward_status expect(struct parser *parser, enum token_kind kind, const char *wanted)
{
    if (parser->token.kind != kind)
        return fail_expected(parser, wanted);
    advance(parser);
    return WARD_OK;
}

/* ---- Shared nodes and sets ---- */

static uint32_t depth_of(const struct conditions *all, uint16_t node)
{
    return ((const uint8_t *)all->depths.at)[node];
}

static bool has_children(uint8_t op, bool *two)
{
    *two = op == COND_AND || op == COND_OR;
    return *two || op == COND_NOT;
}

static enum ward_status node_make(struct parser *parser, const struct cond_node *wanted,
                                  uint16_t *out)
{
    struct conditions *all = parser->all;
    struct cond_node key;
    memset(&key, 0, sizeof key); /* padding takes part in the comparison */
    key.op = wanted->op;
    key.scope = wanted->scope;
    key.compare = wanted->compare;
    key.a = wanted->a;
    key.b = wanted->b;
    key.left = wanted->left;
    key.right = wanted->right;
    key.value = wanted->value;
    const struct ward_str bytes = {(const char *)&key, sizeof key};
    uint32_t index;
    if (name_map_find(&all->shared, SPACE_NODES, bytes, &index)) {
        *out = (uint16_t)index;
        return WARD_OK;
    }
    if (all->nodes.count > UINT16_MAX)
        return fail(parser, 0, "more than 65536 different conditions in all packs");
    bool two;
    uint32_t depth = 1;
    if (has_children(key.op, &two)) {
        const uint32_t left = depth_of(all, key.left);
        const uint32_t right = two ? depth_of(all, key.right) : 0;
        depth += left > right ? left : right;
    }
    if (depth > COND_DEPTH_MAX)
        return fail(parser, parser->token.at, "nested too deeply");
    const struct ward_str kept = arena_copy(all->arena, bytes);
    struct cond_node *node = kept.data ? rows_add(&all->nodes) : NULL;
    uint8_t *deep = node ? rows_add(&all->depths) : NULL;
    if (!deep)
        return WARD_ERR_NOMEM;
    *node = key;
    *deep = (uint8_t)depth;
    *out = (uint16_t)(all->nodes.count - 1);
    return name_map_put(&all->shared, SPACE_NODES, kept, *out);
}

static enum ward_status set_fill(struct conditions *all, const uint64_t *bits, struct pack_set *set)
{
    for (uint32_t i = 0; i < all->signal_count; i++)
        set->count += (uint32_t)(bits[i / 64] >> (i % 64)) & 1u;
    uint16_t *signals = arena_calloc(all->arena, set->count, sizeof *signals);
    if (!signals)
        return WARD_ERR_NOMEM;
    uint32_t at = 0;
    for (uint32_t i = 0; i < all->signal_count; i++) {
        if ((bits[i / 64] >> (i % 64)) & 1u)
            signals[at++] = (uint16_t)i;
    }
    set->signals = signals;
    set->bits = bits;
    return WARD_OK;
}

static enum ward_status set_make(struct parser *parser, const struct list *list, uint16_t *out)
{
    struct conditions *all = parser->all;
    const struct ward_str bytes = {(const char *)list->bits,
                                   all->signal_words * sizeof *list->bits};
    uint32_t index;
    if (name_map_find(&all->shared, SPACE_SETS, bytes, &index)) {
        *out = (uint16_t)index;
        return WARD_OK;
    }
    if (all->sets.count > UINT16_MAX)
        return fail(parser, list->at, "more than 65536 different lists of signals in all packs");
    struct pack_set *set = rows_add(&all->sets);
    if (!set || set_fill(all, list->bits, set) != WARD_OK)
        return WARD_ERR_NOMEM;
    *out = (uint16_t)(all->sets.count - 1);
    return name_map_put(&all->shared, SPACE_SETS, bytes, *out);
}

/* ---- Names ---- */

/* Does `name` fit `pattern`, where * stands for any run? Linear but for one remembered star. */
static bool glob_fits(struct ward_str pattern, struct ward_str name)
{
    size_t p = 0;
    size_t n = 0;
    size_t star = SIZE_MAX;
    size_t mark = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.len && pattern.data[p] == name.data[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

enum name_form { FORM_GLOB, FORM_SLOT, FORM_READING };

static bool signal_fits(const struct pack_signal *signal, enum name_form form, int slot,
                        struct ward_str word)
{
    if (form == FORM_SLOT)
        return (int)signal->slot == slot;
    if (form == FORM_READING)
        return str_equal(signal->reading, word);
    return glob_fits(word, signal->name);
}

static enum ward_status fail_no_signal(struct parser *parser, size_t at, enum name_form form,
                                       struct ward_str word)
{
    struct suggestion near;
    suggestion_start(&near, word);
    if (form == FORM_SLOT)
        return fail(parser, at, "no signal has the slot \"%.*s\"", (int)word.len, word.data);
    if (form == FORM_READING) {
        for (uint32_t i = 0; i < parser->all->signal_count; i++)
            suggestion_offer(&near, parser->all->signals[i].reading);
        return fail_unknown(parser, at, "reading", &near);
    }
    if (memchr(word.data, '*', word.len))
        return fail(parser, at, "no signal fits \"%.*s\"", (int)(word.len < 64 ? word.len : 64),
                    word.data);
    for (uint32_t i = 0; i < parser->all->signal_count; i++)
        suggestion_offer(&near, parser->all->signals[i].name);
    suggestion_offer_list(&near, &names_facts);
    return fail_unknown(parser, at, "signal", &near);
}

static enum ward_status name_add(struct parser *parser, size_t at, struct ward_str word,
                                 struct list *list)
{
    enum name_form form = FORM_GLOB;
    int slot = -1;
    const char *colon = memchr(word.data, ':', word.len);
    const size_t head = colon ? (size_t)(colon - word.data) : 0;
    if (colon) {
        const struct ward_str prefix = str_part(word, 0, head);
        if (str_equal(prefix, str_of("slot")))
            form = FORM_SLOT;
        else if (str_equal(prefix, str_of("reading")))
            form = FORM_READING;
        else
            return fail(parser, at, "before a colon stands \"slot\" or \"reading\"");
        word = str_part(word, head + 1, word.len);
        at += head + 1;
    }
    if (form == FORM_SLOT) {
        slot = name_find(&names_slots, word);
        struct suggestion near;
        suggestion_start(&near, word);
        suggestion_offer_list(&near, &names_slots);
        if (slot < 0)
            return fail_unknown(parser, at, "slot", &near);
    }
    bool found = false;
    for (uint32_t i = 0; i < parser->all->signal_count; i++) {
        if (signal_fits(&parser->all->signals[i], form, slot, word)) {
            list->bits[i / 64] |= 1ULL << (i % 64);
            found = true;
        }
    }
    return found ? WARD_OK : fail_no_signal(parser, at, form, word);
}

/* Splits "alias.pet-word" into scope and rest. */
static enum ward_status scope_split(struct parser *parser, struct ward_str *word, size_t *at,
                                    uint8_t *scope)
{
    *scope = SCOPE_TEXT;
    const char *dot = memchr(word->data, '.', word->len);
    if (!dot)
        return WARD_OK;
    const struct ward_str prefix = str_part(*word, 0, (size_t)(dot - word->data));
    const int found = name_find(&names_scopes, prefix);
    if (found < 0) {
        struct suggestion near;
        suggestion_start(&near, *word);
        suggestion_offer_list(&near, &names_facts);
        if (near.best.len)
            return fail_unknown(parser, *at, "fact", &near);
        suggestion_start(&near, prefix);
        suggestion_offer_list(&near, &names_scopes);
        return fail_unknown(parser, *at, "scope", &near);
    }
    *scope = (uint8_t)found;
    *at += prefix.len + 1;
    *word = str_part(*word, prefix.len + 1, word->len);
    return WARD_OK;
}

static bool is_keyword(struct ward_str word)
{
    static const char *const keywords[] = {"and",   "or",   "not",    "any",    "all",
                                           "count", "near", "before", "clause", NULL};
    for (size_t i = 0; keywords[i]; i++) {
        if (str_equal(word, str_of(keywords[i])))
            return true;
    }
    return false;
}

static enum ward_status list_name(struct parser *parser, struct list *list)
{
    if (parser->token.kind != TOKEN_WORD || is_keyword(parser->token.text))
        return fail_expected(parser, "the name of a signal");
    struct ward_str word = parser->token.text;
    size_t at = parser->token.at;
    if (name_find(&names_facts, word) >= 0)
        return fail(parser, at, "\"%.*s\" is a fact; here stands a signal", (int)word.len,
                    word.data);
    uint8_t scope;
    enum ward_status status = scope_split(parser, &word, &at, &scope);
    if (status != WARD_OK)
        return status;
    if (list->scope != SCOPE_COUNT && list->scope != scope)
        return fail(parser, parser->token.at, "one list mixes two scopes");
    list->scope = scope;
    status = name_add(parser, at, word, list);
    if (status == WARD_OK)
        advance(parser);
    return status;
}

static enum ward_status list_init(struct parser *parser, struct list *list)
{
    list->bits = arena_calloc(parser->all->arena, parser->all->signal_words, sizeof *list->bits);
    list->scope = SCOPE_COUNT;
    list->at = parser->token.at;
    return list->bits ? WARD_OK : WARD_ERR_NOMEM;
}

/* list = name | any(list, ...); nested any are one flat list, so parentheses are only counted. */
static enum ward_status parse_list(struct parser *parser, struct list *list)
{
    enum ward_status status = list_init(parser, list);
    uint32_t open = 0;
    while (status == WARD_OK) {
        if (is_word(parser, "any")) {
            advance(parser);
            status = expect(parser, TOKEN_OPEN, "\"(\"");
            open++;
            continue;
        }
        status = list_name(parser, list);
        while (status == WARD_OK && open && parser->token.kind == TOKEN_CLOSE) {
            advance(parser);
            open--;
        }
        if (status != WARD_OK || !open)
            return status;
        status = expect(parser, TOKEN_COMMA, "\",\" or \")\"");
    }
    return status;
}

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
        return fail(parser, number->at, "this comparison can never hold");
    if (holds == 2 && !range.absent)
        return fail(parser, number->at, "this comparison always holds");
    return WARD_OK;
}

static enum ward_status parse_compare(struct parser *parser, struct range range,
                                      struct cond_node *node)
{
    if (parser->token.kind != TOKEN_COMPARE)
        return fail_expected(parser, "a comparison (< <= == != >= >)");
    node->compare = (uint8_t)parser->token.value;
    advance(parser);
    const struct token number = parser->token;
    const enum ward_status status = expect(parser, TOKEN_NUMBER, "a whole number");
    node->value = number.value;
    return status == WARD_OK ? check_range(parser, &number, range, node->compare) : status;
}

static enum ward_status parse_kind(struct parser *parser, struct cond_node *node)
{
    if (parser->token.kind != TOKEN_COMPARE ||
        (parser->token.value != CMP_EQ && parser->token.value != CMP_NE))
        return fail_expected(parser, "== or !=");
    node->compare = (uint8_t)parser->token.value;
    advance(parser);
    if (parser->token.kind != TOKEN_WORD)
        return fail_expected(parser, "a kind of event (message, post, listing ...)");
    const int kind = name_find(&names_kinds, parser->token.text);
    if (kind < 0) {
        struct suggestion near;
        suggestion_start(&near, parser->token.text);
        suggestion_offer_list(&near, &names_kinds);
        return fail_unknown(parser, parser->token.at, "kind of event", &near);
    }
    node->value = kind;
    advance(parser);
    return WARD_OK;
}

static enum ward_status parse_fact(struct parser *parser, int fact, uint16_t *out)
{
    struct cond_node node = {.op = COND_FACT, .a = (uint16_t)fact};
    advance(parser);
    const enum ward_status status =
        fact == FACT_KIND ? parse_kind(parser, &node)
                          : parse_compare(parser, fact_range((enum cond_fact)fact), &node);
    return status == WARD_OK ? node_make(parser, &node, out) : status;
}

/* ---- Calls ---- */

static enum ward_status parse_count(struct parser *parser, uint16_t *out)
{
    struct cond_node node = {.op = COND_COUNT};
    struct list list;
    enum ward_status status = expect(parser, TOKEN_OPEN, "\"(\"");
    if (status == WARD_OK)
        status = parse_list(parser, &list);
    if (status == WARD_OK)
        status = expect(parser, TOKEN_CLOSE, "\")\"");
    if (status == WARD_OK)
        status = parse_compare(parser, (struct range){0, 100000, false}, &node);
    if (status == WARD_OK)
        status = set_make(parser, &list, &node.a);
    if (status != WARD_OK)
        return status;
    node.scope = list.scope;
    return node_make(parser, &node, out);
}

static enum ward_status parse_distance(struct parser *parser, int64_t *value)
{
    enum ward_status status = expect(parser, TOKEN_COMMA, "\",\" and a distance");
    if (status != WARD_OK)
        return status;
    const struct token number = parser->token;
    status = expect(parser, TOKEN_NUMBER, "a distance in characters");
    if (status == WARD_OK && (number.value < 0 || number.value > CONDITION_DISTANCE_MAX))
        return fail(parser, number.at, "a distance is 0 to %d", CONDITION_DISTANCE_MAX);
    *value = number.value;
    return status;
}

static enum ward_status parse_pair(struct parser *parser, uint8_t op, uint16_t *out)
{
    struct cond_node node = {.op = op};
    struct list a;
    struct list b;
    const size_t at = parser->token.at;
    enum ward_status status = expect(parser, TOKEN_OPEN, "\"(\"");
    if (status == WARD_OK)
        status = parse_list(parser, &a);
    if (status == WARD_OK)
        status = expect(parser, TOKEN_COMMA, "\",\" and a second list");
    if (status == WARD_OK)
        status = parse_list(parser, &b);
    if (status == WARD_OK && op != COND_CLAUSE)
        status = parse_distance(parser, &node.value);
    if (status == WARD_OK)
        status = expect(parser, TOKEN_CLOSE, "\")\"");
    if (status != WARD_OK)
        return status;
    if (a.scope != b.scope)
        return fail(parser, b.at, "both lists must be of one scope");
    if (a.scope == SCOPE_ACCOUNT || a.scope == SCOPE_GROUP)
        return fail(parser, at, "distance needs one text; \"%s\" is many",
                    names_scopes.names[a.scope]);
    node.scope = a.scope;
    status = set_make(parser, &a, &node.a);
    if (status == WARD_OK)
        status = set_make(parser, &b, &node.b);
    return status == WARD_OK ? node_make(parser, &node, out) : status;
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
        return fail(parser, parser->token.at, "more than 256 parts in one chain");
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
                const enum ward_status status = node_make(parser, &pair, &node);
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
    struct list list;
    enum ward_status status = list_init(parser, &list);
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
    status = set_make(parser, &list, &node.a);
    if (status == WARD_OK)
        status = node_make(parser, &node, &made);
    return status == WARD_OK ? chain_add(parser, chain, made) : status;
}

static enum ward_status parse_any_all(struct parser *parser, uint8_t op, uint16_t *out)
{
    struct chain chain = {.count = 0};
    enum ward_status status = expect(parser, TOKEN_OPEN, "\"(\"");
    while (status == WARD_OK) {
        uint16_t node;
        status = parse_or(parser, &node);
        if (status == WARD_OK)
            status = chain_add(parser, &chain, node);
        if (status != WARD_OK || parser->token.kind != TOKEN_COMMA)
            break;
        advance(parser);
    }
    if (status == WARD_OK)
        status = expect(parser, TOKEN_CLOSE, "\",\" or \")\"");
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
        if (!is_word(parser, calls[i].word))
            continue;
        *is_call = true;
        advance(parser);
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
    struct list list;
    enum ward_status status = list_init(parser, &list);
    if (status == WARD_OK)
        status = list_name(parser, &list);
    struct cond_node node = {.op = COND_COUNT, .compare = CMP_GE, .value = 1};
    if (status == WARD_OK)
        status = set_make(parser, &list, &node.a);
    if (status != WARD_OK)
        return status;
    if (parser->token.kind == TOKEN_COMPARE)
        return fail(parser, parser->token.at, "a signal has no value; write count(...) %.*s ...",
                    (int)parser->token.text.len, parser->token.text.data);
    node.scope = list.scope;
    return node_make(parser, &node, out);
}

static enum ward_status parse_primary(struct parser *parser, uint16_t *out)
{
    if (parser->token.kind == TOKEN_OPEN) {
        advance(parser);
        const enum ward_status status = parse_or(parser, out);
        return status == WARD_OK ? expect(parser, TOKEN_CLOSE, "\")\"") : status;
    }
    if (parser->token.kind != TOKEN_WORD)
        return fail_expected(parser, "a signal, a fact or \"(\"");
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
    while (is_word(parser, "not")) {
        negated = !negated;
        advance(parser);
    }
    enum ward_status status = parse_primary(parser, out);
    if (status != WARD_OK || !negated)
        return status;
    const struct cond_node node = {.op = COND_NOT, .left = *out};
    return node_make(parser, &node, out);
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
        if (!is_word(parser, "and"))
            return chain_join(parser, &chain, COND_AND, out);
        advance(parser);
    }
}

static enum ward_status parse_or(struct parser *parser, uint16_t *out)
{
    if (parser->nest == CONDITION_NEST_MAX)
        return fail(parser, parser->token.at, "nested too deeply (at most 16 parentheses)");
    parser->nest++;
    struct chain chain = {.count = 0};
    enum ward_status status = WARD_OK;
    for (;;) {
        uint16_t node;
        status = parse_and(parser, &node);
        if (status == WARD_OK)
            status = chain_add(parser, &chain, node);
        if (status != WARD_OK || !is_word(parser, "or"))
            break;
        advance(parser);
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
        return fail(&parser, 0, "a condition of more than 4096 bytes");
    parser.token = token_next(text, 0);
    enum ward_status status = parse_or(&parser, root);
    if (status == WARD_OK && parser.token.kind != TOKEN_END)
        status = fail_expected(&parser, "\"and\", \"or\" or the end");
    return status;
}
