/**
 * The packed character tables: arrays written by tools/pack_tables.py at build time from the
 * readable tables in src/text/data. Only files of this room include this header.
 *
 * Fold entry (32 bits): 0..20 code point, or place in table_fold_multi, or 0; 21..24 kind (enum
 * unit_kind; for DROP the drop class below); 25..28 the disguise bits width, case, styled, variant;
 * 29 leet; 30..31 class.
 */
#ifndef WARD_TEXT_TABLES_H
#define WARD_TEXT_TABLES_H

#include "text/chars.h"

#define FOLD_CODE_MASK 0x1FFFFFu
#define FOLD_KIND_SHIFT 21
#define FOLD_BITS_SHIFT 25
#define FOLD_CLASS_SHIFT 30
#define FOLD_PLAIN_LIMIT (1u << FOLD_CLASS_SHIFT) /* entries below are class PLAIN */

enum fold_class {
    FOLD_PLAIN,  /* one unit as written in the entry */
    FOLD_MULTI,  /* several units: a length and that many (code | kind) in table_fold_multi */
    FOLD_DROP,   /* no unit */
    FOLD_SPECIAL /* depends on its neighbours, or invalid */
};

enum fold_drop {
    DROP_INVISIBLE, /* zero-width, controls, tags, decorating marks */
    DROP_ACCENT,    /* mark that composes with a Latin letter */
    DROP_JOINER     /* joiner, variation selector, keycap, skin tone: part of an emoji or symbol */
};

#pragma GCC visibility push(hidden)
extern const uint32_t table_fold_bmp[];   /* by code point below 0x10000 */
extern const uint16_t table_fold_index[]; /* by (code point - 0x10000) / 128 */
extern const uint32_t table_fold_page[];  /* 128 entries a page */
extern const uint32_t table_fold_multi[];

/**
 * Tables by code point: NAME_page[NAME_index[code / 64] * 64 + code % 64] for codes below
 * TABLE_CODE_LIMIT; 0 is "nothing known".
 */
#define TABLE_CODE_LIMIT 0x40000u
#define TABLE_AT(name, code)                                                                       \
    ((code) < TABLE_CODE_LIMIT                                                                     \
         ? (uint32_t)name##_page[(uint32_t)name##_index[(code) >> 6] * 64u + ((code)&63u)]         \
         : 0u)

/** A run in a pool. */
struct table_span {
    uint16_t first;
    uint16_t count;
};

extern const uint32_t table_syllable_count;
extern const char table_syllable_name[][8];
extern const uint16_t table_syllable_class[];
extern const uint8_t table_syllable_distance[]; /* rows of 128 bytes, 2 bits a syllable */
extern const uint16_t table_sound_index[];
extern const uint16_t table_sound_page[];
extern const uint16_t table_sound_pool[]; /* count, ids */
extern const uint16_t table_pinyin_next[][26];
extern const uint16_t table_pinyin_exact[];
extern const uint16_t table_pinyin_loose[];
extern const struct chars_sound_use table_sound_use[];
extern const struct table_span table_sound_use_span[]; /* by ASCII code */
extern const uint32_t table_leet_code[];               /* ascending, ends with 0 */
extern const char table_leet_letters[][4];

extern const uint16_t table_rank_index[]; /* Han characters seen in ordinary text, from 1 */
extern const uint16_t table_rank_page[];
extern const uint8_t table_frequency[];    /* by rank: class; 0x80 set for function characters */
extern const uint32_t table_pair_first[];  /* by rank: place of its first follower */
extern const uint16_t table_pair_second[]; /* ranks of followers, ascending in each list */
extern const uint8_t table_pair_class[];   /* 4 bits a follower, low half first */
extern const uint64_t table_pair_usual[];  /* filter behind chars_pair_seems_usual */

/* A trie: node 1 is the root, NAME_code[NAME_first[node] .. NAME_first[node + 1]) ascending. */
extern const uint16_t table_alike_index[];
extern const uint16_t table_alike_page[];           /* place of the first alike in the pool */
extern const struct chars_alike table_alike_pool[]; /* the entry before the first: how many */
extern const uint32_t table_split_first[];
extern const uint32_t table_split_code[];
extern const uint16_t table_split_next[];
extern const uint16_t table_split_root_index[]; /* node of a first part */
extern const uint16_t table_split_root_page[];
extern const uint16_t table_split_whole[];      /* by node: place in the pool */
extern const uint32_t table_split_whole_pool[]; /* count, code points */
extern const uint16_t table_way_index[];
extern const uint32_t table_way_page[];
extern const uint32_t table_way_pool[]; /* length of all, then for each way: count, parts */

extern const uint32_t table_emoji_first[];
extern const uint32_t table_emoji_code[];
extern const uint16_t table_emoji_next[];
extern const uint16_t table_emoji_words[]; /* by node: place in the pool */
extern const uint16_t table_emoji_pool[];  /* count, word ids */
extern const uint32_t table_emoji_node_count;
extern const uint32_t table_word_count;
extern const uint32_t table_word_first[]; /* by word id */
extern const uint32_t table_word_code[];
#pragma GCC visibility pop

/** The node behind `code` from `node` in a trie of the layout above, 0 if none. */
static inline uint32_t table_trie_next(const uint32_t *first, const uint32_t *codes,
                                       const uint16_t *next, uint32_t node, uint32_t code)
{
    uint32_t low = first[node];
    uint32_t high = first[node + 1];
    const uint32_t limit = high;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (codes[middle] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < limit && codes[low] == code ? next[low] : 0;
}

#endif
