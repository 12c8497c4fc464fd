/**
 * Event -> fields with signals: the subject (in windows when long), alias, group name, quoted text
 * and the text of media.
 *
 * 1. The subject is the text; an event of kind alias or group_name without text is judged on its
 *    alias or group name. As a subject it answers to both its own scope and the text's.
 * 2. Windows overlap by WARD_TEXT_OVERLAP_BYTES; each owns what begins up to the middle of the
 *    overlap, so a hit is told once and with context on both sides.
 * 3. The last window of the text is read last: the units are still at hand for distances.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/str.h"

#define WINDOW_STEP (WARD_TEXT_WINDOW_BYTES - WARD_TEXT_OVERLAP_BYTES)

/* Room for all fields of an event at once: fields point into the pool, so it may not move later. */
static enum ward_status pool_reserve(struct ward_scratch *s, size_t count)
{
    if (count <= s->capacity)
        return WARD_OK;
    const size_t capacity = count + 4u;
    struct verdict_field *fields = realloc(s->fields, capacity * sizeof *fields);
    if (!fields)
        return WARD_ERR_NOMEM;
    s->fields = fields;
    struct signals *pool = realloc(s->pool, capacity * sizeof *pool);
    if (!pool)
        return WARD_ERR_NOMEM;
    s->pool = pool;
    for (size_t i = s->capacity; i < capacity; i++)
        signals_init(&s->pool[i]);
    s->capacity = (uint32_t)capacity;
    return WARD_OK;
}

static enum ward_status read_window(struct ward_scratch *s, struct verdict_field *field,
                                    enum signal_field as)
{
    struct signals *signals = &s->pool[field - s->fields];
    const enum ward_status status =
        signals_find(s->engine->pack, field->text, as, s->reader, signals);
    field->signals = signals;
    return status;
}

static struct verdict_field whole(enum ward_field field, uint32_t scopes, struct ward_str text)
{
    return (struct verdict_field){
        .field = field, .scopes = scopes, .text = text, .own_begin = 0, .own_end = UINT32_MAX};
}

/* Moves `at` back to where a code point begins. */
static size_t at_code_point(struct ward_str text, size_t at)
{
    while (at > 0 && at < text.len && ((unsigned char)text.data[at] & 0xC0u) == 0x80u)
        at--;
    return at;
}

static size_t window_count(struct ward_str text)
{
    const size_t sure = WARD_TEXT_WINDOW_BYTES - 4u; /* a begin may move back by three bytes */
    if (text.len <= WARD_TEXT_WINDOW_BYTES)
        return 1;
    return 1 + (text.len - sure + WINDOW_STEP - 1) / WINDOW_STEP;
}

/* Where window `w` begins; windows overlap by the overlap or up to three bytes more. */
static size_t window_begin(struct ward_str text, size_t w)
{
    return at_code_point(text, w * WINDOW_STEP);
}

static void cut_window(struct verdict_field *field, struct ward_str text, size_t w, size_t count)
{
    const size_t half = WARD_TEXT_OVERLAP_BYTES / 2u;
    const size_t begin = window_begin(text, w);
    const bool last = w + 1 == count;
    const size_t end = last ? text.len : at_code_point(text, begin + WARD_TEXT_WINDOW_BYTES);
    assert(end - begin <= WARD_TEXT_WINDOW_BYTES);
    field->text = str_part(text, begin, end);
    field->offset = (uint32_t)begin;
    field->own_begin = w ? (uint32_t)half : 0;
    field->own_end = last ? UINT32_MAX : (uint32_t)(window_begin(text, w + 1) + half - begin);
}

/* Cuts the subject into the first fields; they are read later. */
static void add_subject(struct ward_scratch *s, struct verdict_field subject)
{
    const size_t count = window_count(subject.text);
    for (size_t w = 0; w < count; w++) {
        s->fields[w] = subject;
        if (count > 1)
            cut_window(&s->fields[w], subject.text, w, count);
    }
    s->used = (uint32_t)count;
}

static enum ward_status read_subject(struct ward_scratch *s, uint32_t windows, enum signal_field as)
{
    for (uint32_t w = 0; w < windows; w++) {
        const enum ward_status status = read_window(s, &s->fields[w], as);
        if (status != WARD_OK)
            return status;
    }
    const struct text_units *units = signal_scratch_units(s->reader);
    s->fields[windows - 1].kinds = units->kind;
    s->fields[windows - 1].unit_count = units->count;
    return WARD_OK;
}

