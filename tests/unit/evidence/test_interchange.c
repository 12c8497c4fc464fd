/**
 * The forms other systems read: what each standard asks for, ids that are well formed and unique,
 * references that lead somewhere, and the same bytes twice - for an ordinary case and a hostile
 * one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "case_fixture.h"
#include "evidence/interchange.h"

#define FORM_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define HOSTILE_EVENTS 1500

typedef enum ward_status form(const struct case_file *file, struct buf *out,
                              struct ward_error *err);

/* Made twice; the JSON of the first. */
static json_t *made(form *make, const struct case_file *file)
{
    struct buf one;
    struct buf two;
    struct ward_error err = {0};
    json_error_t why;
    buf_init(&one, FORM_BYTES_MAX);
    buf_init(&two, FORM_BYTES_MAX);
    assert_int_equal(make(file, &one, &err), WARD_OK);
    assert_int_equal(make(file, &two, &err), WARD_OK);
    assert_true(str_equal(buf_str(&one), buf_str(&two)));
    json_t *root = json_loadb(one.data, one.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!root)
        fail_msg("line %d: %s", why.line, why.text);
    buf_release(&one);
    buf_release(&two);
    return root;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        fail_msg("no %s", key);
    return text;
}

/* 36 characters, version 5 (but for ids the standards give), variant 10. */
static void assert_uuid(const char *text)
{
    assert_int_equal(strlen(text), 36);
    for (size_t i = 0; i < 36; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23)
            assert_int_equal(text[i], '-');
        else
            assert_non_null(strchr("0123456789abcdef", text[i]));
    assert_non_null(strchr("45", text[14]));
    assert_non_null(strchr("89ab", text[19]));
}

/* Notes `text` in `seen`; it must be new. */
static void assert_new(json_t *seen, const char *text)
{
    if (json_object_get(seen, text))
        fail_msg("%s stands twice", text);
    assert_int_equal(json_object_set_new(seen, text, json_true()), 0);
}

/* Both cases through one check. */
static void each_case(form *make, void (*check)(const json_t *root))
{
    struct case_fixture fixture;
    assert_true(case_fixture_load(&fixture, FIXTURE));
    json_t *root = made(make, &fixture.file);
    check(root);
    json_decref(root);
    case_fixture_release(&fixture);
    assert_true(case_fixture_hostile(&fixture, HOSTILE_EVENTS));
    root = made(make, &fixture.file);
    check(root);
    json_decref(root);
    case_fixture_release(&fixture);
}

/* ---- STIX ------------------------------------------------------------------------------------ */

static void assert_resolves(const json_t *seen, const json_t *id)
{
    if (!json_object_get(seen, json_string_value(id)))
        fail_msg("%s leads nowhere", json_string_value(id));
}

static void check_references(json_t *object, const json_t *seen)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const size_t len = strlen(key);
        size_t i;
        json_t *one;
        if (len > 4 && strcmp(key + len - 4, "_ref") == 0)
            assert_resolves(seen, value);
        if (len > 5 && strcmp(key + len - 5, "_refs") == 0) {
            assert_true(json_array_size(value) > 0);
            json_array_foreach(value, i, one) assert_resolves(seen, one);
        }
    }
}

static void check_stix_object(const json_t *object, json_t *seen)
{
    static const char *const plain[] = {"user-account", "url", "email-addr"};
    const char *type = text_at(object, "type");
    const char *id = text_at(object, "id");
    const size_t len = strlen(type);
    bool is_observable = false;
    assert_string_equal(text_at(object, "spec_version"), "2.1");
    assert_true(strncmp(id, type, len) == 0 && strncmp(id + len, "--", 2) == 0);
    assert_uuid(id + len + 2);
    assert_new(seen, id);
    for (size_t i = 0; i < 3; i++)
        is_observable = is_observable || strcmp(type, plain[i]) == 0;
    assert_int_equal(json_object_get(object, "created") == NULL, is_observable);
    const json_t *confidence = json_object_get(object, "confidence");
    assert_true(!confidence ||
                (json_integer_value(confidence) >= 0 && json_integer_value(confidence) <= 100));
    if (!is_observable && strcmp(type, "marking-definition") != 0) {
        assert_int_equal(strlen(text_at(object, "modified")), 24);
        (void)text_at(object, "created_by_ref");
    }
    if (strcmp(type, "url") == 0)
        assert_true(strncmp(text_at(object, "value"), "http", 4) == 0);
}

static void check_stix(const json_t *root)
{
    static const char *const wanted[] = {"report", "identity", "user-account", "note",
                                         "relationship"};
    const json_t *objects = json_object_get(root, "objects");
    json_t *seen = json_object();
    size_t counts[5] = {0};
    size_t i;
    json_t *object;
    assert_string_equal(text_at(root, "type"), "bundle");
    assert_uuid(text_at(root, "id") + strlen("bundle--"));
    json_array_foreach(objects, i, object)
    {
        check_stix_object(object, seen);
        for (size_t k = 0; k < 5; k++)
            counts[k] += strcmp(text_at(object, "type"), wanted[k]) == 0;
    }
    json_array_foreach(objects, i, object) check_references(object, seen);
    assert_int_equal(counts[0], 1);
    for (size_t k = 1; k < 5; k++)
        assert_true(counts[k] > 0);
    json_decref(seen);
}

