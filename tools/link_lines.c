/**
 * link-lines: events with their verdicts, one JSON object a line on standard input, to people,
 * cases and groups, one a line on standard output. For tests and tools/eval_cases.py; not
 * installed.
 *
 * A line is {"event": {...}, "verdict": {...}}: the event as in ward-feed(5), the verdict as
 * printed by `ward scan --all --json`. {"messages": {"platform","group","count"}} tells how much of
 * a group was read; {"judge": {"kind","a","b"}} is what a human said; {"now_ms": n} the moment of
 * looking.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "link/link_json.h"

struct lines {
    json_t **kept; /* every line read: strings are borrowed from them */
    size_t kept_count;
    struct link_event *events;
    size_t event_count;
    struct link_group_count *groups;
    size_t group_count;
    struct link_judgement *judgements;
    size_t judgement_count;
    bool has_now;
    int64_t now_ms;
};

static void *grown(void *old, size_t count, size_t size)
{
    if (count & (count - 1)) /* grows at powers of two */
        return old;
    void *more = realloc(old, (count ? count * 2 : 1) * size);
    if (!more) {
        fputs("link-lines: out of memory\n", stderr);
        exit(2);
    }
    return more;
}

static struct ward_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

static const char *name_of(const json_t *object, const char *key)
{
    const char *name = json_string_value(json_object_get(object, key));
    return name ? name : "";
}

static int choose(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return 0;
}

static void read_handles(struct link_event *event, const json_t *list)
{
    const size_t count = json_array_size(list);
    struct ward_handle *handles = calloc(count + 1, sizeof *handles);
    for (size_t i = 0; handles && i < count; i++) {
        const json_t *item = json_array_get(list, i);
        handles[i].kind = name_of(item, "kind");
        handles[i].value = text_of(item, "value");
    }
    event->handles = handles;
    event->handle_count = handles ? count : 0;
}

static void read_media(struct link_event *event, const json_t *list)
{
    const size_t count = json_array_size(list);
    struct ward_media *media = calloc(count + 1, sizeof *media);
    for (size_t i = 0; media && i < count; i++) {
        const json_t *item = json_array_get(list, i);
        media[i] = (struct ward_media){.sha256 = text_of(item, "sha256"),
                                       .pdq = text_of(item, "pdq"),
                                       .phash = text_of(item, "phash"),
                                       .qr = text_of(item, "qr")};
    }
    event->media = media;
    event->media_count = media ? count : 0;
}

static void read_children(struct link_event *event, const json_t *list)
{
    const size_t count = json_array_size(list);
    struct ward_child *children = calloc(count + 1, sizeof *children);
    for (size_t i = 0; children && i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *age = json_object_get(item, "age_days");
        const char *sex = name_of(item, "sex");
        struct ward_child *c = &children[i];
        c->sex = strcmp(sex, "female") == 0 ? 'f' : strcmp(sex, "male") == 0 ? 'm' : '?';
        c->age_days_low = c->age_days_high = -1;
        if (json_array_size(age) == 2) {
            c->age_days_low = (int32_t)json_integer_value(json_array_get(age, 0));
            c->age_days_high = (int32_t)json_integer_value(json_array_get(age, 1));
        }
        c->count = 1;
        c->unborn = json_is_true(json_object_get(item, "unborn"));
        snprintf(c->due, sizeof c->due, "%.10s", name_of(item, "due"));
    }
    event->children = children;
    event->child_count = children ? count : 0;
}

static void read_reasons(struct link_event *event, const json_t *list)
{
    const size_t count = json_array_size(list);
    struct ward_str *rules = calloc(count + 1, sizeof *rules);
    for (size_t i = 0; rules && i < count; i++) {
        const json_t *item = json_array_get(list, i);
        event->urgent |= json_is_true(json_object_get(item, "urgent"));
        if (json_number_value(json_object_get(item, "weight")) > 0)
            rules[event->rule_count++] = text_of(item, "rule");
    }
    event->rules = rules;
}

static void read_time(struct link_event *event, const json_t *value)
{
    const char *text = json_string_value(value);
    int year, month, day, hour, minute, second;
    char zone[8] = "";
    if (!text || sscanf(text, "%d-%d-%dT%d:%d:%d%7s", &year, &month, &day, &hour, &minute, &second,
                        zone) < 6)
        return;
    int east = 0;
    if (strlen(zone) == 6 && zone[3] == ':')
        east = (zone[0] == '-' ? -1 : 1) *
               (((zone[1] - '0') * 10 + zone[2] - '0') * 60 + (zone[4] - '0') * 10 + zone[5] - '0');
    const int64_t m = month <= 2 ? month + 9 : month - 3, y = month <= 2 ? year - 1 : year;
    const int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469;
    event->has_time = true;
    event->time_ms = ((days * 24 + hour) * 60 + minute - east) * 60000 + second * 1000;
}

