/**
 * Writing the report: fixed phrases in two languages, and hostile text made safe to show.
 *
 * Text of events goes through page_text() or page_label() and nothing else. Both escape what HTML
 * and XML give a meaning to, and make visible what hides or turns text (controls, direction marks,
 * zero-width characters, invalid bytes), so that a reader sees what was really written and a line
 * can never pose as another.
 */
#ifndef WARD_EVIDENCE_PAGE_H
#define WARD_EVIDENCE_PAGE_H

#include "evidence/evidence.h"

struct page {
    struct buf *out; /**< borrowed */
    enum evidence_lang lang;
    const struct evidence_leave *leave; /**< NULL: never left */
};

/** One of two fixed phrases; they are HTML and must not come from outside. */
void page_say(struct page *page, const char *zh, const char *en);
/** Likewise with two figures: the first '#' of the phrase becomes `first`, the next `second`. */
void page_figures(struct page *page, const char *zh, const char *en, uint64_t first,
                  uint64_t second);
/** Of two sentences from data, the one in the page's language, else the other; escaped. */
void page_says(struct page *page, struct ward_str zh, struct ward_str en);

/** How one code point must be shown. */
enum glyph_care { GLYPH_PLAIN, GLYPH_ESCAPE, GLYPH_REVEAL };
/** `code` may be UTF8_INVALID. Line feed and tab are plain. */
enum glyph_care page_care(uint32_t code);

/** Puts one code point starting at `at`, `bytes` long, as page_text() would. */
void page_glyph(struct page *page, const unsigned char *at, unsigned bytes, uint32_t code);
/** Text for HTML, at most `units` code points, then an ellipsis. */
void page_text(struct page *page, struct ward_str text, size_t units);
/** Text for an SVG label or an attribute: no markup at all; `width` in half characters. */
void page_label(struct buf *out, struct ward_str text, size_t width);
/** Half characters of `code` on a page: 2 for wide ones, 1 for others. */
unsigned page_width(uint32_t code);

/** "2026-11-02 08:12" at `zone_minutes` east of UTC. */
void page_time(struct buf *out, int64_t time_ms, int zone_minutes);
/** "2026-11-02" likewise. */
void page_day(struct buf *out, int64_t time_ms, int zone_minutes);
/** A share as "93%", never rounded up to 100%. */
void page_percent(struct buf *out, double share);

const char *page_role(enum evidence_lang lang, enum ward_role role);
const char *page_level(enum evidence_lang lang, enum ward_level level);
const char *page_urgency(enum evidence_lang lang, enum link_urgency urgency);
/** What was done to hide a word, in plain words; `index` of the bit. */
const char *page_disguise(enum evidence_lang lang, unsigned index);
const char *page_tie(enum evidence_lang lang, enum link_tie_kind kind);
/** Kind of a decision as stored -> words; unknown ones as they are, escaped by the caller. */
struct ward_str page_decision(enum evidence_lang lang, struct ward_str kind);
/** State of a case likewise. */
struct ward_str page_state(enum evidence_lang lang, struct ward_str state);

/** Minutes east of UTC in which people read this case: that of its first event with a time. */
int page_zone(const struct case_file *file);

#endif
