/**
 * What is known of an export: a record under ("export", id), changed as the job goes on.
 */
#ifndef WARD_API_EXPORT_RECORD_H
#define WARD_API_EXPORT_RECORD_H

#include "base/arena.h"
#include "store/store.h"
#include "store/store_records.h"

#define EXPORT_ID_BYTES 16u
#define EXPORT_ID_TEXT (2u * EXPORT_ID_BYTES + 1u)
/** A package stays as long after it was made; whoever wants it has fetched it by then. */
#define EXPORT_KEEP_MS (24 * 60 * 60 * INT64_C(1000))

enum export_state {
    EXPORT_WAITING = 0,
    EXPORT_WORKING,
    EXPORT_READY,
    EXPORT_FAILED,
    EXPORT_CANCELLED
};
#define EXPORT_STATES 5
/** "waiting", "working", "ready", "failed", "cancelled"; static. */
const char *export_state_name(enum export_state state);

struct export_record {
    char id[EXPORT_ID_TEXT];
    struct ward_str case_id, who;
    enum export_state state;
    struct ward_str detail; /**< why it failed, a sentence; or empty */
    int64_t created_ms, finished_ms, expires_ms;
    uint64_t bytes;
    struct ward_str sha256, manifest_sha256, key_sha256; /**< hex, when ready */
};

/** 32 random hex digits. */
void export_id_make(char out[EXPORT_ID_TEXT]);
/** True if it could be one: safe as part of a file's name. */
bool export_id_is(struct ward_str text);

/** True while it is not settled how it ends. */
bool export_is_open(const struct export_record *record);

/**
 * Writes the record; one that waits must be new. What a person did (`act`, else NULL) gets an entry
 * in the audit log: "export-asked" for one that waits, else "export-cancelled". Errors of the
 * store.
 */
enum ward_status export_record_save(struct store *store, const struct export_record *record,
                                    const struct store_act *act,
                                    struct ward_error *err) WARD_MUST_USE;
/** Reads one; its strings go to `arena`. WARD_ERR_NOT_FOUND. */
enum ward_status export_record_load(struct store *store, struct ward_str id, struct arena *arena,
                                    struct export_record *out,
                                    struct ward_error *err) WARD_MUST_USE;
enum ward_status export_record_delete(struct store *store, const char *id,
                                      struct ward_error *err) WARD_MUST_USE;

typedef enum ward_status (*export_taker)(void *context, const struct export_record *record,
                                         struct ward_error *err);
/** All of them. The store may not be used in `take`. */
enum ward_status export_records(struct store *store, struct arena *arena, export_taker take,
                                void *context, struct ward_error *err) WARD_MUST_USE;

#endif
