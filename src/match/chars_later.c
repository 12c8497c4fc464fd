/** Empty answers for character tables that src/text does not define yet; weak, so the real ones
 * win. */
#include "text/chars.h"
#define WEAK __attribute__((weak))
WEAK bool chars_pair_is_ordinary(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return false;
}
WEAK uint32_t chars_frequency(uint32_t c)
{
    (void)c;
    return 0;
}
WEAK uint32_t chars_shape_alikes(uint32_t c, const struct chars_alike **a)
{
    (void)c;
    *a = NULL;
    return 0;
}
WEAK uint32_t chars_shape_distance(uint32_t a, uint32_t b)
{
    return a == b ? 0 : UINT32_MAX;
}
WEAK uint32_t chars_split_step(uint32_t s, uint32_t c)
{
    (void)s;
    (void)c;
    return 0;
}
WEAK uint32_t chars_split_result(uint32_t s, const uint32_t **c)
{
    (void)s;
    *c = NULL;
    return 0;
}
WEAK uint32_t chars_splits(uint32_t c, struct chars_parts *o, uint32_t m)
{
    (void)c;
    (void)o;
    (void)m;
    return 0;
}
WEAK uint32_t chars_emoji_find(const uint32_t *c, uint32_t n, uint32_t *u)
{
    (void)c;
    (void)n;
    *u = 0;
    return 0;
}
WEAK uint32_t chars_emoji_words(uint32_t e, const uint16_t **w)
{
    (void)e;
    *w = NULL;
    return 0;
}
WEAK uint32_t chars_emoji_word(uint16_t w, const uint32_t **c)
{
    (void)w;
    *c = NULL;
    return 0;
}
