/**
 * See json_event.h. The event's own keys are told apart by length, then one comparison: this runs
 * for every field of every event. The envelope's many names go through a plain table.
 */
#include "feed/json_event.h"

#include <assert.h>
#include <stddef.h>

#include "base/str.h"
#include "feed/feed.h"
#include "feed/when.h"

enum field {
    FIELD_NONE = 0,
    FIELD_ID, /* strings first: they index TEXT_SLOTS */
    FIELD_TEXT,
    FIELD_PLATFORM,
    FIELD_GROUP,
    FIELD_GROUP_NAME,
    FIELD_ACCOUNT,
    FIELD_ALIAS,
    FIELD_REPLY_TO,
    FIELD_QUOTED,
    FIELD_FORWARDED_FROM,
    FIELD_AUTHOR_KIND,
    FIELD_KIND,
    FIELD_TIME,
    FIELD_MEDIA,
    FIELD_SEND_TIME,
    FIELD_DATA
};
#define FIELD_COUNT (FIELD_DATA + 1)

/* Where a text field lives, and what is said when it is of another type. */
struct text_slot {
    size_t offset;
    bool takes_integer;
    bool is_content;
    const char *cause;
};

static const struct text_slot TEXT_SLOTS[FIELD_KIND] = {
    [FIELD_ID] = {offsetof(struct ward_event, id), true, false,
                  "id must be a string or an integer"},
    [FIELD_TEXT] = {offsetof(struct ward_event, text), false, true, "text must be a string"},
    [FIELD_PLATFORM] = {offsetof(struct ward_event, platform), false, false,
                        "platform must be a string"},
    [FIELD_GROUP] = {offsetof(struct ward_event, group), true, false,
                     "group must be a string or an integer"},
    [FIELD_GROUP_NAME] = {offsetof(struct ward_event, group_name), false, true,
                          "group_name must be a string"},
    [FIELD_ACCOUNT] = {offsetof(struct ward_event, account), true, false,
                       "account must be a string or an integer"},
    [FIELD_ALIAS] = {offsetof(struct ward_event, alias), false, true, "alias must be a string"},
    [FIELD_REPLY_TO] = {offsetof(struct ward_event, reply_to), true, false,
                        "reply_to must be a string or an integer"},
    [FIELD_QUOTED] = {offsetof(struct ward_event, quoted), false, true, "quoted must be a string"},
    [FIELD_FORWARDED_FROM] = {offsetof(struct ward_event, forwarded_from), false, false,
                              "forwarded_from must be a string"},
    [FIELD_AUTHOR_KIND] = {offsetof(struct ward_event, author_kind), false, false,
                           "author_kind must be a string"},
};

#define KEY_IS(key, literal) (memcmp((key).data, literal, sizeof(literal) - 1) == 0)

/* long: one switch over the fifteen keys of an event, by length */
static enum field field_of(struct ward_str key)
{
    switch (key.len) {
    case 2:
        return KEY_IS(key, "id") ? FIELD_ID : FIELD_NONE;
    case 4:
        if (KEY_IS(key, "text"))
            return FIELD_TEXT;
        if (KEY_IS(key, "time"))
            return FIELD_TIME;
        if (KEY_IS(key, "kind"))
            return FIELD_KIND;
        return KEY_IS(key, "data") ? FIELD_DATA : FIELD_NONE;
    case 5:
        if (KEY_IS(key, "group"))
            return FIELD_GROUP;
        if (KEY_IS(key, "alias"))
            return FIELD_ALIAS;
        return KEY_IS(key, "media") ? FIELD_MEDIA : FIELD_NONE;
    case 6:
        return KEY_IS(key, "quoted") ? FIELD_QUOTED : FIELD_NONE;
    case 7:
        return KEY_IS(key, "account") ? FIELD_ACCOUNT : FIELD_NONE;
    case 8:
        if (KEY_IS(key, "platform"))
            return FIELD_PLATFORM;
        return KEY_IS(key, "reply_to") ? FIELD_REPLY_TO : FIELD_NONE;
    case 9:
        return KEY_IS(key, "send_time") ? FIELD_SEND_TIME : FIELD_NONE;
    case 10:
        return KEY_IS(key, "group_name") ? FIELD_GROUP_NAME : FIELD_NONE;
    case 11:
        return KEY_IS(key, "author_kind") ? FIELD_AUTHOR_KIND : FIELD_NONE;
    case 14:
        return KEY_IS(key, "forwarded_from") ? FIELD_FORWARDED_FROM : FIELD_NONE;
    default:
        return FIELD_NONE;
    }
}

