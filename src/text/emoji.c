/**
 * Emoji -> words. The id of an emoji is its node in the trie of folded sequences.
 */
#include "text/chars.h"
#include "text/tables.h"

uint32_t chars_emoji_find(const uint32_t *codes, uint32_t count, uint32_t *units)
{
    uint32_t found = 0;
    uint32_t node = 1;
    *units = 0;
    for (uint32_t i = 0; i < count; i++) {
        node =
            table_trie_next(table_emoji_first, table_emoji_code, table_emoji_next, node, codes[i]);
        if (!node)
            break;
        if (table_emoji_words[node]) {
            found = node;
            *units = i + 1;
        }
    }
    return found;
}

uint32_t chars_emoji_words(uint32_t emoji, const uint16_t **words)
{
    const uint16_t *list =
        table_emoji_pool + (emoji < table_emoji_node_count ? table_emoji_words[emoji] : 0);
    *words = list + 1;
    return *list;
}

uint32_t chars_emoji_word(uint16_t word, const uint32_t **codes)
{
    if (word > table_word_count)
        word = 0;
    *codes = table_word_code + table_word_first[word];
    return word ? table_word_first[word + 1] - table_word_first[word] : 0;
}
