/**
 * The parts of an alias by which people keep their name when they change it: "I can do papers -
 * Sister Yuan", "Sister Yuan (owner)" and "Warm Sister Yuan" share a stem.
 *
 * A stem is two neighbouring Han characters that ordinary text rarely puts together (names,
 * nicknames: the common words around them are no stems), or a word of four and more letters;
 * digits, places in common use and the words of roles, sexes and kin say nothing. The whole alias,
 * marks left out, is a stem too. Aliases collide between strangers: belief.h never lets them tie
 * alone.
 */
#ifndef WARD_LINK_ALIAS_STEM_H
#define WARD_LINK_ALIAS_STEM_H

#include "text/units.h"

#define ALIAS_STEMS_MAX 8u
#define ALIAS_STEM_BYTES 64u

struct alias_stem {
    char text[ALIAS_STEM_BYTES]; /**< folded UTF-8; "=" in front: the whole alias */
    uint32_t len;
    double weight; /**< log-odds when two accounts alone share it */
};

/** Stems of one alias into `out` (room for ALIAS_STEMS_MAX); returns how many. `units` is scratch,
 * kept between calls; WARD_ERR_NOMEM through `*status`. Aliases above 256 bytes have none. */
uint32_t alias_stems(struct ward_str alias, struct text_units *units, struct alias_stem *out,
                     enum ward_status *status);

#endif
