/**
 * CASE 1.x on UCO 1.x (caseontology.org, unifiedcyberontology.org), as JSON-LD. The shapes of both
 * ontologies ask that every node has a name of its own, facets and hashes too.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/interchange.h"

#define NODE_BYTES 96u
#define REFS_BYTES_MAX ((size_t)1024 * 1024 * 1024)

/** A node's name in the graph: "kb:message-xxxxxxxx-...". */
struct node {
    char text[NODE_BYTES];
};

struct graph {
    const struct case_file *file;
    struct json_pen pen;
    struct uuid_set seen;
    struct buf all;      /* names of all nodes the investigation is about, each ends in NUL */
    struct buf messages; /* likewise: what the custody record is about */
    struct buf sources;
    enum ward_status failed;
};

static const struct ward_str none = {NULL, 0};

/* ---- nodes ----------------------------------------------------------------------------------- */

static void name_node(const struct graph *g, const char *kind, struct ward_str name,
                      struct ward_str more, struct node *out)
{
    char text[UUID_TEXT_BYTES];
    struct uuid id;
    interchange_id(g->file, kind, name, more, &id);
    uuid_text(&id, text);
    (void)snprintf(out->text, NODE_BYTES, "kb:%s-%s", kind, text);
}

static void keep_failure(struct graph *g, enum ward_status status)
{
    if (g->failed == WARD_OK)
        g->failed = status;
}

static void put_head(struct graph *g, const struct node *node, const char *type)
{
    pen_open(&g->pen, '{');
    pen_pair_text(&g->pen, "@id", node->text);
    pen_pair_text(&g->pen, "@type", type);
}

/* Begins a node named by `kind`, `name`, `more`, unless there is one; `*node` is its name anyway.
 */
static bool begin(struct graph *g, const char *kind, const char *type, struct ward_str name,
                  struct ward_str more, struct node *node)
{
    bool is_new = false;
    struct uuid id;
    interchange_id(g->file, kind, name, more, &id);
    name_node(g, kind, name, more, node);
    if (g->failed == WARD_OK)
        g->failed = uuid_set_add(&g->seen, &id, &is_new);
    if (g->failed != WARD_OK || !is_new)
        return false;
    buf_put(&g->all, node->text, strlen(node->text) + 1);
    put_head(g, node, type);
    return true;
}

static void begin_facets(struct graph *g)
{
    pen_key(&g->pen, "uco-core:hasFacet");
    pen_open(&g->pen, '[');
}

/* A part of `owner`: its name comes from the owner's. `type` stands behind its last ':'. */
static void begin_part(struct graph *g, const struct node *owner, const char *type)
{
    struct node part;
    name_node(g, strrchr(type, ':') + 1, str_of(owner->text), none, &part);
    put_head(g, &part, type);
}

static void end(struct graph *g)
{
    pen_close(&g->pen, '}');
}

static void end_facets(struct graph *g)
{
    pen_close(&g->pen, ']');
}

static void put_typed(struct graph *g, const char *key, const char *type, struct ward_str value)
{
    pen_key(&g->pen, key);
    pen_open(&g->pen, '{');
    pen_pair_text(&g->pen, "@type", type);
    pen_key(&g->pen, "@value");
    pen_string(&g->pen, value);
    pen_close(&g->pen, '}');
}

static void put_moment(struct graph *g, const char *key, int64_t time_ms)
{
    pen_key(&g->pen, key);
    pen_open(&g->pen, '{');
    pen_pair_text(&g->pen, "@type", "xsd:dateTime");
    pen_key(&g->pen, "@value");
    pen_time(&g->pen, time_ms);
    pen_close(&g->pen, '}');
}

static void put_id(struct graph *g, const char *text)
{
    pen_open(&g->pen, '{');
    pen_pair_text(&g->pen, "@id", text);
    pen_close(&g->pen, '}');
}

