/**
 * One pass over the events for each kind; numbers are handed out in order of the events, which is
 * fixed, so that nothing depends on hashing.
 */
#include "link/things.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/str.h"
#include "link/alias_stem.h"
#include "link/belief.h"
#include "link/cluster.h"
#include "link/handle_key.h"
#include "link/media_match.h"
#include "link/names.h"

/* Aliases of one account that are looked at: its first ones. */
#define ALIASES_MAX 8u
/* Bytes of a text searched for ids without a cue. */
#define BARE_TEXT_MAX 4096u

/* What was seen: pairs of thing and rank, in order of rank; owned. */
struct sightings {
    uint32_t *thing, *rank;
    size_t count, capacity;
};

static enum ward_status see(struct sightings *seen, uint32_t thing, uint32_t rank)
{
    if (seen->count == seen->capacity) {
        const size_t capacity = seen->capacity ? seen->capacity * 2 : 256;
        uint32_t *things = realloc(seen->thing, capacity * sizeof *things);
        if (!things)
            return WARD_ERR_NOMEM;
        seen->thing = things;
        uint32_t *ranks = realloc(seen->rank, capacity * sizeof *ranks);
        if (!ranks)
            return WARD_ERR_NOMEM;
        seen->rank = ranks;
        seen->capacity = capacity;
    }
    seen->thing[seen->count] = thing;
    seen->rank[seen->count++] = rank;
    return WARD_OK;
}

static void sightings_release(struct sightings *seen)
{
    free(seen->thing);
    free(seen->rank);
    *seen = (struct sightings){0};
}

/* Sightings -> lists by thing; one event counts once a thing. */
static enum ward_status list_things(struct things *things, const struct sightings *seen,
                                    uint32_t count, struct arena *work)
{
    things->count = count;
    things->begin = arena_calloc(work, count + 2u, sizeof *things->begin);
    things->ranks = arena_calloc(work, seen->count + 1, sizeof *things->ranks);
    if (!things->begin || !things->ranks)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < seen->count; i++)
        things->begin[seen->thing[i] + 2]++;
    for (uint32_t t = 1; t < count + 2u; t++)
        things->begin[t] += things->begin[t - 1];
    uint32_t *fill = things->begin + 1;
    for (size_t i = 0; i < seen->count; i++)
        things->ranks[fill[seen->thing[i]]++] = seen->rank[i];
    return WARD_OK;
}

/* ---- handles --------------------------------------------------------------------------------- */

static enum ward_status see_handle(struct names *names, struct sightings *seen, const char *kind,
                                   struct ward_str value, uint32_t rank)
{
    struct handle_key key;
    handle_key_make(&key, kind, value);
    if (!key.len)
        return WARD_OK;
    uint32_t thing;
    if (names_number(names, (struct ward_str){NULL, 0}, (struct ward_str){key.text, key.len},
                     &thing))
        return WARD_ERR_NOMEM;
    if (seen->count && seen->thing[seen->count - 1] == thing && seen->rank[seen->count - 1] == rank)
        return WARD_OK;
    return see(seen, thing, rank);
}

static bool is_id_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* An id that stands in the text without a cue ("free of queues, test_x77"): letters, and a digit
 * that sets it off from a word, 8 and more bytes or 6 with an underscore. Model names look alike,
 * so that only what traders write is read this way. */
static bool is_bare_id(struct ward_str word)
{
    size_t letters = 0, digits = 0, joints = 0;
    for (size_t i = 0; i < word.len; i++) {
        digits += word.data[i] >= '0' && word.data[i] <= '9';
        joints += word.data[i] == '_';
        letters += word.data[i] >= 'A' && word.data[i] != '_';
    }
    return letters >= 2 && digits >= 1 && word.len <= 32 && word.len >= (joints ? 6u : 8u);
}

static enum ward_status see_bare_ids(struct names *names, struct sightings *seen,
                                     struct ward_str text, uint32_t rank)
{
    if (text.len > BARE_TEXT_MAX)
        text.len = BARE_TEXT_MAX;
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && is_id_byte(text.data[end]))
            end++;
        /* Part of an address or of a longer name: not an id by itself. */
        const bool is_part = (end < text.len && memchr("@./", text.data[end], 3)) ||
                             (i && memchr("@./", text.data[i - 1], 3));
        const struct ward_str word = str_part(text, i, end);
        if (!is_part && is_bare_id(word) && see_handle(names, seen, "other", word, rank))
            return WARD_ERR_NOMEM;
        i = end + 1;
    }
    return WARD_OK;
}

