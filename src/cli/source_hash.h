/**
 * The SHA-256 of a source file: what custody names it by.
 */
#ifndef WARD_CLI_SOURCE_HASH_H
#define WARD_CLI_SOURCE_HASH_H

#include "ward/ward.h"

struct source_hash {
    char hex[65]; /**< lower case; "" for what cannot be read twice (a pipe, standard input) */
};

/** Reads the whole file. WARD_ERR_IO, WARD_ERR_NOT_FOUND. */
enum ward_status source_hash_of(const char *path, struct source_hash *out,
                                struct ward_error *err) WARD_MUST_USE;

#endif
