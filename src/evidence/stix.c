/**
 * STIX 2.1 (OASIS, 2021-06-10). Section 2.9: ids of cyber-observable objects are made from what
 * they say, in a space of the standard, so that bundles of several cases meet in one account.
 */
#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "evidence/interchange.h"

#define ID_BYTES 80u
#define REFS_BYTES_MAX ((size_t)1024 * 1024 * 1024)

/* 00abedb4-aa42-466c-9c01-fed23315a9b7: the space of section 2.9. */
static const struct uuid observable_space = {{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
                                              0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}};
/* Section 7.2.1.4: this marking has one id everywhere. */
static const char amber[] = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

struct stix {
    const struct case_file *file;
    struct json_pen pen;
    struct uuid_set seen;
    struct buf refs; /* ids for the report, each ends in NUL */
    char ward[ID_BYTES];
    enum ward_status failed;
};

static void put_id(char out[ID_BYTES], const char *type, const struct uuid *id)
{
    char text[UUID_TEXT_BYTES];
    uuid_text(id, text);
    (void)snprintf(out, ID_BYTES, "%s--%s", type, text);
}

/* Begins an object unless there is one of this id; all but the report itself go into it. */
static bool begin(struct stix *s, const char *type, const struct uuid *id, char text[ID_BYTES])
{
    bool is_new;
    put_id(text, type, id);
    if (s->failed == WARD_OK)
        s->failed = uuid_set_add(&s->seen, id, &is_new);
    if (s->failed != WARD_OK || !is_new)
        return false;
    buf_put(&s->refs, text, strlen(text) + 1);
    pen_open(&s->pen, '{');
    pen_pair_text(&s->pen, "type", type);
    pen_pair_text(&s->pen, "spec_version", "2.1");
    pen_pair_text(&s->pen, "id", text);
    return true;
}

/* What domain objects and relationships have beyond that. */
static void put_common(struct stix *s)
{
    pen_key(&s->pen, "created");
    pen_time(&s->pen, s->file->read_ms);
    pen_key(&s->pen, "modified");
    pen_time(&s->pen, s->file->read_ms);
    pen_pair_text(&s->pen, "created_by_ref", s->ward);
    pen_key(&s->pen, "object_marking_refs");
    pen_open(&s->pen, '[');
    pen_text(&s->pen, amber);
    pen_close(&s->pen, ']');
}

static void put_confidence(struct stix *s, double share)
{
    pen_key(&s->pen, "confidence");
    pen_integer(&s->pen, interchange_percent(share));
}

/* ---- who says so ----------------------------------------------------------------------------- */

static void put_marking(struct stix *s)
{
    pen_open(&s->pen, '{');
    pen_pair_text(&s->pen, "type", "marking-definition");
    pen_pair_text(&s->pen, "spec_version", "2.1");
    pen_pair_text(&s->pen, "id", amber);
    pen_pair_text(&s->pen, "created", "2017-01-20T00:00:00.000Z");
    pen_pair_text(&s->pen, "definition_type", "tlp");
    pen_pair_text(&s->pen, "name", "TLP:AMBER");
    pen_key(&s->pen, "definition");
    pen_open(&s->pen, '{');
    pen_pair_text(&s->pen, "tlp", "amber");
    pen_close(&s->pen, '}');
    pen_close(&s->pen, '}');
}

static void put_ward(struct stix *s)
{
    struct uuid id;
    const struct ward_str name = str_of("ward");
    uuid_v5(&uuid_ward, &name, 1, &id);
    put_id(s->ward, "identity", &id);
    if (!begin(s, "identity", &id, s->ward))
        return;
    put_common(s);
    pen_pair_text(&s->pen, "name", "ward");
    pen_pair(&s->pen, "description", s->file->ward_version);
    pen_pair_text(&s->pen, "identity_class", "system");
    pen_close(&s->pen, '}');
}

/* ---- accounts and handles -------------------------------------------------------------------- */

/* The id of an observable with these properties, in the order of their names. */
static void observable_id(struct stix *s, const char *const keys[], const struct ward_str *values,
                          size_t count, struct uuid *out)
{
    struct buf name;
    buf_init(&name, REFS_BYTES_MAX);
    buf_put_char(&name, '{');
    for (size_t i = 0, put = 0; i < count; i++) {
        if (!values[i].len)
            continue;
        if (put++)
            buf_put_char(&name, ',');
        json_put_key(&name, keys[i]);
        json_put_string(&name, values[i]);
    }
    buf_put_char(&name, '}');
    if (name.failed && s->failed == WARD_OK)
        s->failed = name.failed;
    const struct ward_str text = buf_str(&name);
    uuid_v5(&observable_space, &text, 1, out);
    buf_release(&name);
}

