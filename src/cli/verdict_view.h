/**
 * Verdicts for people: a few lines of text each.
 */
#ifndef WARD_CLI_VERDICT_VIEW_H
#define WARD_CLI_VERDICT_VIEW_H

#include "engine/verdict_json.h"

struct verdict_view {
    enum says_lang lang;
    bool colour;       /**< terminal colours */
    bool every_reason; /**< lists small reasons one by one */
};

/**
 * One verdict as text, a blank line behind it. Control and direction characters of the event never
 * reach the terminal.
 */
void view_put_text(struct buf *out, const struct verdict_view *view, const struct ward_event *event,
                   const struct ward_verdict *verdict);

#endif
