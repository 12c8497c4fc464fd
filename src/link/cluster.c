/**
 * The streaming part: look up, compare, join, keep.
 *
 * 1. Exact reposts meet by a 64-bit hash of all tokens and cost nothing more.
 * 2. Sequences of 3 tokens (of 5, of 8 where the shorter is common) vote for texts that hold them;
 *    a rare sequence has more to say. Long texts vote with a sample chosen by hash, the same for
 *    like texts.
 * 3. The texts with most votes are compared token by token. What is common to many clusters (a
 *    phrase of 5 tokens found in CROWD_CLUSTERS of them) must not carry the likeness: then the
 *    rest of the text is compared by itself as well.
 * 4. A text that joins is held against the first text of the cluster too, so that clusters do not
 *    drift; both halves of both texts take part in the likeness; two clusters that a text is like
 * are joined if their first texts are alike.
 * 5. Of each cluster the first few members are kept for look-up, with the sequences that do not
 *    lead to the cluster already. All others leave only their number.
 *
 * The root of the union-find is always the earliest text.
 */
#include "link/cluster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "link/cluster_compare.h"
#include "link/cluster_index.h"
#include "link/cluster_tokens.h"

/** Sequences by which one text is looked up and kept. */
#define GRAMS_MAX 96u
/** Expected size of the sample of a longer text. */
#define GRAMS_SAMPLE 64u
#define LEVELS 3u
/** Comparisons for one text. */
#define CHECKS_MAX 4u
/** Members of one cluster that are kept for look-up. */
#define KEPT_MAX 4u
/** Shares of tokens in common, in hundredths: with the text found, with the first of its cluster.
 */
#define ALIKE_CENTI 50u
#define FIRST_CENTI 40u
/** Each half of both texts shares at least this. */
#define HALF_CENTI 15u
/** What is not common in the text shares at least this with the other. */
#define OWN_CENTI 50u
/** A text that is nearly all common phrases must be nearly the same as the other. */
#define SAME_CENTI 80u
/** Tokens beside common phrases that say something. */
#define OWN_TOKENS_LEAST 4u
/** Clusters that share a phrase of CROWD_TOKENS before it is common. */
#define CROWD_CLUSTERS 5u
#define CROWD_TOKENS 5u

#define VOTES (1u << 12)
#define NOT_KEPT UINT32_MAX

struct note {
    uint32_t parent;
    uint32_t kept; /* place of its tokens in `ids`, or NOT_KEPT */
    uint16_t length;
    uint8_t members_kept; /* of a root: members found in the index */
};

struct exact {
    uint64_t hash;
    uint32_t text; /* number + 1, 0 empty */
};

struct gram {
    uint16_t at;   /* first token */
    uint8_t level; /* of the first list that is not full; LEVELS: all are */
    uint8_t count[LEVELS];
    uint32_t tag[LEVELS];
    uint32_t texts[LEVELS][CLUSTER_POSTINGS_MAX];
};

struct vote {
    uint32_t text;
    uint32_t weight;
    uint32_t stamp;
};

struct candidate {
    uint32_t text;
    uint32_t weight;
};

struct cluster {
    struct note *notes; /* owned arrays */
    uint32_t count;
    uint32_t capacity;
    uint16_t *ids;
    uint32_t id_count;
    uint32_t id_capacity;
    struct exact *exacts;
    uint32_t exact_bits;
    uint32_t exact_count;
    struct cluster_index index;
    /* of the text at hand */
    struct cluster_tokens tokens;
    struct cluster_pattern pattern;
    struct cluster_pattern own; /* the text without common phrases */
    struct cluster_pattern other;
    bool crowd[CLUSTER_TOKENS_MAX];
    uint32_t crowd_count;
    struct gram grams[GRAMS_MAX];
    uint32_t gram_count;
    struct vote votes[VOTES];
    uint32_t stamp;
    uint32_t voted[VOTES];
    uint32_t voted_count;
    /* of cluster_finish */
    uint32_t *result; /* owned: number, tokens, begin, members */
};

static const uint32_t gram_length[LEVELS] = {3, 5, 8};

/* ---- Life ------------------------------------------------------------------------------------ */

enum ward_status cluster_new(struct cluster **out)
{
    *out = NULL;
    struct cluster *c = calloc(1, sizeof *c);
    if (!c)
        return WARD_ERR_NOMEM;
    cluster_tokens_init(&c->tokens);
    if (cluster_index_init(&c->index) != WARD_OK) {
        cluster_free(c);
        return WARD_ERR_NOMEM;
    }
    *out = c;
    return WARD_OK;
}

