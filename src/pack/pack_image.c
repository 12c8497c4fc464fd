#include "pack/pack_image.h"

#include <string.h>

#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_codec.h"
#include "pack/pack_names.h"

/* ---- What each struct holds, in order ---- */

/* Characters with a NUL at their end. */
static void text_code(struct codec *codec, char *text, size_t size)
{
    codec_bytes(codec, text, size);
    if (text[size - 1] != '\0')
        codec->failed = true;
}

static void source_row(struct codec *codec, void *row)
{
    struct pack_source *source = row;
    codec_str(codec, &source->name);
    codec_str(codec, &source->version);
    codec_str(codec, &source->date);
    codec_i64(codec, &source->date_ms);
    text_code(codec, source->hash, sizeof source->hash);
}

static void signal_row(struct codec *codec, void *row)
{
    struct pack_signal *signal = row;
    uint32_t slot = (uint32_t)signal->slot;
    uint32_t reader = (uint32_t)signal->reader;
    codec_str(codec, &signal->name);
    codec_u32(codec, &slot);
    codec_u32(codec, &reader);
    codec_str(codec, &signal->reading);
    codec_str(codec, &signal->says_zh);
    codec_str(codec, &signal->says_en);
    codec_str(codec, &signal->source);
    codec->failed = codec->failed || slot >= SLOT_COUNT || reader >= READER_COUNT;
    signal->slot = (enum pack_slot)(slot < SLOT_COUNT ? slot : 0);
    signal->reader = (enum pack_reader)(reader < READER_COUNT ? reader : 0);
}

static void term_row(struct codec *codec, void *row)
{
    struct pack_term *term = row;
    codec_str(codec, &term->text);
    codec_u16(codec, &term->signal);
    codec_u8(codec, &term->mode);
    codec_bool(codec, &term->whole_word);
}

static void node_row(struct codec *codec, void *row)
{
    struct cond_node *node = row;
    codec_u8(codec, &node->op);
    codec_u8(codec, &node->scope);
    codec_u8(codec, &node->compare);
    codec_u16(codec, &node->a);
    codec_u16(codec, &node->b);
    codec_u16(codec, &node->left);
    codec_u16(codec, &node->right);
    codec_i64(codec, &node->value);
}

static void index_row(struct codec *codec, void *row)
{
    codec_u16(codec, row);
}

static void set_row(struct codec *codec, void *row)
{
    struct pack_set *set = row;
    set->signals = codec_rows(codec, set->signals, &set->count, sizeof(uint16_t), index_row);
}

static void rule_row(struct codec *codec, void *row)
{
    struct pack_rule *rule = row;
    codec_str(codec, &rule->name);
    codec_str(codec, &rule->says_zh);
    codec_str(codec, &rule->says_en);
    codec_str(codec, &rule->when_text);
    codec_u16(codec, &rule->when);
    codec_u16(codec, &rule->family);
    codec_f64(codec, &rule->weight);
    codec_u8(codec, &rule->role);
    codec_bool(codec, &rule->scaled);
    codec_bool(codec, &rule->urgent);
    codec_bool(codec, &rule->help);
    codec_bool(codec, &rule->limit);
    rule->laws = codec_rows(codec, rule->laws, &rule->law_count, sizeof(uint16_t), index_row);
    codec_str(codec, &rule->file);
    codec_u32(codec, &rule->line);
}

static void family_row(struct codec *codec, void *row)
{
    struct pack_family *family = row;
    codec_str(codec, &family->name);
    codec_f64(codec, &family->cap);
}

static void law_row(struct codec *codec, void *row)
{
    struct pack_law *law = row;
    codec_str(codec, &law->id);
    codec_str(codec, &law->title_zh);
    codec_str(codec, &law->title_en);
    codec_str(codec, &law->text_zh);
    codec_str(codec, &law->text_en);
    codec_str(codec, &law->source);
    codec_i64(codec, &law->from_ms);
    codec_i64(codec, &law->to_ms);
}

