/**
 * Syllables spelled in letters: every one that starts here, for a lattice ("xian" is xian and xi).
 *
 * A walk down a trie of all spellings, at most seven letters deep. What may follow the letters (a
 * tone digit, an apostrophe that parts two syllables) belongs to the edge, so that the next
 * syllable starts right behind it.
 */
#include <assert.h>

#include "text/chars.h"
#include "text/tables.h"

#define LETTERS_MAX 7u /* "zhuangX": one more than the longest spelling is never accepted */

static bool is_letter(uint32_t code)
{
    return code - 'a' < 26u;
}

static bool is_apostrophe(uint32_t code)
{
    return code == '\'' || code == 0x2019 || code == 0x2018 || code == '`';
}

/** Writes the edge, and a longer one before it if a tone digit follows. */
static uint32_t put_edges(struct pinyin_edge *edges, struct pinyin_edge edge, uint32_t next,
                          uint32_t after)
{
    uint32_t count = 0;
    if (next - '1' < 5u) {
        edges[count] = edge;
        edges[count++].units++;
    } else if (is_apostrophe(next) && is_letter(after)) {
        edge.units++;
    }
    edges[count++] = edge;
    return count;
}

uint32_t pinyin_edges(const uint32_t *codes, uint32_t count, struct pinyin_edge *edges)
{
    uint16_t nodes[LETTERS_MAX + 1] = {1};
    uint32_t letters = 0;
    while (letters < count && letters < LETTERS_MAX && is_letter(codes[letters]) &&
           table_pinyin_next[nodes[letters]][codes[letters] - 'a']) {
        nodes[letters + 1] = table_pinyin_next[nodes[letters]][codes[letters] - 'a'];
        letters++;
    }
    uint32_t written = 0;
    for (; letters; letters--) {
        const uint16_t node = nodes[letters];
        const uint32_t next = letters < count ? codes[letters] : 0;
        const uint32_t after = letters + 1 < count ? codes[letters + 1] : 0;
        struct pinyin_edge edge = {table_pinyin_exact[node], (uint8_t)letters, (uint8_t)letters,
                                   false};
        if (edge.syllable && written + 2 <= PINYIN_EDGES_MAX)
            written += put_edges(edges + written, edge, next, after);
        edge.syllable = table_pinyin_loose[node];
        edge.loose = true;
        if (edge.syllable && written + 2 <= PINYIN_EDGES_MAX)
            written += put_edges(edges + written, edge, next, after);
    }
    assert(written <= PINYIN_EDGES_MAX);
    return written;
}
