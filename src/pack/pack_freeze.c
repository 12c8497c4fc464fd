/**
 * From what the files said to the immutable pack: checks that need the whole, then plain arrays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/utf8.h"
#include "pack/condition.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

/* Copies rows into the pack's own memory; never NULL for an empty table. */
static void *rows_keep(const struct pack_build *build, const struct rows *rows)
{
    void *kept = arena_calloc(build->keep, (size_t)rows->count + 1, rows->row_bytes);
    if (kept && rows->count)
        memcpy(kept, rows->at, (size_t)rows->count * rows->row_bytes);
    return kept;
}

/* ---- Signals and terms ---- */

static enum ward_status freeze_signals(struct pack_build *build, struct pack *pack)
{
    const uint32_t count = build->signals.count;
    struct pack_signal *signals = arena_calloc(build->keep, (size_t)count + 1, sizeof *signals);
    uint64_t *tokens = arena_calloc(build->keep, (size_t)count + 1, sizeof *tokens);
    if (!signals || !tokens)
        return build_no_memory(build);
    for (uint32_t i = 0; i < count; i++) {
        const struct build_signal *from = ((struct build_signal **)build->signals.at)[i];
        const struct build_value place = from->place;
        if (!from->has_slot)
            return build_fail(build, place.tree, place.node, "signal \"%s\" needs \"slot\"",
                              from->is.name.data);
        if (!from->live && from->is.reader == READER_NONE)
            return build_fail(build, place.tree, place.node,
                              "signal \"%s\" has neither terms nor a reader", from->is.name.data);
        signals[i] = from->is;
        tokens[i] = wording_token_class(from->is.name);
    }
    build->wording.signal_tokens = tokens;
    pack->signals = signals;
    pack->signal_count = count;
    pack->signal_words = (count + 63) / 64;
    return WARD_OK;
}

static bool is_latin(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9') || (code >= 0xC0 && code <= 0x24F) ||
           (code >= 0x1E00 && code <= 0x1EFF) || (code >= 0xFF10 && code <= 0xFF5A);
}

/* `words: auto`: a term with a Latin letter or digit at an edge matches whole words only. */
static bool latin_edge(struct ward_str text)
{
    const unsigned char *begin = (const unsigned char *)text.data;
    const unsigned char *end = begin + text.len;
    const unsigned char *last = end - 1;
    while (last > begin && (*last & 0xC0u) == 0x80u)
        last--;
    uint32_t first_code;
    uint32_t last_code;
    (void)utf8_decode(begin, end, &first_code);
    (void)utf8_decode(last, end, &last_code);
    return is_latin(first_code) || is_latin(last_code);
}

static struct pack_term freeze_term(const struct build_signal *signal,
                                    const struct build_term *term)
{
    const uint8_t words = term->words == BUILD_INHERIT ? signal->words : term->words;
    return (struct pack_term){.text = term->text,
                              .signal = (uint16_t)signal->number,
                              .mode = term->mode == BUILD_INHERIT ? signal->mode : term->mode,
                              .whole_word = words == WORDS_TRUE ||
                                            (words == WORDS_AUTO && latin_edge(term->text))};
}

static enum ward_status freeze_terms(const struct pack_build *build, struct pack *pack)
{
    struct pack_term *terms =
        arena_calloc(build->keep, (size_t)build->term_count + 1, sizeof *terms);
    struct pack_term *allows =
        arena_calloc(build->keep, (size_t)build->term_count + 1, sizeof *allows);
    if (!terms || !allows)
        return build_no_memory(build);
    for (uint32_t i = 0; i < build->signals.count; i++) {
        const struct build_signal *signal = ((struct build_signal **)build->signals.at)[i];
        for (const struct build_term *at = signal->terms; at; at = at->next) {
            if (!at->removed)
                terms[pack->term_count++] = freeze_term(signal, at);
        }
        for (const struct build_term *at = signal->allows; at; at = at->next) {
            if (!at->removed)
                allows[pack->allow_count++] = freeze_term(signal, at);
        }
    }
    pack->terms = terms;
    pack->allows = allows;
    return WARD_OK;
}

/* ---- Law ---- */

