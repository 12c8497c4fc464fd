/**
 * Ways to be contacted: telephone numbers, WeChat, QQ, Telegram and others, e-mail, URLs.
 *
 * A call to make contact ("加我", "私", "留个号") is no handle: a handle has a value. Values are
 * normalised: telephone numbers to digits (masked places stay `*`), with `+` and country code if
 * written; ids to lower case without separators; e-mail and URLs to lower case without scheme.
 */
#ifndef WARD_SIGNAL_HANDLE_H
#define WARD_SIGNAL_HANDLE_H

#include "signal/signals.h"
#include "signal/token.h"

/** Longest value kept; longer ones are cut. */
#define HANDLE_VALUE_MAX 128u

/** Storage of values: owned, reused. Values are offsets until handle_read has finished. */
struct handle_values {
    char *data;
    uint32_t len;
    uint32_t capacity;
};

void handle_values_init(struct handle_values *values);
void handle_values_release(struct handle_values *values);

/**
 * Reads all handles into `out` (room for `max`), in order of position; overlapping readings keep
 * the first. `values` is replaced. WARD_ERR_NOMEM sets `*count` to 0. Cost: O(units).
 */
enum ward_status handle_read(const struct tokens *tokens, struct handle_values *values,
                             struct handle_fact *out, uint32_t max, uint32_t *count) WARD_MUST_USE;

#endif
