/**
 * See company.h. The decision is written into `cost_centi`-free ground: a bit in `support` marks
 * the hits found worthy, and a second pass settles them, so that no hit leans on one that was just
 * settled.
 */
#include "signal/company.h"

#define WORTHY 0x80u

static uint8_t need_of(const struct signal_hit *hit)
{
    return hit->support & (uint8_t)~WORTHY;
}

static bool is_company_slot(enum pack_slot slot)
{
    return slot != SLOT_NONE && slot != SLOT_STANCE && slot != SLOT_COUNT;
}

static uint32_t distance(const struct signal_hit *a, const struct signal_hit *b)
{
    if (a->unit_end <= b->unit_begin)
        return b->unit_begin - a->unit_end;
    if (b->unit_end <= a->unit_begin)
        return a->unit_begin - b->unit_end;
    return UINT32_MAX; /* they overlap: the same words cannot vouch for themselves */
}

/** 2 full company, 1 half, 0 none. */
static uint32_t worth(const struct pack *pack, const struct signal_hit *hit,
                      const struct signal_hit *other)
{
    const enum pack_slot slot = pack->signals[other->signal].slot;
    if (!is_company_slot(slot) || slot == pack->signals[hit->signal].slot ||
        distance(hit, other) > SIGNAL_COMPANY_UNITS)
        return 0;
    if (need_of(other) == SUPPORT_NONE)
        return 2;
    return hit->term == SIGNAL_NO_TERM ? 0 : 1;
}

/* Two syllables written as characters that often stand together are most likely that word: they
 * need company from two sides. */
static uint32_t asked(const struct signal_hit *hit)
{
    if (hit->term == SIGNAL_NO_TERM)
        return 2;
    return need_of(hit) == SUPPORT_ONE ? 1 : hit->rare ? 2 : 4;
}

static bool has_company(const struct pack *pack, const struct signal_hit *hits, uint32_t count,
                        uint32_t at)
{
    const struct signal_hit *hit = &hits[at];
    const uint32_t want = asked(hit);
    uint32_t slots = 0; /* halves must be of different slots */
    uint32_t got = 0;
    const uint32_t first = at > COMPANY_LOOK_MAX ? at - COMPANY_LOOK_MAX : 0;
    const uint32_t last = count - at > COMPANY_LOOK_MAX ? at + COMPANY_LOOK_MAX : count;
    for (uint32_t i = first; i < last && got < want; i++) {
        const uint32_t add = i == at ? 0 : worth(pack, hit, &hits[i]);
        const uint32_t slot = 1u << pack->signals[hits[i].signal].slot;
        if (add && !(slots & slot)) {
            slots |= slot;
            got += add;
        }
    }
    return got >= want;
}

void company_settle(const struct pack *pack, struct signal_hit *hits, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (need_of(&hits[i]) == SUPPORT_NONE)
            continue;
        const bool rare = hits[i].rare && !(hits[i].disguises & WARD_DISGUISE_INITIALS);
        if (rare || has_company(pack, hits, count, i))
            hits[i].support |= WORTHY;
    }
    for (uint32_t i = 0; i < count; i++)
        if (hits[i].support & WORTHY)
            hits[i].support = SUPPORT_NONE;
}