static void put_ref(struct graph *g, const char *key, const struct node *to)
{
    pen_key(&g->pen, key);
    put_id(g, to->text);
}

/* The names in `refs`; nothing when there is none: shapes ask for at least one. */
static void put_refs(struct graph *g, const char *key, const struct buf *refs)
{
    if (!refs->len)
        return;
    pen_key(&g->pen, key);
    pen_open(&g->pen, '[');
    for (size_t at = 0; at < refs->len; at += strlen(refs->data + at) + 1)
        put_id(g, refs->data + at);
    pen_close(&g->pen, ']');
}

static void put_confidence(struct graph *g, const struct node *owner, double share)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", interchange_percent(share));
    begin_part(g, owner, "uco-core:ConfidenceFacet");
    put_typed(g, "uco-core:confidence", "xsd:nonNegativeInteger", str_of(text));
    end(g);
}

static void put_sha256(struct graph *g, const struct node *owner, struct ward_str hex)
{
    struct node hash;
    begin_part(g, owner, "uco-observable:ContentDataFacet");
    pen_key(&g->pen, "uco-observable:hash");
    pen_open(&g->pen, '[');
    name_node(g, "hash", str_of(owner->text), hex, &hash);
    put_head(g, &hash, "uco-types:Hash");
    put_typed(g, "uco-types:hashMethod", "uco-vocabulary:HashNameVocab", str_of("SHA256"));
    put_typed(g, "uco-types:hashValue", "xsd:hexBinary", hex);
    end(g);
    pen_close(&g->pen, ']');
    end(g);
}

/* ---- accounts and handles -------------------------------------------------------------------- */

static void put_platform(struct graph *g, struct ward_str platform, struct node *node)
{
    const struct ward_str name = platform.len ? platform : str_of("unknown");
    if (!begin(g, "application", "uco-observable:Application", name, none, node))
        return;
    pen_pair(&g->pen, "uco-core:name", name);
    end(g);
}

static void put_account_of(struct graph *g, struct ward_str platform, struct ward_str account,
                           struct ward_str alias, struct node *node)
{
    struct node application;
    put_platform(g, platform, &application);
    if (!begin(g, "account", "uco-observable:ApplicationAccount", platform, account, node))
        return;
    begin_facets(g);
    begin_part(g, node, "uco-observable:AccountFacet");
    pen_key(&g->pen, "uco-observable:accountIdentifier");
    pen_string(&g->pen, account);
    end(g);
    begin_part(g, node, "uco-observable:ApplicationAccountFacet");
    put_ref(g, "uco-observable:application", &application);
    end(g);
    if (alias.len) {
        begin_part(g, node, "uco-observable:DigitalAccountFacet");
        pen_pair(&g->pen, "uco-observable:displayName", alias);
        end(g);
    }
    end_facets(g);
    end(g);
}

static void put_account(struct graph *g, struct ward_str key, struct ward_str alias,
                        struct node *node)
{
    struct ward_str platform;
    struct ward_str account;
    interchange_split(key, &platform, &account);
    put_account_of(g, platform, account, alias, node);
}

static void put_handle(struct graph *g, const struct ward_handle *handle, struct node *node)
{
    static const struct {
        const char *kind, *type, *facet, *property;
    } forms[] = {
        {"phone", "uco-observable:PhoneAccount", "uco-observable:PhoneAccountFacet",
         "uco-observable:phoneNumber"},
        {"email", "uco-observable:EmailAddress", "uco-observable:EmailAddressFacet",
         "uco-observable:addressValue"},
        {"url", "uco-observable:URL", "uco-observable:URLFacet", "uco-observable:fullValue"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(handle->kind, forms[i].kind) != 0)
            continue;
        if (!begin(g, forms[i].kind, forms[i].type, handle->value, none, node))
            return;
        begin_facets(g);
        begin_part(g, node, forms[i].facet);
        pen_pair(&g->pen, forms[i].property, handle->value);
        end(g);
        end_facets(g);
        end(g);
        return;
    }
    put_account_of(g, str_of(handle->kind), handle->value, none, node);
}

