/**
 * What users report: the event, its thread, who reported it and why.
 *
 * A report changes no score: a verdict stays what the words are worth, and nobody is put into a
 * case because others reported him. It makes sure that a person looks. The event and its thread are
 * judged with the thread as context and kept as received, whatever their level, under the rules of
 * neighbours; so linking sees them, and where they are flagged or tie they join a case. The report
 * itself is a record under a list of its own, open until a reviewer closes it.
 *
 * The same report again (reporter, event, reason, note) is the same report.
 */
#ifndef WARD_API_REPORT_TAKE_H
#define WARD_API_REPORT_TAKE_H

#include "api/api.h"
#include "feed/feed.h"

/** Events of the thread that are kept: the last ones. */
#define REPORT_THREAD_MAX 256u
#define REPORT_WORDS_MAX 4096u /* bytes of a reason or note */
#define REPORT_ID_BYTES 24u
#define REPORT_KIND "report"
#define REPORT_OPEN_KIND "report-open"
#define REPORT_CLOSED_KIND "report-closed"

struct report_in {
    const struct ward_event *reported;
    const struct ward_event *thread; /**< in the order written */
    size_t thread_count;
    struct ward_str account; /**< of the reporter, or empty */
    struct ward_str note, reason;
    struct ward_str via; /**< "ward", "coop" */
};

struct report_out {
    char id[REPORT_ID_BYTES];
    bool is_new;
    enum ward_level level;
    double score;
};

/** Judges and stores. Lane WRITE. WARD_ERR_ARGUMENT (words too long), errors of the store. */
enum ward_status report_take(struct api_call *call, const struct report_in *in,
                             struct report_out *out, struct ward_error *err) WARD_MUST_USE;

#endif
