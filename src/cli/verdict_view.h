/**
 * Verdicts for programs (one JSON object a line) and for people (a few lines of text).
 */
#ifndef WARD_CLI_VERDICT_VIEW_H
#define WARD_CLI_VERDICT_VIEW_H

#include "base/buf.h"
#include "ward/ward.h"

enum view_lang { VIEW_EN, VIEW_ZH, VIEW_BOTH };

struct verdict_view {
    enum view_lang lang;
    bool colour;           /**< terminal colours in the text for people */
    bool every_reason;     /**< the text for people lists small reasons one by one */
    struct ward_str packs; /**< JSON array of the packs' names (view_put_packs); borrowed */
};

/** The packs of `engine` as a JSON array, made once: it ends every verdict. */
void view_put_packs(struct buf *out, const struct ward_engine *engine);

/** Reads "zh", "en" or "both". */
bool view_lang_parse(const char *name, enum view_lang *out);

/** One verdict as one line of JSON, newline included. */
void view_put_json(struct buf *out, const struct verdict_view *view, const struct ward_event *event,
                   const struct ward_verdict *verdict);

/**
 * One verdict as text for people, a blank line behind it. Control and direction characters of the
 * event never reach the terminal.
 */
void view_put_text(struct buf *out, const struct verdict_view *view, const struct ward_event *event,
                   const struct ward_verdict *verdict);

/** `time_ms` as RFC 3339 in UTC ("2026-11-01T08:00:00Z", milliseconds only when there are any). */
void view_put_time(struct buf *out, int64_t time_ms);

#endif
