/**
 * Stands in while the tree has no match room: packs load and are checked, nothing is matched.
 */
#include "match/matcher.h"

enum ward_status matcher_build(const struct matcher_term *terms, uint32_t count,
                               const struct matcher_options *options, struct matcher **out,
                               struct ward_error *err)
{
    (void)terms;
    (void)count;
    (void)options;
    (void)err;
    *out = NULL;
    return WARD_OK;
}

void matcher_free(struct matcher *matcher)
{
    (void)matcher;
}
