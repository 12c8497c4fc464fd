/**
 * Shows an error of a pack as compilers do: place, sentence, the line and a caret under the place.
 */
#ifndef WARD_PACK_PACK_ERROR_H
#define WARD_PACK_PACK_ERROR_H

#include "base/buf.h"

/**
 * Appends `err` to `out`:
 *
 *     packs/zh/rules/a.yaml:3:18: unknown signal "prise" (did you mean "price"?)
 *         when: near(child, prise, 20)
 *                           ^
 *
 * The line is read from the file again; when that fails (or no line is known) only the first line
 * is written. Long lines are cut around the place; control characters are shown as `?`.
 */
void pack_error_show(const struct ward_error *err, struct buf *out);

#endif