/* ---- relationships --------------------------------------------------------------------------- */

struct relation {
    const struct node *from, *to;
    const char *kind;
    struct ward_str description; /* or empty */
    bool is_mutual;
    double share; /* confidence; negative: none is stated */
    bool has_time;
    int64_t first_ms, last_ms;
};

static void relate(struct graph *g, const struct relation *r)
{
    struct node node;
    struct buf name;
    buf_init(&name, REFS_BYTES_MAX);
    buf_put_text(&name, r->kind);
    buf_put_str(&name, r->description);
    buf_put_text(&name, r->to->text);
    const bool is_new = begin(g, "relationship", "uco-core:Relationship", str_of(r->from->text),
                              buf_str(&name), &node);
    keep_failure(g, name.failed);
    buf_release(&name);
    if (!is_new)
        return;
    put_ref(g, "uco-core:source", r->from);
    put_ref(g, "uco-core:target", r->to);
    pen_pair_text(&g->pen, "uco-core:kindOfRelationship", r->kind);
    pen_key(&g->pen, "uco-core:isDirectional");
    pen_bool(&g->pen, !r->is_mutual);
    pen_pair(&g->pen, "uco-core:description", r->description);
    if (r->has_time) {
        put_moment(g, "uco-core:startTime", r->first_ms);
        put_moment(g, "uco-core:endTime", r->last_ms);
    }
    if (r->share >= 0) {
        begin_facets(g);
        put_confidence(g, &node, r->share);
        end_facets(g);
    }
    end(g);
}

static void put_ties(struct graph *g)
{
    const struct link *link = g->file->link;
    struct node a;
    struct node b;
    for (size_t i = 0; i < link->tie_count; i++) {
        const struct link_tie *tie = &link->ties[i];
        put_account(g, tie->a, none, &a);
        put_account(g, tie->b, none, &b);
        relate(g, &(struct relation){&a, &b, link_tie_name(tie->kind), tie->says_en, true,
                                     1 / (1 + exp(-tie->weight)), tie->has_time, tie->first_ms,
                                     tie->last_ms});
    }
}

/* ---- people and groups ----------------------------------------------------------------------- */

static void put_group(struct graph *g, struct ward_str key, struct ward_str name, struct node *node)
{
    if (!begin(g, "thread", "uco-observable:MessageThread", key, none, node))
        return;
    pen_pair(&g->pen, "uco-core:name", name.len ? name : key);
    pen_pair(&g->pen, "uco-core:description", key);
    end(g);
}

static void put_identity(struct graph *g, const struct link_person *person, struct node *node)
{
    char about[160];
    (void)snprintf(about, sizeof about,
                   "Accounts that ward takes for one person, in the role %s; confidence is that "
                   "they are. A reason to look, not a finding.",
                   interchange_role(person->role));
    if (!begin(g, "identity", "uco-identity:Identity", person->id, none, node))
        return;
    pen_pair(&g->pen, "uco-core:name", person->id);
    pen_pair_text(&g->pen, "uco-core:description", about);
    begin_facets(g);
    put_confidence(g, node, person->confidence);
    end_facets(g);
    end(g);
}

