/**
 * Handles that carry their own mark: e-mail, URL, @name, and telephone numbers.
 */
#ifndef WARD_SIGNAL_HANDLE_ADDRESS_H
#define WARD_SIGNAL_HANDLE_ADDRESS_H

#include "signal/handle.h"

/** One reading: value not NUL-terminated. */
struct handle_draft {
    const char *kind; /**< static */
    char value[HANDLE_VALUE_MAX];
    uint32_t len;
    uint32_t unit_begin, unit_end; /**< half-open */
    uint32_t disguises;
};

/** Appends one ASCII character; what does not fit is cut off. */
void handle_put(struct handle_draft *draft, uint32_t code);

/** E-mail, URL or @name whose first unit is that of token `at`. */
bool handle_address_at(const struct tokens *tokens, uint32_t at, struct handle_draft *out);
/** Unit behind the run of address characters that begins with token `at`: where no address was
 * found, none is looked for before it. */
uint32_t handle_address_end(const struct tokens *tokens, uint32_t at);
/** Telephone number whose first digit is token `at`. `called`: a cue stood before, so that plain
 * local forms are taken as well. */
bool handle_phone_at(const struct tokens *tokens, uint32_t at, bool called,
                     struct handle_draft *out);

#endif
