/**
 * Notes: what is packed comes back whole; what does not fit is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "engine/note.h"

static void test_round_trip(void **state)
{
    (void)state;
    const struct ward_media media[] = {{.text = str_of("photo text")}, {.kind = str_of("image")}};
    const struct ward_event event = {.id = str_of("m1"),
                                     .text = {"a\0b", 3},
                                     .platform = str_of("qq"),
                                     .group = str_of("g"),
                                     .account = str_of("u"),
                                     .alias = str_of("n"),
                                     .author_kind = str_of("bot"),
                                     .kind = WARD_KIND_LISTING,
                                     .has_time = true,
                                     .time_ms = -5,
                                     .media = media,
                                     .media_count = 2};
    char bytes[512];
    const size_t len = note_pack(&event, bytes, sizeof bytes);
    assert_true(len > 0);
    struct ward_event back;
    struct ward_media back_media[NOTE_MEDIA_MAX];
    note_unpack((struct ward_str){bytes, len}, &back, back_media, NOTE_MEDIA_MAX);
    assert_true(str_equal(back.text, event.text));
    assert_true(str_equal(back.id, event.id));
    assert_true(str_equal(back.alias, event.alias));
    assert_true(str_equal(back.author_kind, event.author_kind));
    assert_int_equal(back.kind, WARD_KIND_LISTING);
    assert_true(back.has_time);
    assert_int_equal(back.time_ms, -5);
    assert_int_equal(back.media_count, 2);
    assert_true(str_equal(back.media[0].text, media[0].text));
}

static void test_too_small(void **state)
{
    (void)state;
    const struct ward_event event = {.text = str_of("0123456789")};
    char bytes[512];
    const size_t need = note_pack(&event, bytes, sizeof bytes);
    assert_true(need > 10);
    for (size_t size = 0; size < need; size++)
        assert_int_equal(note_pack(&event, bytes, size), 0);
    assert_int_equal(note_pack(&event, bytes, need), need);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_too_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
