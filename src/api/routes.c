/**
 * The list of parts: one line for each file of routes.
 */
#include "api/routes.h"

static const struct api_part *const parts[] = {
    NULL,
};

const struct api_part *const *api_parts(size_t *count)
{
    *count = sizeof parts / sizeof parts[0] - 1;
    return parts;
}
