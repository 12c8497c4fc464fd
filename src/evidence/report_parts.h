/**
 * The chapters of a report; report.c puts them in order.
 */
#ifndef WARD_EVIDENCE_REPORT_PARTS_H
#define WARD_EVIDENCE_REPORT_PARTS_H

#include "evidence/dossier.h"
#include "evidence/page.h"

/** The style sheet, without its tags. */
void report_put_style(struct buf *out);

/** Summary: sentence, urgency with its reasons, the figures of the case. */
void report_put_summary(struct page *page, const struct dossier *dossier);
/** People with roles, confidence, accounts and handles, and why they are one person. */
void report_put_people(struct page *page, const struct dossier *dossier);
void report_put_groups(struct page *page, const struct dossier *dossier);
void report_put_timeline(struct page *page, const struct dossier *dossier);
/** How words were hidden, over all messages. */
void report_put_disguises(struct page *page, const struct dossier *dossier);
/** Every message shown, with its neighbours. WARD_ERR_NOMEM. */
enum ward_status report_put_messages(struct page *page,
                                     const struct dossier *dossier) WARD_MUST_USE;
void report_put_laws(struct page *page, const struct dossier *dossier,
                     const struct evidence_subject *subject);
/** What is not known, and how far the report can be trusted. */
void report_put_limits(struct page *page, const struct dossier *dossier);
void report_put_custody(struct page *page, const struct dossier *dossier);
void report_put_decisions(struct page *page, const struct dossier *dossier);

/** `<a href="#m17">17</a>` for entry `index`: its line in data/events.jsonl. */
void report_put_reference(struct page *page, uint32_t index, bool is_shown);
/** True if entry `index` is among the messages shown. Cost: log n. */
bool report_is_shown(const struct dossier *dossier, uint32_t index);

#endif
