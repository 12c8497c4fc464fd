/**
 * The sentence of a reason, its slots filled from the event's own facts.
 *
 * Slots: {price} {age} {sex} {place} {handle} {read} {words}. A slot whose fact the event does not
 * give is filled with a neutral word, so that a sentence always reads as one. Facts inside the
 * evidence of the reason win over facts elsewhere in the event.
 */
#include "verdict/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define SAYS_BYTES_MAX 1024u
/* Of one stretch of words; four of them and a sentence fit. */
#define WORD_BYTES_MAX 96u
/* Mean length of a month of the Gregorian calendar: 146097 days / 4800. */
#define DAYS_OF_MONTH 30.436875
#define DAYS_OF_YEAR 365.2425

struct sentence {
    char text[SAYS_BYTES_MAX];
    size_t len;
};

static void put(struct sentence *s, struct ward_str text)
{
    if (text.len > sizeof s->text - s->len)
        return; /* a slot that does not fit is left out whole: never half a character */
    if (text.len)
        memcpy(s->text + s->len, text.data, text.len);
    s->len += text.len;
}

static void put_text(struct sentence *s, const char *text)
{
    put(s, str_of(text));
}

__attribute__((format(printf, 2, 3))) static void put_format(struct sentence *s, const char *format,
                                                             ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0 && (size_t)len < sizeof text)
        put(s, (struct ward_str){text, (size_t)len});
}

/* ---- finding the fact that a slot speaks of -------------------------------------------------- */

static bool in_evidence(const struct judgement *j, const struct evidence *e, uint32_t f,
                        uint32_t begin, uint32_t end)
{
    for (uint32_t i = 0; i < e->count; i++) {
        const struct signal_hit *hit =
            &j->input->fields[e->refs[i].field].signals->hits[e->refs[i].hit];
        if (e->refs[i].field == f && hit->begin < end && begin < hit->end)
            return true;
    }
    return false;
}

static const struct price_fact *price_for(const struct judgement *j, const struct evidence *e)
{
    const struct price_fact *best = NULL;
    bool best_inside = false;
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct signals *s = j->input->fields[f].signals;
        for (uint32_t i = 0; i < s->price_count; i++) {
            const struct price_fact *p = &s->prices[i];
            const bool inside = in_evidence(j, e, f, p->begin, p->end);
            if (!best || inside > best_inside ||
                (inside == best_inside && p->high_minor > best->high_minor)) {
                best = p;
                best_inside = inside;
            }
        }
    }
    return best;
}

enum child_part { CHILD_AGE, CHILD_SEX };

static bool child_tells(const struct child_fact *child, enum child_part part)
{
    return part == CHILD_SEX ? child->sex != SEX_UNKNOWN
                             : child->unborn || child->age_days_low >= 0;
}

static const struct child_fact *child_for(const struct judgement *j, const struct evidence *e,
                                          enum child_part part)
{
    const struct child_fact *first = NULL;
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct signals *s = j->input->fields[f].signals;
        for (uint32_t i = 0; i < s->child_count; i++) {
            const struct child_fact *child = &s->children[i];
            if (!child_tells(child, part))
                continue;
            if (in_evidence(j, e, f, child->begin, child->end))
                return child;
            if (!first)
                first = child;
        }
    }
    return first;
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* 90000 -> "90,000". */
static void put_thousands(struct sentence *s, int64_t value)
{
    char digits[24];
    const int len = snprintf(digits, sizeof digits, "%" PRId64, value);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
            put_text(s, ",");
        put(s, (struct ward_str){&digits[i], 1});
    }
}

static void put_sum(struct sentence *s, int64_t minor, bool zh)
{
    const int64_t major = minor / 100;
    if (zh && major >= 10000 && major % 100 == 0)
        put_format(s, "%.10g万", (double)major / 1e4);
    else if (zh || major < 10000)
        put_format(s, "%.10g", (double)minor / 1e2);
    else
        put_thousands(s, major);
}

static void put_currency(struct sentence *s, const char *currency, bool zh)
{
    if (strcmp(currency, "CNY") == 0)
        put_text(s, zh ? "元" : " yuan");
    else
        put_format(s, " %.3s", currency);
}

static void put_price(struct sentence *s, const struct price_fact *price, bool zh)
{
    if (!price) {
        put_text(s, zh ? "一笔钱" : "money");
        return;
    }
    put_sum(s, price->low_minor, zh);
    if (price->high_minor > price->low_minor) {
        put_text(s, zh ? "至" : "-");
        put_sum(s, price->high_minor, zh);
    }
    put_currency(s, price->currency, zh);
}

static void put_days(struct sentence *s, int32_t days, bool zh)
{
    const bool by_day = days < 60;
    const bool by_month = days < 730;
    const double unit = by_day ? 1 : by_month ? DAYS_OF_MONTH : DAYS_OF_YEAR;
    const long count = (long)((double)days / unit + 0.5);
    if (zh)
        put_format(s, "%ld%s", count, by_day ? "天" : by_month ? "个月" : "岁");
    else
        put_format(s, "%ld %s%s", count,
                   by_day     ? "day"
                   : by_month ? "month"
                              : "year",
                   count == 1 ? "" : "s");
}