void cluster_free(struct cluster *c)
{
    if (!c)
        return;
    cluster_tokens_release(&c->tokens);
    cluster_index_release(&c->index);
    free(c->notes);
    free(c->ids);
    free(c->exacts);
    free(c->result);
    free(c);
}

uint32_t cluster_text_count(const struct cluster *c)
{
    return c->count;
}

static uint32_t root_of(struct cluster *c, uint32_t text)
{
    while (c->notes[text].parent != text) {
        c->notes[text].parent = c->notes[c->notes[text].parent].parent;
        text = c->notes[text].parent;
    }
    return text;
}

/* ---- Exact reposts --------------------------------------------------------------------------- */

static struct exact *exact_place(struct exact *table, uint32_t bits, uint64_t hash)
{
    const uint32_t mask = ((uint32_t)1 << bits) - 1;
    uint32_t at = (uint32_t)(hash >> 32) & mask;
    while (table[at].text && table[at].hash != hash)
        at = (at + 1) & mask;
    return &table[at];
}

static enum ward_status exact_reserve(struct cluster *c)
{
    if (c->exacts && c->exact_count < (uint32_t)1 << (c->exact_bits - 1))
        return WARD_OK;
    const uint32_t bits = c->exacts ? c->exact_bits + 1 : 12;
    struct exact *grown = calloc((size_t)1 << bits, sizeof *grown);
    if (!grown)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; c->exacts && i < (size_t)1 << c->exact_bits; i++)
        if (c->exacts[i].text)
            *exact_place(grown, bits, c->exacts[i].hash) = c->exacts[i];
    free(c->exacts);
    c->exacts = grown;
    c->exact_bits = bits;
    return WARD_OK;
}

/* ---- Room for one more ----------------------------------------------------------------------- */

static enum ward_status notes_reserve(struct cluster *c)
{
    if (c->count < c->capacity)
        return WARD_OK;
    const uint32_t capacity = c->capacity ? c->capacity * 2 : 1024;
    struct note *notes = realloc(c->notes, capacity * sizeof *notes);
    if (!notes)
        return WARD_ERR_NOMEM;
    c->notes = notes;
    c->capacity = capacity;
    return WARD_OK;
}

static enum ward_status ids_reserve(struct cluster *c)
{
    if (c->id_capacity - c->id_count >= CLUSTER_TOKENS_MAX)
        return WARD_OK;
    const uint32_t capacity = c->id_capacity ? c->id_capacity * 2 : 1u << 14;
    if (capacity > UINT32_MAX / 2)
        return WARD_ERR_LIMIT;
    uint16_t *ids = realloc(c->ids, capacity * sizeof *ids);
    if (!ids)
        return WARD_ERR_NOMEM;
    c->ids = ids;
    c->id_capacity = capacity;
    return WARD_OK;
}

/* ---- Looking up ------------------------------------------------------------------------------ */

/* Tag in the upper half, choice of the sample in the lower. */
static uint64_t gram_hash(const uint16_t *ids, uint32_t length)
{
    uint64_t hash = length;
    for (uint32_t i = 0; i < length; i++)
        hash = hash << 16 ^ ids[i] ^ (hash >> 48) * 0x9e3779b97f4a7c15ULL;
    return hash_u64(hash);
}

static void choose_grams(struct cluster *c)
{
    const struct cluster_tokens *tokens = &c->tokens;
    uint32_t limit = UINT32_MAX;
    if (tokens->count > GRAMS_MAX)
        limit = UINT32_MAX / tokens->count * GRAMS_SAMPLE;
    c->gram_count = 0;
    for (uint32_t i = 0; i + 3 <= tokens->count && c->gram_count < GRAMS_MAX; i++) {
        const uint64_t hash = gram_hash(tokens->id + i, 3);
        if ((uint32_t)hash > limit)
            continue;
        struct gram *gram = &c->grams[c->gram_count++];
        gram->at = (uint16_t)i;
        gram->level = 0;
        gram->tag[0] = (uint32_t)(hash >> 32);
        cluster_index_prefetch(&c->index, gram->tag[0]);
    }
}

