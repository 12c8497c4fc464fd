/**
 * Fixed words and suggestions.
 *
 * Nearness is the optimal string alignment distance on bytes (insert, delete, replace, swap of
 * neighbours); a candidate counts while at most a third of the longer word differs.
 */
#include "pack/pack_names.h"

#include <assert.h>
#include <stdio.h>

#include "base/str.h"
#include "pack/pack.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define WORD_BYTES_MAX 48u

static const char *const slots[] = {"none",        "object", "transfer", "consideration",
                                    "description", "papers", "channel",  "secrecy",
                                    "party",       "stance", "scene"};
_Static_assert(COUNT_OF(slots) == SLOT_COUNT, "one word a slot");

static const char *const readers[] = {"none",      "price",     "price-small",  "price-coded",
                                      "child-age", "child-sex", "child-weight", "due",
                                      "place",     "handle",    "handle-phone", "role-letter"};
_Static_assert(COUNT_OF(readers) == READER_COUNT, "one word a reader");

static const char *const modes[] = {"literal", "fold", "full"};
static const char *const roles[] = {"none", "offer", "seek", "agent"};
static const char *const kinds[] = {"message",    "post",  "listing", "alias",
                                    "group_name", "query", "report"};
_Static_assert(COUNT_OF(kinds) == WARD_KIND_REPORT + 1, "one word a kind");

static const char *const scopes[] = {"text",  "alias", "group-name", "account",
                                     "group", "media", "quoted"};
_Static_assert(COUNT_OF(scopes) == SCOPE_COUNT, "one word a scope");

static const char *const facts[] = {
    "event.kind",    "text.units",     "text.lines",      "price.fen",
    "price.count",   "child.age-days", "child.count",     "handle.count",
    "place.count",   "disguise.count", "account.flagged", "group.events",
    "group.flagged", "group.leaning",  "wording.for",     "wording.against"};
_Static_assert(COUNT_OF(facts) == FACT_COUNT, "one word a fact");

static const char *const compares[] = {"<", "<=", "==", "!=", ">=", ">"};

const struct name_list names_slots = {slots, COUNT_OF(slots)};
const struct name_list names_readers = {readers, COUNT_OF(readers)};
const struct name_list names_modes = {modes, COUNT_OF(modes)};
const struct name_list names_roles = {roles, COUNT_OF(roles)};
const struct name_list names_kinds = {kinds, COUNT_OF(kinds)};
const struct name_list names_scopes = {scopes, COUNT_OF(scopes)};
const struct name_list names_facts = {facts, COUNT_OF(facts)};
const struct name_list names_compares = {compares, COUNT_OF(compares)};

int name_find(const struct name_list *list, struct ward_str word)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(str_of(list->names[i]), word))
            return (int)i;
    }
    return -1;
}

const char *pack_slot_name(enum pack_slot slot)
{
    assert((uint32_t)slot < SLOT_COUNT);
    return slots[slot];
}

const char *pack_reader_name(enum pack_reader reader)
{
    assert((uint32_t)reader < READER_COUNT);
    return readers[reader];
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance; both words at most WORD_BYTES_MAX bytes. */
static unsigned word_distance(struct ward_str a, struct ward_str b)
{
    unsigned rows[3][WORD_BYTES_MAX + 1];
    unsigned *two_up = rows[0];
    unsigned *up = rows[1];
    unsigned *now = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        up[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            const unsigned differ = a.data[i - 1] != b.data[j - 1];
            now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + differ);
            const bool swapped =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (swapped)
                now[j] = least(now[j], two_up[j - 2] + 1);
        }
        unsigned *spare = two_up;
        two_up = up;
        up = now;
        now = spare;
    }
    return up[b.len];
}

void suggestion_start(struct suggestion *suggestion, struct ward_str wanted)
{
    *suggestion = (struct suggestion){.wanted = wanted, .distance = UINT32_MAX};
}

void suggestion_offer(struct suggestion *suggestion, struct ward_str candidate)
{
    const struct ward_str wanted = suggestion->wanted;
    if (wanted.len == 0 || wanted.len > WORD_BYTES_MAX || candidate.len > WORD_BYTES_MAX)
        return;
    const size_t longer = wanted.len > candidate.len ? wanted.len : candidate.len;
    const unsigned distance = word_distance(wanted, candidate);
    if (distance < suggestion->distance && distance <= (longer + 2) / 3) {
        suggestion->best = candidate;
        suggestion->distance = distance;
    }
}

void suggestion_offer_list(struct suggestion *suggestion, const struct name_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        suggestion_offer(suggestion, str_of(list->names[i]));
}

const char *suggestion_text(const struct suggestion *suggestion, char out[SUGGESTION_BYTES])
{
    out[0] = '\0';
    if (suggestion->best.len)
        (void)snprintf(out, SUGGESTION_BYTES, " (did you mean \"%.*s\"?)",
                       (int)suggestion->best.len, suggestion->best.data);
    return out;
}