static void put_account(struct stix *s, struct ward_str key, struct ward_str alias,
                        char text[ID_BYTES])
{
    static const char *const keys[] = {"account_type", "user_id"};
    struct ward_str values[2];
    struct uuid id;
    interchange_split(key, &values[0], &values[1]);
    observable_id(s, keys, values, 2, &id);
    if (!begin(s, "user-account", &id, text))
        return;
    pen_pair(&s->pen, keys[0], values[0]);
    pen_key(&s->pen, keys[1]);
    pen_string(&s->pen, values[1]);
    pen_pair(&s->pen, "display_name", alias);
    pen_close(&s->pen, '}');
}

static bool begins_with(struct ward_str text, const char *prefix)
{
    return str_equal(str_part(text, 0, strlen(prefix)), str_of(prefix));
}

static bool is_account_kind(struct ward_str kind)
{
    static const char *const kinds[] = {"wechat", "qq", "telegram", "whatsapp", "line", "zalo"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal(kind, str_of(kinds[i])))
            return true;
    return false;
}

/* False for what STIX has no object for (telephone numbers, others): it stands in the identity. */
static bool put_handle(struct stix *s, const struct ward_handle *handle, char text[ID_BYTES])
{
    static const char *const login[] = {"account_login", "account_type"};
    static const char *const value[] = {"value"};
    const struct ward_str kind = str_of(handle->kind);
    const struct ward_str values[] = {handle->value, kind};
    struct uuid id;
    if (is_account_kind(kind)) {
        observable_id(s, login, values, 2, &id);
        if (!begin(s, "user-account", &id, text))
            return true;
        pen_pair(&s->pen, login[0], handle->value);
        pen_pair(&s->pen, login[1], kind);
        pen_close(&s->pen, '}');
        return true;
    }
    const bool is_url =
        begins_with(handle->value, "http://") || begins_with(handle->value, "https://");
    if (!str_equal(kind, str_of("email")) && !(str_equal(kind, str_of("url")) && is_url))
        return false;
    observable_id(s, value, values, 1, &id);
    if (begin(s, is_url ? "url" : "email-addr", &id, text)) {
        pen_pair(&s->pen, value[0], handle->value);
        pen_close(&s->pen, '}');
    }
    return true;
}

/* ---- relationships --------------------------------------------------------------------------- */

/* `description` may be empty; what follows it is the caller's, who closes the object. */
static bool begin_relation(struct stix *s, const char *from, const char *to,
                           struct ward_str description)
{
    struct uuid id;
    char text[ID_BYTES];
    const struct ward_str parts[] = {s->file->link->cases[0].id, str_of(from), str_of(to),
                                     description};
    uuid_v5(&uuid_ward, parts, sizeof parts / sizeof *parts, &id);
    if (!begin(s, "relationship", &id, text))
        return false;
    put_common(s);
    pen_pair_text(&s->pen, "relationship_type", "related-to");
    pen_pair_text(&s->pen, "source_ref", from);
    pen_pair_text(&s->pen, "target_ref", to);
    pen_pair(&s->pen, "description", description);
    return true;
}

static void relate(struct stix *s, const char *from, const char *to, const char *description,
                   double share)
{
    if (!begin_relation(s, from, to, str_of(description)))
        return;
    put_confidence(s, share);
    pen_close(&s->pen, '}');
}

static void put_ties(struct stix *s)
{
    const struct link *link = s->file->link;
    const struct ward_str none = {NULL, 0};
    char a[ID_BYTES];
    char b[ID_BYTES];
    for (size_t i = 0; i < link->tie_count; i++) {
        const struct link_tie *tie = &link->ties[i];
        put_account(s, tie->a, none, a);
        put_account(s, tie->b, none, b);
        if (!begin_relation(s, a, b,
                            tie->says_en.len ? tie->says_en : str_of(link_tie_name(tie->kind))))
            continue;
        put_confidence(s, 1 / (1 + exp(-tie->weight)));
        if (tie->has_time && tie->last_ms > tie->first_ms) {
            pen_key(&s->pen, "start_time");
            pen_time(&s->pen, tie->first_ms);
            pen_key(&s->pen, "stop_time");
            pen_time(&s->pen, tie->last_ms);
        }
        pen_close(&s->pen, '}');
    }
}

