/**
 * Points are judgement, not fitted: there is no record of which cases came too late.
 */
#include "link/urgency.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* A birth this near, or this long past, makes haste. */
#define DUE_SOON_DAYS 60
#define DUE_PAST_DAYS 45
/* Younger children are newborn: the hand-over usually follows within weeks. */
#define NEWBORN_DAYS 60
/* The case is going on when its last event is this new. */
#define RECENT_DAYS 14
#define CHILDREN_KEPT 16u

#define POINTS_MEDIUM 1.5
#define POINTS_HIGH 3.0
#define POINTS_CRITICAL 5.0

/* All that is looked for, gathered in one pass. */
struct found {
    bool is_urgent, has_handover, has_papers, has_unborn, has_newborn, has_due;
    int64_t due_day;                   /* the due date nearest to now, days since the epoch */
    int due_year, due_month, due_mday; /* mday 0: only the month is known */
    struct {
        char sex;
        int32_t age;
        bool unborn;
    } children[CHILDREN_KEPT];
    uint32_t child_count;
    int64_t now_day, last_ms;
    bool has_now, has_time;
};

/* Days since 1970-01-01 of a civil date (Hinnant, "chrono-compatible low-level date algorithms").
 */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static int64_t floor_days(int64_t time_ms)
{
    return time_ms >= 0 ? time_ms / DAY_MS : -((-time_ms + DAY_MS - 1) / DAY_MS);
}

static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "YYYY-MM-DD" or "YYYY-MM"; a month alone ("--MM") has no year to reckon with. */
static void note_due(struct found *found, const char *due)
{
    const size_t len = strnlen(due, 11);
    if (len != 10 && len != 7)
        return;
    const int year = digits(due, 4), month = digits(due + 5, 2);
    const int day = len == 10 ? digits(due + 8, 2) : 0;
    if (year < 1970 || month < 1 || month > 12 || day < 0 || day > 31)
        return;
    const int64_t at = days_from_civil(year, month, day ? day : 15);
    const int64_t distance = llabs(at - found->now_day);
    if (found->has_due && distance >= llabs(found->due_day - found->now_day))
        return;
    found->has_due = true;
    found->due_day = at;
    found->due_year = year;
    found->due_month = month;
    found->due_mday = day;
}

/* A child counts anew when sex or age tell it from those known. */
static void note_child(struct found *found, const struct ward_child *child)
{
    found->has_unborn |= child->unborn;
    found->has_newborn |=
        !child->unborn && child->age_days_low >= 0 && child->age_days_low <= NEWBORN_DAYS;
    note_due(found, child->due);
    if (child->sex == '?' && child->age_days_low < 0 && !child->unborn)
        return;
    for (uint32_t i = 0; i < found->child_count; i++) {
        const bool same_sex = found->children[i].sex == child->sex ||
                              found->children[i].sex == '?' || child->sex == '?';
        const int32_t age = found->children[i].age;
        const bool same_age =
            age < 0 || child->age_days_low < 0 || labs(age - child->age_days_low) <= 60 + age / 3;
        if (same_sex && same_age && found->children[i].unborn == child->unborn)
            return;
    }
    if (found->child_count == CHILDREN_KEPT)
        return;
    found->children[found->child_count].sex = child->sex;
    found->children[found->child_count].unborn = child->unborn;
    found->children[found->child_count++].age = child->age_days_low;
}

static bool holds(struct ward_str name, const char *part)
{
    return name.len && memmem(name.data, name.len, part, strlen(part));
}

static void note_rules(struct found *found, const struct link_event *event)
{
    for (size_t i = 0; i < event->rule_count; i++) {
        const struct ward_str rule = event->rules[i];
        found->has_handover |= holds(rule, "handover") || holds(rule, "hand-over") ||
                               holds(rule, "travel") || holds(rule, "pick-up") ||
                               holds(rule, "meet");
        found->has_papers |= holds(rule, "birth-cert") || holds(rule, "papers") ||
                             holds(rule, "hukou") || holds(rule, "simulated-birth");
    }
}

static void gather(struct found *found, const struct census *census, const struct case_facts *facts)
{
    for (uint32_t i = 0; i < facts->event_count; i++) {
        const struct link_event *event = census->events[facts->events[i]];
        if (event->has_time && (!found->has_time || event->time_ms > found->last_ms)) {
            found->last_ms = event->time_ms;
            found->has_time = true;
        }
    }
    found->has_now = census->input->has_now;
    found->now_day = floor_days(found->has_now ? census->input->now_ms : found->last_ms);
    for (uint32_t i = 0; i < facts->event_count; i++) {
        const struct link_event *event = census->events[facts->events[i]];
        found->is_urgent |= event->urgent;
        note_rules(found, event);
        for (size_t k = 0; k < event->child_count; k++)
            note_child(found, &event->children[k]);
    }
}

/* ---- sentences ------------------------------------------------------------------------------- */

#define REASONS_MAX 12u

struct writer {
    struct urgency *out;
    struct link_urgency_reason reasons[REASONS_MAX];
    struct arena *keep;
    bool has_failed;
};

static struct ward_str keep_text(struct writer *w, const char *text)
{
    const struct ward_str kept = arena_copy(w->keep, str_of(text));
    w->has_failed |= !kept.data;
    return kept;
}

