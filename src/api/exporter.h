/**
 * Making packages in the background, and taking them away again.
 */
#ifndef WARD_API_EXPORTER_H
#define WARD_API_EXPORTER_H

#include "api/api.h"
#include "api/export_record.h"

/** Exports that wait or are at work at once; one more is told to come back. */
#define EXPORTS_MAX 8u

struct exporter;

/** Makes the folder STATE/exports, fails what a stop cut short, takes away what has no record. */
enum ward_status exporter_new(struct api *api, struct exporter **out,
                              struct ward_error *err) WARD_MUST_USE;
/** No job may run any more. NULL allowed. */
void exporter_free(struct exporter *exporter);

/** Queues the package of a case. Its record is written when this returns; the id goes to `id`.
 * WARD_ERR_BUSY: too many are under way. */
enum ward_status exporter_ask(struct exporter *exporter, const struct api_call *call,
                              struct ward_str case_id, char id[EXPORT_ID_TEXT],
                              struct ward_error *err) WARD_MUST_USE;
/**
 * DELETE of the export that call's path names: one under way is left within a second, the package
 * of one that is ready goes; one that failed or was cancelled stays as it is. `*record` is how it
 * stands then, its strings in `arena`. WARD_ERR_NOT_FOUND.
 */
enum ward_status exporter_cancel(struct exporter *exporter, const struct api_call *call,
                                 struct arena *arena, struct export_record *record,
                                 struct ward_error *err) WARD_MUST_USE;
/** Opens a package that is ready. -1: it is not there. */
int exporter_open(const struct exporter *exporter, const char *id);
/** Takes away what has expired; now and then. Uses `store`. */
void exporter_sweep(struct exporter *exporter, struct store *store, int64_t now_ms);

#endif
