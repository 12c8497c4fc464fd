/**
 * Left to right, longest first, never twice over the same token: 上海南站 reads 上海 and cannot
 * read 海南. Ordinary words that hold a name (三明治) are in the same table with no code and step
 * over it.
 */
#include "signal/place.h"

#include <string.h>

#include "signal/place_table.h"

static uint32_t pair_hash(uint32_t a, uint32_t b, uint32_t bits)
{
    return (uint32_t)((a << 16 | b) * 0x9E3779B1u) >> (32 - bits);
}

static bool may_begin(uint32_t a, uint32_t b)
{
    const uint32_t cell = pair_hash(a, b, PLACE_PAIR_BITS);
    return place_pairs[cell >> 3] >> (cell & 7) & 1;
}

/** First entry of the names that begin with the two characters; place_entry_count if none. */
static uint32_t group_of(uint32_t a, uint32_t b)
{
    const uint32_t key = a << 16 | b;
    uint32_t slot = pair_hash(a, b, PLACE_HASH_BITS);
    while (place_hash[slot].entry) {
        if (place_hash[slot].key == key)
            return place_hash[slot].entry - 1;
        slot = (slot + 1) & ((1u << PLACE_HASH_BITS) - 1u);
    }
    return place_entry_count;
}

static bool spells(const struct tokens *tokens, uint32_t at, const struct place_entry *entry)
{
    for (uint32_t i = 0; i < entry->len; i++) {
        const struct token *token = token_at(tokens, at + i);
        if (token->kind != TOKEN_HAN || token->code != place_pool[entry->pool + i] ||
            (i && token->gap))
            return false;
    }
    return true;
}

static uint32_t han_at(const struct tokens *tokens, uint32_t at, const char **code)
{
    const struct token *first = token_at(tokens, at);
    const struct token *second = token_at(tokens, at + 1);
    if (second->kind != TOKEN_HAN || second->gap || !may_begin(first->code, second->code))
        return 0;
    const uint32_t group = group_of(first->code, second->code);
    for (uint32_t i = group; i < place_entry_count; i++) {
        const struct place_entry *entry = &place_entries[i];
        const uint16_t *units = place_pool + entry->pool;
        if (units[0] != first->code || units[1] != second->code)
            break;
        if (spells(tokens, at, entry)) {
            *code = place_codes[entry->code];
            return entry->len;
        }
    }
    return 0;
}

static uint32_t single_at(const struct tokens *tokens, uint32_t at, const char **code)
{
    const uint32_t unit = token_at(tokens, at)->code;
    for (uint32_t i = 0; i < place_single_count && place_singles[i].unit <= unit; i++)
        if (place_singles[i].unit == unit) {
            *code = place_codes[place_singles[i].code];
            return 1;
        }
    return 0;
}

/** Tokens that spell the words of `name` ("quezon city"), 0 if they do not. */
static uint32_t latin_spells(const struct tokens *tokens, uint32_t at, const char *name)
{
    uint32_t count = 0;
    while (*name) {
        const size_t len = strcspn(name, " ");
        const struct token *token = token_at(tokens, at + count);
        if (token->kind != TOKEN_WORD || token->word_len != len ||
            memcmp(tokens->letters + token->word, name, len) != 0 ||
            (count && (token->gap_len > 1 || token->gap & GAP_NEWLINE)))
            return 0;
        count++;
        name += len + (name[len] == ' ');
    }
    return count;
}

/** Words compare as bytes do; the names that begin with the word of `at` stand together. */
static uint32_t latin_at(const struct tokens *tokens, uint32_t at, const char **code)
{
    const struct token *token = token_at(tokens, at);
    const char *word = tokens->letters + token->word;
    uint32_t low = 0;
    uint32_t high = place_latin_count;
    uint32_t best = 0;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (strncmp(place_latins[middle].name, word, token->word_len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < place_latin_count && strncmp(place_latins[low].name, word, token->word_len) == 0;
         low++) {
        const uint32_t n = latin_spells(tokens, at, place_latins[low].name);
        if (n > best) {
            best = n;
            *code = place_codes[place_latins[low].code];
        }
    }
    return best;
}

uint32_t place_at(const struct tokens *tokens, uint32_t at, bool bounded, const char **code)
{
    const struct token *token = token_at(tokens, at);
    *code = "";
    if (token->kind == TOKEN_WORD)
        return token->known && token->word_len > 1 ? latin_at(tokens, at, code) : 0;
    if (token->kind != TOKEN_HAN)
        return 0;
    const uint32_t taken = han_at(tokens, at, code);
    return taken || !bounded ? taken : single_at(tokens, at, code);
}

/** No Han character touches the token, but for words that go with a role or a sex (送粤女). */
static bool is_bounded(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    const struct token *behind = token_at(tokens, at + 1);
    const bool open = at == 0 || token->gap || tokens->at[at - 1].kind != TOKEN_HAN ||
                      tokens->at[at - 1].class == GLYPH_ROLE;
    const bool shut =
        behind->gap || behind->kind != TOKEN_HAN || token_in_han(tokens, at + 1, U"男女");
    return open && shut;
}

uint32_t place_read(const struct tokens *tokens, enum signal_field field, struct place_fact *out,
                    uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t at = 0; at < tokens->count && count < max;) {
        const char *code;
        const bool bounded = field != SIGNAL_TEXT && is_bounded(tokens, at);
        const uint32_t taken = place_at(tokens, at, bounded, &code);
        if (taken && code[0]) {
            struct place_fact *fact = &out[count++];
            memset(fact, 0, sizeof *fact);
            memcpy(fact->code, code, sizeof fact->code);
            fact->unit_begin = tokens->at[at].unit_begin;
            fact->unit_end = tokens->at[at + taken - 1].unit_end;
            fact->begin = tokens->units->begin[fact->unit_begin];
            fact->end = tokens->units->end[fact->unit_end - 1];
        }
        at += taken ? taken : 1;
    }
    return count;
}