/* Accounts with a flagged event. */
static bool writes_flagged(const struct census *census, uint32_t account)
{
    for (uint32_t i = census->account_begin[account]; i < census->account_begin[account + 1]; i++)
        if (census_is_flagged(census, census->account_events[i]))
            return true;
    return false;
}

static enum ward_status see_handles(const struct census *census, struct names *names,
                                    struct sightings *seen)
{
    for (uint32_t a = 0; a < census->account_count; a++) {
        if (!writes_flagged(census, a))
            continue;
        for (uint32_t i = census->account_begin[a]; i < census->account_begin[a + 1]; i++) {
            const uint32_t rank = census->account_events[i];
            if (!census->events[rank]->handle_count &&
                see_bare_ids(names, seen, census->events[rank]->text, rank))
                return WARD_ERR_NOMEM;
        }
    }
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        const struct link_event *event = census->events[rank];
        if (census->account[rank] == CENSUS_NONE)
            continue;
        for (size_t i = 0; i < event->handle_count; i++)
            if (see_handle(names, seen, event->handles[i].kind, event->handles[i].value, rank))
                return WARD_ERR_NOMEM;
        for (size_t i = 0; i < event->media_count; i++)
            if (event->media[i].qr.len && see_handle(names, seen, "qr", event->media[i].qr, rank))
                return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

/* Accounts whose own id was given as a handle. An id that two accounts bear is nobody's. */
static enum ward_status find_owners(struct thing_index *index, const struct census *census,
                                    const struct names *names, struct arena *work)
{
    index->owner = arena_calloc(work, names->count + 1u, sizeof *index->owner);
    if (!index->owner)
        return WARD_ERR_NOMEM;
    for (uint32_t t = 0; t < names->count; t++)
        index->owner[t] = CENSUS_NONE;
    for (uint32_t a = 0; a < census->account_count && names->count; a++) {
        const struct ward_str key = census->account_key[a];
        size_t at = key.len;
        while (at && key.data[at - 1] != '/')
            at--;
        struct handle_key own;
        handle_key_account(&own, str_part(key, at, key.len));
        const uint32_t thing = own.len ? names_find(names, (struct ward_str){NULL, 0},
                                                    (struct ward_str){own.text, own.len})
                                       : UINT32_MAX;
        if (thing != UINT32_MAX)
            index->owner[thing] = index->owner[thing] == CENSUS_NONE ? a : CENSUS_NONE - 1;
    }
    for (uint32_t t = 0; t < names->count; t++)
        if (index->owner[t] == CENSUS_NONE - 1)
            index->owner[t] = CENSUS_NONE;
    return WARD_OK;
}

/* How many distinct handles each account gave: who gives many is a directory, not their owner. */
static enum ward_status count_handles(struct thing_index *index, const struct census *census,
                                      struct arena *work)
{
    index->handles = arena_calloc(work, census->account_count + 1u, 1);
    uint32_t *last = arena_calloc(work, census->account_count + 1u, sizeof *last);
    if (!index->handles || !last)
        return WARD_ERR_NOMEM;
    const struct things *things = &index->of[THING_HANDLE];
    for (uint32_t t = 0; t < things->count; t++) {
        for (uint32_t i = things->begin[t]; i < things->begin[t + 1]; i++) {
            const uint32_t account = census->account[things->ranks[i]];
            if (last[account] == t + 1)
                continue;
            last[account] = t + 1;
            if (index->handles[account] < UINT8_MAX)
                index->handles[account]++;
        }
    }
    return WARD_OK;
}

static enum ward_status keep_names(struct things *things, const struct names *names,
                                   struct arena *work)
{
    struct ward_str *copy = arena_calloc(work, names->count + 1u, sizeof *copy);
    if (!copy)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < names->count; i++) /* without the "/" in front */
        copy[i] = str_part(names->keys[i], 1, names->keys[i].len);
    things->name = copy;
    return WARD_OK;
}

static enum ward_status collect_handles(struct thing_index *index, const struct census *census,
                                        struct arena *keep, struct arena *work)
{
    struct names names;
    struct sightings seen = {0};
    names_init(&names, keep);
    enum ward_status status = see_handles(census, &names, &seen);
    if (!status)
        status = find_owners(index, census, &names, work);
    for (uint32_t t = 0; t < names.count && !status; t++)
        if (index->owner[t] != CENSUS_NONE)
            status = see(&seen, t, census->account_events[census->account_begin[index->owner[t]]]);
    if (!status)
        status = list_things(&index->of[THING_HANDLE], &seen, names.count, work);
    if (!status)
        status = keep_names(&index->of[THING_HANDLE], &names, work);
    if (!status)
        status = count_handles(index, census, work);
    sightings_release(&seen);
    names_release(&names);
    return status;
}

