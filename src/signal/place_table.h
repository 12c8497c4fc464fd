/**
 * Layout of the place names, made by tools/pack_places.py from data/places.tsv.
 *
 * A blocker is a name with code 0 (the empty code): an ordinary word that holds the name of a
 * place.
 */
#ifndef WARD_SIGNAL_PLACE_TABLE_H
#define WARD_SIGNAL_PLACE_TABLE_H

#include <stdint.h>

#define PLACE_HASH_BITS 14
#define PLACE_PAIR_BITS 15

struct place_entry {
    uint32_t pool; /**< offset of the first unit in place_pool */
    uint8_t len;   /**< units */
    uint16_t code; /**< index into place_codes */
};

struct place_slot {
    uint32_t key;   /**< first two units of a group of names */
    uint32_t entry; /**< index of its first entry + 1, 0 empty */
};

struct place_single {
    uint16_t unit;
    uint16_t code;
};

struct place_latin {
    char name[20]; /**< words parted by one space */
    uint16_t code;
};

typedef char place_code[16];

extern const place_code place_codes[];
extern const uint16_t place_pool[];
extern const struct place_entry place_entries[]; /**< by first two units, longer first */
extern const uint32_t place_entry_count;
extern const struct place_slot place_hash[]; /**< open addressing */
extern const uint8_t place_pairs[]; /**< bit per hash of the first two units: mostly unset, so
                                      that most pairs need no look into the table */
extern const struct place_single place_singles[]; /**< ascending */
extern const uint32_t place_single_count;
extern const struct place_latin place_latins[]; /**< ascending */
extern const uint32_t place_latin_count;

#endif
