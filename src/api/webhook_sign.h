/**
 * What a webhook's receiver checks: `Ward-Signature: t=UNIX,v1=HEX`, HMAC-SHA-256 over "t.body".
 */
#ifndef WARD_API_WEBHOOK_SIGN_H
#define WARD_API_WEBHOOK_SIGN_H

#include "base/buf.h"

/** Secret as text: "whsec_" and 64 hex digits, with its NUL. */
#define WEBHOOK_SECRET_TEXT 71u
#define WEBHOOK_SIGNATURE_TEXT 128u
/** Attempts in all; the last one ends about a day after the first. */
#define WEBHOOK_ATTEMPTS_MAX 10u

/** Makes a secret from the system's random numbers. */
void webhook_secret_make(char out[WEBHOOK_SECRET_TEXT]);
/** The header's value for a body sent at `unix_s`. `secret` is the whole text of the secret. */
void webhook_sign(struct ward_str secret, int64_t unix_s, struct ward_str body,
                  char out[WEBHOOK_SIGNATURE_TEXT]);

/**
 * Milliseconds to wait after failed attempt number `attempt` (1, 2, ...): 5 s, four times each, at
 * most 8 hours, and `random` (any number) adds up to a quarter, so that many do not come at once.
 */
int64_t webhook_wait_ms(uint32_t attempt, uint32_t random);

/**
 * True for an address that may be registered: https, or http to this very machine (127.0.0.0/8,
 * [::1], localhost); a host name or address, no user, no fragment, no control characters, at most
 * 2,000 bytes. `why` (NULL allowed) is set to a sentence otherwise.
 */
bool webhook_url_is_good(struct ward_str url, const char **why);

#endif