static void put_age(struct sentence *s, const struct child_fact *child, bool zh)
{
    if (!child)
        put_text(s, zh ? "年龄不详" : "age unknown");
    else if (child->unborn)
        put_text(s, zh ? "未出生" : "unborn");
    else
        put_days(s, child->age_days_low, zh);
}

static void put_sex(struct sentence *s, const struct child_fact *child, bool zh)
{
    if (!child)
        put_text(s, zh ? "孩子" : "child");
    else if (child->sex == SEX_FEMALE)
        put_text(s, zh ? "女孩" : "girl");
    else
        put_text(s, zh ? "男孩" : "boy");
}

static void put_place(struct sentence *s, const struct judgement *j, bool zh)
{
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct verdict_field *field = &j->input->fields[f];
        if (field->signals->place_count) {
            const struct place_fact *place = &field->signals->places[0];
            put(s, str_part(field->text, place->begin, place->end));
            return;
        }
    }
    put_text(s, zh ? "某地" : "an unnamed place");
}

static void put_handle(struct sentence *s, const struct judgement *j, bool zh)
{
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct signals *signals = j->input->fields[f].signals;
        if (signals->handle_count) {
            put_format(s, "%s ", signals->handles[0].kind);
            put(s, signals->handles[0].value);
            return;
        }
    }
    put_text(s, zh ? "联系方式" : "a contact");
}

static void put_read(struct sentence *s, const struct judgement *j, const struct evidence *e,
                     bool zh)
{
    for (uint32_t i = 0; i < e->count; i++) {
        const struct verdict_field *field = &j->input->fields[e->refs[i].field];
        const struct signal_hit *hit = &field->signals->hits[e->refs[i].hit];
        put(s, hit->term == SIGNAL_NO_TERM ? str_part(field->text, hit->begin, hit->end)
                                           : j->plan->pack->terms[hit->term].text);
        return;
    }
    put_text(s, zh ? "此话" : "this");
}

/* The stretches of the text that the wording was judged by, the strongest first, as written. */
static void put_words(struct sentence *s, struct judgement *j, bool zh)
{
    const struct wording_opinion *wording = when_wording(j);
    for (uint32_t i = 0; i < wording->word_count; i++) {
        const struct wording_word *word = &wording->words[i];
        const struct ward_str text = str_part(j->input->fields[0].text, word->begin, word->end);
        struct ward_str shown = text;
        if (text.len > WORD_BYTES_MAX) {
            shown.len = WORD_BYTES_MAX;
            while (shown.len && ((unsigned char)text.data[shown.len] & 0xC0u) == 0x80u)
                shown.len--;
        }
        put_text(s, zh || !i ? "\xE2\x80\x9C" : ", \xE2\x80\x9C");
        put(s, shown);
        put_text(s, shown.len < text.len ? "\xE2\x80\xA6\xE2\x80\x9D" : "\xE2\x80\x9D");
    }
    if (!wording->word_count)
        put_text(s, zh ? "整体用语" : "as a whole");
}

static bool slot_is(struct ward_str slot, const char *name)
{
    return str_equal(slot, str_of(name));
}

static void put_slot(struct sentence *s, struct judgement *j, struct ward_str slot,
                     const struct evidence *e, bool zh)
{
    if (slot_is(slot, "price"))
        put_price(s, price_for(j, e), zh);
    else if (slot_is(slot, "age"))
        put_age(s, child_for(j, e, CHILD_AGE), zh);
    else if (slot_is(slot, "sex"))
        put_sex(s, child_for(j, e, CHILD_SEX), zh);
    else if (slot_is(slot, "place"))
        put_place(s, j, zh);
    else if (slot_is(slot, "handle"))
        put_handle(s, j, zh);
    else if (slot_is(slot, "read"))
        put_read(s, j, e, zh);
    else if (slot_is(slot, "words"))
        put_words(s, j, zh);
}

struct ward_str says_fill(struct judgement *j, struct ward_str sentence, bool zh,
                          const struct evidence *evidence)
{
    if (!sentence.len || !memchr(sentence.data, '{', sentence.len))
        return sentence;
    struct sentence s;
    s.len = 0;
    size_t at = 0;
    while (at < sentence.len) {
        const char *open = memchr(sentence.data + at, '{', sentence.len - at);
        const size_t begin = open ? (size_t)(open - sentence.data) : sentence.len;
        const char *close = open ? memchr(open, '}', sentence.len - begin) : NULL;
        if (!close) {
            put(&s, str_part(sentence, at, sentence.len));
            break;
        }
        put(&s, str_part(sentence, at, begin));
        at = (size_t)(close - sentence.data);
        put_slot(&s, j, str_part(sentence, begin + 1, at), evidence, zh);
        at++;
    }
    const struct ward_str copy = arena_copy(&j->scratch->arena, (struct ward_str){s.text, s.len});
    j->failed |= !copy.data;
    return copy;
}
