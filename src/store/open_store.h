/**
 * An open store, and how a write becomes one transaction with its audit entry.
 */
#ifndef WARD_STORE_OPEN_STORE_H
#define WARD_STORE_OPEN_STORE_H

#include "store/db.h"
#include "store/digest.h"
#include "store/sign_key.h"
#include "store/store.h"

#define STORE_ID_BYTES 16u
#define NONCE_BYTES 16u
/** Ids of cases and people: they are indexed. */
#define STORE_ID_MAX 256u
/** `time_ms` in rows of events and members without a time: such rows come last. */
#define NO_TIME INT64_MAX

struct store {
    struct db *db; /**< owned */
    bool writes;
    uint32_t busy_ms;
    unsigned char id[STORE_ID_BYTES];
    unsigned char secret[SECRET_BYTES]; /**< key of names, marks */
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    bool is_pinned;      /**< the public key was compared with the key file */
    struct sign_key key; /**< only when writing */
    char *key_path;      /**< owned; NULL none */
    bool is_on_trial;    /**< erasing only counts */
    /* Of the transaction that is running. */
    unsigned char nonce[NONCE_BYTES];
    uint64_t entries; /**< in the audit log, with what this transaction added */
    unsigned char head[DIGEST_BYTES];
};

/** What is done inside a transaction; may run again from the start after a lost connection. */
typedef enum ward_status (*store_work)(struct store *store, void *context, struct ward_error *err);

/**
 * Runs `work` as one writing transaction and commits when it returns WARD_OK; anything else undoes
 * it. `store->entries` is up to date inside. When PostgreSQL goes away the connection is made anew
 * and the work repeated, unless the audit log shows that the commit had happened.
 */
enum ward_status store_write(struct store *store, store_work work, void *context,
                             struct ward_error *err) WARD_MUST_USE;
/** Runs `work` against one moment of the store; a lost connection is an error then. */
enum ward_status store_read(struct store *store, store_work work, void *context,
                            struct ward_error *err) WARD_MUST_USE;

/** A db_taker that stores the first column into an int64_t. */
enum ward_status take_integer(void *context, size_t index, const struct db_value *columns,
                              struct ward_error *err);

/** WARD_ERR_ARGUMENT when an entry of that kind or size is not for callers to write. */
enum ward_status store_may_enter(struct ward_str kind, struct ward_str body_json,
                                 struct ward_error *err) WARD_MUST_USE;

/** WARD_ERR_ARGUMENT when nobody is named or the store was opened for reading. */
enum ward_status store_may_write(const struct store *store, struct ward_str who,
                                 struct ward_error *err) WARD_MUST_USE;

#endif
