/**
 * Layout: struct note_head, then the strings in the order of note_strings, then media texts. Notes
 * never leave the process, so native byte order and no version are fine.
 */
#include "engine/note.h"

#include <assert.h>
#include <string.h>

#define NOTE_STRINGS 11u

struct note_head {
    int64_t time_ms;
    uint32_t lens[NOTE_STRINGS + NOTE_MEDIA_MAX];
    uint8_t kind;
    uint8_t has_time;
    uint8_t media;
};

/* Every string of an event that bears on its verdict or its output. */
static void note_strings(struct ward_event *event, struct ward_str *out[NOTE_STRINGS])
{
    struct ward_str *const all[NOTE_STRINGS] = {
        &event->id,         &event->text,           &event->platform,   &event->group,
        &event->group_name, &event->account,        &event->alias,      &event->reply_to,
        &event->quoted,     &event->forwarded_from, &event->author_kind};
    memcpy(out, all, sizeof all);
}

static bool append(char *out, size_t size, size_t *at, struct ward_str text)
{
    if (text.len > size - *at)
        return false;
    if (text.len)
        memcpy(out + *at, text.data, text.len);
    *at += text.len;
    return true;
}

size_t note_pack(const struct ward_event *event, char *out, size_t size)
{
    struct note_head head = {.time_ms = event->time_ms,
                             .kind = (uint8_t)event->kind,
                             .has_time = event->has_time,
                             .media = 0};
    struct ward_event copy = *event;
    struct ward_str *strings[NOTE_STRINGS];
    note_strings(&copy, strings);
    size_t at = sizeof head;
    if (size < at)
        return 0;
    for (size_t i = 0; i < NOTE_STRINGS; i++) {
        if (!append(out, size, &at, *strings[i]))
            return 0;
        head.lens[i] = (uint32_t)strings[i]->len;
    }
    for (size_t m = 0; m < event->media_count && m < NOTE_MEDIA_MAX; m++) {
        if (!append(out, size, &at, event->media[m].text))
            return 0;
        head.lens[NOTE_STRINGS + m] = (uint32_t)event->media[m].text.len;
        head.media++;
    }
    memcpy(out, &head, sizeof head);
    return at;
}

void note_unpack(struct ward_str note, struct ward_event *event, struct ward_media *media,
                 size_t media_max)
{
    struct note_head head;
    assert(note.len >= sizeof head && media_max >= NOTE_MEDIA_MAX);
    (void)media_max;
    memcpy(&head, note.data, sizeof head);
    *event = (struct ward_event){.kind = (enum ward_kind)head.kind,
                                 .has_time = head.has_time,
                                 .time_ms = head.time_ms,
                                 .media = media,
                                 .media_count = head.media};
    struct ward_str *strings[NOTE_STRINGS];
    note_strings(event, strings);
    const char *at = note.data + sizeof head;
    for (size_t i = 0; i < NOTE_STRINGS; i++) {
        *strings[i] = (struct ward_str){at, head.lens[i]};
        at += head.lens[i];
    }
    for (size_t m = 0; m < head.media; m++) {
        media[m] = (struct ward_media){.text = {at, head.lens[NOTE_STRINGS + m]}};
        at += head.lens[NOTE_STRINGS + m];
    }
    assert((size_t)(at - note.data) <= note.len);
}
