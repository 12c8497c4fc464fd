/**
 * Pack folders made for one test in a temporary folder.
 */
#ifndef WARD_TESTS_PACK_FIXTURE_H
#define WARD_TESTS_PACK_FIXTURE_H

#include <limits.h>

#include "pack/pack.h"

struct fixture {
    char root[64];       /**< temporary folder */
    char path[PATH_MAX]; /**< of the last fixture_path */
};

/** Makes the temporary folder. */
void fixture_init(struct fixture *fixture);
/** Removes it with everything in it. */
void fixture_release(struct fixture *fixture);
/** Path of `name` in it; valid until the next call. */
const char *fixture_path(struct fixture *fixture, const char *name);
/** Writes one file, with the folders on its way. */
void fixture_write(struct fixture *fixture, const char *name, const char *text);
/** A small pack folder `name` with two signals, a family, a law and one rule. */
void fixture_pack(struct fixture *fixture, const char *name);
/** Loads one folder, expecting success. */
const struct pack *fixture_load(struct fixture *fixture, const char *name);
/** Loads two folders, expecting success. */
const struct pack *fixture_load_two(struct fixture *fixture, const char *first, const char *second);
/** Index of a signal or rule by name; fails the test if there is none. */
uint32_t fixture_signal(const struct pack *pack, const char *name);
uint32_t fixture_rule(const struct pack *pack, const char *name);
/** Does the signal have this term (or allow-phrase)? */
bool fixture_has_term(const struct pack *pack, const char *signal, const char *text);

#endif
