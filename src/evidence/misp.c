/**
 * MISP core format (misp-rfc, draft 16) with objects of the public template "instant-message".
 *
 * MISP's own schema (MISP/MISP, format/2.4/schema.json) wants of every event what only an instance
 * of MISP has: numbers are "0" until one gives them, an organisation is named by what made the
 * event.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time_text.h"
#include "evidence/interchange.h"

struct misp {
    const struct case_file *file;
    struct json_pen pen;
    struct uuid_set seen;
    size_t attributes; /* written, those of objects too */
    enum ward_status failed;
};

static const struct ward_str none = {NULL, 0};

static void put_uuid(struct misp *m, const struct uuid *id)
{
    char text[UUID_TEXT_BYTES];
    uuid_text(id, text);
    pen_pair_text(&m->pen, "uuid", text);
}

static void put_timestamp(struct misp *m)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, m->file->read_ms / 1000);
    pen_pair_text(&m->pen, "timestamp", text);
}

/* True when nothing of this id was written before. */
static bool is_new(struct misp *m, const struct uuid *id)
{
    bool fresh = false;
    if (m->failed == WARD_OK)
        m->failed = uuid_set_add(&m->seen, id, &fresh);
    return m->failed == WARD_OK && fresh;
}

/* ---- attributes ------------------------------------------------------------------------------ */

struct field {
    const char *relation; /* in an object; NULL in the event itself */
    const char *type, *category;
    struct ward_str value; /* not empty */
    const char *comment;   /* or "" */
};

static void put_attribute(struct misp *m, const struct field *field, const struct uuid *id)
{
    m->attributes++;
    pen_open(&m->pen, '{');
    put_uuid(m, id);
    if (field->relation)
        pen_pair_text(&m->pen, "object_relation", field->relation);
    pen_pair_text(&m->pen, "type", field->type);
    pen_pair_text(&m->pen, "category", field->category);
    pen_pair(&m->pen, "value", field->value);
    pen_key(&m->pen, "to_ids");
    pen_bool(&m->pen, false);
    pen_pair_text(&m->pen, "distribution", "5");
    put_timestamp(m);
    pen_pair_text(&m->pen, "comment", field->comment);
    pen_close(&m->pen, '}');
}

static void put_once(struct misp *m, const struct field *field)
{
    struct uuid id;
    interchange_id(m->file, field->type, field->value, str_of(field->comment), &id);
    if (field->value.len && is_new(m, &id))
        put_attribute(m, field, &id);
}

static void put_handle(struct misp *m, const struct ward_handle *handle, const char *comment)
{
    static const struct {
        const char *kind, *type, *category;
    } kinds[] = {{"phone", "phone-number", "Other"},
                 {"email", "email", "Social network"},
                 {"url", "url", "Network activity"}};
    char text[192];
    (void)snprintf(text, sizeof text, "%.40s of %.128s", handle->kind, comment);
    struct field field = {NULL, "other", "Other", handle->value, text};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(handle->kind, kinds[i].kind) != 0)
            continue;
        field.type = kinds[i].type;
        field.category = kinds[i].category;
    }
    put_once(m, &field);
}

