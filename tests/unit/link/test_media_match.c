/* Saved again within the distance: the same picture; beyond it, or blank: another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "link/media_match.h"

#define PICTURES 300u

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (*state >> 11) * 0x9e3779b97f4a7c15ULL;
}

static void flip(uint64_t *words, uint32_t count, uint32_t bits, uint64_t *random)
{
    uint8_t done[256] = {0};
    while (bits) {
        const uint32_t at = (uint32_t)(next_random(random) >> 32) % (count * 64);
        if (done[at])
            continue;
        done[at] = 1;
        words[at / 64] ^= UINT64_C(1) << (at % 64);
        bits--;
    }
}

/* Picture i and its copy PICTURES + i; every pair is found, no two pictures meet. */
static void check_copies(uint32_t pdq_bits, uint32_t phash_bits, bool expected)
{
    struct media_hash *hashes = calloc(2 * PICTURES, sizeof *hashes);
    uint32_t *number = calloc(2 * PICTURES, sizeof *number);
    assert_non_null(hashes);
    assert_non_null(number);
    uint64_t random = 99;
    for (uint32_t i = 0; i < PICTURES; i++) {
        const bool is_pdq = i % 2;
        for (int w = 0; w < 4; w++)
            hashes[i].pdq[w] = next_random(&random);
        hashes[i].phash = next_random(&random);
        hashes[i].has_pdq = is_pdq;
        hashes[i].has_phash = !is_pdq;
        hashes[PICTURES + i] = hashes[i];
        if (is_pdq)
            flip(hashes[PICTURES + i].pdq, 4, pdq_bits, &random);
        else
            flip(&hashes[PICTURES + i].phash, 1, phash_bits, &random);
    }
    struct arena work;
    arena_init(&work, 1 << 16, SIZE_MAX);
    assert_int_equal(media_match(hashes, 2 * PICTURES, number, &work), WARD_OK);
    for (uint32_t i = 0; i < PICTURES; i++) {
        assert_int_equal(number[i], i);
        assert_int_equal(number[PICTURES + i], expected ? i : PICTURES + i);
    }
    arena_release(&work);
    free(hashes);
    free(number);
}

static void test_every_copy_within_the_distance_is_found(void **state)
{
    (void)state;
    check_copies(0, 0, true);
    check_copies(16, 3, true);
    check_copies(MEDIA_PDQ_DISTANCE, MEDIA_PHASH_DISTANCE, true);
}

static void test_beyond_the_distance_is_another(void **state)
{
    (void)state;
    check_copies(MEDIA_PDQ_DISTANCE + 1, MEDIA_PHASH_DISTANCE + 1, false);
}

static void test_blank_and_malformed_hashes_are_absent(void **state)
{
    (void)state;
    struct media_hash hash;
    struct ward_media media = {.phash = str_of("0000000000000001")};
    media_hash_read(&hash, &media);
    assert_false(hash.has_phash);
    media.phash = str_of("d415011299d381zz");
    media_hash_read(&hash, &media);
    assert_false(hash.has_phash);
    media.phash = str_of("d415011299d381a1");
    media_hash_read(&hash, &media);
    assert_true(hash.has_phash);
    assert_true(hash.phash == 0xd415011299d381a1ULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_copy_within_the_distance_is_found),
        cmocka_unit_test(test_beyond_the_distance_is_another),
        cmocka_unit_test(test_blank_and_malformed_hashes_are_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