/* True if the texts belong to many clusters. */
static bool is_crowd(struct cluster *c, const uint32_t *texts, uint32_t count)
{
    uint32_t roots[CLUSTER_POSTINGS_MAX];
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t root = root_of(c, texts[i]);
        uint32_t known = 0;
        while (known < found && roots[known] != root)
            known++;
        if (known == found)
            roots[found++] = root;
    }
    return found >= CROWD_CLUSTERS;
}

static void mark_crowd(struct cluster *c, uint32_t at)
{
    for (uint32_t i = at; i < at + CROWD_TOKENS; i++) {
        c->crowd_count += !c->crowd[i];
        c->crowd[i] = true;
    }
}

/* Keeps of `texts` what is in the list of `gram` too; both ascend. */
static uint32_t intersect(uint32_t *texts, uint32_t count, const struct gram *gram)
{
    uint32_t kept = 0;
    for (uint32_t i = 0, k = 0; i < count; i++) {
        while (k < gram->count[0] && gram->texts[0][k] < texts[i])
            k++;
        if (k < gram->count[0] && gram->texts[0][k] == texts[i])
            texts[kept++] = texts[i];
    }
    return kept;
}

/* Three neighbouring sequences of 3 with the same texts are a phrase of 5. */
static void mark_young_crowds(struct cluster *c)
{
    for (uint32_t g = 0; g + 2 < c->gram_count; g++) {
        const struct gram *gram = &c->grams[g];
        uint32_t texts[CLUSTER_POSTINGS_MAX];
        uint32_t count = gram->count[0];
        if (count < CROWD_CLUSTERS || gram[1].count[0] < CROWD_CLUSTERS ||
            gram[2].count[0] < CROWD_CLUSTERS || gram[2].at != gram->at + 2)
            continue;
        memcpy(texts, gram->texts[0], count * sizeof texts[0]);
        count = intersect(texts, count, gram + 1);
        count = intersect(texts, count, gram + 2);
        if (count >= CROWD_CLUSTERS && is_crowd(c, texts, count))
            mark_crowd(c, gram->at);
    }
}

/* Reads the lists of one level; where a list is full, the next level is made ready. */
static void read_lists(struct cluster *c, uint32_t level)
{
    for (uint32_t g = 0; g < c->gram_count; g++) {
        struct gram *gram = &c->grams[g];
        if (gram->level != level)
            continue;
        gram->count[level] =
            (uint8_t)cluster_index_find(&c->index, gram->tag[level], gram->texts[level]);
        if (gram->count[level] < CLUSTER_POSTINGS_MAX)
            continue;
        if (level == 1 && is_crowd(c, gram->texts[1], CLUSTER_POSTINGS_MAX))
            mark_crowd(c, gram->at);
        gram->level = LEVELS;
        if (level + 1 == LEVELS || gram->at + gram_length[level + 1] > c->tokens.count)
            continue;
        const uint64_t hash = gram_hash(c->tokens.id + gram->at, gram_length[level + 1]);
        gram->level = (uint8_t)(level + 1);
        gram->tag[level + 1] = (uint32_t)(hash >> 32);
        cluster_index_prefetch(&c->index, gram->tag[level + 1]);
    }
}

static void look_up(struct cluster *c)
{
    memset(c->crowd, 0, c->tokens.count * sizeof c->crowd[0]);
    c->crowd_count = 0;
    choose_grams(c);
    for (uint32_t g = 0; g < c->gram_count; g++)
        memset(c->grams[g].count, 0, sizeof c->grams[g].count);
    for (uint32_t level = 0; level < LEVELS; level++)
        read_lists(c, level);
    mark_young_crowds(c);
}

/* ---- Votes ----------------------------------------------------------------------------------- */

static void vote(struct cluster *c, uint32_t text, uint32_t weight)
{
    uint32_t at = (uint32_t)hash_u64(text) & (VOTES - 1);
    while (c->votes[at].stamp == c->stamp && c->votes[at].text != text)
        at = (at + 1) & (VOTES - 1);
    if (c->votes[at].stamp != c->stamp) {
        c->votes[at] = (struct vote){text, 0, c->stamp};
        c->voted[c->voted_count++] = at;
    }
    c->votes[at].weight += weight;
}

static void count_votes(struct cluster *c)
{
    c->voted_count = 0;
    if (++c->stamp == 0) {
        memset(c->votes, 0, sizeof c->votes);
        c->stamp = 1;
    }
    for (uint32_t g = 0; g < c->gram_count; g++) {
        const struct gram *gram = &c->grams[g];
        for (uint32_t level = 0; level < LEVELS; level++)
            for (uint32_t i = 0; i < gram->count[level]; i++)
                vote(c, gram->texts[level][i], CLUSTER_POSTINGS_MAX + 1u - gram->count[level]);
    }
}

