/**
 * Files of signals/: what to look for.
 *
 * A signal may be spoken of in many files: terms add up, `remove:` takes some away, and every other
 * key given later replaces what was said before.
 */
#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "base/str.h"
#include "base/utf8.h"
#include "pack/brace.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const char *const word_names[] = {"auto", "true", "false"};
static const struct name_list words_list = {word_names, COUNT_OF(word_names)};

struct build_signal *build_signal_find(const struct pack_build *build, struct ward_str name)
{
    uint32_t at;
    if (!name_map_find(&build->names, BUILD_SPACE_SIGNALS, name, &at))
        return NULL;
    return ((struct build_signal **)build->signals.at)[at];
}

static enum ward_status signal_new(struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *key, struct build_signal **out)
{
    struct build_signal *signal = arena_calloc(build->scratch, 1, sizeof *signal);
    struct build_signal **row = signal ? rows_add(&build->signals) : NULL;
    if (!row)
        return build_no_memory(build);
    *row = signal;
    signal->number = build->signals.count - 1;
    signal->place = (struct build_value){tree, key};
    signal->mode = TERM_FULL;
    signal->words = WORDS_AUTO;
    signal->terms_tail = &signal->terms;
    signal->allows_tail = &signal->allows;
    signal->is.reading = str_of("any");
    *out = signal;
    if (build->signals.count > PACK_SIGNALS_MAX)
        return build_fail(build, tree, key, "more than %u signals", PACK_SIGNALS_MAX);
    const enum ward_status status = value_name(build, tree, key, &signal->is.name);
    if (status != WARD_OK)
        return status;
    if (name_map_put(&build->names, BUILD_SPACE_SIGNALS, signal->is.name, signal->number) !=
        WARD_OK)
        return build_no_memory(build);
    return WARD_OK;
}

/* ---- Terms ---- */

struct term_list {
    struct build_signal *signal;
    bool allow;
    const struct tree *tree;
    const struct tree_node *node; /* the text */
    uint8_t mode, words;
};

static uint32_t term_space(const struct build_signal *signal, bool allow)
{
    return BUILD_SPACE_TERMS + signal->number * 2 + allow;
}

static size_t unit_count(struct ward_str text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.len; i++)
        units += ((unsigned char)text.data[i] & 0xC0u) != 0x80u;
    return units;
}

static enum ward_status check_term(const struct pack_build *build, const struct term_list *list,
                                   struct ward_str text)
{
    if (!text.len)
        return build_fail(build, list->tree, list->node, "one expansion of this term is empty");
    if (text.data[0] == ' ' || text.data[text.len - 1] == ' ')
        return build_fail(build, list->tree, list->node, "a term begins or ends with a space");
    if (unit_count(text) > WARD_TERM_UNITS_MAX)
        return build_fail(build, list->tree, list->node, "a term of more than %u characters",
                          WARD_TERM_UNITS_MAX);
    return WARD_OK;
}

static enum ward_status add_one(struct pack_build *build, const struct term_list *list,
                                struct ward_str text)
{
    enum ward_status status = check_term(build, list, text);
    if (status != WARD_OK)
        return status;
    struct build_signal *signal = list->signal;
    const uint32_t space = term_space(signal, list->allow);
    uint32_t live;
    if (name_map_find(&build->names, space, text, &live) && live)
        return WARD_OK;
    if (++build->term_count > PACK_TERMS_MAX)
        return build_fail(build, list->tree, list->node, "more than %u terms", PACK_TERMS_MAX);
    struct build_term *term = arena_calloc(build->scratch, 1, sizeof *term);
    if (!term || name_map_put(&build->names, space, text, 1) != WARD_OK)
        return build_no_memory(build);
    *term = (struct build_term){.text = text, .mode = list->mode, .words = list->words};
    struct build_term ***tail = list->allow ? &signal->allows_tail : &signal->terms_tail;
    **tail = term;
    *tail = &term->next;
    signal->live += !list->allow;
    return WARD_OK;
}

/* `text` was added before by this signal: as a term, an allow-phrase or both. */
static bool remove_from(struct pack_build *build, struct build_signal *signal, bool allow,
                        struct ward_str text)
{
    const uint32_t space = term_space(signal, allow);
    uint32_t live;
    if (!name_map_find(&build->names, space, text, &live) || !live)
        return false;
    for (struct build_term *at = allow ? signal->allows : signal->terms; at; at = at->next) {
        if (!at->removed && str_equal(at->text, text)) {
            at->removed = true;
            signal->live -= !allow;
        }
    }
    return name_map_put(&build->names, space, text, 0) == WARD_OK;
}

static enum ward_status remove_one(struct pack_build *build, const struct term_list *list,
                                   struct ward_str text)
{
    const bool term = remove_from(build, list->signal, false, text);
    const bool allow = remove_from(build, list->signal, true, text);
    if (!term && !allow)
        return build_fail(build, list->tree, list->node,
                          "removes \"%.*s\", which no earlier file adds",
                          (int)(text.len < 96 ? text.len : 96), text.data);
    return WARD_OK;
}

static enum ward_status expand(struct pack_build *build, const struct term_list *list,
                               struct ward_str **texts, uint32_t *count)
{
    struct brace_fault fault;
    if (list->node->kind != TREE_TEXT)
        return build_fail(build, list->tree, list->node,
                          "expected a term; one with braces needs quotes");
    const enum ward_status status = brace_count(list->node->text, count, &fault);
    if (status != WARD_OK)
        return build_fail_in(build, (struct build_value){list->tree, list->node}, fault.at,
                             fault.message);
    if (brace_expand(build->keep, list->node->text, *count, texts) != WARD_OK)
        return build_no_memory(build);
    return WARD_OK;
}

