/* The compiled form on disk: the same pack comes back; stale, damaged and hostile forms do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "pack/pack_build_id.h"
#include "pack/pack_cache.h"
#include "pack/pack_image.h"
#include "pack_fixture.h"

#define WORDING "1 <child-word>\t1.25\t0.5\t-0.25\t0\nc 女宝\t-0.5\n"

static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const struct pack *load(struct fixture *fixture, const char *cache_name,
                               struct pack_cache_report *report)
{
    static char file[PATH_MAX];
    (void)snprintf(file, sizeof file, "%s", fixture_path(fixture, cache_name));
    const struct pack_cache cache = {.file = file};
    const char *dir = fixture_path(fixture, "a");
    const struct pack *pack;
    struct ward_error err;
    assert_int_equal(pack_load_cached(&dir, 1, &cache, report, &pack, &err), WARD_OK);
    return pack;
}

static void assert_same(const struct pack *a, const struct pack *b)
{
    struct buf x;
    struct buf y;
    buf_init(&x, 1u << 24);
    buf_init(&y, 1u << 24);
    pack_image_write(a, &x);
    pack_image_write(b, &y);
    assert_int_equal(x.failed, WARD_OK);
    assert_true(str_equal(buf_str(&x), buf_str(&y)));
    buf_release(&x);
    buf_release(&y);
}

static void the_program_has_a_build_id(void **state)
{
    (void)state;
    assert_true(pack_build_id().len >= 8);
}

static void the_same_pack_comes_back(void **state)
{
    struct fixture *fixture = *state;
    struct pack_cache_report report;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "a/procedures/p.yaml",
                  "- {id: CN/x, title: t, steps: [{title: s, days: 3, body: b}]}\n");
    fixture_write(fixture, "a/wording.tsv", WORDING);
    const struct pack *plain = fixture_load(fixture, "a");
    const struct pack *first = load(fixture, "c.wardc", &report);
    assert_false(report.hit);
    assert_true(report.written);
    const struct pack *second = load(fixture, "c.wardc", &report);
    assert_true(report.hit);
    assert_false(report.written);
    assert_same(plain, first);
    assert_same(plain, second);
    assert_int_equal(second->signal_words, 1);
    assert_non_null(second->matcher);
    assert_int_equal(second->wording.count, 2);
    for (uint32_t i = 0; i <= plain->wording.mask; i++)
        assert_memory_equal(plain->wording.entries[i].lean, second->wording.entries[i].lean,
                            sizeof second->wording.entries[i].lean);
    for (uint32_t i = 0; i < plain->signal_count; i++)
        assert_int_equal(plain->wording.signal_tokens[i], second->wording.signal_tokens[i]);
    for (uint32_t i = 0; i < plain->set_count; i++)
        assert_int_equal(plain->sets[i].bits[0], second->sets[i].bits[0]);
    pack_free(plain);
    pack_free(first);
    pack_free(second);
}

static void a_changed_file_makes_it_stale(void **state)
{
    struct fixture *fixture = *state;
    struct pack_cache_report report;
    fixture_pack(fixture, "a");
    pack_free(load(fixture, "c.wardc", &report));
    fixture_write(fixture, "a/weights.yaml", "weights: {child-for-money: 1.5}\n");
    const struct pack *pack = load(fixture, "c.wardc", &report);
    assert_false(report.hit);
    assert_true(report.written);
    assert_true(pack->rules[0].weight == 1.5);
    pack_free(pack);
    pack_free(load(fixture, "c.wardc", &report));
    assert_true(report.hit);
}

static void a_damaged_form_is_made_anew(void **state)
{
    struct fixture *fixture = *state;
    struct pack_cache_report report;
    struct buf whole;
    fixture_pack(fixture, "a");
    const struct pack *plain = fixture_load(fixture, "a");
    pack_free(load(fixture, "c.wardc", &report));
    assert_int_equal(file_read(fixture_path(fixture, "c.wardc"), 1u << 24, &whole, NULL), WARD_OK);
    const size_t cuts[] = {0, 1, 11, 75, 100, whole.len / 2, whole.len - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        const struct ward_str part = {whole.data, cuts[i]};
        assert_int_equal(file_write_atomic(fixture_path(fixture, "c.wardc"), part, NULL), WARD_OK);
        const struct pack *pack = load(fixture, "c.wardc", &report);
        assert_false(report.hit);
        assert_true(report.written);
        assert_same(plain, pack);
        pack_free(pack);
    }
    buf_release(&whole);
    pack_free(plain);
}

static void a_place_that_cannot_be_written_is_no_error(void **state)
{
    struct fixture *fixture = *state;
    struct pack_cache_report report;
    fixture_pack(fixture, "a");
    pack_free(load(fixture, "no/such/folder/c.wardc", &report));
    assert_false(report.hit);
    assert_false(report.written);
}

static void a_folder_keeps_one_form_for_each_content(void **state)
{
    struct fixture *fixture = *state;
    struct pack_cache_report one;
    struct pack_cache_report two;
    char folder[PATH_MAX];
    const struct pack *pack;
    struct ward_error err;
    fixture_pack(fixture, "a");
    (void)snprintf(folder, sizeof folder, "%s", fixture_path(fixture, "home/cache"));
    const struct pack_cache cache = {.dir = folder};
    const char *dir = fixture_path(fixture, "a");
    assert_int_equal(pack_load_cached(&dir, 1, &cache, &one, &pack, &err), WARD_OK);
    pack_free(pack);
    assert_true(one.written);
    fixture_write(fixture, "a/weights.yaml", "base: -3\n");
    assert_int_equal(pack_load_cached(&dir, 1, &cache, &two, &pack, &err), WARD_OK);
    pack_free(pack);
    assert_true(two.written);
    assert_string_not_equal(one.path, two.path);
}

/* Every byte of the head and many of the image are changed: the checksum or the key notices. */
static void every_changed_byte_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    struct buf form;
    fixture_pack(fixture, "a");
    const struct pack *pack = fixture_load(fixture, "a");
    buf_init(&form, 1u << 24);
    pack_cache_encode(pack, key, &form);
    for (size_t i = 0; i < form.len; i += i < 200 ? 1 : 37) {
        struct arena arena;
        struct pack read;
        arena_init(&arena, 4096, 1u << 24);
        form.data[i] = (char)(form.data[i] ^ 0x10);
        assert_int_equal(pack_cache_decode(buf_str(&form), key, &arena, &read), WARD_ERR_STALE);
        form.data[i] = (char)(form.data[i] ^ 0x10);
        arena_release(&arena);
    }
    pack_free(pack);
    buf_release(&form);
}