static bool ranks_before(const struct candidate *a, const struct candidate *b)
{
    return a->weight != b->weight ? a->weight > b->weight : a->text < b->text;
}

/* The CHECKS_MAX texts with most votes, best first. */
static uint32_t choose_candidates(struct cluster *c, struct candidate *best)
{
    uint32_t count = 0;
    count_votes(c);
    for (uint32_t i = 0; i < c->voted_count; i++) {
        const struct vote *vote = &c->votes[c->voted[i]];
        const struct candidate mine = {vote->text, vote->weight};
        if (count == CHECKS_MAX && !ranks_before(&mine, &best[count - 1]))
            continue;
        uint32_t at = count < CHECKS_MAX ? count++ : count - 1;
        for (; at && ranks_before(&mine, &best[at - 1]); at--)
            best[at] = best[at - 1];
        best[at] = mine;
    }
    return count;
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static bool is_share(uint32_t common, uint32_t a, uint32_t b, uint32_t centi)
{
    return common * 200u >= (a + b) * centi;
}

/* True if both halves of a row of `length` take part in what is shared. */
static bool is_spread(uint32_t total, uint32_t first_half, uint32_t length)
{
    const uint32_t half = length / 2;
    return first_half * 100u >= half * HALF_CENTI &&
           (total - first_half) * 100u >= (length - half) * HALF_CENTI;
}

static bool is_near(const struct cluster_common *common, uint32_t pattern, uint32_t other,
                    uint32_t centi)
{
    return is_share(common->total, pattern, other, centi) &&
           is_spread(common->total, common->pattern_half, pattern) &&
           is_spread(common->total, common->other_half, other);
}

static struct cluster_common common_with(const struct cluster *c,
                                         const struct cluster_pattern *pattern, uint32_t text)
{
    const struct note *note = &c->notes[text];
    return cluster_pattern_common(pattern, c->ids + note->kept, note->length);
}

/* The text at hand against a kept one. */
static bool is_alike(const struct cluster *c, uint32_t text, uint32_t centi)
{
    const uint32_t length = c->tokens.count;
    const struct cluster_common common = common_with(c, &c->pattern, text);
    if (!is_near(&common, length, c->notes[text].length, centi))
        return false;
    if (!c->crowd_count)
        return true;
    const uint32_t own = length - c->crowd_count;
    if (own < OWN_TOKENS_LEAST)
        return is_share(common.total, length, c->notes[text].length, SAME_CENTI);
    return common_with(c, &c->own, text).total * 100u >= own * OWN_CENTI;
}

static bool roots_are_alike(struct cluster *c, uint32_t a, uint32_t b)
{
    const struct note *note = &c->notes[a];
    cluster_pattern_set(&c->other, c->ids + note->kept, note->length, NULL);
    const struct cluster_common common = common_with(c, &c->other, b);
    return is_near(&common, note->length, c->notes[b].length, FIRST_CENTI);
}

/* Joins two roots; the earlier stays. */
static uint32_t join(struct cluster *c, uint32_t a, uint32_t b)
{
    const uint32_t first = a < b ? a : b;
    const uint32_t second = a < b ? b : a;
    const uint32_t kept = c->notes[first].members_kept + (uint32_t)c->notes[second].members_kept;
    c->notes[second].parent = first;
    c->notes[first].members_kept = (uint8_t)(kept < KEPT_MAX ? kept : KEPT_MAX);
    return first;
}

/* The root of the cluster that the text at hand belongs to, UINT32_MAX if none. */
static uint32_t find_home(struct cluster *c)
{
    struct candidate best[CHECKS_MAX];
    uint32_t home = UINT32_MAX;
    const uint32_t count = choose_candidates(c, best);
    if (!count)
        return home;
    cluster_pattern_set(&c->pattern, c->tokens.id, c->tokens.count, NULL);
    if (c->crowd_count)
        cluster_pattern_set(&c->own, c->tokens.id, c->tokens.count, c->crowd);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t root = root_of(c, best[i].text);
        if (root == home || !is_alike(c, best[i].text, ALIKE_CENTI))
            continue;
        if (root != best[i].text && !is_alike(c, root, FIRST_CENTI))
            continue;
        if (home == UINT32_MAX)
            home = root;
        else if (roots_are_alike(c, home, root))
            home = join(c, home, root);
    }
    return home;
}

