/**
 * How rare a pair of characters is comes from the table of ordinary text (text/chars.h); what is
 * rare there yet common among traders is listed here: signs of role, sex, age and kin.
 */
#include "link/alias_stem.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "text/chars.h"

#define ALIAS_BYTES_MAX 256u
#define LETTERS_LEAST 4u
#define WHOLE_LEAST 3u
#define WHOLE_MOST 12u

/* Characters of role, sex, age and kin, and of the groups' own roles: anchors of the aliases of the
 * trade and of its look-alikes alike ("L, province, sex"). Pairs with them are format, not name. */
static bool is_format(uint32_t code)
{
    static const uint32_t signs[] = {
        0x7537, 0x5973, 0x5b9d, 0x5a03, 0x5a74, 0x5b69, 0x513f, 0x5b50, 0x9886, 0x9001, 0x6536,
        0x517b, 0x62b1, 0x63a5, 0x653e, 0x6c42, 0x51fa, 0x4e3b, 0x7fa4, 0x5427, 0x5f85, 0x4ea7,
        0x751f, 0x8bc1, 0x6237, 0x5b55, 0x80ce, 0x6708, 0x5c81, 0x5929, 0x5468, 0x4e2a, 0x5ba2,
        0x4ef7, 0x8c08, 0x5bb6, 0x7238, 0x7236, 0x6bcd, 0x7684, 0x53cb, 0x56e2, 0x8d2d};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i] == code)
            return true;
    return false;
}

/* Weight of a pair of Han characters, 0: says nothing. */
static double pair_weight(uint32_t a, uint32_t b)
{
    if (is_format(a) || is_format(b))
        return 0;
    const uint32_t frequency = chars_pair_frequency(a, b);
    if (frequency == 0)
        return 1.6;
    if (frequency <= 3)
        return 1.4;
    return frequency <= 5 ? 0.7 : 0;
}

static void put_code(struct alias_stem *stem, uint32_t code)
{
    char bytes[4];
    const unsigned len = utf8_encode(code, bytes);
    if (stem->len + len > sizeof stem->text)
        return;
    memcpy(stem->text + stem->len, bytes, len);
    stem->len += len;
}

static bool is_word(const struct text_units *units, uint32_t i)
{
    const uint8_t kind = units->kind[i];
    return kind == UNIT_HAN || kind == UNIT_LETTER || kind == UNIT_DIGIT || kind == UNIT_OTHER;
}

/* The whole alias; long enough to be chosen, short enough to be a name. */
static uint32_t put_whole(const struct text_units *units, struct alias_stem *out)
{
    struct alias_stem stem = {.text = "=", .len = 1};
    uint32_t words = 0, digits = 0;
    for (uint32_t i = 0; i < units->count; i++) {
        if (!is_word(units, i))
            continue;
        words++;
        digits += units->kind[i] == UNIT_DIGIT;
        put_code(&stem, units->code[i]);
    }
    if (words < WHOLE_LEAST || words > WHOLE_MOST || digits * 2 > words)
        return 0;
    stem.weight = words == WHOLE_LEAST ? 1.2 : 1.6;
    *out = stem;
    return 1;
}

/* Words of letters. */
static uint32_t put_letters(const struct text_units *units, struct alias_stem *out, uint32_t count)
{
    for (uint32_t i = 0; i < units->count && count < ALIAS_STEMS_MAX;) {
        uint32_t end = i;
        struct alias_stem stem = {.weight = 1.4};
        while (end < units->count && units->kind[end] == UNIT_LETTER)
            put_code(&stem, units->code[end++]);
        if (end - i >= LETTERS_LEAST)
            out[count++] = stem;
        i = end + 1;
    }
    return count;
}

uint32_t alias_stems(struct ward_str alias, struct text_units *units, struct alias_stem *out,
                     enum ward_status *status)
{
    *status = WARD_OK;
    if (!alias.len || alias.len > ALIAS_BYTES_MAX)
        return 0;
    *status = text_units_decode(units, alias);
    if (*status)
        return 0;
    uint32_t count = put_whole(units, out);
    for (uint32_t i = 0; i + 1 < units->count && count < ALIAS_STEMS_MAX - 1; i++) {
        if (units->kind[i] != UNIT_HAN || units->kind[i + 1] != UNIT_HAN)
            continue;
        struct alias_stem stem = {.weight = pair_weight(units->code[i], units->code[i + 1])};
        if (stem.weight <= 0)
            continue;
        put_code(&stem, units->code[i]);
        put_code(&stem, units->code[i + 1]);
        out[count++] = stem;
    }
    return put_letters(units, out, count);
}
