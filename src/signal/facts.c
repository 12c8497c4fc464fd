/**
 * The order of the readers matters in one point: handles are read first, and what lies inside a
 * handle (digits of a telephone number, letters of an id) is no price, age or place.
 */
#include "signal/facts.h"

#include <string.h>

void facts_init(struct facts *facts)
{
    memset(facts, 0, sizeof *facts);
    tokens_init(&facts->tokens);
    handle_values_init(&facts->values);
}

void facts_release(struct facts *facts)
{
    tokens_release(&facts->tokens);
    handle_values_release(&facts->values);
    facts_init(facts);
}

static void forget(struct facts *facts)
{
    facts->price_count = facts->part_count = facts->child_count = 0;
    facts->handle_count = facts->place_count = 0;
    facts->has_role = false;
}

/** Bits of the classes (and of digits and letters) that occur in the text. */
#define SEEN_DIGIT (1u << 30)
#define SEEN_LETTER (1u << 31)

static uint32_t look(const struct text_units *units)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < units->count; i++) {
        seen |= 1u << glyph_class(units->code[i]);
        seen |= units->kind[i] == UNIT_DIGIT ? SEEN_DIGIT : 0;
        seen |= units->kind[i] == UNIT_LETTER ? SEEN_LETTER : 0;
    }
    return seen;
}

/** Classes without which, and without digits and words, there is no sum: a numeral and something
 * to count, or a hand. */
static uint32_t price_classes(void)
{
    return 1u << GLYPH_SCALE | 1u << GLYPH_HAND | 1u << GLYPH_FEW | 1u << GLYPH_DIGIT |
           1u << GLYPH_SOUND | 1u << GLYPH_HALF;
}

/** Readers of `want` that the text may have something for. */
static uint32_t worth(uint32_t seen, enum signal_field field, uint32_t want)
{
    static const uint32_t child = 1u << GLYPH_TIME | 1u << GLYPH_SEX | 1u << GLYPH_CHILD |
                                  1u << GLYPH_BIRTH | 1u << GLYPH_WEIGHT;
    uint32_t readers = FACTS_PLACE;
    const uint32_t latin = SEEN_DIGIT | SEEN_LETTER;
    if (seen & (latin | price_classes()))
        readers |= FACTS_PRICE;
    if (seen & (latin | child))
        readers |= FACTS_CHILD;
    if (seen & (latin | 1u << GLYPH_AT | 1u << GLYPH_DIGIT))
        readers |= FACTS_HANDLE;
    if (seen & (1u << GLYPH_ROLE) || field != SIGNAL_TEXT || seen & SEEN_LETTER)
        readers |= FACTS_ROLE;
    return readers & want;
}

static bool is_price_at(const struct facts *facts, uint32_t unit)
{
    for (uint32_t i = 0; i < facts->price_count; i++)
        if (facts->prices[i].unit_begin <= unit && unit < facts->prices[i].unit_end)
            return true;
    return false;
}

/** Puts a price where it belongs by position. */
static void put_price(struct facts *facts, const struct price_fact *price)
{
    uint32_t at = facts->price_count++;
    for (; at && facts->prices[at - 1].unit_begin > price->unit_begin; at--)
        facts->prices[at] = facts->prices[at - 1];
    facts->prices[at] = *price;
}

/** Codes that are prices only because they stand behind what a child is like. */
static void read_listing_prices(struct facts *facts, enum price_language language)
{
    for (uint32_t i = 0; i < facts->part_count && facts->price_count < SIGNAL_FACTS_MAX; i++) {
        struct price_fact price;
        const uint32_t next = facts->parts[i].last;
        if (facts->parts[i].kind != PART_COUNT &&
            price_behind_attribute(&facts->tokens, next, language, &price) &&
            !is_price_at(facts, price.unit_begin) &&
            !(i + 1 < facts->part_count && facts->parts[i + 1].first <= next))
            put_price(facts, &price);
    }
}

