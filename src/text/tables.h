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

#include <stdint.h>

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

extern const uint32_t table_fold_bmp[];   /* by code point below 0x10000 */
extern const uint16_t table_fold_index[]; /* by (code point - 0x10000) / 128 */
extern const uint32_t table_fold_page[];  /* 128 entries a page */
extern const uint32_t table_fold_multi[];

#endif
