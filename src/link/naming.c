/**
 * Votes of events, counted by sorting.
 */
#include "link/naming.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/str.h"
#include "link/names.h"

struct vote {
    uint32_t earlier; /* number of the earlier id */
    uint32_t thing;
    uint32_t rank;
};

/* An earlier id with the thing that has most of its events. */
struct claim {
    uint32_t earlier, thing, first; /* first: its earliest event anywhere */
};

static struct ward_str earlier_id(const struct census *census, uint32_t rank, char prefix)
{
    const struct link_event *event = census->events[rank];
    return prefix == 'P' ? event->previous_person : event->previous_case;
}

static int by_vote(const void *left, const void *right)
{
    const struct vote *x = left, *y = right;
    if (x->earlier != y->earlier)
        return x->earlier < y->earlier ? -1 : 1;
    if (x->thing != y->thing)
        return x->thing < y->thing ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_claim(const void *left, const void *right)
{
    const struct claim *x = left, *y = right;
    if (x->thing != y->thing)
        return x->thing < y->thing ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->earlier > y->earlier) - (x->earlier < y->earlier);
}

/* Sorted votes -> one claim an earlier id; returns how many. */
static uint32_t count_votes(const struct vote *votes, uint32_t vote_count, struct claim *claims)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < vote_count;) {
        const uint32_t earlier = votes[i].earlier;
        struct claim claim = {.earlier = earlier, .first = UINT32_MAX};
        uint32_t most = 0, most_first = 0;
        while (i < vote_count && votes[i].earlier == earlier) {
            const uint32_t begin = i, thing = votes[i].thing;
            while (i < vote_count && votes[i].earlier == earlier && votes[i].thing == thing)
                i++;
            if (votes[begin].rank < claim.first)
                claim.first = votes[begin].rank;
            if (i - begin > most || (i - begin == most && votes[begin].rank < most_first)) {
                most = i - begin;
                most_first = votes[begin].rank;
                claim.thing = thing;
            }
        }
        claims[count++] = claim;
    }
    return count;
}

/* Hash of an event's key by bytes, the same on every machine: it becomes part of an id. */
static uint64_t key_hash(const struct link_event *event, uint64_t salt)
{
    const struct ward_str parts[5] = {event->platform, event->group, event->id, event->account,
                                      event->id.len ? (struct ward_str){NULL, 0} : event->text};
    uint64_t hash = 0xcbf29ce484222325ULL ^ salt; /* FNV-1a, then mixed */
    for (int i = 0; i < 5; i++) {
        for (size_t k = 0; k < parts[i].len; k++)
            hash = (hash ^ (unsigned char)parts[i].data[k]) * 0x100000001b3ULL;
        hash = (hash ^ 0xff) * 0x100000001b3ULL;
    }
    return hash_u64(hash);
}

static enum ward_status fresh_id(struct ward_str *id, struct names *used, char prefix,
                                 const struct link_event *event)
{
    for (uint64_t salt = (uint64_t)prefix;; salt += 256) {
        char text[32];
        const int len = snprintf(text, sizeof text, "%c-%012llx", prefix,
                                 (unsigned long long)(key_hash(event, salt) >> 16));
        const struct ward_str wanted = {text, (size_t)len};
        const uint32_t before = used->count;
        uint32_t number;
        if (names_number(used, (struct ward_str){NULL, 0}, wanted, &number))
            return WARD_ERR_NOMEM;
        if (number < before)
            continue; /* taken */
        *id = str_part(used->keys[number], 1, used->keys[number].len);
        return WARD_OK;
    }
}

/* Gives each thing the elder of the ids that claim it, lists the others. */
static enum ward_status settle(struct naming *naming, const struct claim *claims, uint32_t count,
                               const struct names *names, struct arena *keep)
{
    for (uint32_t i = 0; i < count;) {
        const uint32_t thing = claims[i].thing, begin = i;
        while (i < count && claims[i].thing == thing)
            i++;
        struct ward_str *merged = arena_calloc(keep, i - begin, sizeof *merged);
        if (!merged)
            return WARD_ERR_NOMEM;
        for (uint32_t k = begin; k < i; k++) {
            const struct ward_str key = names->keys[claims[k].earlier];
            const struct ward_str id = str_part(key, 1, key.len);
            if (k == begin)
                naming->id[thing] = id;
            else
                merged[k - begin - 1] = id;
        }
        naming->merged[thing] = merged;
        naming->merged_count[thing] = i - begin - 1;
    }
    return WARD_OK;
}

static enum ward_status collect(struct vote *votes, uint32_t *count, struct names *names,
                                const struct naming_subject *subject, const struct census *census)
{
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        const struct ward_str id = earlier_id(census, rank, subject->prefix);
        if (subject->of[rank] == CENSUS_NONE || !id.len)
            continue;
        struct vote *vote = &votes[*count];
        *vote = (struct vote){.thing = subject->of[rank], .rank = rank};
        if (names_number(names, (struct ward_str){NULL, 0}, id, &vote->earlier))
            return WARD_ERR_NOMEM;
        (*count)++;
    }
    return WARD_OK;
}

static enum ward_status name_fresh(struct naming *naming, const struct naming_subject *subject,
                                   const struct census *census, struct names *names)
{
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        const uint32_t thing = subject->of[rank];
        if (thing == CENSUS_NONE || naming->id[thing].len)
            continue;
        if (fresh_id(&naming->id[thing], names, subject->prefix, census->events[rank]))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

enum ward_status naming_give(struct naming *naming, const struct naming_subject *subject,
                             const struct census *census, struct arena *keep)
{
    *naming = (struct naming){
        .id = arena_calloc(keep, subject->count + 1u, sizeof *naming->id),
        .merged = arena_calloc(keep, subject->count + 1u, sizeof *naming->merged),
        .merged_count = arena_calloc(keep, subject->count + 1u, sizeof *naming->merged_count)};
    struct names names;
    names_init(&names, keep);
    struct vote *votes = malloc((census->event_count + 1u) * sizeof *votes);
    struct claim *claims = malloc((census->event_count + 1u) * sizeof *claims);
    enum ward_status status =
        votes && claims && naming->id && naming->merged && naming->merged_count ? WARD_OK
                                                                                : WARD_ERR_NOMEM;
    uint32_t vote_count = 0;
    if (!status)
        status = collect(votes, &vote_count, &names, subject, census);
    if (!status) {
        if (vote_count)
            qsort(votes, vote_count, sizeof *votes, by_vote);
        const uint32_t claim_count = count_votes(votes, vote_count, claims);
        if (claim_count)
            qsort(claims, claim_count, sizeof *claims, by_claim);
        status = settle(naming, claims, claim_count, &names, keep);
    }
    if (!status)
        status = name_fresh(naming, subject, census, &names);
    free(votes);
    free(claims);
    names_release(&names);
    return status;
}
