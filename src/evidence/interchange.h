/**
 * One case in the forms other systems read: STIX 2.1, MISP, and CASE on UCO.
 *
 * They say what the package says elsewhere and no more. Ids come from names (uuid.h), moments
 * from the case file, so the same case file gives the same bytes. None of them knows a
 * verdict of ward: people are identities or comments, never actors found guilty.
 */
#ifndef WARD_EVIDENCE_INTERCHANGE_H
#define WARD_EVIDENCE_INTERCHANGE_H

#include "base/buf.h"
#include "casework/case_file.h"
#include "base/json_pen.h"
#include "evidence/uuid.h"

/**
 * A STIX 2.1 bundle, appended to `out`: a report of the case, identities for people and groups,
 * their accounts and handles, a note for each flagged message, relationships. All references are
 * within the bundle. WARD_ERR_NOMEM; WARD_ERR_LIMIT when `out` is full.
 */
enum ward_status stix_bundle(const struct case_file *file, struct buf *out,
                             struct ward_error *err) WARD_MUST_USE;
/** A MISP event (core format), shared with nobody (distribution 0). Errors as stix_bundle(). */
enum ward_status misp_event(const struct case_file *file, struct buf *out,
                            struct ward_error *err) WARD_MUST_USE;

/**
 * A graph in CASE/UCO JSON-LD: one investigation, its people, accounts, handles, threads, messages
 * (neighbours too), ties with their confidence, and the custody of the files they were read from.
 * Errors as stix_bundle().
 */
enum ward_status case_uco_graph(const struct case_file *file, struct buf *out,
                                struct ward_error *err) WARD_MUST_USE;

/** "offer", "seek", "agent"; "none". */
const char *interchange_role(enum ward_role role);
/** 0..100 of a share 0..1; anything else is brought into that range. */
int interchange_percent(double share);
/** "platform/account" -> its two parts; without '/' the first is empty. */
void interchange_split(struct ward_str key, struct ward_str *platform, struct ward_str *account);
/** The id of a thing of this case, of `kind`, named by `name` and `more` (may be empty). */
void interchange_id(const struct case_file *file, const char *kind, struct ward_str name,
                    struct ward_str more, struct uuid *out);
/** Where entry `index` stands: "line 3 of data/events.jsonl". */
void interchange_line(uint32_t index, char out[64]);

#endif