/* A short name, through the cache. Names beyond a window are cut: no name is that long. */
static enum ward_status add_name(struct ward_scratch *s, struct verdict_field field,
                                 enum signal_field as)
{
    field.text = str_part(field.text, 0, WARD_TEXT_WINDOW_BYTES);
    struct verdict_field *at = &s->fields[s->used];
    *at = field;
    at->signals = name_cache_get(s->names, field.text, as);
    if (!at->signals) {
        const enum ward_status status = read_window(s, at, as);
        if (status != WARD_OK)
            return status;
        name_cache_put(s->names, field.text, as, at->signals);
    }
    if (at->signals->hit_count)
        s->used++;
    return WARD_OK;
}

static enum ward_status add_text(struct ward_scratch *s, struct verdict_field field)
{
    field.text = str_part(field.text, 0, at_code_point(field.text, WARD_TEXT_WINDOW_BYTES));
    struct verdict_field *at = &s->fields[s->used++];
    *at = field;
    return read_window(s, at, SIGNAL_TEXT);
}

/* Forwarded text and what bots and moderators write is not its poster's offer. */
static bool is_foreign(const struct ward_event *event)
{
    return event->forwarded_from.len || str_equal(event->author_kind, str_of("bot")) ||
           str_equal(event->author_kind, str_of("moderator")) ||
           str_equal(event->author_kind, str_of("system"));
}

struct subject {
    struct verdict_field field;
    enum signal_field as;
};

static struct subject subject_of(const struct ward_event *event, bool foreign)
{
    const uint32_t text = 1u << SCOPE_TEXT | (foreign ? 1u << SCOPE_QUOTED : 0u);
    const bool alias = event->kind == WARD_KIND_ALIAS;
    const bool group = event->kind == WARD_KIND_GROUP_NAME;
    const uint32_t scopes =
        text | (alias ? 1u << SCOPE_ALIAS : 0u) | (group ? 1u << SCOPE_GROUP_NAME : 0u);
    const enum signal_field as = alias ? SIGNAL_ALIAS : group ? SIGNAL_GROUP_NAME : SIGNAL_TEXT;
    if (alias && !event->text.len)
        return (struct subject){whole(WARD_FIELD_ALIAS, scopes, event->alias), as};
    if (group && !event->text.len)
        return (struct subject){whole(WARD_FIELD_GROUP_NAME, scopes, event->group_name), as};
    return (struct subject){whole(WARD_FIELD_TEXT, scopes, event->text), as};
}

static enum ward_status read_company(struct ward_scratch *s, const struct ward_event *event)
{
    enum ward_status status = WARD_OK;
    if (event->alias.len && event->kind != WARD_KIND_ALIAS)
        status =
            add_name(s, whole(WARD_FIELD_ALIAS, 1u << SCOPE_ALIAS, event->alias), SIGNAL_ALIAS);
    if (status == WARD_OK && event->group_name.len && event->kind != WARD_KIND_GROUP_NAME)
        status =
            add_name(s, whole(WARD_FIELD_GROUP_NAME, 1u << SCOPE_GROUP_NAME, event->group_name),
                     SIGNAL_GROUP_NAME);
    if (status == WARD_OK && event->quoted.len)
        status = add_text(s, whole(WARD_FIELD_QUOTED, 1u << SCOPE_QUOTED, event->quoted));
    for (size_t m = 0; m < event->media_count && status == WARD_OK; m++) {
        if (!event->media[m].text.len)
            continue;
        struct verdict_field field =
            whole(WARD_FIELD_MEDIA, 1u << SCOPE_MEDIA, event->media[m].text);
        field.media = (uint32_t)m;
        status = add_text(s, field);
    }
    return status;
}

enum ward_status fields_read(struct ward_scratch *s, const struct ward_event *event)
{
    if (event->text.len > WARD_RECORD_BYTES_MAX)
        return WARD_ERR_LIMIT;
    s->used = 0;
    const bool foreign = is_foreign(event);
    const struct subject subject = subject_of(event, foreign);
    const size_t others = 3u + event->media_count; /* alias, group name, quoted */
    enum ward_status status = pool_reserve(s, window_count(subject.field.text) + others);
    if (status != WARD_OK)
        return status;
    add_subject(s, subject.field);
    const uint32_t windows = s->used;
    status = read_company(s, event);
    if (status == WARD_OK)
        status = read_subject(s, windows, subject.as);
    if (status != WARD_OK)
        return status;
    s->input = (struct verdict_input){
        .event = event, .fields = s->fields, .field_count = s->used, .foreign = foreign};
    return WARD_OK;
}