static void step_row(struct codec *codec, void *row)
{
    struct pack_step *step = row;
    codec_str(codec, &step->title_zh);
    codec_str(codec, &step->title_en);
    codec_str(codec, &step->body_zh);
    codec_str(codec, &step->body_en);
    codec_str(codec, &step->source);
    codec_i32(codec, &step->days);
}

static void procedure_row(struct codec *codec, void *row)
{
    struct pack_procedure *procedure = row;
    codec_str(codec, &procedure->id);
    codec_str(codec, &procedure->title_zh);
    codec_str(codec, &procedure->title_en);
    codec_str(codec, &procedure->source);
    procedure->steps = codec_rows(codec, procedure->steps, &procedure->step_count,
                                  sizeof(struct pack_step), step_row);
}

static void currency_row(struct codec *codec, void *row)
{
    struct pack_currency *currency = row;
    text_code(codec, currency->code, sizeof currency->code);
    codec_f64(codec, &currency->cny_per_unit);
}

static void media_row(struct codec *codec, void *row)
{
    struct ward_media *media = row;
    codec_str(codec, &media->kind);
    codec_str(codec, &media->sha256);
    codec_str(codec, &media->pdq);
    codec_str(codec, &media->phash);
    codec_str(codec, &media->text);
    codec_str(codec, &media->qr);
}

static void event_row(struct codec *codec, void *row)
{
    struct ward_event *event = row;
    struct ward_str *const texts[] = {
        &event->id,         &event->text,           &event->platform,   &event->group,
        &event->group_name, &event->account,        &event->alias,      &event->reply_to,
        &event->quoted,     &event->forwarded_from, &event->author_kind};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        codec_str(codec, texts[i]);
    uint32_t kind = (uint32_t)event->kind;
    uint32_t media_count = (uint32_t)event->media_count;
    codec_u32(codec, &kind);
    codec->failed = codec->failed || kind >= names_kinds.count;
    event->kind = (enum ward_kind)(kind < names_kinds.count ? kind : 0);
    codec_bool(codec, &event->has_time);
    codec_i64(codec, &event->time_ms);
    event->media =
        codec_rows(codec, event->media, &media_count, sizeof(struct ward_media), media_row);
    event->media_count = media_count;
}

static void example_row(struct codec *codec, void *row)
{
    struct pack_example *example = row;
    event_row(codec, &example->event);
    example->before = codec_rows(codec, example->before, &example->before_count,
                                 sizeof(struct ward_event), event_row);
    codec_u16(codec, &example->rule);
    codec_bool(codec, &example->want);
    codec_str(codec, &example->file);
    codec_u32(codec, &example->line);
}

static void wording_number(struct codec *codec, float *value)
{
    double number = (double)*value;
    codec_f64(codec, &number);
    if (!(number >= -WORDING_WEIGHT_MAX && number <= WORDING_WEIGHT_MAX))
        codec->failed = true;
    *value = codec->failed ? 0.0F : (float)number;
    if ((double)*value < number || (double)*value > number)
        codec->failed = true; /* written from a float, so it is one */
}

static void wording_row(struct codec *codec, void *row)
{
    struct wording_entry *entry = row;
    int64_t key;
    memcpy(&key, &entry->key, sizeof key);
    codec_i64(codec, &key);
    memcpy(&entry->key, &key, sizeof key);
    wording_number(codec, &entry->weight);
    for (uint32_t i = 0; i < WORDING_ROLES; i++)
        wording_number(codec, &entry->lean[i]);
}

/* The table as it lies in memory: `mask` + 1 entries, or none. */
static void wording_code(struct codec *codec, struct pack_wording *wording)
{
    uint32_t size = wording->entries ? wording->mask + 1 : 0;
    codec_u32(codec, &wording->count);
    wording->entries =
        codec_rows(codec, wording->entries, &size, sizeof(struct wording_entry), wording_row);
    wording->mask = size ? size - 1 : 0;
    if (!size)
        wording->entries = NULL;
}

