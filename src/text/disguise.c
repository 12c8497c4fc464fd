/**
 * Names of disguises, for people and for output.
 */
#include "ward/ward.h"

static const char *const names[WARD_DISGUISE_COUNT] = {
    "width",  "case",      "styled",         "variant", "invisible", "separator", "filler",
    "repeat", "homophone", "near-homophone", "pinyin",  "mixed",     "initials",  "split",
    "shape",  "emoji",     "digit-sound",    "leet",    "numeral",   "order",     "dialect",
};

const char *ward_disguise_name(uint32_t bit)
{
    for (unsigned i = 0; i < WARD_DISGUISE_COUNT; i++)
        if (bit == 1u << i)
            return names[i];
    return NULL;
}
