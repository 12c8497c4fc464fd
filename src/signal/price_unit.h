/**
 * Money words: what stands before or behind a number and makes it a sum.
 */
#ifndef WARD_SIGNAL_PRICE_UNIT_H
#define WARD_SIGNAL_PRICE_UNIT_H

#include "signal/price.h"

/** What was read: how much one stands for, in which currency. */
struct price_unit {
    int64_t scale;        /**< 1, 1,000, 10,000, 1,000,000 ... */
    const char *currency; /**< ISO 4217, NULL if not said; static */
    bool emoji;           /**< only a picture of money: the sum may be a code */
    uint32_t tokens;      /**< tokens taken, 0: nothing */
    uint32_t disguises;
};

/** Reads money words from token `at` on: 元, 块钱, 美元, pesos, juta, trieu, thousand dollars ...
 */
struct price_unit price_unit_behind(const struct tokens *tokens, uint32_t at,
                                    enum price_language language);
/** Reads one that ends before token `at`: ¥, $, Rp, PHP, P ... `tokens` counts backwards. */
struct price_unit price_unit_before(const struct tokens *tokens, uint32_t at);
/** Currency a sum is likely in when none is written; static. */
const char *price_currency_of(enum price_language language);

#endif