static const char *const KIND_NAMES[] = {"message",    "post",  "listing", "alias",
                                         "group_name", "query", "report"};
#define KIND_COUNT (sizeof KIND_NAMES / sizeof KIND_NAMES[0])

const char *json_event_kind_name(enum ward_kind kind)
{
    assert((size_t)kind < KIND_COUNT);
    return KIND_NAMES[kind];
}

bool json_event_kind(struct ward_str name, enum ward_kind *out)
{
    *out = WARD_KIND_MESSAGE;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (str_equal(name, str_of(KIND_NAMES[i]))) {
            *out = (enum ward_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_integer(struct ward_str number)
{
    for (size_t i = 0; i < number.len; i++) {
        if (number.data[i] != '-' && (number.data[i] < '0' || number.data[i] > '9'))
            return false;
    }
    return true;
}

/* null -> true and passed over. */
static bool take_null(struct json_scan *scan)
{
    if (json_peek(scan) != 'n' || memcmp(scan->at, "null", 4) != 0)
        return false;
    scan->at += 4;
    return true;
}

static bool read_text(struct json_scan *scan, struct json_event *out, enum field field)
{
    const struct text_slot *slot = &TEXT_SLOTS[field];
    struct ward_str *into = (struct ward_str *)(void *)((char *)out->event + slot->offset);
    out->has_content |= slot->is_content;
    const char c = json_peek(scan);
    if (c == '"')
        return json_string(scan, into);
    if (take_null(scan)) {
        *into = (struct ward_str){NULL, 0};
        return true;
    }
    char *const at = scan->at;
    if (slot->takes_integer && (c == '-' || (c >= '0' && c <= '9'))) {
        if (!json_number(scan, into))
            return false;
        if (is_integer(*into))
            return true;
        scan->at = at;
    }
    return json_fail(scan, slot->cause);
}

static bool read_kind(struct json_scan *scan, struct json_event *out)
{
    struct ward_str name;
    out->event->kind = WARD_KIND_MESSAGE;
    if (take_null(scan))
        return true;
    if (*scan->at != '"')
        return json_fail(scan, "kind must be a string");
    char *const at = scan->at;
    if (!json_string(scan, &name))
        return false;
    if (json_event_kind(name, &out->event->kind))
        return true;
    scan->at = at;
    return json_fail(scan, "kind must be message, post, listing, alias, group_name, query or "
                           "report");
}

/* `is_strict`: a time that cannot be read fails; else it is passed over. */
static bool read_time(struct json_scan *scan, struct json_event *out, bool is_strict)
{
    struct ward_event *event = out->event;
    struct ward_str text;
    out->zone_assumed = false;
    event->has_time = false;
    if (take_null(scan))
        return true;
    char *const at = scan->at;
    if (!(*at == '"' ? json_string(scan, &text) : json_number(scan, &text))) {
        scan->cause = *at == '"' ? scan->cause : NULL;
        return json_fail(scan, "time must be a string or a number");
    }
    event->has_time = (*at == '"' && when_parse_date(text, out->zone_minutes, &event->time_ms,
                                                     &out->zone_assumed)) ||
                      when_parse_unix(text, &event->time_ms);
    if (event->has_time)
        return true;
    if (text.len == 0 || !is_strict)
        return true;
    scan->at = at;
    return json_fail(scan, "time is neither RFC 3339 nor Unix seconds or milliseconds");
}

static bool is_hex(struct ward_str text, size_t len)
{
    if (text.len != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static const struct {
    const char *name;
    size_t offset;
    size_t hex_len; /* 0: any text */
} MEDIA_FIELDS[] = {
    {"kind", offsetof(struct ward_media, kind), 0},
    {"sha256", offsetof(struct ward_media, sha256), 64},
    {"pdq", offsetof(struct ward_media, pdq), 64},
    {"phash", offsetof(struct ward_media, phash), 16},
    {"text", offsetof(struct ward_media, text), 0},
    {"qr", offsetof(struct ward_media, qr), 0},
};
#define MEDIA_FIELD_COUNT (sizeof MEDIA_FIELDS / sizeof MEDIA_FIELDS[0])

static bool read_media_field(struct json_scan *scan, struct ward_media *media, struct ward_str key)
{
    size_t at = 0;
    while (at < MEDIA_FIELD_COUNT && !str_equal(key, str_of(MEDIA_FIELDS[at].name)))
        at++;
    if (at == MEDIA_FIELD_COUNT)
        return json_skip(scan);
    struct ward_str *into = (struct ward_str *)(void *)((char *)media + MEDIA_FIELDS[at].offset);
    *into = (struct ward_str){NULL, 0};
    if (take_null(scan))
        return true;
    if (*scan->at != '"')
        return json_fail(scan, "fields of media must be strings");
    if (!json_string(scan, into))
        return false;
    if (MEDIA_FIELDS[at].hex_len && !is_hex(*into, MEDIA_FIELDS[at].hex_len))
        *into = (struct ward_str){NULL, 0};
    return true;
}

static bool read_medium(struct json_scan *scan, struct ward_media *media)
{
    bool is_first = true;
    struct ward_str key;
    enum json_step step;
    *media = (struct ward_media){0};
    if (json_peek(scan) != '{')
        return json_fail(scan, "media must be an array of objects");
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        if (!read_media_field(scan, media, key))
            return false;
    }
    return step == JSON_STEP_END;
}

static bool read_media(struct json_scan *scan, struct json_event *out)
{
    struct ward_media media[FEED_MEDIA_MAX];
    size_t count = 0;
    bool is_first = true;
    enum json_step step;
    out->has_content = true;
    out->event->media = NULL;
    out->event->media_count = 0;
    if (take_null(scan))
        return true;
    if (*scan->at != '[')
        return json_fail(scan, "media must be an array of objects");
    scan->at++;
    while ((step = json_item(scan, &is_first)) == JSON_STEP_ITEM) {
        if (count == FEED_MEDIA_MAX) {
            out->status = WARD_ERR_LIMIT;
            return json_fail(scan, "more than 64 media in one event");
        }
        if (!read_medium(scan, &media[count]))
            return false;
        count++;
    }
    if (step != JSON_STEP_END || count == 0)
        return step == JSON_STEP_END;
    struct ward_media *kept = arena_alloc(out->arena, count * sizeof *kept);
    if (!kept) {
        out->status = WARD_ERR_NOMEM;
        return json_fail(scan, "out of memory");
    }
    memcpy(kept, media, count * sizeof *kept);
    out->event->media = kept;
    out->event->media_count = count;
    return true;
}

/* ---- Osprey action envelope ------------------------------------------------------------------ */

struct other_name {
    const char *name;
    enum field field;
};

static const struct other_name ACTION_NAMES[] = {
    {"text", FIELD_TEXT},
    {"content", FIELD_TEXT},
    {"message_content", FIELD_TEXT},
    {"message", FIELD_TEXT},
    {"body", FIELD_TEXT},
    {"query", FIELD_TEXT},
    {"search_query", FIELD_TEXT},
    {"kind", FIELD_KIND},
    {"platform", FIELD_PLATFORM},
    {"time", FIELD_TIME},
    {"timestamp", FIELD_TIME},
    {"created_at", FIELD_TIME},
    {"group", FIELD_GROUP},
    {"group_id", FIELD_GROUP},
    {"channel_id", FIELD_GROUP},
    {"chat_id", FIELD_GROUP},
    {"room_id", FIELD_GROUP},
    {"group_name", FIELD_GROUP_NAME},
    {"channel_name", FIELD_GROUP_NAME},
    {"chat_name", FIELD_GROUP_NAME},
    {"account", FIELD_ACCOUNT},
    {"account_id", FIELD_ACCOUNT},
    {"user_id", FIELD_ACCOUNT},
    {"author_id", FIELD_ACCOUNT},
    {"sender_id", FIELD_ACCOUNT},
    {"alias", FIELD_ALIAS},
    {"username", FIELD_ALIAS},
    {"user_name", FIELD_ALIAS},
    {"nickname", FIELD_ALIAS},
    {"display_name", FIELD_ALIAS},
    {"reply_to", FIELD_REPLY_TO},
    {"reply_to_id", FIELD_REPLY_TO},
    {"quoted", FIELD_QUOTED},
    {"forwarded_from", FIELD_FORWARDED_FROM},
    {"author_kind", FIELD_AUTHOR_KIND},
    {"media", FIELD_MEDIA},
    {NULL, FIELD_NONE},
};
static const struct other_name USER_NAMES[] = {
    {"id", FIELD_ACCOUNT},     {"username", FIELD_ALIAS},     {"name", FIELD_ALIAS},
    {"nickname", FIELD_ALIAS}, {"display_name", FIELD_ALIAS}, {NULL, FIELD_NONE},
};
static const struct other_name MESSAGE_NAMES[] = {
    {"text", FIELD_TEXT},         {"content", FIELD_TEXT},     {"body", FIELD_TEXT},
    {"timestamp", FIELD_TIME},    {"channel_id", FIELD_GROUP}, {"author_id", FIELD_ACCOUNT},
    {"reply_to", FIELD_REPLY_TO}, {NULL, FIELD_NONE},
};
static const struct other_name CHANNEL_NAMES[] = {
    {"id", FIELD_GROUP},
    {"name", FIELD_GROUP_NAME},
    {"title", FIELD_GROUP_NAME},
    {NULL, FIELD_NONE},
};
static const struct {
    const char *name;
    const struct other_name *fields;
} NESTED[] = {
    {"user", USER_NAMES},       {"author", USER_NAMES},     {"sender", USER_NAMES},
    {"account", USER_NAMES},    {"message", MESSAGE_NAMES}, {"post", MESSAGE_NAMES},
    {"channel", CHANNEL_NAMES}, {"group", CHANNEL_NAMES},   {"chat", CHANNEL_NAMES},
    {"room", CHANNEL_NAMES},
};

static enum field other_field(const struct other_name *names, struct ward_str key)
{
    while (names->name && !str_equal(key, str_of(names->name)))
        names++;
    return names->field;
}

static const struct other_name *nested_fields(struct ward_str key)
{
    for (size_t i = 0; i < sizeof NESTED / sizeof NESTED[0]; i++) {
        if (str_equal(key, str_of(NESTED[i].name)))
            return NESTED[i].fields;
    }
    return NULL;
}

/* Fields of somebody else's schema: a value of another type than ours is passed over. */
static bool read_foreign(struct json_scan *scan, struct json_event *out, enum field field)
{
    const char c = json_peek(scan);
    const bool is_number = c == '-' || (c >= '0' && c <= '9');
    if (field == FIELD_TIME && (c == '"' || is_number))
        return read_time(scan, out, false);
    if (field == FIELD_KIND && c == '"')
        return read_kind(scan, out);
    if (field == FIELD_MEDIA && c == '[')
        return read_media(scan, out);
    if (field == FIELD_NONE || field >= FIELD_KIND || c == 'n')
        return json_skip(scan);
    if (c == '"' || (is_number && TEXT_SLOTS[field].takes_integer))
        return read_text(scan, out, field);
    return json_skip(scan);
}

static bool read_nested(struct json_scan *scan, struct json_event *out,
                        const struct other_name *names)
{
    bool is_first = true;
    struct ward_str key;
    enum json_step step;
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        if (!read_foreign(scan, out, other_field(names, key)))
            return false;
    }
    return step == JSON_STEP_END;
}

static bool read_action_data(struct json_scan *scan, struct json_event *out)
{
    bool is_first = true;
    struct ward_str key;
    enum json_step step;
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        const struct other_name *nested = json_peek(scan) == '{' ? nested_fields(key) : NULL;
        if (!(nested ? read_nested(scan, out, nested)
                     : read_foreign(scan, out, other_field(ACTION_NAMES, key))))
            return false;
    }
    return step == JSON_STEP_END;
}

static bool name_has(struct ward_str name, const char *part)
{
    return name.len && memmem(name.data, name.len, part, strlen(part)) != NULL;
}

/* "search_messages" is a query, "create_post" a post ...; anything unknown is a message. */
static enum ward_kind action_kind(struct ward_str name)
{
    static const struct {
        const char *part;
        enum ward_kind kind;
    } parts[] = {
        {"report", WARD_KIND_REPORT},
        {"search", WARD_KIND_QUERY},
        {"query", WARD_KIND_QUERY},
        {"listing", WARD_KIND_LISTING},
        {"message", WARD_KIND_MESSAGE},
        {"post", WARD_KIND_POST},
        {"nickname", WARD_KIND_ALIAS},
        {"profile", WARD_KIND_ALIAS},
        {"username", WARD_KIND_ALIAS},
        {"group_create", WARD_KIND_GROUP_NAME},
        {"create_group", WARD_KIND_GROUP_NAME},
        {"group_rename", WARD_KIND_GROUP_NAME},
        {"rename_group", WARD_KIND_GROUP_NAME},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (name_has(name, parts[i].part))
            return parts[i].kind;
    }
    return WARD_KIND_MESSAGE;
}

static bool read_action_field(struct json_scan *scan, struct json_event *out, struct ward_str key)
{
    struct ward_str name;
    const char c = json_peek(scan);
    if (str_equal(key, str_of("action_id")))
        return read_text(scan, out, FIELD_ID);
    if (str_equal(key, str_of("data")) && c == '{')
        return read_action_data(scan, out);
    if (str_equal(key, str_of("timestamp")))
        return read_foreign(scan, out, FIELD_TIME);
    if (!str_equal(key, str_of("action_name")) || c != '"')
        return json_skip(scan);
    if (!json_string(scan, &name))
        return false;
    if (out->event->kind == WARD_KIND_MESSAGE)
        out->event->kind = action_kind(name);
    return true;
}

/* The envelope's `data`. An action without text (a login) is no fault: nothing is to be judged. */
static bool read_action(struct json_scan *scan, struct json_event *out)
{
    bool is_first = true;
    struct ward_str key;
    enum json_step step;
    scan->at++;
    out->has_content = true;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        if (!read_action_field(scan, out, key))
            return false;
    }
    struct ward_event *event = out->event;
    if (event->kind == WARD_KIND_ALIAS && event->text.len == 0)
        event->text = event->alias;
    if (event->kind == WARD_KIND_GROUP_NAME && event->text.len == 0)
        event->text = event->group_name;
    return step == JSON_STEP_END;
}

/* ---- The event object ------------------------------------------------------------------------ */

/* The envelope's time gives way to the action's own, whichever comes first. */
static bool read_send_time(struct json_scan *scan, struct json_event *out)
{
    const struct ward_event *event = out->event;
    const bool has_own = event->has_time;
    const int64_t own_ms = event->time_ms;
    const bool own_assumed = out->zone_assumed;
    if (!read_foreign(scan, out, FIELD_TIME))
        return false;
    if (has_own) {
        out->event->has_time = true;
        out->event->time_ms = own_ms;
        out->zone_assumed = own_assumed;
    }
    return true;
}

static bool read_field(struct json_scan *scan, struct json_event *out, enum field field)
{
    if (field >= FIELD_ID && field <= FIELD_AUTHOR_KIND)
        return read_text(scan, out, field);
    if (field == FIELD_TIME)
        return read_time(scan, out, true);
    if (field == FIELD_KIND)
        return read_kind(scan, out);
    if (field == FIELD_MEDIA)
        return read_media(scan, out);
    if (field == FIELD_SEND_TIME)
        return read_send_time(scan, out);
    if (field == FIELD_DATA && json_peek(scan) == '{')
        return read_action(scan, out);
    return json_skip(scan);
}

bool json_event_read(struct json_scan *scan, struct json_event *out)
{
    bool is_first = true;
    struct ward_str key;
    enum json_step step;
    assert(out->event && out->arena);
    out->status = WARD_ERR_FORMAT;
    if (json_peek(scan) != '{')
        return json_fail(scan, "not a JSON object");
    scan->at++;
    while ((step = json_key(scan, &is_first, &key)) == JSON_STEP_ITEM) {
        if (!read_field(scan, out, field_of(key)))
            return false;
    }
    if (step != JSON_STEP_END || !json_finish(scan))
        return false;
    if (!out->has_content) {
        scan->at = scan->begin;
        return json_fail(scan, "no field to judge: text, alias, group_name, quoted or media");
    }
    out->status = WARD_OK;
    return true;
}