#define ROWS(table, number, type, describe)                                                        \
    pack->table = codec_rows(codec, pack->table, &pack->number, sizeof(type), describe)

static void whole(struct codec *codec, struct pack *pack)
{
    text_code(codec, pack->hash, sizeof pack->hash);
    ROWS(sources, source_count, struct pack_source, source_row);
    ROWS(signals, signal_count, struct pack_signal, signal_row);
    ROWS(terms, term_count, struct pack_term, term_row);
    ROWS(allows, allow_count, struct pack_term, term_row);
    ROWS(nodes, node_count, struct cond_node, node_row);
    ROWS(sets, set_count, struct pack_set, set_row);
    ROWS(rules, rule_count, struct pack_rule, rule_row);
    ROWS(families, family_count, struct pack_family, family_row);
    ROWS(laws, law_count, struct pack_law, law_row);
    ROWS(procedures, procedure_count, struct pack_procedure, procedure_row);
    ROWS(currencies, currency_count, struct pack_currency, currency_row);
    ROWS(examples, example_count, struct pack_example, example_row);
    wording_code(codec, &pack->wording);
    codec_f64(codec, &pack->base);
    codec_f64(codec, &pack->threshold_watch);
    codec_f64(codec, &pack->threshold_review);
    codec_f64(codec, &pack->threshold_urgent);
}

void pack_image_write(const struct pack *pack, struct buf *out)
{
    struct codec codec;
    struct pack copy = *pack;
    codec_write(&codec, out);
    whole(&codec, &copy);
}

/* ---- What must hold between them ---- */

static bool terms_hold(const struct pack *pack, const struct pack_term *terms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!terms[i].text.len || terms[i].signal >= pack->signal_count ||
            terms[i].mode > TERM_FULL)
            return false;
    }
    return count <= PACK_TERMS_MAX;
}

static bool names_hold(const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->signal_count; i++) {
        if (!pack->signals[i].name.len)
            return false;
    }
    return pack->signal_count <= PACK_SIGNALS_MAX && pack->source_count <= PACK_SOURCES_MAX;
}

/* Signals of a set rise strictly; its bits are made here. */
static enum ward_status set_complete(const struct pack *pack, struct arena *arena,
                                     struct pack_set *set)
{
    if (!set->count)
        return WARD_ERR_STALE;
    uint64_t *bits = arena_calloc(arena, pack->signal_words, sizeof *bits);
    if (!bits)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < set->count; i++) {
        const uint16_t signal = set->signals[i];
        if (signal >= pack->signal_count || (i && signal <= set->signals[i - 1]))
            return WARD_ERR_STALE;
        bits[signal / 64] |= 1ULL << (signal % 64);
    }
    set->bits = bits;
    return WARD_OK;
}

static bool leaf_holds(const struct pack *pack, const struct cond_node *node)
{
    const bool pair = node->op == COND_NEAR || node->op == COND_BEFORE || node->op == COND_CLAUSE;
    if (node->compare > CMP_GT || node->scope >= SCOPE_COUNT)
        return false;
    if (node->op == COND_FACT)
        return node->a < FACT_COUNT;
    return (node->op == COND_COUNT || pair) && node->a < pack->set_count &&
           (!pair || node->b < pack->set_count);
}

static enum ward_status nodes_hold(const struct pack *pack, struct arena *arena)
{
    uint8_t *depths = arena_calloc(arena, (size_t)pack->node_count + 1, 1);
    if (!depths)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < pack->node_count; i++) {
        const struct cond_node *node = &pack->nodes[i];
        const bool two = node->op == COND_AND || node->op == COND_OR;
        if (!two && node->op != COND_NOT) {
            depths[i] = 1;
            if (!leaf_holds(pack, node))
                return WARD_ERR_STALE;
            continue;
        }
        if (node->left >= i || (two && node->right >= i))
            return WARD_ERR_STALE;
        const uint8_t right = two ? depths[node->right] : 0;
        const uint8_t below = depths[node->left] > right ? depths[node->left] : right;
        if (below >= COND_DEPTH_MAX)
            return WARD_ERR_STALE;
        depths[i] = (uint8_t)(below + 1);
    }
    return pack->node_count <= UINT16_MAX + 1u ? WARD_OK : WARD_ERR_STALE;
}

