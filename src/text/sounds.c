/**
 * Sound of characters, digits and letters; distance of syllables.
 *
 * All answers are look-ups in packed tables; what is near in sound was settled when the tables were
 * made (tools/tables/sounds.py), so that asking costs one load.
 */
#include <assert.h>
#include <string.h>

#include "text/chars.h"
#include "text/tables.h"

uint32_t syllable_count(void)
{
    return table_syllable_count;
}

uint32_t chars_syllables(uint32_t code, const uint16_t **ids)
{
    const uint16_t *list = table_sound_pool + TABLE_AT(table_sound, code);
    *ids = list + 1;
    return *list;
}

const char *syllable_name(uint16_t id)
{
    return table_syllable_name[id <= table_syllable_count ? id : 0];
}

uint16_t syllable_find(struct ward_str name)
{
    uint16_t at = 1;
    for (size_t i = 0; i < name.len && at; i++) {
        const unsigned letter = (unsigned char)name.data[i] - (unsigned)'a';
        at = letter < 26 ? table_pinyin_next[at][letter] : 0;
    }
    return table_pinyin_exact[at];
}

uint16_t syllable_class(uint16_t id)
{
    return id <= table_syllable_count ? table_syllable_class[id] : 0;
}

uint32_t syllable_distance(uint16_t a, uint16_t b)
{
    if (a > table_syllable_count || b > table_syllable_count)
        return SYLLABLE_DISTANCE_MAX;
    return (uint32_t)table_syllable_distance[(uint32_t)a * 128u + (b >> 2)] >> ((b & 3u) * 2u) & 3u;
}

char syllable_initial(uint16_t id)
{
    return syllable_name(id)[0];
}

bool syllable_initial_has_h(uint16_t id)
{
    return syllable_name(id)[0] && syllable_name(id)[1] == 'h';
}

uint32_t chars_initials(uint32_t code)
{
    const uint16_t *ids;
    const uint32_t count = chars_syllables(code, &ids);
    uint32_t letters = 0;
    for (uint32_t i = 0; i < count; i++)
        letters |= 1u << (syllable_initial(ids[i]) - 'a');
    return letters;
}

uint32_t chars_sound_uses(uint32_t code, const struct chars_sound_use **uses)
{
    const struct table_span span = table_sound_use_span[code < 128 ? code : 0];
    *uses = table_sound_use + span.first;
    return span.count;
}

const char *chars_leet(uint32_t code)
{
    uint32_t i = 0;
    while (table_leet_code[i] && table_leet_code[i] != code)
        i++;
    return table_leet_letters[i];
}
