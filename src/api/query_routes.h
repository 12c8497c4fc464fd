/**
 * Checking searches and names; what to show instead.
 */
#ifndef WARD_API_QUERY_ROUTES_H
#define WARD_API_QUERY_ROUTES_H

#include "api/api.h"
#include "base/json_pen.h"
#include "pack/pack.h"

extern const struct api_part query_part;

/**
 * Puts an array of {"rule","says":{zh,en},"steps":[{zh,en}]}: the help that the verdict names, and,
 * where there is help or a level, the lawful ways of the packs that fit its role.
 */
void query_put_show(struct json_pen *pen, const struct pack *pack,
                    const struct ward_verdict *verdict);

#endif