static void put_people(struct misp *m)
{
    const struct link *link = m->file->link;
    char comment[128];
    for (size_t i = 0; i < link->person_count; i++) {
        const struct link_person *person = &link->people[i];
        (void)snprintf(comment, sizeof comment, "person %.*s, role %s, confidence %d",
                       (int)(person->id.len < 64 ? person->id.len : 64),
                       person->id.data ? person->id.data : "", interchange_role(person->role),
                       interchange_percent(person->confidence));
        for (size_t k = 0; k < person->account_count; k++)
            put_once(m, &(struct field){NULL, "text", "Other", person->accounts[k].key, comment});
        for (size_t k = 0; k < person->handle_count; k++)
            put_handle(m, &person->handles[k], comment);
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

static void put_part(struct misp *m, const struct uuid *object, const char *relation,
                     const char *type, struct ward_str value)
{
    char text[UUID_TEXT_BYTES];
    struct uuid id;
    if (!value.len)
        return;
    uuid_text(object, text);
    interchange_id(m->file, relation, str_of(text), none, &id);
    put_attribute(m, &(struct field){relation, type, "Other", value, ""}, &id);
}

static void put_message_parts(struct misp *m, uint32_t index, const struct uuid *id)
{
    const struct link_event *event = &m->file->events[index];
    struct buf time;
    buf_init(&time, 64);
    if (event->has_time)
        time_put(&time, event->time_ms);
    put_part(m, id, "app-used", "text", event->platform);
    put_part(m, id, "from-user", "text", event->account.len ? event->account : str_of("unknown"));
    if (!m->file->entries[index].is_erased) {
        put_part(m, id, "from-name", "text", event->alias);
        put_part(m, id, "body", "text", event->text);
    }
    put_part(m, id, "sent-date", "datetime", buf_str(&time));
    if (time.failed && m->failed == WARD_OK)
        m->failed = time.failed;
    buf_release(&time);
}

static void put_message(struct misp *m, uint32_t index)
{
    const struct link_event *event = &m->file->events[index];
    const struct ward_str parts[] = {m->file->link->cases[0].id, str_of("message"), event->platform,
                                     event->group, event->id};
    char comment[64];
    struct uuid id;
    uuid_v5(&uuid_ward, parts, sizeof parts / sizeof *parts, &id);
    if (!is_new(m, &id))
        return;
    interchange_line(index, comment);
    pen_open(&m->pen, '{');
    put_uuid(m, &id);
    pen_pair_text(&m->pen, "name", "instant-message");
    pen_pair_text(&m->pen, "meta-category", "misc");
    pen_pair_text(&m->pen, "description", "A flagged message");
    pen_pair_text(&m->pen, "template_uuid", "5fa51a24-f40f-4696-a77e-d31e26bab5fc");
    pen_pair_text(&m->pen, "template_version", "3");
    pen_pair_text(&m->pen, "distribution", "5");
    put_timestamp(m);
    pen_pair_text(&m->pen, "comment", comment);
    pen_key(&m->pen, "Attribute");
    pen_open(&m->pen, '[');
    put_message_parts(m, index, &id);
    pen_close(&m->pen, ']');
    pen_close(&m->pen, '}');
}

/* ---- the event ------------------------------------------------------------------------------- */

static void put_tags(struct misp *m)
{
    static const char *const tags[] = {"tlp:amber", "ward:verdict=\"reason-to-look\""};
    pen_key(&m->pen, "Tag");
    pen_open(&m->pen, '[');
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        pen_open(&m->pen, '{');
        pen_pair_text(&m->pen, "name", tags[i]);
        pen_close(&m->pen, '}');
    }
    pen_close(&m->pen, ']');
}

static void put_head(struct misp *m)
{
    static const char *const threat[] = {"3", "2", "1", "1"}; /* by enum link_urgency */
    const struct link_case *c = &m->file->link->cases[0];
    struct uuid id;
    struct buf text;
    buf_init(&text, (size_t)1024 * 1024 * 1024);
    interchange_id(m->file, "misp", c->id, none, &id);
    put_uuid(m, &id);
    buf_put_text(&text, "ward case ");
    buf_put_str(&text, c->id);
    if (c->says_en.len) {
        buf_put_text(&text, ": ");
        buf_put_str(&text, c->says_en);
    }
    pen_pair(&m->pen, "info", buf_str(&text));
    if (text.failed && m->failed == WARD_OK)
        m->failed = text.failed;
    buf_clear(&text);
    time_put(&text, m->file->read_ms);
    pen_pair(&m->pen, "date", str_part(buf_str(&text), 0, 10));
    buf_release(&text);
    pen_pair_text(&m->pen, "threat_level_id", threat[c->urgency]);
    pen_pair_text(&m->pen, "analysis", "0");
    pen_pair_text(&m->pen, "distribution", "0");
    pen_key(&m->pen, "published");
    pen_bool(&m->pen, false);
    put_timestamp(m);
    put_tags(m);
}

static void put_organisation(struct misp *m, const char *key)
{
    const struct ward_str parts[] = {str_of("organisation"), str_of("ward")};
    struct uuid id;
    uuid_v5(&uuid_ward, parts, sizeof parts / sizeof *parts, &id);
    pen_key(&m->pen, key);
    pen_open(&m->pen, '{');
    pen_pair_text(&m->pen, "id", "0");
    pen_pair_text(&m->pen, "name", "ward");
    put_uuid(m, &id);
    pen_close(&m->pen, '}');
}

/* What an instance of MISP fills in. */
static void put_instance(struct misp *m)
{
    static const char *const numbers[] = {"id", "org_id", "orgc_id", "publish_timestamp",
                                          "sharing_group_id"};
    static const char *const flags[] = {"locked", "proposal_email_lock"};
    static const char *const lists[] = {"ShadowAttribute", "RelatedEvent"};
    char count[24];
    (void)snprintf(count, sizeof count, "%zu", m->attributes);
    pen_pair_text(&m->pen, "attribute_count", count);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pen_pair_text(&m->pen, numbers[i], "0");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        pen_key(&m->pen, flags[i]);
        pen_bool(&m->pen, false);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        pen_key(&m->pen, lists[i]);
        pen_open(&m->pen, '[');
        pen_close(&m->pen, ']');
    }
    put_organisation(m, "Org");
    put_organisation(m, "Orgc");
}

enum ward_status misp_event(const struct case_file *file, struct buf *out, struct ward_error *err)
{
    struct misp m = {.file = file};
    pen_init(&m.pen, out, true);
    pen_open(&m.pen, '{');
    pen_key(&m.pen, "Event");
    pen_open(&m.pen, '{');
    put_head(&m);
    pen_key(&m.pen, "Attribute");
    pen_open(&m.pen, '[');
    put_people(&m);
    pen_close(&m.pen, ']');
    pen_key(&m.pen, "Object");
    pen_open(&m.pen, '[');
    for (size_t i = 0; i < file->entry_count; i++)
        if (!file->entries[i].is_neighbour)
            put_message(&m, (uint32_t)i);
    pen_close(&m.pen, ']');
    put_instance(&m);
    pen_close(&m.pen, '}');
    pen_close(&m.pen, '}');
    const enum ward_status status = m.failed ? m.failed : out->failed;
    uuid_set_release(&m.seen);
    return status == WARD_OK ? WARD_OK : error_set(err, status, "out of memory");
}
