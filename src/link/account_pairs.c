/**
 * Shared things -> evidence -> sums. Within one kind the strongest tie counts in full and the
 * others a little, for they are seldom independent (one broker's card shows a handle and a
 * picture).
 */
#include "link/account_pairs.h"

#include <stdlib.h>

#include "base/str.h"
#include "link/belief.h"

#define TURNS_LOOKED_AT 512u
#define SWITCHES_MANY 3u

static double handle_weight(const struct scene *scene, uint32_t thing, uint32_t a, uint32_t b)
{
    const struct thing_index *things = scene->things;
    const uint32_t owner = things->owner[thing];
    if (owner == a || owner == b)
        return BELIEF_HANDLE_OWNER;
    if (owner != CENSUS_NONE)
        return BELIEF_HANDLE / 3; /* both send people to a third */
    const uint32_t most =
        things->handles[a] > things->handles[b] ? things->handles[a] : things->handles[b];
    return most > 2 ? BELIEF_HANDLE * 2 / most : BELIEF_HANDLE;
}

/* Whose child is in the picture: the giver's. Accounts whose side is unknown count as relays. */
static double picture_weight(const struct scene *scene, uint32_t a, uint32_t b)
{
    const double *x = scene->standing[a].share, *y = scene->standing[b].share;
    const double offers = x[WARD_ROLE_OFFER] * y[WARD_ROLE_OFFER];
    const double brokers = x[WARD_ROLE_AGENT] * y[WARD_ROLE_AGENT];
    return offers * BELIEF_PICTURE_OFFER + brokers * BELIEF_PICTURE_BROKER +
           (1 - offers - brokers) * BELIEF_PICTURE_RELAY;
}

/* How sure the verdict is of the surest event of `account` that shows the text. */
static double surest(const struct scene *scene, const struct things *texts, uint32_t thing,
                     uint32_t account)
{
    double most = 0;
    for (uint32_t i = texts->begin[thing]; i < texts->begin[thing + 1]; i++)
        if (scene->census->account[texts->ranks[i]] == account &&
            scene->census->events[texts->ranks[i]]->score > most)
            most = scene->census->events[texts->ranks[i]]->score;
    return most;
}

/* Events looked at of one text, on each side, to find words repeated exactly. */
#define REPEATS_LOOKED_AT 64u

static bool is_verbatim(const struct scene *scene, const struct things *texts, uint32_t thing,
                        uint32_t a, uint32_t b)
{
    const uint32_t *of = scene->census->account;
    const uint64_t *words = scene->things->words;
    uint32_t end = texts->begin[thing + 1];
    if (end - texts->begin[thing] > REPEATS_LOOKED_AT)
        end = texts->begin[thing] + REPEATS_LOOKED_AT;
    for (uint32_t i = texts->begin[thing]; i < end; i++)
        for (uint32_t k = texts->begin[thing]; of[texts->ranks[i]] == a && k < end; k++)
            if (of[texts->ranks[k]] == b && words[texts->ranks[i]] == words[texts->ranks[k]])
                return true;
    return false;
}

static double text_weight(const struct scene *scene, uint32_t thing, uint32_t a, uint32_t b)
{
    const struct things *texts = &scene->things->of[THING_TEXT];
    const double tokens = texts->tokens[thing];
    if (tokens < 5)
        return 0;
    const double length = tokens < 13 ? (tokens - 5) / 8 : 1;
    const double x = surest(scene, texts, thing, a), y = surest(scene, texts, thing, b);
    const double weight =
        (BELIEF_TEXT_SHORT + length * (BELIEF_TEXT_LONG - BELIEF_TEXT_SHORT)) * (x < y ? x : y);
    return is_verbatim(scene, texts, thing, a, b) ? weight : weight * BELIEF_TEMPLATE_PART;
}

/* By the name of the stem: "=..." is a whole alias, else two characters or a word. */
static double alias_weight(const struct scene *scene, uint32_t thing)
{
    const struct ward_str name = scene->things->of[THING_ALIAS].name[thing];
    if (name.len && name.data[0] == '=')
        return name.len > 1 + 9 ? BELIEF_ALIAS_MOST : 1.2;
    return 1.4;
}