static void put(struct writer *w, double points, struct ward_str zh, struct ward_str en)
{
    if (w->out->reason_count == REASONS_MAX)
        return;
    w->reasons[w->out->reason_count++] =
        (struct link_urgency_reason){.says_zh = zh, .says_en = en, .points = points};
    w->out->points += points;
}

/* A sentence that is a literal needs no copy; one put together does. */
static void say(struct writer *w, double points, const char *zh, const char *en)
{
    put(w, points, str_of(zh), str_of(en));
}

static void say_made(struct writer *w, double points, const char *zh, const char *en)
{
    put(w, points, keep_text(w, zh), keep_text(w, en));
}

static void say_due(struct writer *w, const struct found *found)
{
    char zh[96], en[96];
    const int64_t days = found->due_day - found->now_day;
    const bool is_past = days < 0;
    if (found->due_mday) {
        snprintf(zh, sizeof zh, "预产期%d年%d月%d日", found->due_year, found->due_month,
                 found->due_mday);
        snprintf(en, sizeof en, "a birth %s due on %04d-%02d-%02d", is_past ? "was" : "is",
                 found->due_year, found->due_month, found->due_mday);
    } else {
        snprintf(zh, sizeof zh, "预产期%d年%d月", found->due_year, found->due_month);
        snprintf(en, sizeof en, "a birth %s due in %04d-%02d", is_past ? "was" : "is",
                 found->due_year, found->due_month);
    }
    const bool is_near = days <= DUE_SOON_DAYS && days >= -DUE_PAST_DAYS;
    say_made(w, is_near ? 2.0 : is_past ? 0.3 : 1.0, zh, en);
    w->out->due_zh = keep_text(w, zh);
    w->out->due_en = keep_text(w, en);
}

static void say_children(struct writer *w, const struct found *found)
{
    char zh[96], en[96];
    w->out->children = found->child_count;
    if (found->child_count == 1) {
        say(w, 1.0, "描述了一个具体的孩子", "one concrete child is described");
    } else if (found->child_count > 1) {
        snprintf(zh, sizeof zh, "描述了%u个不同的孩子", found->child_count);
        snprintf(en, sizeof en, "%u different children are described", found->child_count);
        const uint32_t more = found->child_count > 5 ? 4 : found->child_count - 1;
        say_made(w, 1.0 + 0.4 * more, zh, en);
    }
    if (found->has_newborn)
        say(w, 1.0, "有新生儿", "a child is newborn");
    if (found->has_due)
        say_due(w, found);
    else if (found->has_unborn)
        say(w, 0.8, "有未出生的孩子", "an unborn child is spoken of");
}

static void say_all(struct writer *w, const struct found *found, const struct case_facts *facts)
{
    char zh[96], en[96];
    if (found->is_urgent)
        say(w, 2.5, "触发了紧急规则", "an urgent rule fired");
    say_children(w, found);
    if (found->has_handover)
        say(w, 1.2, "谈到交接或见面", "a hand-over or meeting is spoken of");
    if (facts->agents) {
        snprintf(zh, sizeof zh, "有%u名中介活动", facts->agents);
        snprintf(en, sizeof en,
                 facts->agents == 1 ? "%u broker is at work" : "%u brokers are at work",
                 facts->agents);
        say_made(w, facts->agents > 1 ? 1.0 : 0.7, zh, en);
    }
    if (facts->repeats)
        say(w, 0.7, "同一人多次交易或在多个群活动",
            "one person deals repeatedly or in several groups");
    if (found->has_papers)
        say(w, 0.7, "涉及出生证明等证件", "papers such as birth certificates are traded");
    if (found->has_now && found->has_time &&
        found->now_day - floor_days(found->last_ms) <= RECENT_DAYS)
        say(w, 0.5, "最近两周仍有活动", "active within the last two weeks");
}

static int by_points(const void *left, const void *right)
{
    const struct link_urgency_reason *x = left, *y = right;
    if (x->points < y->points || x->points > y->points)
        return x->points > y->points ? -1 : 1;
    return str_compare(x->says_en, y->says_en);
}

enum ward_status urgency_judge(struct urgency *out, const struct census *census,
                               const struct case_facts *facts, struct arena *keep)
{
    *out = (struct urgency){0};
    struct found found = {0};
    gather(&found, census, facts);
    struct writer writer = {.out = out, .keep = keep, .has_failed = false};
    say_all(&writer, &found, facts);
    out->reasons = arena_calloc(keep, out->reason_count + 1, sizeof *out->reasons);
    if (writer.has_failed || !out->reasons)
        return WARD_ERR_NOMEM;
    memcpy(out->reasons, writer.reasons, out->reason_count * sizeof *out->reasons);
    qsort(out->reasons, out->reason_count, sizeof *out->reasons, by_points);
    out->level = out->points >= POINTS_CRITICAL ? LINK_URGENCY_CRITICAL
                 : out->points >= POINTS_HIGH   ? LINK_URGENCY_HIGH
                 : out->points >= POINTS_MEDIUM ? LINK_URGENCY_MEDIUM
                                                : LINK_URGENCY_LOW;
    return WARD_OK;
}
