#include "api/coop_items.h"

#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"

/* Values of one list (media, texts) that are looked at. */
#define VALUES_MAX 64u
/* Members of an item's data; more are no item of a person. */
#define MEMBERS_MAX 512u

static const char *const field_names[COOP_FIELDS] = {
    "text", "account", "alias", "group", "group_name", "reply_to", "quoted", "time", "media"};

static const char *const usual[COOP_FIELDS] = {
    [COOP_TEXT] = "title,subject,headline,text,content,message,body,caption,comment,description,"
                  "bio,transcript",
    [COOP_ACCOUNT] = "creator,creatorId,author,authorId,user,userId,sender,senderId,owner,ownerId,"
                     "account,accountId,from,seller",
    [COOP_ALIAS] = "displayName,username,userName,nickname,alias,authorName,senderName,screenName",
    [COOP_GROUP] = "thread,threadId,channel,channelId,conversation,conversationId,room,roomId,chat,"
                   "chatId,group,groupId,community,communityId",
    [COOP_GROUP_NAME] = "threadName,channelName,roomName,chatName,groupName,communityName",
    [COOP_REPLY_TO] = "parent,parentId,replyTo,replyToId,inReplyTo",
    [COOP_QUOTED] = "quoted,quotedText",
    [COOP_TIME] = "createdAt,sentAt,postedAt,publishedAt,timestamp,time,date",
    [COOP_MEDIA] = "images,image,photos,photo,media,videos,video,attachments,audio,avatar",
};

/* ---- names ----------------------------------------------------------------------------------- */

/* Lower case without '_', '-' and spaces; false if it does not fit or is empty. */
static bool fold(struct ward_str name, char out[COOP_NAME_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (c == '_' || c == '-' || c == ' ')
            continue;
        if (len + 1 == COOP_NAME_BYTES || c == '\0')
            return false;
        out[len++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    out[len] = '\0';
    return len > 0;
}

/* The next piece up to `mark`; moves `text` behind it. */
static struct ward_str next_piece(struct ward_str *text, char mark)
{
    const char *end = text->len ? memchr(text->data, mark, text->len) : NULL;
    const size_t len = end ? (size_t)(end - text->data) : text->len;
    const struct ward_str piece = str_part(*text, 0, len);
    *text = str_part(*text, end ? len + 1 : len, text->len);
    return piece;
}

/* Puts the names of a comma list at the begin of a field's list. */
static bool put_names(struct coop_fields *fields, enum coop_field field, struct ward_str list)
{
    char(*names)[COOP_NAME_BYTES] = fields->names[field];
    size_t at = 0;
    while (list.len) {
        char name[COOP_NAME_BYTES];
        if (!fold(next_piece(&list, ','), name) || names[COOP_NAMES_MAX - 2][0])
            return false;
        memmove(names[at + 1], names[at], (COOP_NAMES_MAX - at - 1) * sizeof names[0]);
        memcpy(names[at++], name, sizeof name);
    }
    return at > 0;
}

void coop_fields_init(struct coop_fields *fields)
{
    memset(fields, 0, sizeof *fields);
    for (int f = 0; f < COOP_FIELDS; f++)
        (void)put_names(fields, (enum coop_field)f, str_of(usual[f]));
}

enum ward_status coop_fields_read(struct coop_fields *fields, struct ward_str text,
                                  struct ward_error *err)
{
    while (text.len) {
        struct ward_str rule = next_piece(&text, ' ');
        const struct ward_str name = next_piece(&rule, '=');
        int field = 0;
        if (!name.len)
            continue;
        while (field < COOP_FIELDS && !str_equal(name, str_of(field_names[field])))
            field++;
        if (field == COOP_FIELDS)
            return error_set(err, WARD_ERR_ARGUMENT, "an event has no field \"%.*s\"",
                             (int)(name.len < 64 ? name.len : 64), name.data);
        if (!put_names(fields, (enum coop_field)field, rule))
            return error_set(err, WARD_ERR_ARGUMENT, "names of \"%s\": 1 to 63 bytes, %u at most",
                             field_names[field], COOP_NAMES_MAX - 1);
    }
    return WARD_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* The member of `data` that a folded name means; NULL if there is none. */
static const json_t *find_member(const json_t *data, const char *name)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)data); at;
         at = json_object_iter_next((json_t *)(uintptr_t)data, at)) {
        char folded[COOP_NAME_BYTES];
        const char *key = json_object_iter_key(at);
        if (fold(str_of(key), folded) && strcmp(folded, name) == 0)
            return json_object_iter_value(at);
    }
    return NULL;
}