static int compare_laws(const void *left, const void *right)
{
    const struct build_law *a = left;
    const struct build_law *b = right;
    const int order = str_compare(a->is.id, b->is.id);
    if (order)
        return order;
    return (a->is.from_ms > b->is.from_ms) - (a->is.from_ms < b->is.from_ms);
}

static enum ward_status freeze_laws(struct pack_build *build, struct pack *pack)
{
    struct build_law *rows = build->laws.at;
    const uint32_t count = build->laws.count;
    struct pack_law *laws = arena_calloc(build->keep, (size_t)count + 1, sizeof *laws);
    if (!laws)
        return build_no_memory(build);
    if (count)
        qsort(rows, count, sizeof *rows, compare_laws);
    for (uint32_t i = 0; i < count; i++) {
        const bool same = i && str_equal(rows[i - 1].is.id, rows[i].is.id);
        if (same && rows[i - 1].is.to_ms > rows[i].is.from_ms)
            return build_fail(build, rows[i].place.tree, rows[i].place.node,
                              "in force while another entry of \"%s\" (%s:%u) still is",
                              rows[i].is.id.data, rows[i - 1].place.tree->file,
                              rows[i - 1].place.node->line);
        laws[i] = rows[i].is;
        if (!same && name_map_put(&build->names, BUILD_SPACE_LAWS, laws[i].id, i) != WARD_OK)
            return build_no_memory(build);
    }
    pack->laws = laws;
    pack->law_count = count;
    return WARD_OK;
}

/* ---- Rules ---- */

static enum ward_status freeze_family(const struct pack_build *build, const struct build_rule *from,
                                      struct pack_rule *rule)
{
    const struct build_value family = from->family;
    uint32_t at = 0;
    if (name_map_find(&build->names, BUILD_SPACE_FAMILIES, family.node->text, &at)) {
        rule->family = (uint16_t)at;
        return WARD_OK;
    }
    struct suggestion near;
    char hint[SUGGESTION_BYTES];
    suggestion_start(&near, family.node->text);
    for (uint32_t i = 0; i < build->families.count; i++)
        suggestion_offer(&near, ((const struct pack_family *)build->families.at)[i].name);
    return build_fail(build, family.tree, family.node, "no pack.yaml has the family \"%.*s\"%s",
                      (int)family.node->text.len, family.node->text.data,
                      suggestion_text(&near, hint));
}

static enum ward_status find_law(const struct pack_build *build, const struct tree *tree,
                                 const struct tree_node *node, uint16_t *out)
{
    uint32_t at = 0;
    if (node->kind == TREE_TEXT &&
        name_map_find(&build->names, BUILD_SPACE_LAWS, node->text, &at)) {
        *out = (uint16_t)at;
        return WARD_OK;
    }
    struct suggestion near;
    char hint[SUGGESTION_BYTES];
    suggestion_start(&near, node->text);
    for (uint32_t i = 0; i < build->laws.count; i++)
        suggestion_offer(&near, ((const struct build_law *)build->laws.at)[i].is.id);
    return build_fail(build, tree, node, "no law file has this id%s", suggestion_text(&near, hint));
}

static enum ward_status freeze_rule_laws(const struct pack_build *build,
                                         const struct build_rule *from, struct pack_rule *rule)
{
    const struct build_value law = from->law;
    if (!law.node)
        return WARD_OK;
    enum ward_status status = value_list(build, law.tree, law.node, "law");
    if (status != WARD_OK)
        return status;
    uint16_t *laws = arena_calloc(build->keep, (size_t)law.node->count + 1, sizeof *laws);
    if (!laws)
        return build_no_memory(build);
    const struct tree_node *node = law.node->first;
    for (; node && status == WARD_OK; node = node->next)
        status = find_law(build, law.tree, node, &laws[rule->law_count++]);
    rule->laws = laws;
    return status;
}

static enum ward_status freeze_when(const struct pack_build *build, const struct build_rule *from,
                                    struct conditions *conditions, struct pack_rule *rule)
{
    struct condition_fault fault;
    const enum ward_status status =
        conditions_add(conditions, rule->when_text, &rule->when, &fault);
    if (status == WARD_ERR_NOMEM)
        return build_no_memory(build);
    if (status != WARD_OK)
        return build_fail_in(build, from->when, fault.at, fault.message);
    return WARD_OK;
}