/* ---- pictures -------------------------------------------------------------------------------- */

static uint32_t count_media(const struct census *census)
{
    size_t count = 0;
    for (uint32_t rank = 0; rank < census->event_count; rank++)
        if (census->account[rank] != CENSUS_NONE)
            count += census->events[rank]->media_count;
    return count < UINT32_MAX / 4 ? (uint32_t)count : UINT32_MAX / 4;
}

static enum ward_status see_pictures(const struct census *census, struct sightings *seen,
                                     uint32_t count, struct arena *work)
{
    struct media_hash *hashes = malloc((count + 1u) * sizeof *hashes);
    uint32_t *number = arena_calloc(work, count + 1u, sizeof *number);
    uint32_t *rank_of = arena_calloc(work, count + 1u, sizeof *rank_of);
    enum ward_status status = hashes && number && rank_of ? WARD_OK : WARD_ERR_NOMEM;
    uint32_t at = 0;
    for (uint32_t rank = 0; rank < census->event_count && !status; rank++) {
        const struct link_event *event = census->events[rank];
        for (size_t i = 0; i < event->media_count && census->account[rank] != CENSUS_NONE; i++) {
            if (at == count)
                break;
            rank_of[at] = rank;
            media_hash_read(&hashes[at++], &event->media[i]);
        }
    }
    if (!status)
        status = media_match(hashes, at, number, work);
    for (uint32_t i = 0; i < at && !status; i++)
        if (number[i] != MEDIA_NONE)
            status = see(seen, number[i], rank_of[i]);
    free(hashes);
    return status;
}

static enum ward_status collect_pictures(struct thing_index *index, const struct census *census,
                                         struct arena *work)
{
    struct sightings seen = {0};
    const uint32_t count = count_media(census);
    enum ward_status status = see_pictures(census, &seen, count, work);
    if (!status)
        status = list_things(&index->of[THING_PICTURE], &seen, count, work);
    sightings_release(&seen);
    return status;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* Flagged words of somebody; a search or a name of a group is nobody's wording. */
static bool is_wording(const struct census *census, uint32_t rank)
{
    const enum ward_kind kind = census->events[rank]->kind;
    return census_is_flagged(census, rank) && census->account[rank] != CENSUS_NONE &&
           census->events[rank]->text.len &&
           (kind == WARD_KIND_MESSAGE || kind == WARD_KIND_POST || kind == WARD_KIND_LISTING);
}

static enum ward_status hash_words(const struct census *census, const struct things *things,
                                   uint64_t *words)
{
    struct text_units units;
    text_units_init(&units);
    enum ward_status status = WARD_OK;
    for (uint32_t t = 0; t < things->count && !status; t++) {
        if (things->begin[t + 1] - things->begin[t] < 2)
            continue;
        for (uint32_t i = things->begin[t]; i < things->begin[t + 1] && !status; i++) {
            const uint32_t rank = things->ranks[i];
            status = text_units_decode(&units, str_part(census->events[rank]->text, 0, 4096));
            uint64_t hash = 0x77;
            for (uint32_t u = 0; u < units.count && !status; u++)
                if (units.kind[u] <= UNIT_OTHER)
                    hash = hash_u64(hash ^ units.code[u]) + 1;
            words[rank] = hash | 1;
        }
    }
    text_units_release(&units);
    return status;
}

static enum ward_status cluster_texts(const struct census *census, struct cluster *cluster,
                                      struct sightings *seen, struct things *things,
                                      struct arena *work)
{
    uint32_t first;
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        if (!is_wording(census, rank))
            continue;
        const enum ward_status status = cluster_add(cluster, census->events[rank]->text, &first);
        if (status || see(seen, 0, rank))
            return WARD_ERR_NOMEM;
    }
    struct cluster_result result;
    if (cluster_finish(cluster, &result))
        return WARD_ERR_NOMEM;
    uint32_t *tokens = arena_calloc(work, result.cluster_count + 1u, sizeof *tokens);
    if (!tokens)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < result.text_count; i++) {
        const uint32_t t = result.number[i];
        seen->thing[i] = t;
        if (!tokens[t] || result.tokens[i] < tokens[t])
            tokens[t] = result.tokens[i];
    }
    things->tokens = tokens;
    return list_things(things, seen, result.cluster_count, work);
}

