/**
 * Cases, people and groups on a terminal, or as JSON lines.
 */
#ifndef WARD_CLI_CASE_VIEW_H
#define WARD_CLI_CASE_VIEW_H

#include "casework/case_file.h"
#include "casework/link_rows.h"
#include "cli/output.h"

struct case_view {
    bool zh; /**< else English */
    bool json;
    bool colour;
};

/** All cases of `loaded`, one after the other. */
void case_view_list(struct buf *out, const struct case_view *view,
                    const struct link_loaded *loaded);
/** All people of `loaded`. */
void case_view_people(struct buf *out, const struct case_view *view,
                      const struct link_loaded *loaded);
/** All groups of `link`. */
void case_view_groups(struct buf *out, const struct case_view *view, const struct link *link);
/** One case whole: urgency, people, ties, groups, messages, decisions. As JSON: the case, its
 * people and its groups, each on a line. */
void case_view_show(struct buf *out, const struct case_view *view, const struct case_file *file);

#endif
