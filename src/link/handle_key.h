/**
 * One key for one way to be contacted, however it was written.
 *
 * Telephone numbers lose country codes of the mainland and signs; ids of messengers are one space
 * (people give "VX", "Q" or nothing for the same id) without case and separators; QQ mail is its
 * QQ number; t.me and wa.me addresses are the id or number in them. Numbers that belong to
 * everybody (110, 12345, 400-, 95xxx: hotlines, services) and masked values have no key: they tie
 * nobody.
 */
#ifndef WARD_LINK_HANDLE_KEY_H
#define WARD_LINK_HANDLE_KEY_H

#include "ward/ward.h"

/** Longest key; what is longer has none. */
#define HANDLE_KEY_MAX 128u

struct handle_key {
    char text[HANDLE_KEY_MAX]; /**< "tel:1990000...", "id:testx1", "mail:...", "url:..." */
    uint32_t len;              /**< 0: no key */
};

/** `kind` NUL-terminated, NULL allowed; `value` as read by the verdict. Cost: O(bytes). */
void handle_key_make(struct handle_key *key, const char *kind, struct ward_str value);
/** The key under which an account would be known if its own id were given as a handle. */
void handle_key_account(struct handle_key *key, struct ward_str account);

#endif
