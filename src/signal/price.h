/**
 * Sums of money in tokens: what is asked or offered, in any of the ways people write it.
 *
 * Ranges of `price_class` (in whole units of the currency; a sum is plausible if its range meets
 * them). China: reported sums run from 6,000 (2013) through 30,000-200,000 to 420,000 yuan; papers
 * 25,000-96,000 (2020-2024). The band is wider than the reports at both ends, for deposits and
 * "nutrition fees" on one side and inflation on the other: 3,000 to 1,000,000 yuan. Elsewhere:
 * Philippines P10,000-100,000 (NACC 2024), Indonesia 2.5-15 million rupiah (Surabaya 2018); bands
 * for other currencies are the Chinese one, converted and rounded.
 *
 * Not every number is a price: what has a measure word (9万粉丝, 3千米), stands in a date, time,
 * score, telephone or room number, or has no unit and no money word before it, is none.
 */
#ifndef WARD_SIGNAL_PRICE_H
#define WARD_SIGNAL_PRICE_H

#include "signal/signals.h"
#include "signal/token.h"

/** Language of a text without Han characters, as far as the readers need it. */
enum price_language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_ID, LANGUAGE_VI, LANGUAGE_TL };

/** Guesses from Han characters and function words. O(tokens). */
enum price_language price_language_of(const struct tokens *tokens);

/**
 * Reads all sums into `out` (room for `max`), in order of position; returns their count.
 * Tokens inside `taken` spans (handles, dates) are for the caller to drop.
 */
uint32_t price_read(const struct tokens *tokens, enum price_language language,
                    struct price_fact *out, uint32_t max);

/**
 * 女23天 8.5 / 送·滇·女·35天·7 / 男宝10-16: a bare number right behind an attribute of a child, at
 * the end of its phrase, is a price code. `at` is the token behind the attribute. False if there is
 * none.
 */
bool price_behind_attribute(const struct tokens *tokens, uint32_t at, enum price_language language,
                            struct price_fact *out);

/** Where a sum of `low`..`high` minor units of `currency` stands. Unknown currencies: as CNY. */
enum price_class price_class_of(const char *currency, int64_t low_minor, int64_t high_minor);

/** Minor units in one unit of `currency`: 100, or 1 for those without (VND, JPY, KRW). */
int64_t price_minor_units(const char *currency);

#endif
