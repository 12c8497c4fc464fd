/**
 * Options of every command that keeps or reads cases: where the store is, and who works.
 */
#ifndef WARD_CLI_STORE_OPTIONS_H
#define WARD_CLI_STORE_OPTIONS_H

#include "cli/command.h"
#include "store/store.h"

/* Apart from the ids of judging commands: `ward scan` has both. */
enum { OPT_STORE = 64, OPT_KEY, OPT_WHO, STORE_OPTIONS_END };

/* Rows of an option table. */
#define STORE_OPTIONS                                                                              \
    {OPT_STORE, "store", 's', "URL",                                                               \
     "FILE or postgresql://... (default: $WARD_STORE, or case.db)"},                               \
        {OPT_KEY, "key", 0, "FILE", "signing key of the audit log (default: beside the store)"},   \
    {                                                                                              \
        OPT_WHO, "who", 0, "NAME", "who does this (default: $WARD_WHO, else the login name)"       \
    }

struct store_request {
    const char *url; /**< --store, $WARD_STORE or "case.db" */
    bool is_given;   /**< by --store */
    const char *key;
    char who[128];
};

/** Takes the defaults from the environment. */
void store_request_init(struct store_request *request);
/** Takes one option of STORE_OPTIONS. */
enum ward_status store_option_take(struct store_request *request, int id, const char *value,
                                   struct ward_error *err) WARD_MUST_USE;
/** Errors of store_open(). */
enum ward_status store_request_open(const struct store_request *request, enum store_mode mode,
                                    struct store **out, struct ward_error *err) WARD_MUST_USE;

/** Milliseconds since the Unix epoch. */
int64_t clock_ms(void);

/** Who, and now. */
struct store_act store_request_act(const struct store_request *request);

#endif