/* Images changed at random, without any checksum: refused, or read to a pack that holds together
 * so well that writing it again gives the bytes it was read from. */
static void hostile_images_are_read_with_care(void **state)
{
    struct fixture *fixture = *state;
    struct buf image;
    struct buf again;
    uint64_t seed = 7;
    uint32_t refused = 0;
    uint32_t read_well = 0;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "a/wording.tsv", WORDING);
    const struct pack *pack = fixture_load(fixture, "a");
    buf_init(&image, 1u << 24);
    buf_init(&again, 1u << 24);
    pack_image_write(pack, &image);
    for (uint32_t round = 0; round < 20000; round++) {
        struct arena arena;
        struct pack read;
        seed = hash_u64(seed + 1);
        const size_t at = seed % image.len;
        const char old = image.data[at];
        image.data[at] = (char)(old ^ (char)(1u << ((seed >> 40) % 8)));
        arena_init(&arena, 4096, 1u << 24);
        if (pack_image_read(buf_str(&image), &arena, &read) == WARD_OK) {
            read_well++;
            buf_clear(&again);
            pack_image_write(&read, &again);
            assert_true(str_equal(buf_str(&image), buf_str(&again)));
        } else {
            refused++;
        }
        arena_release(&arena);
        image.data[at] = old;
    }
    assert_true(refused > 1000 && read_well > 1000);
    buf_release(&again);
    buf_release(&image);
    pack_free(pack);
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    fixture_release(*state);
    return 0;
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_has_a_build_id),
        FIXTURE_TEST(the_same_pack_comes_back),
        FIXTURE_TEST(a_changed_file_makes_it_stale),
        FIXTURE_TEST(a_damaged_form_is_made_anew),
        FIXTURE_TEST(a_place_that_cannot_be_written_is_no_error),
        FIXTURE_TEST(a_folder_keeps_one_form_for_each_content),
        FIXTURE_TEST(every_changed_byte_is_noticed),
        FIXTURE_TEST(hostile_images_are_read_with_care),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
