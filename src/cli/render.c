/**
 * A verdict as a few lines for people:
 *
 *   REVIEW 0.83  offer   qq/123  u1  m1  2020-04-01T04:39:40Z
 *     the words, with what counted [written -> read]
 *     -4.00  base
 *     +3.50  Offers a child for 90,000 yuan  (CN/civil-code/1044)
 *
 * The words are an excerpt around what counted. They are made safe for a terminal: no control, no
 * direction and no invisible character of the event is printed.
 */
#include "cli/verdict_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/time_text.h"
#include "cli/safe_text.h"

/* Hits shown in one field: more would not fit a screen. */
#define MARKS_MAX 64u
/* Bytes of text kept on each side of a hit when the text between hits is left out. */
#define EXCERPT_BYTES 72u

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_DIM, PAINT_HIT, PAINT_READ, PAINT_PLUS, PAINT_MINUS };

static void paint(struct buf *out, const struct verdict_view *view, enum paint as)
{
    static const char *const codes[] = {"\033[0m",    "\033[1m",    "\033[2m",   "\033[1;4m",
                                        "\033[1;36m", "\033[0;31m", "\033[0;32m"};
    if (view->colour)
        buf_put_text(out, codes[as]);
}

/* Moves `at` up to the next code point's begin. */
static size_t align_up(struct ward_str text, size_t at)
{
    while (at < text.len && ((unsigned char)text.data[at] & 0xC0u) == 0x80u)
        at++;
    return at;
}

/* Text between hits: all of it when short, else what stands next to the hits. */
static void put_between(struct buf *out, struct ward_str text, bool after_hit, bool before_hit)
{
    const size_t keep_left = after_hit ? EXCERPT_BYTES : 0;
    const size_t keep_right = before_hit ? EXCERPT_BYTES : 0;
    if (text.len <= keep_left + keep_right + 8u) {
        safe_put(out, text);
        return;
    }
    safe_put(out, str_part(text, 0, align_up(text, keep_left)));
    buf_put_text(out, " \xE2\x80\xA6 ");
    safe_put(out, str_part(text, align_up(text, text.len - keep_right), text.len));
}

/* ---- the person's words ---------------------------------------------------------------------- */

struct marks {
    const struct ward_span *at[MARKS_MAX];
    uint32_t count;
};

static int mark_order(const void *a, const void *b)
{
    const struct ward_span *x = *(const struct ward_span *const *)a;
    const struct ward_span *y = *(const struct ward_span *const *)b;
    if (x->at.begin != y->at.begin)
        return x->at.begin < y->at.begin ? -1 : 1;
    if (x->at.end != y->at.end)
        return x->at.end > y->at.end ? -1 : 1;
    return str_compare(x->signal, y->signal);
}

static bool is_of_wording(const struct ward_span *span)
{
    return str_equal(span->signal, str_of(WARD_SIGNAL_WORDING));
}

static bool is_marked(const struct marks *marks, const struct ward_span *span)
{
    for (uint32_t i = 0; i < marks->count; i++)
        if (marks->at[i]->at.begin < span->at.end && span->at.begin < marks->at[i]->at.end)
            return true;
    return false;
}

/* Words read by a signal first: those of the wording must not hide what was read there. */
static void add_marks(const struct ward_verdict *verdict, enum ward_field field, uint32_t media,
                      bool of_wording, struct marks *marks)
{
    for (size_t r = 0; r < verdict->reason_count; r++)
        for (size_t s = 0; s < verdict->reasons[r].span_count; s++) {
            const struct ward_span *span = &verdict->reasons[r].spans[s];
            if (span->at.field == field && span->at.media == media &&
                is_of_wording(span) == of_wording && marks->count < MARKS_MAX &&
                !(of_wording && is_marked(marks, span)))
                marks->at[marks->count++] = span;
        }
}

static void collect_marks(const struct ward_verdict *verdict, enum ward_field field, uint32_t media,
                          struct marks *marks)
{
    marks->count = 0;
    add_marks(verdict, field, media, false, marks);
    add_marks(verdict, field, media, true, marks);
    if (marks->count)
        qsort(marks->at, marks->count, sizeof marks->at[0], mark_order);
}

