/* What flagged accounts show is recognised: exactly for handles, within a few bits for pictures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/str.h"
#include "casework/known.h"

static struct ward_event event_with(const char *account, const struct ward_media *media)
{
    return (struct ward_event){.platform = str_of("qq"),
                               .account = str_of(account),
                               .media = media,
                               .media_count = media ? 1 : 0};
}

static void accounts_by_platform(void **state)
{
    struct known known;
    struct ward_event event = event_with("u1", NULL);
    (void)state;
    known_init(&known);
    assert_false(known_has_account(&known, &event));
    assert_true(known_add_account(&known, &event));
    assert_true(known_has_account(&known, &event));
    event.platform = str_of("wechat");
    assert_false(known_has_account(&known, &event));
    event.account = str_of("");
    assert_true(known_add_account(&known, &event));
    assert_false(known_has_account(&known, &event));
    known_release(&known);
}

static void handles_by_kind(void **state)
{
    struct known known;
    const struct ward_event event = event_with("u1", NULL);
    (void)state;
    known_init(&known);
    for (int i = 0; i < 1000; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "test_%d", i);
        const struct ward_handle handle = {.kind = "wechat", .value = str_of(value)};
        assert_true(known_add_shown(&known, &event, &handle, 1));
    }
    const struct ward_handle same = {.kind = "wechat", .value = str_of("test_7")};
    const struct ward_handle kind = {.kind = "qq", .value = str_of("test_7")};
    const struct ward_handle other = {.kind = "wechat", .value = str_of("test_1000")};
    assert_true(known_has_shown(&known, &event, &same, 1));
    assert_false(known_has_shown(&known, &event, &kind, 1));
    assert_false(known_has_shown(&known, &event, &other, 1));
    known_release(&known);
}

static void pictures_within_some_bits(void **state)
{
    struct known known;
    const struct ward_media first = {.phash = str_of("00000000ffffffff")};
    const struct ward_media near = {.phash = str_of("0000003fffffffff")};
    const struct ward_media far = {.phash = str_of("0000007fffffffff")};
    const struct ward_media none = {.phash = str_of("xyz")};
    const struct ward_event a = event_with("u1", &first);
    const struct ward_event b = event_with("u2", &near);
    const struct ward_event c = event_with("u3", &far);
    const struct ward_event d = event_with("u4", &none);
    (void)state;
    known_init(&known);
    assert_true(known_add_shown(&known, &a, NULL, 0));
    assert_true(known_has_shown(&known, &a, NULL, 0));
    assert_true(known_has_shown(&known, &b, NULL, 0));
    assert_false(known_has_shown(&known, &c, NULL, 0));
    assert_false(known_has_shown(&known, &d, NULL, 0));
    known_release(&known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_by_platform),
        cmocka_unit_test(handles_by_kind),
        cmocka_unit_test(pictures_within_some_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