/* ---- Keeping --------------------------------------------------------------------------------- */

static bool leads_to(struct cluster *c, const struct gram *gram, uint32_t root)
{
    for (uint32_t level = 0; level < LEVELS; level++)
        for (uint32_t i = 0; i < gram->count[level]; i++)
            if (root_of(c, gram->texts[level][i]) == root)
                return true;
    return false;
}

/* Keeps the text at hand for look-up; `text` is its number, `root` its cluster. */
static void keep(struct cluster *c, uint32_t text, uint32_t root, bool in_index)
{
    struct note *note = &c->notes[text];
    note->kept = c->id_count;
    memcpy(c->ids + c->id_count, c->tokens.id, c->tokens.count * sizeof c->ids[0]);
    c->id_count += c->tokens.count;
    c->notes[root].members_kept++;
    for (uint32_t g = 0; in_index && g < c->gram_count; g++) {
        const struct gram *gram = &c->grams[g];
        if (gram->level < LEVELS && (root == text || !leads_to(c, gram, root)))
            cluster_index_add(&c->index, gram->tag[gram->level], text);
    }
}

static enum ward_status reserve(struct cluster *c, bool *in_index)
{
    enum ward_status status = notes_reserve(c);
    if (status == WARD_OK)
        status = exact_reserve(c);
    if (status == WARD_OK)
        status = ids_reserve(c);
    if (status != WARD_OK)
        return status;
    status = cluster_index_reserve(&c->index, GRAMS_MAX);
    *in_index = status == WARD_OK;
    return status == WARD_ERR_LIMIT ? WARD_OK : status;
}

enum ward_status cluster_add(struct cluster *c, struct ward_str text, uint32_t *first)
{
    bool in_index;
    *first = 0;
    if (c->count == CLUSTER_TEXTS_MAX)
        return WARD_ERR_LIMIT;
    enum ward_status status = reserve(c, &in_index);
    if (status == WARD_OK)
        status = cluster_tokens_read(&c->tokens, text);
    if (status != WARD_OK)
        return status;
    const uint32_t number = c->count++;
    struct note *note = &c->notes[number];
    *note = (struct note){number, NOT_KEPT, (uint16_t)c->tokens.count, 0};
    *first = number;
    if (c->tokens.is_empty)
        return WARD_OK;
    struct exact *exact = exact_place(c->exacts, c->exact_bits, c->tokens.exact);
    if (exact->text) {
        *first = note->parent = root_of(c, exact->text - 1);
        return WARD_OK;
    }
    *exact = (struct exact){c->tokens.exact, number + 1};
    c->exact_count++;
    if (c->tokens.count < CLUSTER_TOKENS_LEAST)
        return WARD_OK;
    look_up(c);
    const uint32_t home = find_home(c);
    if (home != UINT32_MAX)
        *first = note->parent = home;
    if (c->notes[*first].members_kept < KEPT_MAX)
        keep(c, number, *first, in_index);
    return WARD_OK;
}

/* ---- Result ---------------------------------------------------------------------------------- */

static void number_clusters(struct cluster *c, struct cluster_result *out, uint32_t *number,
                            uint32_t *begin)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const uint32_t root = root_of(c, i);
        number[i] = root == i ? out->cluster_count++ : number[root];
        begin[number[i] + 1]++;
    }
    for (uint32_t n = 0; n < out->cluster_count; n++)
        begin[n + 1] += begin[n];
}

enum ward_status cluster_finish(struct cluster *c, struct cluster_result *out)
{
    const size_t n = c->count;
    *out = (struct cluster_result){.text_count = c->count};
    uint32_t *result = calloc(4 * n + 2, sizeof *result);
    if (!result)
        return WARD_ERR_NOMEM;
    free(c->result);
    c->result = result;
    uint32_t *tokens = result + n;
    uint32_t *begin = tokens + n;
    uint32_t *members = begin + n + 1;
    number_clusters(c, out, result, begin);
    for (size_t i = n; i-- > 0;) { /* from the back, each cluster is filled from its end */
        tokens[i] = c->notes[i].length;
        members[--begin[result[i] + 1]] = (uint32_t)i;
    }
    memmove(begin, begin + 1, out->cluster_count * sizeof *begin);
    begin[out->cluster_count] = c->count;
    out->number = result;
    out->tokens = tokens;
    out->begin = begin;
    out->members = members;
    return WARD_OK;
}