/* An item of terms: a text, or {term: text, read: mode, words: auto}. */
static enum ward_status item_read(struct pack_build *build, struct term_list *list,
                                  const struct tree_node *item)
{
    static const char *const keys[] = {"term", "read", "words"};
    static const struct map_keys allowed = {"a term", keys, 3};
    list->mode = BUILD_INHERIT;
    list->words = BUILD_INHERIT;
    list->node = item;
    if (item->kind != TREE_MAP || list->allow)
        return WARD_OK;
    list->node = tree_get(item, "term");
    if (!list->node)
        return build_fail(build, list->tree, item,
                          "a term with braces needs quotes (and a map needs \"term\")");
    enum ward_status status = value_map(build, list->tree, item, &allowed);
    if (status != WARD_OK)
        return status;
    int choice;
    const struct tree_node *read = tree_get(item, "read");
    if (read) {
        status = value_choice(build, list->tree, read, &names_modes, &choice);
        list->mode = (uint8_t)choice;
    }
    const struct tree_node *words = tree_get(item, "words");
    if (words && status == WARD_OK) {
        status = value_choice(build, list->tree, words, &words_list, &choice);
        list->words = (uint8_t)choice;
    }
    return status;
}

typedef enum ward_status term_action(struct pack_build *build, const struct term_list *list,
                                     struct ward_str text);

static enum ward_status each_term(struct pack_build *build, struct term_list *list,
                                  const struct tree_node *items, term_action *action)
{
    if (!items)
        return WARD_OK;
    enum ward_status status = value_list(build, list->tree, items, "terms");
    const struct tree_node *item = status == WARD_OK ? items->first : NULL;
    for (; item && status == WARD_OK; item = item->next) {
        struct ward_str *texts = NULL;
        uint32_t count = 0;
        status = item_read(build, list, item);
        if (status == WARD_OK)
            status = expand(build, list, &texts, &count);
        for (uint32_t i = 0; i < count && status == WARD_OK; i++)
            status = action(build, list, texts[i]);
    }
    return status;
}

/* ---- Other keys ---- */

static enum ward_status read_choices(struct pack_build *build, const struct tree *tree,
                                     const struct tree_node *node, struct build_signal *signal)
{
    int choice;
    enum ward_status status = WARD_OK;
    const struct tree_node *slot = tree_get(node, "slot");
    if (slot) {
        status = value_choice(build, tree, slot, &names_slots, &choice);
        signal->is.slot = (enum pack_slot)choice;
        signal->has_slot = true;
    }
    const struct tree_node *reader = tree_get(node, "reader");
    if (reader && status == WARD_OK) {
        status = value_choice(build, tree, reader, &names_readers, &choice);
        signal->is.reader = (enum pack_reader)choice;
    }
    const struct tree_node *read = tree_get(node, "read");
    if (read && status == WARD_OK) {
        status = value_choice(build, tree, read, &names_modes, &choice);
        signal->mode = (uint8_t)choice;
    }
    const struct tree_node *words = tree_get(node, "words");
    if (words && status == WARD_OK) {
        status = value_choice(build, tree, words, &words_list, &choice);
        signal->words = (uint8_t)choice;
    }
    return status;
}

static enum ward_status read_texts(struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *node, struct build_signal *signal)
{
    enum ward_status status = WARD_OK;
    const struct tree_node *reading = tree_get(node, "reading");
    if (reading)
        status = value_name(build, tree, reading, &signal->is.reading);
    const struct tree_node *source = tree_get(node, "source");
    if (source && status == WARD_OK)
        status = value_text(build, tree, source, &signal->is.source);
    const struct tree_node *says = tree_get(node, "says");
    if (!says || status != WARD_OK)
        return status;
    struct ward_str both[2] = {{NULL, 0}, {NULL, 0}};
    status = value_says(build, tree, says, both);
    signal->is.says_zh = both[0];
    signal->is.says_en = both[1];
    return status;
}

static enum ward_status read_signal(struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *key)
{
    static const char *const keys[] = {"slot",  "reading", "says",   "source", "read", "words",
                                       "terms", "allow",   "remove", "reader", "note"};
    static const struct map_keys allowed = {"a signal", keys, COUNT_OF(keys)};
    enum ward_status status = value_map(build, tree, key->value, &allowed);
    if (status != WARD_OK)
        return status;
    struct build_signal *signal = build_signal_find(build, key->text);
    if (!signal)
        status = signal_new(build, tree, key, &signal);
    if (status == WARD_OK)
        status = read_choices(build, tree, key->value, signal);
    if (status == WARD_OK)
        status = read_texts(build, tree, key->value, signal);
    struct term_list list = {.signal = signal, .tree = tree};
    if (status == WARD_OK)
        status = each_term(build, &list, tree_get(key->value, "remove"), remove_one);
    if (status == WARD_OK)
        status = each_term(build, &list, tree_get(key->value, "terms"), add_one);
    list.allow = true;
    if (status == WARD_OK)
        status = each_term(build, &list, tree_get(key->value, "allow"), add_one);
    return status;
}

enum ward_status build_signals_file(struct pack_build *build, const struct tree *tree)
{
    static const char *const keys[] = {"signals", "note"};
    static const struct map_keys allowed = {"a signals file", keys, 2};
    enum ward_status status = value_map(build, tree, tree->root, &allowed);
    if (status != WARD_OK)
        return status;
    const struct tree_node *signals = tree_get(tree->root, "signals");
    if (!signals)
        return build_fail(build, tree, tree->root, "a signals file needs \"signals\"");
    status = value_any_map(build, tree, signals, "signals");
    for (const struct tree_node *key = signals->first; key && status == WARD_OK; key = key->next)
        status = read_signal(build, tree, key);
    return status;
}