static void test_stix(void **state)
{
    (void)state;
    each_case(stix_bundle, check_stix);
}

/* ---- MISP ------------------------------------------------------------------------------------ */

static void check_attributes(const json_t *list, json_t *seen, bool in_object)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        assert_uuid(text_at(one, "uuid"));
        assert_new(seen, text_at(one, "uuid"));
        (void)text_at(one, "type");
        (void)text_at(one, "category");
        assert_true(strlen(text_at(one, "value")) > 0);
        assert_true(json_is_false(json_object_get(one, "to_ids")));
        assert_int_equal(json_object_get(one, "object_relation") != NULL, in_object);
    }
}

/* What MISP's schema requires of every event besides what is looked at below. */
static void check_misp_instance(const json_t *event, size_t attributes)
{
    static const char *const texts[] = {
        "id", "org_id", "orgc_id", "publish_timestamp", "timestamp", "sharing_group_id"};
    static const char *const flags[] = {"published", "locked", "proposal_email_lock"};
    static const char *const lists[] = {"ShadowAttribute", "RelatedEvent", "Tag"};
    static const char *const makers[] = {"Org", "Orgc"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        (void)text_at(event, texts[i]);
    for (size_t i = 0; i < 3; i++) {
        assert_true(json_is_boolean(json_object_get(event, flags[i])));
        assert_true(json_is_array(json_object_get(event, lists[i])));
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *maker = json_object_get(event, makers[i]);
        assert_string_equal(text_at(maker, "name"), "ward");
        assert_uuid(text_at(maker, "uuid"));
        (void)text_at(maker, "id");
    }
    assert_int_equal(strtoul(text_at(event, "attribute_count"), NULL, 10), attributes);
}

static void check_misp(const json_t *root)
{
    const json_t *event = json_object_get(root, "Event");
    const json_t *objects = json_object_get(event, "Object");
    json_t *seen = json_object();
    size_t i;
    json_t *one;
    assert_uuid(text_at(event, "uuid"));
    (void)text_at(event, "info");
    assert_int_equal(strlen(text_at(event, "date")), 10);
    assert_string_equal(text_at(event, "distribution"), "0");
    assert_true(strlen(text_at(event, "threat_level_id")) == 1);
    (void)text_at(event, "analysis");
    assert_true(json_array_size(json_object_get(event, "Attribute")) > 0);
    assert_true(json_array_size(objects) > 0);
    size_t attributes = json_array_size(json_object_get(event, "Attribute"));
    check_attributes(json_object_get(event, "Attribute"), seen, false);
    json_array_foreach(objects, i, one)
    {
        assert_string_equal(text_at(one, "name"), "instant-message");
        assert_new(seen, text_at(one, "uuid"));
        check_attributes(json_object_get(one, "Attribute"), seen, true);
        attributes += json_array_size(json_object_get(one, "Attribute"));
    }
    check_misp_instance(event, attributes);
    json_decref(seen);
}

static void test_misp(void **state)
{
    (void)state;
    each_case(misp_event, check_misp);
}

/* ---- CASE/UCO -------------------------------------------------------------------------------- */

/* What the shapes of CASE 1.x and UCO 1.x demand and know of the types that are written, short. */
static const struct {
    const char *type, *must, *may; /* names of properties, each between spaces */
} shapes[] = {
    {"case-investigation:Investigation", " uco-core:object ",
     " uco-core:name uco-core:description uco-core:objectCreatedTime "
     "case-investigation:investigationForm case-investigation:investigationStatus "
     "case-investigation:focus "},
    {"case-investigation:InvestigativeAction", " ",
     " uco-core:name uco-action:instrument uco-action:object uco-action:result "},
    {"case-investigation:ProvenanceRecord", " uco-core:object ",
     " case-investigation:exhibitNumber "},
    {"uco-core:ConfidenceFacet", " uco-core:confidence ", " "},
    {"uco-core:Relationship", " uco-core:source uco-core:target uco-core:isDirectional ",
     " uco-core:kindOfRelationship uco-core:description uco-core:startTime uco-core:endTime "
     "uco-core:hasFacet "},
    {"uco-identity:Identity", " ", " uco-core:name uco-core:description uco-core:hasFacet "},
    {"uco-observable:AccountFacet", " uco-observable:accountIdentifier ", " "},
    {"uco-observable:Application", " ", " uco-core:name "},
    {"uco-observable:ApplicationAccount", " ", " uco-core:hasFacet "},
    {"uco-observable:ApplicationAccountFacet", " uco-observable:application ", " "},
    {"uco-observable:ContentDataFacet", " ", " uco-observable:hash "},
    {"uco-observable:DigitalAccountFacet", " ", " uco-observable:displayName "},
    {"uco-observable:EmailAddress", " ", " uco-core:hasFacet "},
    {"uco-observable:EmailAddressFacet", " uco-observable:addressValue ", " "},
    {"uco-observable:File", " ", " uco-core:hasFacet "},
    {"uco-observable:FileFacet", " ", " uco-observable:fileName "},
    {"uco-observable:Message", " ", " uco-core:description uco-core:hasFacet "},
    {"uco-observable:MessageFacet", " ",
     " uco-observable:application uco-observable:from uco-observable:messageID "
     "uco-observable:messageType uco-observable:messageText uco-observable:sentTime "},
    {"uco-observable:MessageThread", " ", " uco-core:name uco-core:description "},
    {"uco-observable:PhoneAccount", " ", " uco-core:hasFacet "},
    {"uco-observable:PhoneAccountFacet", " uco-observable:phoneNumber ", " "},
    {"uco-observable:URL", " ", " uco-core:hasFacet "},
    {"uco-observable:URLFacet", " uco-observable:fullValue ", " "},
    {"uco-tool:Tool", " ", " uco-core:name uco-tool:version "},
    {"uco-types:Hash", " ", " uco-types:hashMethod uco-types:hashValue "}};

static bool is_listed(const char *list, const char *name)
{
    char wanted[96];
    (void)snprintf(wanted, sizeof wanted, " %s ", name);
    return strstr(list, wanted) != NULL;
}

static void check_shape(json_t *node, const char *type)
{
    const char *key;
    json_t *value;
    size_t at = 0;
    char name[96];
    int used;
    while (at < sizeof shapes / sizeof *shapes && strcmp(shapes[at].type, type) != 0)
        at++;
    if (at == sizeof shapes / sizeof *shapes)
        fail_msg("no shape for %s", type);
    for (const char *must = shapes[at].must; sscanf(must, " %95s%n", name, &used) == 1;
         must += used)
        if (!json_object_get(node, name))
            fail_msg("%s without %s", type, name);
    json_object_foreach(node, key, value)
    {
        if (key[0] != '@' && !is_listed(shapes[at].must, key) && !is_listed(shapes[at].may, key))
            fail_msg("%s has no property %s", type, key);
    }
}

/* Every object that says more than a name, and every typed value. */
static void check_node(json_t *value, json_t *seen, json_t *wanted)
{
    const char *key;
    json_t *part;
    size_t i;
    if (json_is_array(value))
        json_array_foreach(value, i, part) check_node(part, seen, wanted);
    if (!json_is_object(value) || json_object_get(value, "@value"))
        return;
    const char *id = text_at(value, "@id");
    if (json_object_size(value) == 1) {
        assert_int_equal(json_array_append_new(wanted, json_string(id)), 0);
        return;
    }
    assert_true(strlen(id) > 40 && strncmp(id, "kb:", 3) == 0);
    assert_uuid(id + strlen(id) - 36);
    assert_new(seen, id);
    check_shape(value, text_at(value, "@type"));
    json_object_foreach(value, key, part) check_node(part, seen, wanted);
}

static void check_case(const json_t *root)
{
    json_t *nodes = json_object_get(root, "@graph");
    json_t *seen = json_object();
    json_t *wanted = json_array();
    size_t investigations = 0;
    size_t messages = 0;
    size_t i;
    json_t *one;
    check_node(nodes, seen, wanted);
    json_array_foreach(nodes, i, one)
    {
        investigations += strcmp(text_at(one, "@type"), "case-investigation:Investigation") == 0;
        messages += strcmp(text_at(one, "@type"), "uco-observable:Message") == 0;
    }
    assert_int_equal(investigations, 1);
    assert_true(messages > 0);
    json_array_foreach(wanted, i, one) assert_resolves(seen, one);
    json_decref(seen);
    json_decref(wanted);
}

static void test_case(void **state)
{
    (void)state;
    each_case(case_uco_graph, check_case);
}

/* ---- ids ------------------------------------------------------------------------------------- */

/* RFC 9562, appendix A.4: version 5 of www.example.com in the space of domain names. */
static void test_uuid(void **state)
{
    const struct uuid dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00,
                              0xc0, 0x4f, 0xd4, 0x30, 0xc8}};
    const struct ward_str name = str_of("www.example.com");
    struct uuid id;
    char text[UUID_TEXT_BYTES];
    (void)state;
    uuid_v5(&dns, &name, 1, &id);
    uuid_text(&id, text);
    assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

/* A buffer that is full is told, not cut. */
static void test_full(void **state)
{
    static form *const forms[] = {stix_bundle, misp_event, case_uco_graph};
    struct case_fixture fixture;
    struct ward_error err = {0};
    struct buf out;
    (void)state;
    assert_true(case_fixture_load(&fixture, FIXTURE));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        buf_init(&out, 5000);
        assert_int_equal(forms[i](&fixture.file, &out, &err), WARD_ERR_LIMIT);
        buf_release(&out);
    }
    case_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_uuid), cmocka_unit_test(test_stix),
                                       cmocka_unit_test(test_misp), cmocka_unit_test(test_case),
                                       cmocka_unit_test(test_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