static void put_mark(struct buf *out, const struct verdict_view *view, const struct ward_span *span)
{
    if (!view->colour)
        buf_put_char(out, '[');
    paint(out, view, PAINT_HIT);
    safe_put(out, span->written);
    paint(out, view, PAINT_NONE);
    if (span->disguises && !str_equal(span->written, span->read)) {
        paint(out, view, PAINT_READ);
        buf_put_text(out, " \xE2\x86\x92 ");
        safe_put(out, span->read);
        paint(out, view, PAINT_NONE);
    }
    if (!view->colour)
        buf_put_char(out, ']');
}

static void put_field(struct buf *out, const struct verdict_view *view,
                      const struct ward_verdict *verdict, struct ward_place where,
                      struct ward_str text)
{
    struct marks marks;
    collect_marks(verdict, where.field, where.media, &marks);
    if (where.field != WARD_FIELD_TEXT && !marks.count)
        return;
    buf_put_text(out, "  ");
    if (where.field != WARD_FIELD_TEXT) {
        paint(out, view, PAINT_DIM);
        buf_printf(out, "%s: ", ward_field_name(where.field));
        paint(out, view, PAINT_NONE);
    }
    size_t at = 0;
    for (uint32_t i = 0; i < marks.count; i++) {
        const struct ward_span *span = marks.at[i];
        if (span->at.begin < at)
            continue; /* already shown inside a longer one */
        put_between(out, str_part(text, at, span->at.begin), at > 0, true);
        put_mark(out, view, span);
        at = span->at.end;
    }
    put_between(out, str_part(text, at, text.len), true, false);
    buf_put_char(out, '\n');
}

static void put_words(struct buf *out, const struct verdict_view *view,
                      const struct ward_event *event, const struct ward_verdict *verdict)
{
    if (event->text.len)
        put_field(out, view, verdict, (struct ward_place){.field = WARD_FIELD_TEXT}, event->text);
    put_field(out, view, verdict, (struct ward_place){.field = WARD_FIELD_ALIAS}, event->alias);
    put_field(out, view, verdict, (struct ward_place){.field = WARD_FIELD_GROUP_NAME},
              event->group_name);
    put_field(out, view, verdict, (struct ward_place){.field = WARD_FIELD_QUOTED}, event->quoted);
    for (size_t m = 0; m < event->media_count; m++)
        put_field(out, view, verdict,
                  (struct ward_place){.field = WARD_FIELD_MEDIA, .media = (uint32_t)m},
                  event->media[m].text);
}

/* ---- head ------------------------------------------------------------------------------------ */

static void put_level(struct buf *out, const struct verdict_view *view, enum ward_level level)
{
    static const char *const names[] = {"none  ", "WATCH ", "REVIEW", "URGENT"};
    static const char *const colours[] = {"\033[2m", "\033[1;33m", "\033[1;31m", "\033[1;97;41m"};
    if (view->colour)
        buf_put_text(out, colours[level]);
    buf_put_text(out, names[level]);
    paint(out, view, PAINT_NONE);
}

static void put_origin(struct buf *out, const struct ward_event *event)
{
    if (event->platform.len || event->group.len) {
        buf_put_text(out, "  ");
        safe_put(out, event->platform);
        if (event->group.len) {
            buf_put_char(out, '/');
            safe_put(out, event->group);
        }
    }
    if (event->account.len) {
        buf_put_text(out, "  ");
        safe_put(out, event->account);
    }
    if (event->has_time) {
        buf_put_text(out, "  ");
        time_put(out, event->time_ms);
    }
    if (!str_equal(event->id, str_of("-"))) {
        buf_put_text(out, "  ");
        safe_put(out, event->id);
    }
}

static void put_head(struct buf *out, const struct verdict_view *view,
                     const struct ward_event *event, const struct ward_verdict *verdict)
{
    put_level(out, view, verdict->level);
    paint(out, view, PAINT_BOLD);
    buf_printf(out, " %.2f", verdict->score);
    paint(out, view, PAINT_NONE);
    buf_printf(out, "  %-5s", verdict->role == WARD_ROLE_NONE ? "" : ward_role_name(verdict->role));
    paint(out, view, PAINT_DIM);
    put_origin(out, event);
    if (verdict->revision)
        buf_printf(out, "  revision %u", verdict->revision);
    paint(out, view, PAINT_NONE);
    buf_put_char(out, '\n');
}

/* ---- reasons --------------------------------------------------------------------------------- */