static struct ward_str string_of(const json_t *value)
{
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

/* A value as one string: itself, or what names a related item. */
static struct ward_str plain_of(const json_t *value)
{
    if (json_is_object(value)) {
        const json_t *id = json_object_get(value, "id");
        return json_is_string(id) ? string_of(id) : string_of(json_object_get(value, "text"));
    }
    return string_of(value);
}

static void put_key(struct buf *out, const char *key)
{
    buf_printf(out, ",\"%s\":", key);
}

/* First value that can be used, as a string or the digits of a number. */
static void put_first(struct buf *out, const json_t *data, const struct coop_fields *fields,
                      enum coop_field field)
{
    for (size_t i = 0; fields->names[field][i][0]; i++) {
        const json_t *value = find_member(data, fields->names[field][i]);
        const struct ward_str text = plain_of(value);
        if (text.len) {
            put_key(out, field_names[field]);
            json_put_string(out, text);
            return;
        }
        if (json_is_integer(value)) {
            put_key(out, field_names[field]);
            buf_printf(out, "%lld", (long long)json_integer_value(value));
            return;
        }
    }
}

static void add_line(struct buf *text, struct ward_str line)
{
    if (!line.len)
        return;
    if (text->len)
        buf_put_char(text, '\n');
    buf_put_str(text, line);
}

static void put_texts(struct buf *out, const json_t *data, const struct coop_fields *fields)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (size_t i = 0; fields->names[COOP_TEXT][i][0]; i++) {
        const json_t *value = find_member(data, fields->names[COOP_TEXT][i]);
        add_line(&text, plain_of(value));
        for (size_t k = 0; json_is_array(value) && k < json_array_size(value) && k < VALUES_MAX;
             k++)
            add_line(&text, plain_of(json_array_get(value, k)));
    }
    put_key(out, "text");
    json_put_string(out, buf_str(&text));
    if (text.failed)
        out->failed = text.failed;
    buf_release(&text);
}

/* ---- media ----------------------------------------------------------------------------------- */

static const char *media_kind(const char *name)
{
    if (strstr(name, "video"))
        return "video";
    if (strstr(name, "audio"))
        return "voice";
    return strstr(name, "attach") ? "file" : "image";
}

static void put_hash(struct buf *out, const json_t *value, const char *key)
{
    const struct ward_str hash = string_of(json_object_get(value, key));
    if (hash.len) {
        put_key(out, key);
        json_put_string(out, hash);
    }
}

/* One picture, film ...: its hashes and texts, where the item says them. An address is no content
 * and is never fetched. */
static void put_one_media(struct buf *out, const json_t *value, const char *kind, size_t *count)
{
    static const char *const keys[] = {"sha256", "pdq", "phash", "text", "qr"};
    if (!json_is_object(value) && !json_is_string(value))
        return;
    buf_put_text(out, (*count)++ ? "," : ",\"media\":[");
    buf_printf(out, "{\"kind\":\"%s\"", kind);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put_hash(out, value, keys[i]);
    buf_put_char(out, '}');
}

static void put_media(struct buf *out, const json_t *data, const struct coop_fields *fields)
{
    size_t count = 0;
    for (size_t i = 0; fields->names[COOP_MEDIA][i][0]; i++) {
        const char *name = fields->names[COOP_MEDIA][i];
        const json_t *value = find_member(data, name);
        if (!json_is_array(value)) {
            if (count < VALUES_MAX)
                put_one_media(out, value, media_kind(name), &count);
            continue;
        }
        for (size_t k = 0; k < json_array_size(value) && count < VALUES_MAX; k++)
            put_one_media(out, json_array_get(value, k), media_kind(name), &count);
    }
    if (count)
        buf_put_char(out, ']');
}

/* ---- the item -------------------------------------------------------------------------------- */

static const char *kind_of(struct ward_str type)
{
    static const struct {
        const char *part, *kind;
    } kinds[] = {{"listing", "listing"}, {"product", "listing"}, {"post", "post"},
                 {"user", "alias"},      {"profile", "alias"},   {"account", "alias"},
                 {"query", "query"},     {"search", "query"}};
    char folded[COOP_NAME_BYTES];
    if (fold(type, folded))
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
            if (strstr(folded, kinds[i].part))
                return kinds[i].kind;
    return "message";
}

/* `typeId` is opaque in some places; the name is then told beside it. */
static struct ward_str type_of(const json_t *item)
{
    const struct ward_str type = string_of(json_object_get(item, "typeId"));
    return type.len ? type : string_of(json_object_get(item, "type"));
}

/* An account speaks for itself: its item is the account, and its names are what it says. */
static void put_profile(struct buf *out, struct ward_str id)
{
    put_key(out, "account");
    json_put_string(out, id);
}

enum ward_status coop_put_event(struct buf *out, const json_t *item,
                                const struct coop_fields *fields, struct ward_str platform,
                                struct ward_error *err)
{
    const struct ward_str id = string_of(json_object_get(item, "id"));
    const json_t *data = json_object_get(item, "data");
    if (!json_is_object(item) || !id.len)
        return error_set(err, WARD_ERR_FORMAT, "an item has a string \"id\"");
    if (!json_is_object(data))
        return error_set(err, WARD_ERR_FORMAT, "an item has an object \"data\"");
    if (json_object_size(data) > MEMBERS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "an item has at most %u fields", MEMBERS_MAX);
    const char *kind = kind_of(type_of(item));
    const bool is_profile = strcmp(kind, "alias") == 0;
    buf_put_text(out, "{\"id\":");
    json_put_string(out, id);
    buf_printf(out, ",\"kind\":\"%s\"", kind);
    if (platform.len) {
        put_key(out, "platform");
        json_put_string(out, platform);
    }
    put_texts(out, data, fields);
    if (is_profile)
        put_profile(out, id);
    for (int f = is_profile ? COOP_ALIAS : COOP_ACCOUNT; f <= COOP_TIME; f++)
        put_first(out, data, fields, (enum coop_field)f);
    put_media(out, data, fields);
    buf_put_text(out, "}\n");
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}