struct freezing {
    struct conditions conditions;
    struct rows rules;    /* struct pack_rule */
    struct rows examples; /* struct pack_example */
};

static enum ward_status freeze_rule(const struct pack_build *build, const struct build_rule *from,
                                    struct freezing *freezing)
{
    struct pack_rule rule = from->is;
    enum ward_status status = freeze_family(build, from, &rule);
    if (status == WARD_OK)
        status = freeze_rule_laws(build, from, &rule);
    if (status == WARD_OK)
        status = freeze_when(build, from, &freezing->conditions, &rule);
    if (status != WARD_OK)
        return status;
    struct pack_rule *row = rows_add(&freezing->rules);
    if (!row)
        return build_no_memory(build);
    *row = rule;
    return build_examples(build, from, (uint16_t)(freezing->rules.count - 1), &freezing->examples);
}

static enum ward_status keep_rules(const struct pack_build *build, const struct freezing *from,
                                   struct pack *pack)
{
    pack->rules = rows_keep(build, &from->rules);
    pack->rule_count = from->rules.count;
    pack->examples = rows_keep(build, &from->examples);
    pack->example_count = from->examples.count;
    pack->nodes = rows_keep(build, &from->conditions.nodes);
    pack->node_count = from->conditions.nodes.count;
    pack->sets = rows_keep(build, &from->conditions.sets);
    pack->set_count = from->conditions.sets.count;
    return pack->rules && pack->examples && pack->nodes && pack->sets ? WARD_OK
                                                                      : build_no_memory(build);
}

static enum ward_status freeze_rules(const struct pack_build *build, struct pack *pack)
{
    struct freezing freezing;
    conditions_init(&freezing.conditions, pack->signals, pack->signal_count, build->keep);
    rows_init(&freezing.rules, sizeof(struct pack_rule));
    rows_init(&freezing.examples, sizeof(struct pack_example));
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < build->rules.count && status == WARD_OK; i++) {
        const struct build_rule *rule = ((struct build_rule **)build->rules.at)[i];
        if (!rule->off)
            status = freeze_rule(build, rule, &freezing);
    }
    if (status == WARD_OK)
        status = keep_rules(build, &freezing, pack);
    rows_release(&freezing.examples);
    rows_release(&freezing.rules);
    conditions_release(&freezing.conditions);
    return status;
}

/* ---- The rest ---- */

static int compare_currencies(const void *left, const void *right)
{
    const struct pack_currency *a = left;
    const struct pack_currency *b = right;
    return memcmp(a->code, b->code, sizeof a->code);
}

static enum ward_status freeze_tables(const struct pack_build *build, struct pack *pack)
{
    if (build->currencies.count)
        qsort(build->currencies.at, build->currencies.count, sizeof(struct pack_currency),
              compare_currencies);
    pack->sources = rows_keep(build, &build->sources);
    pack->source_count = build->sources.count;
    pack->families = rows_keep(build, &build->families);
    pack->family_count = build->families.count;
    pack->procedures = rows_keep(build, &build->procedures);
    pack->procedure_count = build->procedures.count;
    pack->currencies = rows_keep(build, &build->currencies);
    pack->currency_count = build->currencies.count;
    pack->wording = build->wording;
    pack->base = build->base;
    pack->threshold_watch = build->watch;
    pack->threshold_review = build->review;
    pack->threshold_urgent = build->urgent;
    return pack->sources && pack->families && pack->procedures && pack->currencies
               ? WARD_OK
               : build_no_memory(build);
}

enum ward_status pack_freeze(struct pack_build *build, struct pack *pack)
{
    enum ward_status status = freeze_signals(build, pack);
    if (status == WARD_OK)
        status = freeze_terms(build, pack);
    if (status == WARD_OK)
        status = freeze_laws(build, pack);
    if (status == WARD_OK)
        status = freeze_rules(build, pack);
    return status == WARD_OK ? freeze_tables(build, pack) : status;
}