static double weigh(const struct scene *scene, const struct things *things, uint32_t thing,
                    uint32_t a, uint32_t b)
{
    switch (things->kind) {
    case THING_HANDLE:
        return handle_weight(scene, thing, a, b);
    case THING_PICTURE:
        return picture_weight(scene, a, b);
    case THING_TEXT:
        return text_weight(scene, thing, a, b);
    case THING_ALIAS:
        break;
    }
    return alias_weight(scene, thing);
}

/* An account without a trader on the other side ties nobody. */
static bool may_tie(const struct scene *scene, enum thing_kind kind, uint32_t a, uint32_t b)
{
    const bool traders[2] = {scene->standing[a].is_trader, scene->standing[b].is_trader};
    if (kind == THING_TEXT)
        return traders[0] && traders[1];
    return traders[0] || traders[1] || kind == THING_PICTURE || kind == THING_HANDLE;
}

/* Calls for every pair of the things of one kind; with out NULL only counts. */
static size_t each_pair(const struct scene *scene, const struct things *things,
                        struct evidence *out)
{
    size_t count = 0;
    for (uint32_t t = 0; t < things->count; t++) {
        if (things->begin[t + 1] - things->begin[t] < 2)
            continue;
        struct thing_peers peers;
        things_peers(&peers, things, t, scene->census, scene->standing);
        const double rarity = things_rarity(&peers);
        if (rarity <= 0 && peers.traders)
            continue;
        if (peers.count < 2 || peers.count > BELIEF_SHARED_MAX)
            continue;
        for (uint32_t i = 0; i < peers.kept; i++) {
            for (uint32_t k = i + 1; k < peers.kept; k++) {
                const uint32_t a = peers.accounts[i], b = peers.accounts[k];
                if (!may_tie(scene, things->kind, a, b))
                    continue;
                if (out)
                    out[count] =
                        (struct evidence){.a = a,
                                          .b = b,
                                          .thing = t,
                                          .kind = (uint8_t)things->kind,
                                          .weight = rarity * weigh(scene, things, t, a, b)};
                count++;
            }
        }
    }
    return count;
}

static int by_pair(const void *left, const void *right)
{
    const struct evidence *x = left, *y = right;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->thing > y->thing) - (x->thing < y->thing);
}

double pair_roles(const struct standing *a, const struct standing *b)
{
    const double *x = a->share, *y = b->share;
    double same = 0, opposite = 0, other = 0;
    for (int i = 1; i < 4; i++) {
        for (int k = 1; k < 4; k++) {
            const double both = x[i] * y[k];
            if (i == k)
                same += both;
            else if (i != WARD_ROLE_AGENT && k != WARD_ROLE_AGENT)
                opposite += both;
            else
                other += both;
        }
    }
    /* One event may be misread: roles are sure only with several. */
    const double least = a->weight < b->weight ? a->weight : b->weight;
    const double sure = least / (least + 1.5);
    return same * BELIEF_ROLE_SAME +
           sure * (opposite * BELIEF_ROLE_OPPOSITE + other * BELIEF_ROLE_OTHER);
}

/* Events of `b` that answer one of `a` in the same group. */
static uint32_t count_answers(const struct census *census, uint32_t a, uint32_t b)
{
    uint32_t answers = 0, looked = 0;
    for (uint32_t i = census->account_begin[b];
         i < census->account_begin[b + 1] && looked < TURNS_LOOKED_AT; i++, looked++) {
        const struct link_event *event = census->events[census->account_events[i]];
        if (!event->reply_to.len)
            continue;
        const uint32_t end = census->account_begin[a + 1];
        uint32_t tried = 0;
        for (uint32_t k = census->account_begin[a]; k < end && tried < TURNS_LOOKED_AT;
             k++, tried++) {
            const struct link_event *asked = census->events[census->account_events[k]];
            answers += str_equal(asked->id, event->reply_to) &&
                       str_equal(asked->group, event->group) &&
                       str_equal(asked->platform, event->platform);
        }
    }
    return answers;
}

