/* The embedded console: found by path, sorted, packed forms that unpack to the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <zlib.h>

#include "console/assets.h"

static void test_find(void **state)
{
    (void)state;
    const struct console_asset *page = console_find(str_of("index.html"));
    assert_non_null(page);
    assert_ptr_equal(page, console_find((struct ward_str){"", 0}));
    assert_string_equal(page->type, "text/html; charset=utf-8");
    assert_non_null(console_find(str_of("main.js")));
    assert_non_null(console_find(str_of("vendor/preact.js")));
    static const char *const none[] = {"index.htm", "index.html/", "../main.js",
                                       "/main.js",  "pages",       "a",
                                       "zzz",       "main.js ",    "Main.js"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_null(console_find(str_of(none[i])));
    assert_null(console_find((struct ward_str){"main.js\0x", 9}));
}

static void test_sorted_and_whole(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct console_asset *file; (file = console_at(count)) != NULL; count++) {
        assert_ptr_equal(console_find(str_of(file->path)), file);
        assert_true(file->size > 0 && strlen(file->tag) == 20);
        if (count)
            assert_true(strcmp(console_at(count - 1)->path, file->path) < 0);
    }
    assert_true(count > 20);
}

static void test_packed(void **state)
{
    (void)state;
    for (size_t i = 0; console_at(i); i++) {
        const struct console_asset *file = console_at(i);
        if (!file->gzip)
            continue;
        Bytef *plain = malloc(file->size + 1);
        union {
            const char *read;
            Bytef *plain;
        } packed = {.read = file->gzip};
        z_stream z = {.next_in = packed.plain,
                      .avail_in = (uInt)file->gzip_size,
                      .next_out = plain,
                      .avail_out = (uInt)file->size + 1};
        assert_non_null(plain);
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        assert_int_equal(z.total_out, file->size);
        assert_memory_equal(plain, file->data, file->size);
        assert_int_equal(inflateEnd(&z), Z_OK);
        free(plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find),
                                       cmocka_unit_test(test_sorted_and_whole),
                                       cmocka_unit_test(test_packed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