static void read_event(struct lines *lines, const json_t *event, const json_t *verdict)
{
    static const char *const kinds[] = {"message",    "post",  "listing", "alias",
                                        "group_name", "query", "report"};
    static const char *const levels[] = {"none", "watch", "review", "urgent"};
    static const char *const roles[] = {"none", "offer", "seek", "agent"};
    lines->events = grown(lines->events, lines->event_count, sizeof *lines->events);
    struct link_event *out = &lines->events[lines->event_count++];
    *out = (struct link_event){
        .platform = text_of(event, "platform"),
        .group = text_of(event, "group"),
        .id = text_of(event, "id"),
        .group_name = text_of(event, "group_name"),
        .account = text_of(event, "account"),
        .alias = text_of(event, "alias"),
        .reply_to = text_of(event, "reply_to"),
        .text = text_of(event, "text"),
        .kind = (enum ward_kind)choose(name_of(event, "kind"), kinds, 7),
        .level = (enum ward_level)choose(name_of(verdict, "level"), levels, 4),
        .role = (enum ward_role)choose(name_of(verdict, "role"), roles, 4),
        .score = json_number_value(json_object_get(verdict, "score")),
        .previous_person = text_of(event, "previous_person"),
        .previous_case = text_of(event, "previous_case"),
    };
    const json_t *facts = json_object_get(verdict, "facts");
    read_time(out, json_object_get(event, "time"));
    read_media(out, json_object_get(event, "media"));
    read_handles(out, json_object_get(facts, "handles"));
    read_children(out, json_object_get(facts, "children"));
    read_reasons(out, json_object_get(verdict, "reasons"));
}

static void read_line(struct lines *lines, const json_t *line)
{
    static const char *const kinds[] = {"same-person", "different-people", "same-case",
                                        "different-cases", "innocent"};
    const json_t *part = json_object_get(line, "event");
    if (part)
        read_event(lines, part, json_object_get(line, "verdict"));
    if ((part = json_object_get(line, "messages"))) {
        lines->groups = grown(lines->groups, lines->group_count, sizeof *lines->groups);
        lines->groups[lines->group_count++] =
            (struct link_group_count){text_of(part, "platform"), text_of(part, "group"),
                                      (uint64_t)json_integer_value(json_object_get(part, "count"))};
    }
    if ((part = json_object_get(line, "judge"))) {
        lines->judgements =
            grown(lines->judgements, lines->judgement_count, sizeof *lines->judgements);
        lines->judgements[lines->judgement_count++] = (struct link_judgement){
            (enum link_judgement_kind)choose(name_of(part, "kind"), kinds, 5), text_of(part, "a"),
            text_of(part, "b")};
    }
    if ((part = json_object_get(line, "now_ms"))) {
        lines->has_now = true;
        lines->now_ms = json_integer_value(part);
    }
}

static bool read_all(struct lines *lines)
{
    json_error_t error;
    char *text = NULL;
    size_t size = 0;
    bool is_good = true;
    for (ssize_t len; is_good && (len = getline(&text, &size, stdin)) > 0;) {
        json_t *line = json_loadb(text, (size_t)len, 0, &error);
        if (!line) {
            fprintf(stderr, "link-lines: line %zu: %s\n", lines->kept_count + 1, error.text);
            is_good = false;
            break;
        }
        lines->kept = grown(lines->kept, lines->kept_count, sizeof *lines->kept);
        lines->kept[lines->kept_count++] = line;
        read_line(lines, line);
    }
    free(text);
    return is_good;
}

static void release(struct lines *lines)
{
    for (size_t i = 0; i < lines->event_count; i++) {
        free((void *)(uintptr_t)lines->events[i].handles);
        free((void *)(uintptr_t)lines->events[i].media);
        free((void *)(uintptr_t)lines->events[i].children);
        free((void *)(uintptr_t)lines->events[i].rules);
    }
    for (size_t i = 0; i < lines->kept_count; i++)
        json_decref(lines->kept[i]);
    free(lines->kept);
    free(lines->events);
    free(lines->groups);
    free(lines->judgements);
}

static bool print(const struct lines *lines, const struct link *link)
{
    struct buf out;
    buf_init(&out, (size_t)1 << 30);
    const struct link_json how = {lines->events, LINK_SAYS_BOTH};
    const struct ward_str none = {NULL, 0};
    for (uint32_t i = 0; i < link->case_count; i++)
        link_json_case(&out, &how, link, i, none, none);
    for (uint32_t i = 0; i < link->person_count; i++)
        link_json_person(&out, &how, link, i);
    for (uint32_t i = 0; i < link->group_count; i++)
        link_json_group(&out, link, i);
    const bool is_good = !out.failed && fwrite(out.data, 1, out.len, stdout) == out.len;
    buf_release(&out);
    return is_good;
}

int main(void)
{
    struct lines lines = {0};
    struct link *link = NULL;
    struct ward_error err;
    bool is_good = read_all(&lines);
    if (is_good) {
        const struct link_input input = {.events = lines.events,
                                         .event_count = lines.event_count,
                                         .groups = lines.groups,
                                         .group_count = lines.group_count,
                                         .judgements = lines.judgements,
                                         .judgement_count = lines.judgement_count,
                                         .has_now = lines.has_now,
                                         .now_ms = lines.now_ms};
        is_good = link_build(&input, &link, &err) == WARD_OK;
        if (!is_good)
            fprintf(stderr, "link-lines: %s\n", err.message);
    }
    if (is_good)
        is_good = print(&lines, link);
    link_free(link);
    release(&lines);
    return is_good ? 0 : 2;
}
