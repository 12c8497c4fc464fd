#include "casework/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

enum { SEED_ACCOUNT = 1, SEED_HANDLE, SEED_SHA256, SEED_PDQ, SEED_PHASH, SEED_QR };

void known_init(struct known *known)
{
    *known = (struct known){0};
}

void known_release(struct known *known)
{
    free(known->slots);
    free(known->pictures);
    known_init(known);
}

static bool has(const struct known *known, uint64_t hash)
{
    hash |= 1; /* 0 is a free slot */
    for (size_t at = hash & (known->capacity - 1); known->capacity && known->slots[at];
         at = (at + 1) & (known->capacity - 1))
        if (known->slots[at] == hash)
            return true;
    return false;
}

static void put(uint64_t *slots, size_t capacity, uint64_t hash)
{
    size_t at = hash & (capacity - 1);
    while (slots[at])
        at = (at + 1) & (capacity - 1);
    slots[at] = hash;
}

static bool grow(struct known *known)
{
    const size_t capacity = known->capacity ? known->capacity * 2 : 256;
    uint64_t *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < known->capacity; i++)
        if (known->slots[i])
            put(slots, capacity, known->slots[i]);
    free(known->slots);
    known->slots = slots;
    known->capacity = capacity;
    return true;
}

static bool add(struct known *known, uint64_t hash)
{
    if (has(known, hash))
        return true;
    if (known->count * 2 >= known->capacity && !grow(known))
        return false;
    put(known->slots, known->capacity, hash | 1);
    known->count++;
    return true;
}

/* ---- accounts -------------------------------------------------------------------------------- */

static uint64_t account_hash(const struct ward_event *event)
{
    return hash_str(event->account, hash_str(event->platform, SEED_ACCOUNT));
}

bool known_add_account(struct known *known, const struct ward_event *event)
{
    return !event->account.len || add(known, account_hash(event));
}

bool known_has_account(const struct known *known, const struct ward_event *event)
{
    return event->account.len && has(known, account_hash(event));
}

/* ---- handles and pictures -------------------------------------------------------------------- */

static uint64_t handle_hash(const struct ward_handle *handle)
{
    return hash_str(handle->value, hash_str(str_of(handle->kind), SEED_HANDLE));
}

/* The 16 hex digits of a perceptual hash; false for anything else. */
static bool picture_of(struct ward_str hex, uint64_t *out)
{
    *out = 0;
    if (hex.len != 16)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        const char c = hex.data[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint64_t)digit;
    }
    return true;
}

static bool add_picture(struct known *known, struct ward_str hex)
{
    uint64_t picture;
    if (!picture_of(hex, &picture) || known->picture_count == KNOWN_PICTURES_MAX)
        return true;
    if (known->picture_count == known->picture_capacity) {
        const size_t capacity = known->picture_capacity ? known->picture_capacity * 2 : 64;
        uint64_t *pictures = realloc(known->pictures, capacity * sizeof *pictures);
        if (!pictures)
            return false;
        known->pictures = pictures;
        known->picture_capacity = capacity;
    }
    known->pictures[known->picture_count++] = picture;
    return true;
}

static bool has_picture(const struct known *known, struct ward_str hex)
{
    uint64_t picture;
    if (!picture_of(hex, &picture))
        return false;
    for (size_t i = 0; i < known->picture_count; i++)
        if (__builtin_popcountll(known->pictures[i] ^ picture) <= KNOWN_PICTURE_BITS)
            return true;
    return false;
}

static bool add_text(struct known *known, struct ward_str text, uint64_t seed)
{
    return !text.len || add(known, hash_str(text, seed));
}

static bool has_text(const struct known *known, struct ward_str text, uint64_t seed)
{
    return text.len && has(known, hash_str(text, seed));
}

bool known_add_shown(struct known *known, const struct ward_event *event,
                     const struct ward_handle *handles, size_t handle_count)
{
    bool good = true;
    for (size_t i = 0; i < handle_count; i++)
        good &= add(known, handle_hash(&handles[i]));
    for (size_t i = 0; i < event->media_count; i++) {
        const struct ward_media *media = &event->media[i];
        good = good && add_text(known, media->sha256, SEED_SHA256) &&
               add_text(known, media->pdq, SEED_PDQ) && add_text(known, media->qr, SEED_QR) &&
               add_text(known, media->phash, SEED_PHASH) && add_picture(known, media->phash);
    }
    return good;
}

bool known_has_shown(const struct known *known, const struct ward_event *event,
                     const struct ward_handle *handles, size_t handle_count)
{
    for (size_t i = 0; i < handle_count; i++)
        if (has(known, handle_hash(&handles[i])))
            return true;
    for (size_t i = 0; i < event->media_count; i++) {
        const struct ward_media *media = &event->media[i];
        if (has_text(known, media->sha256, SEED_SHA256) || has_text(known, media->pdq, SEED_PDQ) ||
            has_text(known, media->qr, SEED_QR) || has_text(known, media->phash, SEED_PHASH) ||
            has_picture(known, media->phash))
            return true;
    }
    return false;
}
