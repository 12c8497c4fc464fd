/**
 * Names in conditions -> sets of signals: plain names, wildcards, slots, readings, scopes.
 */
#include <string.h>

#include "base/str.h"
#include "pack/condition_parser.h"

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
        return parser_fail(parser, at, "no signal has the slot \"%.*s\"", (int)word.len, word.data);
    if (form == FORM_READING) {
        for (uint32_t i = 0; i < parser->all->signal_count; i++)
            suggestion_offer(&near, parser->all->signals[i].reading);
        return parser_fail_unknown(parser, at, "reading", &near);
    }
    if (memchr(word.data, '*', word.len))
        return parser_fail(parser, at, "no signal fits \"%.*s\"",
                           (int)(word.len < 64 ? word.len : 64), word.data);
    for (uint32_t i = 0; i < parser->all->signal_count; i++)
        suggestion_offer(&near, parser->all->signals[i].name);
    suggestion_offer_list(&near, &names_facts);
    return parser_fail_unknown(parser, at, "signal", &near);
}

static enum ward_status name_add(struct parser *parser, size_t at, struct ward_str word,
                                 struct signal_list *list)
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
            return parser_fail(parser, at, "before a colon stands \"slot\" or \"reading\"");
        word = str_part(word, head + 1, word.len);
        at += head + 1;
    }
    if (form == FORM_SLOT) {
        slot = name_find(&names_slots, word);
        struct suggestion near;
        suggestion_start(&near, word);
        suggestion_offer_list(&near, &names_slots);
        if (slot < 0)
            return parser_fail_unknown(parser, at, "slot", &near);
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
            return parser_fail_unknown(parser, *at, "fact", &near);
        suggestion_start(&near, prefix);
        suggestion_offer_list(&near, &names_scopes);
        return parser_fail_unknown(parser, *at, "scope", &near);
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

enum ward_status signal_list_name(struct parser *parser, struct signal_list *list)
{
    if (parser->token.kind != TOKEN_WORD || is_keyword(parser->token.text))
        return parser_fail_expected(parser, "the name of a signal");
    struct ward_str word = parser->token.text;
    size_t at = parser->token.at;
    if (name_find(&names_facts, word) >= 0)
        return parser_fail(parser, at, "\"%.*s\" is a fact; here stands a signal", (int)word.len,
                           word.data);
    uint8_t scope;
    enum ward_status status = scope_split(parser, &word, &at, &scope);
    if (status != WARD_OK)
        return status;
    if (list->scope != SCOPE_COUNT && list->scope != scope)
        return parser_fail(parser, parser->token.at, "one list mixes two scopes");
    list->scope = scope;
    status = name_add(parser, at, word, list);
    if (status == WARD_OK)
        parser_advance(parser);
    return status;
}

enum ward_status signal_list_init(struct parser *parser, struct signal_list *list)
{
    list->bits = arena_calloc(parser->all->arena, parser->all->signal_words, sizeof *list->bits);
    list->scope = SCOPE_COUNT;
    list->at = parser->token.at;
    return list->bits ? WARD_OK : WARD_ERR_NOMEM;
}

/* list = name | any(list, ...); nested any are one flat list, so parentheses are only counted. */
enum ward_status signal_list_parse(struct parser *parser, struct signal_list *list)
{
    enum ward_status status = signal_list_init(parser, list);
    uint32_t open = 0;
    while (status == WARD_OK) {
        if (parser_is_word(parser, "any")) {
            parser_advance(parser);
            status = parser_expect(parser, TOKEN_OPEN, "\"(\"");
            open++;
            continue;
        }
        status = signal_list_name(parser, list);
        while (status == WARD_OK && open && parser->token.kind == TOKEN_CLOSE) {
            parser_advance(parser);
            open--;
        }
        if (status != WARD_OK || !open)
            return status;
        status = parser_expect(parser, TOKEN_COMMA, "\",\" or \")\"");
    }
    return status;
}
