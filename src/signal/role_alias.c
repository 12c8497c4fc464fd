/**
 * A role, then at least one of place, sex, month: role letters and words stand first or right
 * behind a mark; what follows is read with the readers of places and children. Letters need a
 * separator or a Han place behind them ("L湘"), so that English names do not read as roles.
 */
#include "signal/role_alias.h"

#include <string.h>

#include "signal/child.h"
#include "signal/number.h"
#include "signal/place.h"

/** Longest text that is taken for an alias when the field does not say so, in tokens. */
#define ALIAS_TOKENS_MAX 8u

static bool role_letter(const struct tokens *tokens, uint32_t at, enum alias_role *role)
{
    const struct token *behind = token_at(tokens, at + 1);
    const bool parted =
        behind->gap & (GAP_SYMBOL | GAP_SPACE | GAP_EMOJI | GAP_MARK) && behind->gap_len <= 3;
    if (!parted && (behind->kind != TOKEN_HAN || behind->gap))
        return false;
    if (token_in_words(tokens, at, "s sy song")) {
        *role = ALIAS_GIVES;
        return true;
    }
    if (token_in_words(tokens, at, "l ly ling")) {
        *role = ALIAS_TAKES;
        return true;
    }
    if (token_in_words(tokens, at, "zj z")) {
        *role = ALIAS_AGENT;
        return true;
    }
    return false;
}

static bool role_word(const struct tokens *tokens, uint32_t at, enum alias_role *role)
{
    if (token_spells(tokens, at, U"中介", 1)) {
        *role = ALIAS_AGENT;
        return true;
    }
    if (token_in_han(tokens, at, U"送放出")) {
        *role = ALIAS_GIVES;
        return true;
    }
    if (token_in_han(tokens, at, U"领接求收抱蹲")) {
        *role = ALIAS_TAKES;
        return true;
    }
    return false;
}

/** One attribute at `at`: returns the tokens it takes, 0 if there is none. */
static uint32_t attribute_at(const struct tokens *tokens, uint32_t at, struct role_alias *alias)
{
    const char *code;
    struct child_part part;
    struct number number;
    const uint32_t place = place_at(tokens, at, true, &code);
    if (place && code[0]) {
        alias->has_place = true;
        return place;
    }
    const bool counted = number_read(tokens, at, &number);
    const struct number *read = counted ? &number : NULL;
    if (counted && token_in_han(tokens, number.last, U"月岁天")) {
        alias->has_month = true;
        return number.last + 1 - at;
    }
    if (child_age_at(tokens, at, read, &part) || child_due_at(tokens, at, read, &part)) {
        alias->has_month = true;
        return part.last - at;
    }
    if (child_sex_at(tokens, at, &part) || token_in_han(tokens, at, U"男女")) {
        alias->has_sex = true;
        return part.last > at ? part.last - at : 1;
    }
    if (!token_in_words(tokens, at, "nan nv boy girl m f"))
        return 0;
    alias->has_sex = true;
    return 1;
}

static void fill(const struct tokens *tokens, uint32_t first, uint32_t last,
                 struct role_alias *alias)
{
    alias->unit_begin = tokens->at[first].unit_begin;
    alias->unit_end = tokens->at[last - 1].unit_end;
    alias->begin = tokens->units->begin[alias->unit_begin];
    alias->end = tokens->units->end[alias->unit_end - 1];
    alias->disguises = 0; /* separators are part of the form */
    for (uint32_t i = alias->unit_begin; i < alias->unit_end; i++)
        alias->disguises |= tokens->units->fold[i];
}

static bool says_han(const struct tokens *tokens, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++)
        if (tokens->at[i].kind == TOKEN_HAN)
            return true;
    return false;
}

static bool form_at(const struct tokens *tokens, uint32_t at, struct role_alias *out)
{
    enum alias_role role = ALIAS_GIVES;
    const bool letter = role_letter(tokens, at, &role);
    uint32_t last = at + 1;
    bool parted = letter;
    *out = (struct role_alias){.role = ALIAS_GIVES};
    if (!letter && !role_word(tokens, at, &role))
        return false;
    out->role = role;
    if (role == ALIAS_AGENT && !letter)
        last++;
    while (!letter && !token_at(tokens, last)->gap && token_in_han(tokens, last, U"养宝爸妈"))
        last++; /* 领妈, 送养宝爸 */
    while (last < tokens->count) {
        const struct token *token = &tokens->at[last];
        if (token->gap_len > 3 || token->gap & GAP_NEWLINE)
            break;
        parted = parted || token->gap;
        const uint32_t taken = attribute_at(tokens, last, out);
        if (!taken)
            break;
        last += taken;
    }
    const uint32_t attributes = (uint32_t)out->has_place + out->has_sex + out->has_month;
    const bool whole = last >= tokens->count && at == 0;
    if (!attributes || (!parted && attributes < 2 && !whole))
        return false;
    if (letter && !out->has_place && (!out->has_sex || !says_han(tokens, at, last)))
        return false; /* "s-girl" is a name */
    fill(tokens, at, last, out);
    return true;
}

/** 领妈, 送爸: the parents of the reports. */
static bool parent_of_role(const struct tokens *tokens, uint32_t at, struct role_alias *out)
{
    if (!token_in_han(tokens, at, U"送领") || !token_in_han(tokens, at + 1, U"爸妈"))
        return false;
    *out = (struct role_alias){.role = token_in_han(tokens, at, U"送") ? ALIAS_GIVES : ALIAS_TAKES};
    fill(tokens, at, at + 2, out);
    return true;
}

/** 粤-送-女, 山东领妈: the role behind the place. */
static bool place_first(const struct tokens *tokens, struct role_alias *out)
{
    const char *code;
    const uint32_t taken = place_at(tokens, 0, true, &code);
    if (!taken || !code[0] ||
        (!parent_of_role(tokens, taken, out) &&
         (!token_at(tokens, taken)->gap || !form_at(tokens, taken, out))))
        return false;
    out->has_place = true;
    out->unit_begin = tokens->at[0].unit_begin;
    out->begin = tokens->units->begin[out->unit_begin];
    return true;
}

bool role_alias_read(const struct tokens *tokens, enum signal_field field, struct role_alias *out)
{
    *out = (struct role_alias){.role = ALIAS_GIVES};
    if (field == SIGNAL_TEXT && tokens->count > ALIAS_TOKENS_MAX)
        return false;
    if (form_at(tokens, 0, out) || place_first(tokens, out))
        return true;
    for (uint32_t at = 1; at < tokens->count && field != SIGNAL_TEXT; at++)
        if (tokens->at[at].gap && form_at(tokens, at, out))
            return true;
    return false;
}