static enum ward_status collect_texts(struct thing_index *index, const struct census *census,
                                      struct arena *work)
{
    struct sightings seen = {0};
    struct cluster *cluster = NULL;
    index->words = arena_calloc(work, census->event_count + 1u, sizeof *index->words);
    enum ward_status status = index->words ? cluster_new(&cluster) : WARD_ERR_NOMEM;
    if (!status)
        status = cluster_texts(census, cluster, &seen, &index->of[THING_TEXT], work);
    cluster_free(cluster);
    sightings_release(&seen);
    return status ? status : hash_words(census, &index->of[THING_TEXT], index->words);
}

/* ---- aliases --------------------------------------------------------------------------------- */

static enum ward_status see_alias(struct ward_str alias, struct text_units *units,
                                  struct names *names, struct sightings *seen, uint32_t rank)
{
    struct alias_stem stems[ALIAS_STEMS_MAX];
    enum ward_status status;
    const uint32_t count = alias_stems(alias, units, stems, &status);
    for (uint32_t i = 0; i < count && !status; i++) {
        uint32_t thing;
        status = names_number(names, (struct ward_str){NULL, 0},
                              (struct ward_str){stems[i].text, stems[i].len}, &thing);
        if (!status)
            status = see(seen, thing, rank);
    }
    return status;
}

/* Each distinct alias of an account once, with the event where it first stood. */
static enum ward_status see_aliases(const struct census *census, struct names *names,
                                    struct sightings *seen)
{
    struct text_units units;
    text_units_init(&units);
    enum ward_status status = WARD_OK;
    for (uint32_t a = 0; a < census->account_count && !status; a++) {
        struct ward_str known[ALIASES_MAX];
        uint32_t count = 0;
        for (uint32_t i = census->account_begin[a]; i < census->account_begin[a + 1] && !status;
             i++) {
            const uint32_t rank = census->account_events[i];
            const struct ward_str alias = census->events[rank]->alias;
            uint32_t k = 0;
            while (k < count && !str_equal(known[k], alias))
                k++;
            if (!alias.len || k < count || count == ALIASES_MAX)
                continue;
            known[count++] = alias;
            status = see_alias(alias, &units, names, seen, rank);
        }
    }
    text_units_release(&units);
    return status;
}

static enum ward_status collect_aliases(struct thing_index *index, const struct census *census,
                                        struct arena *keep, struct arena *work)
{
    struct names names;
    struct sightings seen = {0};
    names_init(&names, keep);
    enum ward_status status = see_aliases(census, &names, &seen);
    if (!status)
        status = list_things(&index->of[THING_ALIAS], &seen, names.count, work);
    if (!status)
        status = keep_names(&index->of[THING_ALIAS], &names, work);
    sightings_release(&seen);
    names_release(&names);
    return status;
}

enum ward_status things_collect(struct thing_index *index, const struct census *census,
                                struct arena *keep, struct arena *work)
{
    *index = (struct thing_index){0};
    for (int kind = 0; kind < THING_KINDS; kind++)
        index->of[kind].kind = (enum thing_kind)kind;
    if (collect_handles(index, census, keep, work) || collect_pictures(index, census, work) ||
        collect_texts(index, census, work))
        return WARD_ERR_NOMEM;
    return collect_aliases(index, census, keep, work);
}

/* ---- who shows a thing ----------------------------------------------------------------------- */

#define PEERS_COUNTED 64u

void things_peers(struct thing_peers *peers, const struct things *things, uint32_t thing,
                  const struct census *census, const struct standing *standing)
{
    *peers = (struct thing_peers){0};
    uint32_t seen[PEERS_COUNTED];
    for (uint32_t i = things->begin[thing]; i < things->begin[thing + 1]; i++) {
        const uint32_t account = census->account[things->ranks[i]];
        uint32_t at = peers->count;
        while (at && seen[at - 1] > account)
            at--;
        if ((at && seen[at - 1] == account) || peers->count == PEERS_COUNTED)
            continue;
        memmove(seen + at + 1, seen + at, (peers->count - at) * sizeof *seen);
        seen[at] = account;
        peers->count++;
    }
    for (uint32_t i = 0; i < peers->count; i++) {
        peers->traders += standing[seen[i]].is_trader;
        if (i < sizeof peers->accounts / sizeof *peers->accounts)
            peers->accounts[peers->kept++] = seen[i];
    }
}

double things_rarity(const struct thing_peers *peers)
{
    if (peers->count < 2 || peers->count > BELIEF_SHARED_MAX)
        return 0;
    /* 2 accounts keep all, 4 keep 0.8, 12 keep 0.6; what ordinary people pass on is not one
     * trader's own. One who is no trader is let pass: a warner, or the account in question. */
    const double known = peers->traders ? peers->traders + 1.0 : 0;
    const double traders = known < peers->count ? known / peers->count : 1;
    return traders / (1 + 0.18 * log2(peers->count - 1.0));
}