static void put_sentence(struct buf *out, const struct verdict_view *view, struct ward_str zh,
                         struct ward_str en, struct ward_str rule)
{
    const struct ward_str first = view->lang == SAYS_ZH ? zh : en;
    const struct ward_str other = view->lang == SAYS_ZH ? en : zh;
    safe_put(out, first.len ? first : other.len ? other : rule);
    if (view->lang == SAYS_BOTH && zh.len && en.len) {
        buf_put_text(out, "  ");
        safe_put(out, zh);
    }
}

static void put_laws(struct buf *out, const struct verdict_view *view,
                     const struct ward_reason *reason)
{
    if (!reason->law_count)
        return;
    paint(out, view, PAINT_DIM);
    for (size_t i = 0; i < reason->law_count; i++) {
        buf_put_text(out, i ? ", " : "  (");
        safe_put(out, reason->laws[i].id);
    }
    buf_put_char(out, ')');
    paint(out, view, PAINT_NONE);
}

/* A reason that moves the log-odds by less than 0.1 is told in one line with its like, unless every
 * reason is asked for; JSON always lists them all. */
static bool is_small(const struct verdict_view *view, const struct ward_reason *reason)
{
    return !view->every_reason && reason->weight > -0.1 && reason->weight < 0.1;
}

/* Which stretch of a long text the reasons speak of. */
static void put_passage(struct buf *out, const struct verdict_view *view,
                        const struct ward_event *event, const struct ward_verdict *verdict)
{
    const struct ward_place *at = &verdict->passage;
    if (!verdict->is_passage || at->field != WARD_FIELD_TEXT)
        return;
    paint(out, view, PAINT_DIM);
    buf_put_text(out, view->lang == SAYS_ZH ? "    据此段判定：" : "    judged by this passage: ");
    safe_put(out, str_part(event->text, at->begin, at->end));
    buf_put_char(out, '\n');
    paint(out, view, PAINT_NONE);
}

static void put_small_reasons(struct buf *out, const struct verdict_view *view,
                              const struct ward_verdict *verdict)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (is_small(view, &verdict->reasons[i])) {
            sum += verdict->reasons[i].weight;
            count++;
        }
    if (!count)
        return;
    paint(out, view, PAINT_DIM);
    buf_printf(out, "  %+6.2f  ", sum);
    if (view->lang != SAYS_EN)
        buf_printf(out, "另有 %zu 条小理由%s", count, view->lang == SAYS_BOTH ? " / " : "");
    if (view->lang != SAYS_ZH)
        buf_printf(out, "%zu smaller reason%s", count, count == 1 ? "" : "s");
    buf_put_char(out, '\n');
    paint(out, view, PAINT_NONE);
}

static void put_reasons(struct buf *out, const struct verdict_view *view,
                        const struct ward_verdict *verdict)
{
    if (verdict->reason_count) {
        paint(out, view, PAINT_DIM);
        buf_printf(out, "  %+6.2f  base\n", verdict->base);
        paint(out, view, PAINT_NONE);
    }
    for (size_t i = 0; i < verdict->reason_count; i++) {
        const struct ward_reason *reason = &verdict->reasons[i];
        if (is_small(view, reason))
            continue;
        paint(out, view, reason->weight < 0 ? PAINT_MINUS : PAINT_PLUS);
        buf_printf(out, "  %+6.2f", reason->weight);
        paint(out, view, PAINT_NONE);
        buf_put_text(out, "  ");
        put_sentence(out, view, reason->says_zh, reason->says_en, reason->rule);
        put_laws(out, view, reason);
        buf_put_char(out, '\n');
    }
    put_small_reasons(out, view, verdict);
    for (size_t i = 0; i < verdict->help_count; i++) {
        paint(out, view, PAINT_READ);
        buf_put_text(out, "    help  ");
        paint(out, view, PAINT_NONE);
        put_sentence(out, view, verdict->help[i].says_zh, verdict->help[i].says_en,
                     verdict->help[i].rule);
        buf_put_char(out, '\n');
    }
}

void view_put_text(struct buf *out, const struct verdict_view *view, const struct ward_event *event,
                   const struct ward_verdict *verdict)
{
    put_head(out, view, event, verdict);
    put_words(out, view, event, verdict);
    put_passage(out, view, event, verdict);
    put_reasons(out, view, verdict);
    buf_put_char(out, '\n');
}
