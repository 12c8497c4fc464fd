/**
 * See telegram_message.h. Keys after Telegram Desktop's export_output_json.cpp: id, type, date,
 * date_unixtime, from, from_id, actor, actor_id, action, title, text, forwarded_from,
 * forwarded_from_id, reply_to_message_id, photo, file, media_type, sticker_emoji,
 * contact_information, poll. Values of another type than expected are passed over: the format has
 * no version number and grows.
 */
#include "feed/telegram_message.h"

#include "base/str.h"
#include "feed/when.h"

#define MEDIA_MAX 32u
/* What a forward from a deleted account says instead of null. */
#define DELETED_ACCOUNT "deleted account"

struct draft {
    struct telegram_message *out;
    struct ward_media media[MEDIA_MAX];
    size_t media_count;
    struct ward_str type;
    struct ward_str title;
    struct ward_str file_kind; /* from media_type */
    struct ward_str file_text; /* sticker_emoji */
    bool has_file;
    bool has_photo;
    bool has_unixtime;
};

enum shape { SHAPE_STRING, SHAPE_NUMBER, SHAPE_NULL, SHAPE_OTHER };

static enum shape shape_at(struct json_scan *scan)
{
    const char c = json_peek(scan);
    if (c == '"')
        return SHAPE_STRING;
    if (c == '-' || (c >= '0' && c <= '9'))
        return SHAPE_NUMBER;
    return c == 'n' ? SHAPE_NULL : SHAPE_OTHER;
}

/* A string or number as text; anything else is passed over and leaves `*into` as it was. */
static bool take_text(struct json_scan *scan, struct ward_str *into)
{
    const enum shape shape = shape_at(scan);
    if (shape == SHAPE_STRING)
        return json_string(scan, into);
    if (shape == SHAPE_NUMBER)
        return json_number(scan, into);
    return json_skip(scan);
}

static void add_media(struct draft *draft, const char *kind, struct ward_str text)
{
    if (draft->media_count == MEDIA_MAX)
        return; /* further hidden links of one message add nothing */
    draft->media[draft->media_count++] = (struct ward_media){.kind = str_of(kind), .text = text};
}

/* Moves `part` behind `*to`, which is never behind it: both lie in the record. */
static void append(char **to, struct ward_str part)
{
    if (part.len)
        memmove(*to, part.data, part.len);
    *to += part.len;
}

/* One entity of a text array: {"type": ..., "text": ..., "href": ...}. */
static bool take_entity(struct json_scan *scan, struct draft *draft, char **to)
{
    struct ward_str key;
    struct ward_str text = {NULL, 0};
    struct ward_str href = {NULL, 0};
    bool is_first = true;
    enum json_step step;
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        struct ward_str *into = str_equal(key, str_of("text"))   ? &text
                                : str_equal(key, str_of("href")) ? &href
                                                                 : NULL;
        if (!(into ? take_text(scan, into) : json_skip(scan)))
            return false;
    }
    if (href.len) { /* copied: the joined text will run over it */
        href = arena_copy(draft->out->arena, href);
        if (!href.data) {
            draft->out->status = WARD_ERR_NOMEM;
            return json_fail(scan, "out of memory");
        }
        add_media(draft, "link", href);
    }
    append(to, text);
    return step == JSON_STEP_END;
}

/* The text, joined in place: its parts only ever move towards the record's begin. */
static bool take_message_text(struct json_scan *scan, struct draft *draft)
{
    struct ward_str *text = &draft->out->event->text;
    struct ward_str part;
    bool is_first = true;
    enum json_step step;
    if (json_peek(scan) != '[')
        return take_text(scan, text);
    char *const begin = scan->at;
    char *to = begin;
    scan->at++;
    while ((step = json_item(scan, &is_first)) == JSON_STEP_ITEM) {
        const char c = json_peek(scan);
        part = (struct ward_str){NULL, 0};
        if (!(c == '{' ? take_entity(scan, draft, &to) : take_text(scan, &part)))
            return false;
        append(&to, part);
    }
    *text = (struct ward_str){begin, (size_t)(to - begin)};
    return step == JSON_STEP_END;
}

/* A string behind a blank: parts of a contact or poll. Its key and quotes left room for both. */
static bool take_strings(struct json_scan *scan, char **to)
{
    struct ward_str part = {NULL, 0};
    if (!take_text(scan, &part))
        return false;
    if (part.len)
        *(*to)++ = ' ';
    append(to, part);
    return true;
}

static bool take_answers(struct json_scan *scan, char **to)
{
    struct ward_str key;
    bool is_first = true;
    enum json_step step;
    if (json_peek(scan) != '[')
        return json_skip(scan);
    scan->at++;
    while ((step = json_item(scan, &is_first)) == JSON_STEP_ITEM) {
        bool is_first_key = true;
        enum json_step inner;
        if (json_peek(scan) != '{') {
            if (!json_skip(scan))
                return false;
            continue;
        }
        scan->at++;
        while ((inner = json_key(scan, &is_first_key, &key)) == JSON_STEP_ITEM) {
            const bool is_text = str_equal(key, str_of("text"));
            if (!(is_text ? take_strings(scan, to) : json_skip(scan)))
                return false;
        }
        if (inner != JSON_STEP_END)
            return false;
    }
    return step == JSON_STEP_END;
}

