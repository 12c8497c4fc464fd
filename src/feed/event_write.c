#include "feed/event_write.h"

#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"
#include "feed/json_event.h"

/* The very bytes, where JSON cannot hold them: offsets of a verdict count these. */
static void put_hex(struct buf *out, const char *key, struct ward_str bytes)
{
    buf_printf(out, ",\"%s_hex\":\"", key);
    for (size_t i = 0; i < bytes.len; i++)
        buf_printf(out, "%02x", (unsigned char)bytes.data[i]);
    buf_put_char(out, '"');
}

static void put_field(struct buf *out, bool *first, const char *key, struct ward_str value)
{
    if (!value.len)
        return;
    buf_put_text(out, *first ? "" : ",");
    *first = false;
    json_put_key(out, key);
    if (!json_put_checked(out, value))
        put_hex(out, key, value);
}

static void put_media(struct buf *out, const struct ward_event *event)
{
    if (!event->media_count)
        return;
    buf_put_text(out, ",\"media\":[");
    for (size_t i = 0; i < event->media_count; i++) {
        const struct ward_media *media = &event->media[i];
        bool first = true;
        buf_put_text(out, i ? ",{" : "{");
        put_field(out, &first, "kind", media->kind);
        put_field(out, &first, "sha256", media->sha256);
        put_field(out, &first, "pdq", media->pdq);
        put_field(out, &first, "phash", media->phash);
        put_field(out, &first, "text", media->text);
        put_field(out, &first, "qr", media->qr);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void event_write_json(struct buf *out, const struct ward_event *event)
{
    bool first = false;
    buf_put_text(out, "{\"id\":");
    json_put_string(out, event->id);
    put_field(out, &first, "platform", event->platform);
    if (event->kind != WARD_KIND_MESSAGE)
        put_field(out, &first, "kind", str_of(json_event_kind_name(event->kind)));
    if (event->has_time) {
        buf_put_text(out, ",\"time\":\"");
        time_put(out, event->time_ms);
        buf_put_char(out, '"');
    }
    put_field(out, &first, "group", event->group);
    put_field(out, &first, "group_name", event->group_name);
    put_field(out, &first, "account", event->account);
    put_field(out, &first, "alias", event->alias);
    put_field(out, &first, "reply_to", event->reply_to);
    put_field(out, &first, "quoted", event->quoted);
    put_field(out, &first, "forwarded_from", event->forwarded_from);
    put_field(out, &first, "author_kind", event->author_kind);
    put_field(out, &first, "text", event->text);
    put_media(out, event);
    buf_put_char(out, '}');
}