static void put_people(struct graph *g)
{
    const struct link *link = g->file->link;
    struct node who;
    struct node what;
    for (size_t i = 0; i < link->person_count; i++) {
        const struct link_person *person = &link->people[i];
        put_identity(g, person, &who);
        struct relation to = {
            .from = &who, .to = &what, .kind = "Has_Account", .share = person->confidence};
        for (size_t k = 0; k < person->account_count; k++) {
            put_account(g, person->accounts[k].key, person->accounts[k].alias, &what);
            relate(g, &to);
        }
        to.kind = "Gave_As_Contact";
        for (size_t k = 0; k < person->handle_count; k++) {
            put_handle(g, &person->handles[k], &what);
            relate(g, &to);
        }
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

static void put_message(struct graph *g, uint32_t index, struct node *node)
{
    const struct link_event *event = &g->file->events[index];
    const struct case_entry *entry = &g->file->entries[index];
    char line[64];
    struct node application;
    struct node account;
    interchange_line(index, line);
    put_platform(g, event->platform, &application);
    if (event->account.len)
        put_account_of(g, event->platform, event->account, event->alias, &account);
    if (!begin(g, "message", "uco-observable:Message", str_of(line), event->id, node))
        return;
    buf_put(&g->messages, node->text, strlen(node->text) + 1);
    pen_pair_text(&g->pen, "uco-core:description", line);
    begin_facets(g);
    begin_part(g, node, "uco-observable:MessageFacet");
    put_ref(g, "uco-observable:application", &application);
    if (event->account.len)
        put_ref(g, "uco-observable:from", &account);
    pen_pair(&g->pen, "uco-observable:messageID", event->id);
    pen_pair_text(&g->pen, "uco-observable:messageType", ward_kind_name(event->kind));
    if (!entry->is_erased)
        pen_pair(&g->pen, "uco-observable:messageText", event->text);
    if (event->has_time)
        put_moment(g, "uco-observable:sentTime", event->time_ms);
    end(g);
    if (!entry->is_neighbour)
        put_confidence(g, node, event->score);
    end_facets(g);
    end(g);
}

/* The file the message was read from; false for a stream without name. */
static bool put_source(struct graph *g, const struct case_custody *custody, struct node *node)
{
    if (!custody->source.len)
        return false;
    if (!begin(g, "file", "uco-observable:File", custody->source, custody->source_sha256, node))
        return true;
    buf_put(&g->sources, node->text, strlen(node->text) + 1);
    begin_facets(g);
    begin_part(g, node, "uco-observable:FileFacet");
    pen_pair(&g->pen, "uco-observable:fileName", custody->source);
    end(g);
    if (custody->source_sha256.len == 64)
        put_sha256(g, node, custody->source_sha256);
    end_facets(g);
    end(g);
    return true;
}

static void put_places(struct graph *g, uint32_t index, const struct node *message)
{
    const struct link_event *event = &g->file->events[index];
    const struct case_custody *custody = &g->file->entries[index].custody;
    struct node to;
    struct relation within = {.from = message, .to = &to, .kind = "Contained_Within", .share = -1};
    if (event->group.len) {
        struct buf key;
        buf_init(&key, REFS_BYTES_MAX);
        buf_put_str(&key, event->platform);
        buf_put_char(&key, '/');
        buf_put_str(&key, event->group);
        put_group(g, buf_str(&key), event->group_name, &to);
        keep_failure(g, key.failed);
        buf_release(&key);
        relate(g, &within);
    }
    if (!g->file->entries[index].is_erased && put_source(g, custody, &to)) {
        char at[64];
        (void)snprintf(at, sizeof at, "bytes %" PRIu64 " to %" PRIu64, custody->offset,
                       custody->offset + custody->bytes);
        within.description = str_of(at);
        relate(g, &within);
    }
}

/* ---- the investigation ----------------------------------------------------------------------- */

static void put_context(struct graph *g)
{
    static const char *const prefixes[][2] = {
        {"kb", "urn:ward:kb/"},
        {"case-investigation", "https://ontology.caseontology.org/case/investigation/"},
        {"uco-action", "https://ontology.unifiedcyberontology.org/uco/action/"},
        {"uco-core", "https://ontology.unifiedcyberontology.org/uco/core/"},
        {"uco-identity", "https://ontology.unifiedcyberontology.org/uco/identity/"},
        {"uco-observable", "https://ontology.unifiedcyberontology.org/uco/observable/"},
        {"uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/"},
        {"uco-types", "https://ontology.unifiedcyberontology.org/uco/types/"},
        {"uco-vocabulary", "https://ontology.unifiedcyberontology.org/uco/vocabulary/"},
        {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
    pen_key(&g->pen, "@context");
    pen_open(&g->pen, '{');
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        pen_pair_text(&g->pen, prefixes[i][0], prefixes[i][1]);
    pen_close(&g->pen, '}');
}

/* How the messages came into the case: ward read these files, and this is what it kept. */
static void put_custody(struct graph *g)
{
    const struct ward_str id = g->file->link->cases[0].id;
    struct node tool;
    struct node record;
    struct node action;
    if (begin(g, "tool", "uco-tool:Tool", str_of("ward"), none, &tool)) {
        pen_pair_text(&g->pen, "uco-core:name", "ward");
        pen_pair(&g->pen, "uco-tool:version", g->file->ward_version);
        end(g);
    }
    if (g->messages.len &&
        begin(g, "provenance", "case-investigation:ProvenanceRecord", id, none, &record)) {
        pen_pair(&g->pen, "case-investigation:exhibitNumber", id);
        put_refs(g, "uco-core:object", &g->messages);
        end(g);
    }
    if (g->messages.len &&
        begin(g, "action", "case-investigation:InvestigativeAction", id, none, &action)) {
        pen_pair_text(&g->pen, "uco-core:name", "read and judged");
        put_ref(g, "uco-action:instrument", &tool);
        put_refs(g, "uco-action:object", &g->sources);
        put_ref(g, "uco-action:result", &record);
        end(g);
    }
}

static void put_investigation(struct graph *g)
{
    const struct link_case *c = &g->file->link->cases[0];
    struct node node;
    name_node(g, "investigation", c->id, none, &node);
    put_head(g, &node, "case-investigation:Investigation");
    pen_pair(&g->pen, "uco-core:name", c->id);
    pen_pair(&g->pen, "uco-core:description", c->says_en);
    put_moment(g, "uco-core:objectCreatedTime", g->file->read_ms);
    pen_pair_text(&g->pen, "case-investigation:investigationForm", "suspicious-activity");
    pen_pair(&g->pen, "case-investigation:investigationStatus", g->file->state);
    pen_pair_text(&g->pen, "case-investigation:focus", "sale of children");
    put_refs(g, "uco-core:object", &g->all);
    end(g);
}

static void put_graph(struct graph *g)
{
    const struct link *link = g->file->link;
    struct node node;
    for (size_t i = 0; i < link->group_count; i++)
        put_group(g, link->groups[i].key, link->groups[i].name, &node);
    put_people(g);
    put_ties(g);
    for (size_t i = 0; i < g->file->entry_count; i++) {
        put_message(g, (uint32_t)i, &node);
        put_places(g, (uint32_t)i, &node);
    }
    put_custody(g);
    put_investigation(g);
}

enum ward_status case_uco_graph(const struct case_file *file, struct buf *out,
                                struct ward_error *err)
{
    struct graph g = {.file = file};
    buf_init(&g.all, REFS_BYTES_MAX);
    buf_init(&g.messages, REFS_BYTES_MAX);
    buf_init(&g.sources, REFS_BYTES_MAX);
    pen_init(&g.pen, out, true);
    pen_open(&g.pen, '{');
    put_context(&g);
    pen_key(&g.pen, "@graph");
    pen_open(&g.pen, '[');
    put_graph(&g);
    pen_close(&g.pen, ']');
    pen_close(&g.pen, '}');
    keep_failure(&g, g.all.failed);
    keep_failure(&g, g.messages.failed);
    keep_failure(&g, g.sources.failed);
    keep_failure(&g, out->failed);
    buf_release(&g.all);
    buf_release(&g.messages);
    buf_release(&g.sources);
    uuid_set_release(&g.seen);
    return g.failed == WARD_OK ? WARD_OK : error_set(err, g.failed, "out of memory");
}