/* contact_information or poll -> a medium whose text is its strings. */
static bool take_card(struct json_scan *scan, struct draft *draft, const char *kind)
{
    struct ward_str key;
    bool is_first = true;
    enum json_step step;
    if (json_peek(scan) != '{')
        return json_skip(scan);
    char *const begin = scan->at;
    char *to = begin;
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        const bool is_text =
            str_equal(key, str_of("question")) || str_equal(key, str_of("first_name")) ||
            str_equal(key, str_of("last_name")) || str_equal(key, str_of("phone_number"));
        const bool is_answers = str_equal(key, str_of("answers"));
        if (!(is_text      ? take_strings(scan, &to)
              : is_answers ? take_answers(scan, &to)
                           : json_skip(scan)))
            return false;
    }
    if (to > begin)
        add_media(draft, kind, (struct ward_str){begin + 1, (size_t)(to - begin) - 1});
    return step == JSON_STEP_END;
}

/* A forward whose source is null came from an account deleted since: still not the poster's. */
static bool take_forward(struct json_scan *scan, struct draft *draft)
{
    struct ward_str *into = &draft->out->event->forwarded_from;
    if (shape_at(scan) == SHAPE_NULL && !into->len)
        *into = str_of(DELETED_ACCOUNT);
    return take_text(scan, into);
}

static bool take_time(struct json_scan *scan, struct draft *draft, bool is_unix)
{
    struct telegram_message *out = draft->out;
    struct ward_str text = {NULL, 0};
    int64_t ms;
    bool assumed = false;
    if (!take_text(scan, &text))
        return false;
    const bool good = is_unix ? when_parse_unix(text, &ms)
                              : when_parse_date(text, out->zone_minutes, &ms, &assumed);
    if (!good || (draft->has_unixtime && !is_unix))
        return true;
    draft->has_unixtime = is_unix;
    out->event->has_time = true;
    out->event->time_ms = ms;
    out->zone_assumed = assumed;
    return true;
}

static bool take_marker(struct json_scan *scan, bool *flag)
{
    *flag = json_peek(scan) != 'n';
    return json_skip(scan);
}

/* long: the keys of a message, one line each */
static bool take_field(struct json_scan *scan, struct draft *draft, struct ward_str key)
{
    struct ward_event *event = draft->out->event;
    const struct {
        const char *key;
        struct ward_str *into;
    } texts[] = {{"id", &event->id},
                 {"type", &draft->type},
                 {"from", &event->alias},
                 {"from_id", &event->account},
                 {"actor", &event->alias},
                 {"actor_id", &event->account},
                 {"title", &draft->title},
                 {"reply_to_message_id", &event->reply_to},
                 {"media_type", &draft->file_kind},
                 {"sticker_emoji", &draft->file_text}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_equal(key, str_of(texts[i].key)))
            return take_text(scan, texts[i].into);
    }
    if (str_equal(key, str_of("text")))
        return take_message_text(scan, draft);
    if (str_equal(key, str_of("date_unixtime")))
        return take_time(scan, draft, true);
    if (str_equal(key, str_of("date")))
        return take_time(scan, draft, false);
    if (str_equal(key, str_of("forwarded_from")))
        return take_forward(scan, draft);
    if (str_equal(key, str_of("photo")))
        return take_marker(scan, &draft->has_photo);
    if (str_equal(key, str_of("file")))
        return take_marker(scan, &draft->has_file);
    if (str_equal(key, str_of("contact_information")))
        return take_card(scan, draft, "contact");
    if (str_equal(key, str_of("poll")))
        return take_card(scan, draft, "poll");
    return json_skip(scan);
}

static void add_file(struct draft *draft)
{
    static const struct {
        const char *type;
        const char *kind;
    } kinds[] = {{"voice_message", "voice"}, {"video_message", "video"}, {"video_file", "video"},
                 {"audio_file", "audio"},    {"animation", "animation"}, {"sticker", "sticker"}};
    const char *kind = "file";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_equal(draft->file_kind, str_of(kinds[i].type)))
            kind = kinds[i].kind;
    }
    if (draft->has_photo)
        add_media(draft, "image", (struct ward_str){NULL, 0});
    if (draft->has_file || draft->file_kind.len)
        add_media(draft, kind, draft->file_text);
}

static bool finish(struct json_scan *scan, struct draft *draft)
{
    struct telegram_message *out = draft->out;
    struct ward_event *event = out->event;
    out->is_wanted = true;
    if (str_equal(draft->type, str_of("service"))) {
        out->is_wanted = draft->title.len > 0;
        event->kind = WARD_KIND_GROUP_NAME;
        event->text = draft->title;
    }
    add_file(draft);
    if (!draft->media_count)
        return true;
    const size_t bytes = draft->media_count * sizeof draft->media[0];
    struct ward_media *media = arena_alloc(out->arena, bytes);
    if (!media) {
        out->status = WARD_ERR_NOMEM;
        return json_fail(scan, "out of memory");
    }
    memcpy(media, draft->media, bytes);
    event->media = media;
    event->media_count = draft->media_count;
    return true;
}

bool telegram_message_read(struct json_scan *scan, struct telegram_message *out)
{
    struct draft draft = {.out = out};
    struct ward_str key;
    bool is_first = true;
    enum json_step step;
    out->status = WARD_ERR_FORMAT;
    out->zone_assumed = false;
    if (!json_enter(scan, '{'))
        return false;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        if (!take_field(scan, &draft, key))
            return false;
    }
    if (step != JSON_STEP_END || !json_finish(scan) || !finish(scan, &draft))
        return false;
    out->status = WARD_OK;
    return true;
}