/* ---- people and groups ----------------------------------------------------------------------- */

static void put_contacts(struct stix *s, const struct link_person *person)
{
    struct buf text;
    buf_init(&text, REFS_BYTES_MAX);
    for (size_t i = 0; i < person->handle_count; i++) {
        buf_printf(&text, "%s%s ", i ? ", " : "", person->handles[i].kind);
        buf_put_str(&text, person->handles[i].value);
    }
    pen_pair(&s->pen, "contact_information", buf_str(&text));
    if (text.failed && s->failed == WARD_OK)
        s->failed = text.failed;
    buf_release(&text);
}

static void put_identity(struct stix *s, const struct link_person *person, char text[ID_BYTES])
{
    struct uuid id;
    interchange_id(s->file, "person", person->id, (struct ward_str){NULL, 0}, &id);
    if (!begin(s, "identity", &id, text))
        return;
    put_common(s);
    put_confidence(s, person->confidence);
    pen_pair(&s->pen, "name", person->id);
    pen_pair_text(&s->pen, "description",
                  "Accounts that ward takes for one person; confidence is that they are. "
                  "A reason to look, not a finding.");
    pen_key(&s->pen, "roles");
    pen_open(&s->pen, '[');
    pen_text(&s->pen, interchange_role(person->role));
    pen_close(&s->pen, ']');
    pen_pair_text(&s->pen, "identity_class", "unknown");
    put_contacts(s, person);
    pen_close(&s->pen, '}');
}

static void put_group(struct stix *s, const struct link_group *group, char text[ID_BYTES])
{
    struct uuid id;
    interchange_id(s->file, "group", group->key, (struct ward_str){NULL, 0}, &id);
    if (!begin(s, "identity", &id, text))
        return;
    put_common(s);
    put_confidence(s, group->score);
    pen_key(&s->pen, "name");
    pen_string(&s->pen, group->key);
    pen_pair(&s->pen, "description", group->name);
    pen_pair_text(&s->pen, "identity_class", "group");
    pen_close(&s->pen, '}');
}

