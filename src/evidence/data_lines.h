/**
 * The plain data of a package: one JSON object a line.
 */
#ifndef WARD_EVIDENCE_DATA_LINES_H
#define WARD_EVIDENCE_DATA_LINES_H

#include "base/buf.h"
#include "casework/case_file.h"

/**
 * data/events.jsonl: every event as stored, checked. WARD_ERR_FORMAT when one is not one line of
 * JSON or does not have its noted hash (erased ones excepted: they have no hash to match).
 */
enum ward_status lines_events(const struct case_file *file, struct buf *out,
                              struct ward_error *err) WARD_MUST_USE;
/** data/verdicts.jsonl, in the order of the events; entries without a verdict have none. */
enum ward_status lines_verdicts(const struct case_file *file, struct buf *out,
                                struct ward_error *err) WARD_MUST_USE;
void lines_cases(const struct case_file *file, struct buf *out);
void lines_people(const struct case_file *file, struct buf *out);
void lines_groups(const struct case_file *file, struct buf *out);
void lines_ties(const struct case_file *file, struct buf *out);
void lines_decisions(const struct case_file *file, struct buf *out);
/** data/custody.jsonl: where each event came from, by line of data/events.jsonl. */
void lines_custody(const struct case_file *file, struct buf *out);

#endif
