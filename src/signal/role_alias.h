/**
 * The alias form of adoption groups: role, place, sex, month in any order of the last three, parted
 * by anything: `S-粤-女9月`, `L湘-小满妈`, `送-黔-女`, `放女-鄂`, `领/男/川`.
 *
 * Groups of pets, dolls and cars use the same form, so this is a signal and no verdict.
 * Source: press reports of nickname rules in such groups (2017, 2020).
 */
#ifndef WARD_SIGNAL_ROLE_ALIAS_H
#define WARD_SIGNAL_ROLE_ALIAS_H

#include "signal/signals.h"
#include "signal/token.h"

enum alias_role { ALIAS_GIVES, ALIAS_TAKES, ALIAS_AGENT };

struct role_alias {
    enum alias_role role;
    bool has_place, has_sex, has_month;
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

/** True if the text begins with (or is) such a form. In SIGNAL_TEXT only the whole short text. */
bool role_alias_read(const struct tokens *tokens, enum signal_field field, struct role_alias *out);

#endif