static void put_people(struct stix *s)
{
    const struct link *link = s->file->link;
    char who[ID_BYTES];
    char what[ID_BYTES];
    for (size_t i = 0; i < link->group_count; i++)
        put_group(s, &link->groups[i], what);
    for (size_t i = 0; i < link->person_count; i++) {
        const struct link_person *person = &link->people[i];
        put_identity(s, person, who);
        for (size_t k = 0; k < person->account_count; k++) {
            put_account(s, person->accounts[k].key, person->accounts[k].alias, what);
            relate(s, who, what, "writes as", person->confidence);
        }
        for (size_t k = 0; k < person->handle_count; k++)
            if (put_handle(s, &person->handles[k], what))
                relate(s, who, what, "gave as contact", person->confidence);
        for (size_t k = 0; k < person->group_count; k++) {
            put_group(s, &link->groups[person->groups[k]], what);
            relate(s, who, what, "writes in", 1);
        }
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

static void put_origin(struct stix *s, uint32_t index)
{
    const struct case_entry *entry = &s->file->entries[index];
    char line[64];
    interchange_line(index, line);
    pen_key(&s->pen, "external_references");
    pen_open(&s->pen, '[');
    pen_open(&s->pen, '{');
    pen_pair_text(&s->pen, "source_name", "ward");
    pen_pair_text(&s->pen, "description", line);
    pen_pair(&s->pen, "external_id", s->file->events[index].id);
    if (entry->event_sha256.len == 64) {
        pen_key(&s->pen, "hashes");
        pen_open(&s->pen, '{');
        pen_pair(&s->pen, "SHA-256", entry->event_sha256);
        pen_close(&s->pen, '}');
    }
    pen_close(&s->pen, '}');
    pen_close(&s->pen, ']');
}

static void put_message(struct stix *s, uint32_t index, const char *about)
{
    const struct link_event *event = &s->file->events[index];
    char abstract[96];
    char text[ID_BYTES];
    struct uuid id;
    struct ward_str parts[] = {s->file->link->cases[0].id, str_of("message"), event->platform,
                               event->group, event->id};
    uuid_v5(&uuid_ward, parts, sizeof parts / sizeof *parts, &id);
    if (!begin(s, "note", &id, text))
        return;
    put_common(s);
    put_confidence(s, event->score);
    (void)snprintf(abstract, sizeof abstract, "message, level %s, role %s",
                   ward_level_name(event->level), interchange_role(event->role));
    pen_pair_text(&s->pen, "abstract", abstract);
    pen_key(&s->pen, "content");
    if (s->file->entries[index].is_erased)
        pen_text(&s->pen, "(erased)");
    else
        pen_string(&s->pen, event->text.len ? event->text : str_of("(no text)"));
    put_origin(s, index);
    pen_key(&s->pen, "object_refs");
    pen_open(&s->pen, '[');
    pen_text(&s->pen, about);
    pen_close(&s->pen, ']');
    pen_close(&s->pen, '}');
}

static void put_messages(struct stix *s)
{
    char about[ID_BYTES];
    struct buf key;
    buf_init(&key, REFS_BYTES_MAX);
    for (size_t i = 0; i < s->file->entry_count; i++) {
        const struct link_event *event = &s->file->events[i];
        if (s->file->entries[i].is_neighbour)
            continue;
        memcpy(about, s->ward, sizeof about); /* what nobody wrote is about nobody */
        if (event->account.len) {
            buf_clear(&key);
            buf_put_str(&key, event->platform);
            buf_put_char(&key, '/');
            buf_put_str(&key, event->account);
            if (key.failed && s->failed == WARD_OK)
                s->failed = key.failed; /* the next message clears it */
            put_account(s, buf_str(&key), event->alias, about);
        }
        put_message(s, (uint32_t)i, about);
    }
    buf_release(&key);
}

/* ---- the report ------------------------------------------------------------------------------ */

static void put_report(struct stix *s)
{
    const struct link_case *c = &s->file->link->cases[0];
    struct uuid id;
    char text[ID_BYTES];
    interchange_id(s->file, "case", c->id, (struct ward_str){NULL, 0}, &id);
    const size_t own = s->refs.len;
    if (!begin(s, "report", &id, text))
        return;
    put_common(s);
    put_confidence(s, c->score);
    pen_key(&s->pen, "name");
    pen_string(&s->pen, c->id);
    pen_pair(&s->pen, "description", c->says_en);
    pen_key(&s->pen, "report_types");
    pen_open(&s->pen, '[');
    pen_text(&s->pen, "identity");
    pen_close(&s->pen, ']');
    pen_key(&s->pen, "labels");
    pen_open(&s->pen, '[');
    pen_text(&s->pen, link_urgency_name(c->urgency));
    pen_close(&s->pen, ']');
    pen_key(&s->pen, "published");
    pen_time(&s->pen, s->file->read_ms);
    pen_key(&s->pen, "object_refs");
    pen_open(&s->pen, '[');
    for (size_t at = 0; at < own; at += strlen(s->refs.data + at) + 1)
        pen_text(&s->pen, s->refs.data + at);
    pen_close(&s->pen, ']');
    pen_close(&s->pen, '}');
}

enum ward_status stix_bundle(const struct case_file *file, struct buf *out, struct ward_error *err)
{
    struct stix s = {.file = file};
    struct uuid id;
    char text[ID_BYTES];
    pen_init(&s.pen, out, true);
    buf_init(&s.refs, REFS_BYTES_MAX);
    interchange_id(file, "bundle", file->link->cases[0].id, (struct ward_str){NULL, 0}, &id);
    put_id(text, "bundle", &id);
    pen_open(&s.pen, '{');
    pen_pair_text(&s.pen, "type", "bundle");
    pen_pair_text(&s.pen, "id", text);
    pen_key(&s.pen, "objects");
    pen_open(&s.pen, '[');
    put_marking(&s);
    put_ward(&s);
    put_people(&s);
    put_ties(&s);
    put_messages(&s);
    if (!s.refs.failed)
        put_report(&s);
    pen_close(&s.pen, ']');
    pen_close(&s.pen, '}');
    enum ward_status status = s.failed ? s.failed : s.refs.failed ? s.refs.failed : out->failed;
    uuid_set_release(&s.seen);
    buf_release(&s.refs);
    return status == WARD_OK ? WARD_OK : error_set(err, status, "out of memory");
}
