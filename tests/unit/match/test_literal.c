/** The literal search against the plainest search there is, on generated lists and texts. */
#include "match_help.h"

#include "match/literal.h"

#define TERMS 200u
#define TEXT_BYTES 400u

struct found {
    uint32_t per_term[TERMS];
    uint64_t places; /* order-free sum over (id, at) */
};

static bool note(void *user, uint32_t id, size_t at, size_t len)
{
    struct found *found = user;
    (void)len;
    found->per_term[id]++;
    found->places += (at + 1) * 1000003u + id * 7919u;
    return true;
}

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Few letters, so that prefixes, suffixes, nesting and doubles all happen. */
static size_t make_text(char *out, size_t pieces, uint32_t *seed)
{
    static const char *const alphabet[] = {
        "a", "b", "\xE5\xA5\xB3", "\xE5\xAE\x9D", "\xC3\xA9", "\xF0\x9F\x91\xB6", "\x01"};
    size_t len = 0;
    for (size_t i = 0; i < pieces; i++) {
        const char *piece = alphabet[draw(seed) % 7];
        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static void search_plainly(const struct literal_term *terms, struct ward_str text,
                           struct found *found)
{
    for (size_t at = 0; at < text.len; at++)
        for (uint32_t i = 0; i < TERMS; i++)
            if (terms[i].text.len <= text.len - at &&
                memcmp(text.data + at, terms[i].text.data, terms[i].text.len) == 0)
                (void)note(found, i, at, terms[i].text.len);
}

/* Goal: the same occurrences as comparing every term at every byte. */
static void equals_the_plain_search(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 40; round++) {
        uint32_t seed = round + 1;
        static char pool[TERMS][64];
        struct literal_term terms[TERMS];
        for (uint32_t i = 0; i < TERMS; i++)
            terms[i] =
                (struct literal_term){{pool[i], make_text(pool[i], 1 + draw(&seed) % 6, &seed)}, i};
        char text[TEXT_BYTES * 4];
        const size_t len = make_text(text, draw(&seed) % TEXT_BYTES, &seed);
        text[len / 2] = '\xFF'; /* invalid bytes must not hide what is around them */
        struct literal *literal;
        assert_int_equal(literal_build(terms, TERMS, &literal), WARD_OK);
        struct found want = {0};
        struct found have = {0};
        search_plainly(terms, (struct ward_str){text, len}, &want);
        literal_scan(literal, (struct ward_str){text, len}, note, &have);
        assert_memory_equal(&want, &have, sizeof(want));
        literal_free(literal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_the_plain_search)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
