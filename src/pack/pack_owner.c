#include "pack/pack_owner.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "pack/pack_build.h"

#define BLOCK_BYTES (64u * 1024u)

struct pack_owner *pack_owner_new(void)
{
    struct pack_owner *owner = calloc(1, sizeof *owner);
    if (owner)
        arena_init(&owner->arena, BLOCK_BYTES, PACK_BYTES_MAX);
    return owner;
}

void pack_owner_free(struct pack_owner *owner)
{
    if (!owner)
        return;
    matcher_free(owner->matcher);
    arena_release(&owner->arena);
    free(owner);
}

void pack_free(const struct pack *pack)
{
    /* The pack is the first member of its owner, which was allocated writable. */
    struct pack_owner *owner;
    memcpy(&owner, &pack, sizeof owner);
    pack_owner_free(owner);
}

static struct matcher_term to_match(const struct pack_term *term, bool allow)
{
    return (struct matcher_term){.text = term->text,
                                 .mode = (enum term_mode)term->mode,
                                 .whole_word = term->whole_word,
                                 .allow = allow};
}

/* Errors of the matcher count terms; say which signal it is. */
static void name_term(const struct pack *pack, uint32_t count, struct ward_error *err)
{
    if (err && err->status == WARD_ERR_ARGUMENT)
        error_set(err, WARD_ERR_FORMAT, "%.200s (of %u terms of %u signals)", err->message, count,
                  pack->signal_count);
}

enum ward_status pack_owner_match(struct pack_owner *owner, struct ward_error *err)
{
    struct pack *pack = &owner->pack;
    const uint32_t count = pack->term_count + pack->allow_count;
    struct matcher_term *terms = calloc((size_t)count + 1, sizeof *terms);
    if (!terms)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (uint32_t i = 0; i < pack->term_count; i++)
        terms[i] = to_match(&pack->terms[i], false);
    for (uint32_t i = 0; i < pack->allow_count; i++)
        terms[pack->term_count + i] = to_match(&pack->allows[i], true);
    const struct matcher_options options = {.disguises = WARD_DISGUISE_ALL};
    const enum ward_status status = matcher_build(terms, count, &options, &owner->matcher, err);
    free(terms);
    if (status != WARD_OK)
        name_term(pack, count, err);
    pack->matcher = owner->matcher;
    return status;
}

double pack_currency_rate(const struct pack *pack, const char code[4])
{
    if (memcmp(code, "CNY", 4) == 0)
        return 1.0;
    for (uint32_t i = 0; i < pack->currency_count; i++) {
        if (memcmp(pack->currencies[i].code, code, 4) == 0)
            return pack->currencies[i].cny_per_unit;
    }
    return 0.0;
}
