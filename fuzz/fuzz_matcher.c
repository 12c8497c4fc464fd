/* Any bytes as a text under a fixed list of terms: hits lie inside the text, on code-point
 * boundaries, in order, and the work stays within its budget. The first byte picks the mode. */
#include <stdint.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/str.h"
#include "match/matcher.h"

#define TERM_COUNT 12u
/* Far above the budget of a scan: burst and some steps a unit, with what one walk may overrun. */
#define STEPS_PER_UNIT_MOST 16u
#define STEPS_BURST_MOST 8000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_hits(const struct matcher_hits *hits, size_t size)
{
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct matcher_hit *hit = &hits->at[i];
        if (hit->begin >= hit->end || hit->end > size || hit->term >= TERM_COUNT)
            abort();
        if (i && hits->at[i - 1].unit_begin > hit->unit_begin)
            abort();
        if ((hit->cost_centi == 0) != (hit->disguises == 0))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const words[TERM_COUNT] = {"图书馆", "自行车",   "书",  "宝宝",
                                                  "手机",   "library",  "a b", "9万",
                                                  "C++",    "人工智能", "👶",   "好看"};
    if (size < 1 || size > WARD_TEXT_WINDOW_BYTES)
        return 0;
    struct matcher_term terms[TERM_COUNT];
    for (uint32_t i = 0; i < TERM_COUNT; i++)
        terms[i] = (struct matcher_term){.text = str_of(words[i]),
                                         .mode = data[0] & 1u ? TERM_FULL : TERM_FOLD,
                                         .whole_word = data[0] & 2u};
    const struct ward_str text = {(const char *)data + 1, size - 1};
    struct matcher *matcher;
    struct matcher_scratch *scratch;
    struct matcher_hits hits;
    struct text_units units;
    matcher_hits_init(&hits);
    text_units_init(&units);
    if (matcher_build(terms, TERM_COUNT, NULL, &matcher, NULL) != WARD_OK)
        return 0;
    if (matcher_scratch_new(matcher, &scratch) == WARD_OK &&
        text_units_decode(&units, text) == WARD_OK &&
        matcher_scan(matcher, text, &units, scratch, &hits) == WARD_OK) {
        check_hits(&hits, text.len);
        if (matcher_scratch_steps(scratch) > STEPS_BURST_MOST + units.count * STEPS_PER_UNIT_MOST)
            abort();
    }
    matcher_hits_release(&hits);
    text_units_release(&units);
    matcher_scratch_free(scratch);
    matcher_free(matcher);
    return 0;
}