struct turns pair_turns(const struct census *census, uint32_t a, uint32_t b)
{
    struct turns turns = {0};
    /* Both lists ascend by rank; per group the order is that of ranks as well. A small table holds
     * who spoke last in the groups met. */
    struct {
        uint32_t group, last, switches;
    } met[16];
    uint32_t met_count = 0, looked = 0;
    uint32_t i = census->account_begin[a], k = census->account_begin[b];
    const uint32_t i_end = census->account_begin[a + 1], k_end = census->account_begin[b + 1];
    while ((i < i_end || k < k_end) && looked++ < 2 * TURNS_LOOKED_AT) {
        const bool is_a =
            k >= k_end || (i < i_end && census->account_events[i] < census->account_events[k]);
        const uint32_t rank = is_a ? census->account_events[i++] : census->account_events[k++];
        const uint32_t group = census->group[rank], who = is_a ? a : b;
        uint32_t at = 0;
        while (at < met_count && met[at].group != group)
            at++;
        if (group == CENSUS_NONE || (at == met_count && met_count == 16))
            continue;
        if (at == met_count) {
            met[met_count].group = group;
            met[met_count].switches = 0;
            met[met_count++].last = who;
        }
        met[at].switches += met[at].last != who;
        met[at].last = who;
        if (met[at].switches > turns.switches)
            turns.switches = met[at].switches;
    }
    turns.answers = count_answers(census, a, b) + count_answers(census, b, a);
    return turns;
}

double pair_silence(const struct turns *turns)
{
    double sum = turns->answers ? BELIEF_ANSWERS : 0;
    if (turns->switches >= SWITCHES_MANY)
        sum += BELIEF_TURNS_MANY;
    else if (turns->switches == SWITCHES_MANY - 1)
        sum += BELIEF_TURNS_FEW;
    return sum;
}

/* Adds up the evidence of one pair. */
static void sum_up(struct pair *pair, const struct pairs *pairs, const struct scene *scene)
{
    double most[THING_KINDS] = {0}, rest[THING_KINDS] = {0};
    for (uint32_t i = pair->first; i < pair->first + pair->count; i++) {
        const struct evidence *e = &pairs->evidence[i];
        pair->kinds |= (uint8_t)(1u << e->kind);
        if (e->weight > most[e->kind]) {
            rest[e->kind] += most[e->kind];
            most[e->kind] = e->weight;
        } else {
            rest[e->kind] += e->weight;
        }
    }
    for (int kind = 0; kind < THING_KINDS; kind++) {
        double sum = most[kind] + BELIEF_AGAIN * rest[kind];
        if (kind == THING_ALIAS && sum > BELIEF_ALIAS_MOST)
            sum = BELIEF_ALIAS_MOST;
        pair->shared += sum;
    }
    const struct turns turns = pair_turns(scene->census, pair->a, pair->b);
    pair->total = BELIEF_PRIOR + pair->shared + pair_silence(&turns) +
                  pair_roles(&scene->standing[pair->a], &scene->standing[pair->b]);
}

static enum ward_status list_pairs(struct pairs *pairs, const struct scene *scene,
                                   struct arena *work)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pairs->evidence_count; i++)
        count += i == 0 || pairs->evidence[i].a != pairs->evidence[i - 1].a ||
                 pairs->evidence[i].b != pairs->evidence[i - 1].b;
    pairs->all = arena_calloc(work, count + 1u, sizeof *pairs->all);
    if (!pairs->all)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < pairs->evidence_count;) {
        struct pair *pair = &pairs->all[pairs->count++];
        *pair = (struct pair){.a = pairs->evidence[i].a, .b = pairs->evidence[i].b, .first = i};
        while (i < pairs->evidence_count && pairs->evidence[i].a == pair->a &&
               pairs->evidence[i].b == pair->b)
            i++;
        pair->count = i - pair->first;
        sum_up(pair, pairs, scene);
    }
    return WARD_OK;
}

enum ward_status pairs_gather(struct pairs *pairs, const struct scene *scene, struct arena *work)
{
    *pairs = (struct pairs){0};
    size_t count = 0;
    for (int kind = 0; kind < THING_KINDS; kind++)
        count += each_pair(scene, &scene->things->of[kind], NULL);
    if (count > UINT32_MAX / 2)
        return WARD_ERR_NOMEM;
    pairs->evidence = arena_calloc(work, count + 1, sizeof *pairs->evidence);
    if (!pairs->evidence)
        return WARD_ERR_NOMEM;
    size_t filled = 0;
    for (int kind = 0; kind < THING_KINDS; kind++)
        filled += each_pair(scene, &scene->things->of[kind], pairs->evidence + filled);
    pairs->evidence_count = (uint32_t)filled;
    if (filled)
        qsort(pairs->evidence, filled, sizeof *pairs->evidence, by_pair);
    return list_pairs(pairs, scene, work);
}