static bool inside_handle(const struct facts *facts, uint32_t unit_begin, uint32_t unit_end)
{
    for (uint32_t i = 0; i < facts->handle_count; i++)
        if (unit_begin < facts->handles[i].unit_end && facts->handles[i].unit_begin < unit_end)
            return true;
    return false;
}

/** Codes inside a date or an age: "due Nov 15". */
static void drop_codes_inside_parts(struct facts *facts)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < facts->price_count; i++) {
        const struct price_fact *price = &facts->prices[i];
        bool inside = false;
        for (uint32_t j = 0; j < facts->part_count && price->coded && !inside; j++)
            inside =
                price->unit_begin >= token_at(&facts->tokens, facts->parts[j].first)->unit_begin &&
                price->unit_end <= token_at(&facts->tokens, facts->parts[j].last - 1)->unit_end;
        if (!inside)
            facts->prices[kept++] = *price;
    }
    facts->price_count = kept;
}

static void drop_inside_handles(struct facts *facts)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < facts->price_count; i++)
        if (!inside_handle(facts, facts->prices[i].unit_begin, facts->prices[i].unit_end))
            facts->prices[kept++] = facts->prices[i];
    facts->price_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < facts->part_count; i++) {
        const struct child_part *part = &facts->parts[i];
        if (!inside_handle(facts, token_at(&facts->tokens, part->first)->unit_begin,
                           token_at(&facts->tokens, part->last - 1)->unit_end))
            facts->parts[kept++] = *part;
    }
    facts->part_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < facts->place_count; i++)
        if (!inside_handle(facts, facts->places[i].unit_begin, facts->places[i].unit_end))
            facts->places[kept++] = facts->places[i];
    facts->place_count = kept;
}

/** True if some word may begin a spelled-out number ("eighty thousand", "jiu wan"). */
static bool has_numeral_word(const struct tokens *tokens)
{
    for (uint32_t i = 0; i < tokens->count; i++)
        if (tokens->at[i].numeral)
            return true;
    return false;
}

enum ward_status facts_read(struct facts *facts, const struct text_units *units,
                            enum signal_field field, uint32_t want)
{
    forget(facts);
    const uint32_t seen = look(units);
    uint32_t readers = worth(seen, field, want);
    if (!readers)
        return WARD_OK;
    enum ward_status status = tokens_read(&facts->tokens, units);
    if (status)
        return status;
    const struct tokens *tokens = &facts->tokens;
    if (!(seen & (SEEN_DIGIT | price_classes())) && !has_numeral_word(tokens))
        readers &= ~(uint32_t)FACTS_PRICE;
    const enum price_language language =
        readers & FACTS_PRICE ? price_language_of(tokens) : LANGUAGE_ZH;
    if (readers & FACTS_PRICE)
        facts->price_count = price_read(tokens, language, facts->prices, SIGNAL_FACTS_MAX);
    if (readers & FACTS_CHILD)
        facts->part_count = child_read_parts(tokens, field, facts->parts, CHILD_PARTS_MAX);
    if (readers & FACTS_PRICE && facts->part_count)
        drop_codes_inside_parts(facts);
    if (readers & FACTS_PRICE && facts->part_count)
        read_listing_prices(facts, language);
    if (readers & FACTS_PLACE)
        facts->place_count = place_read(tokens, field, facts->places, SIGNAL_FACTS_MAX);
    if (readers & FACTS_ROLE)
        facts->has_role = role_alias_read(tokens, field, &facts->role);
    if (readers & FACTS_HANDLE) {
        status = handle_read(tokens, &facts->values, facts->handles, SIGNAL_FACTS_MAX,
                             &facts->handle_count);
        if (status) {
            forget(facts);
            return status;
        }
    }
    if (facts->handle_count)
        drop_inside_handles(facts);
    facts->child_count =
        child_merge(tokens, facts->parts, facts->part_count, facts->children, SIGNAL_FACTS_MAX);
    return WARD_OK;
}