static bool rules_hold(const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct pack_rule *rule = &pack->rules[i];
        if (!rule->name.len || rule->when >= pack->node_count ||
            rule->family >= pack->family_count || rule->role > WARD_ROLE_AGENT ||
            !(rule->weight >= -PACK_WEIGHT_MAX && rule->weight <= PACK_WEIGHT_MAX))
            return false;
        for (uint32_t l = 0; l < rule->law_count; l++) {
            if (rule->laws[l] >= pack->law_count)
                return false;
        }
    }
    for (uint32_t i = 0; i < pack->example_count; i++) {
        if (pack->examples[i].rule >= pack->rule_count)
            return false;
    }
    return pack->rule_count <= PACK_RULES_MAX;
}

/* Lookups stop at an empty entry: there must be one, and a power of two of them. */
static enum ward_status wording_complete(struct arena *arena, struct pack *pack)
{
    struct pack_wording *wording = &pack->wording;
    uint64_t *tokens = arena_calloc(arena, (size_t)pack->signal_count + 1, sizeof *tokens);
    if (!tokens)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < pack->signal_count; i++)
        tokens[i] = wording_token_class(pack->signals[i].name);
    wording->signal_tokens = tokens;
    if (!wording->entries)
        return wording->count ? WARD_ERR_STALE : WARD_OK;
    uint32_t used = 0;
    for (uint32_t i = 0; i <= wording->mask; i++)
        used += wording->entries[i].key != 0;
    const bool sound = (wording->mask & (wording->mask + 1)) == 0 && used == wording->count &&
                       used <= wording->mask / 2 + 1;
    return sound && used <= wording->mask ? WARD_OK : WARD_ERR_STALE;
}

static bool numbers_hold(const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->family_count; i++) {
        if (!(pack->families[i].cap > 0.0))
            return false;
    }
    for (uint32_t i = 1; i < pack->law_count; i++) {
        const struct pack_law *law = &pack->laws[i];
        const int order = str_compare(law[-1].id, law->id);
        if (order > 0 || (order == 0 && law[-1].to_ms > law->from_ms))
            return false;
    }
    return pack->threshold_watch > 0.0 && pack->threshold_watch < pack->threshold_review &&
           pack->threshold_review < pack->threshold_urgent && pack->threshold_urgent < 1.0;
}

enum ward_status pack_image_read(struct ward_str bytes, struct arena *arena, struct pack *pack)
{
    struct codec codec;
    *pack = (struct pack){.base = 0.0};
    codec_read(&codec, bytes, arena);
    whole(&codec, pack);
    if (codec.no_memory)
        return WARD_ERR_NOMEM;
    if (codec.failed || codec.at != codec.end)
        return WARD_ERR_STALE;
    pack->signal_words = (pack->signal_count + 63) / 64;
    if (!names_hold(pack) || !terms_hold(pack, pack->terms, pack->term_count) ||
        !terms_hold(pack, pack->allows, pack->allow_count))
        return WARD_ERR_STALE;
    for (uint32_t i = 0; i < pack->set_count; i++) {
        /* The rows were made in `arena` by the codec just now, so they may be completed. */
        struct pack_set *set;
        const struct pack_set *made = &pack->sets[i];
        memcpy(&set, &made, sizeof set);
        const enum ward_status status = set_complete(pack, arena, set);
        if (status != WARD_OK)
            return status;
    }
    enum ward_status status = nodes_hold(pack, arena);
    if (status == WARD_OK)
        status = wording_complete(arena, pack);
    if (status != WARD_OK)
        return status;
    return rules_hold(pack) && numbers_hold(pack) ? WARD_OK : WARD_ERR_STALE;
}
