#include "casework/event_restore.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

void event_restorer_init(struct event_restorer *reader)
{
    feed_batch_init(&reader->batch);
}

void event_restorer_release(struct event_restorer *reader)
{
    feed_batch_release(&reader->batch);
}

struct field {
    const char *key;
    struct ward_str *value;
};

/* The strings of an event; ends with key NULL. */
static void list_fields(struct ward_event *event, struct field out[12])
{
    const struct field fields[12] = {{"id", &event->id},
                                     {"text", &event->text},
                                     {"platform", &event->platform},
                                     {"group", &event->group},
                                     {"group_name", &event->group_name},
                                     {"account", &event->account},
                                     {"alias", &event->alias},
                                     {"reply_to", &event->reply_to},
                                     {"quoted", &event->quoted},
                                     {"forwarded_from", &event->forwarded_from},
                                     {"author_kind", &event->author_kind},
                                     {NULL, NULL}};
    memcpy(out, fields, sizeof fields);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(const char *hex, struct arena *arena, struct ward_str *out)
{
    const size_t len = strlen(hex) / 2;
    char *bytes = arena_alloc(arena, len + 1);
    if (!bytes)
        return false;
    for (size_t i = 0; i < len; i++) {
        const int high = hex_digit(hex[2 * i]);
        const int low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return true; /* not ours: the text as it stands in JSON is what there is */
        bytes[i] = (char)(high << 4 | low);
    }
    bytes[len] = '\0';
    *out = (struct ward_str){bytes, len};
    return true;
}

/* Fields whose bytes are no UTF-8 stand in hex beside themselves. */
static bool take_bytes(struct ward_str json, struct arena *arena, const struct field *fields)
{
    if (!memmem(json.data, json.len, "_hex\":", 6))
        return true;
    json_t *root = json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL);
    bool good = root != NULL;
    for (const struct field *f = fields; good && f->key; f++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%s_hex", f->key);
        const char *hex = json_string_value(json_object_get(root, key));
        if (hex)
            good = take_hex(hex, arena, f->value);
    }
    json_decref(root);
    return good;
}

static bool copy_media(struct arena *arena, struct ward_event *event)
{
    struct ward_media *media = arena_calloc(arena, event->media_count + 1, sizeof *media);
    if (!media)
        return false;
    for (size_t i = 0; i < event->media_count; i++) {
        const struct ward_media *from = &event->media[i];
        media[i] =
            (struct ward_media){arena_copy(arena, from->kind), arena_copy(arena, from->sha256),
                                arena_copy(arena, from->pdq),  arena_copy(arena, from->phash),
                                arena_copy(arena, from->text), arena_copy(arena, from->qr)};
        if (!media[i].kind.data || !media[i].sha256.data || !media[i].pdq.data ||
            !media[i].phash.data || !media[i].text.data || !media[i].qr.data)
            return false;
    }
    event->media = media;
    return true;
}

enum ward_status event_restore(struct event_restorer *reader, struct ward_str json,
                               struct arena *arena, struct ward_event *out, struct ward_error *err)
{
    struct field fields[12];
    *out = (struct ward_event){0};
    const enum ward_status status =
        feed_batch_load(&reader->batch, json, "a stored event", NULL, err);
    if (status != WARD_OK)
        return status;
    if (reader->batch.event_count != 1)
        return error_set(err, WARD_ERR_FORMAT, "a stored event is damaged");
    *out = reader->batch.events[0];
    list_fields(out, fields);
    bool good = copy_media(arena, out);
    for (const struct field *f = fields; good && f->key; f++) {
        *f->value = arena_copy(arena, *f->value);
        good = f->value->data != NULL;
    }
    if (!good || !take_bytes(json, arena, fields))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return WARD_OK;
}
