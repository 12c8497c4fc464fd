/* The local overlay on disk: no path leads out, drafts and versions are whole, numbers count up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"
#include "pack/overlay.h"
#include "pack_fixture.h"

static const char signals[] = "signals:\n  new-word: {slot: scene, terms: [x, y]}\n";

static int make_root(void **state)
{
    struct fixture *fixture = malloc(sizeof *fixture);
    assert_non_null(fixture);
    fixture_init(fixture);
    assert_int_equal(overlay_open(fixture->root, NULL), WARD_OK);
    *state = fixture;
    return 0;
}

static int remove_root(void **state)
{
    fixture_release(*state);
    free(*state);
    return 0;
}

static enum ward_status put(const char *root, const char *path, const char *content)
{
    return overlay_write(root, str_of(path), str_of(content), "2026-11-01", NULL);
}

static uint32_t seal(const char *root, const char *note)
{
    uint32_t version;
    const struct overlay_version about = {
        .time_ms = 1700000000123, .who = str_of("ann"), .note = str_of(note)};
    assert_int_equal(overlay_seal(root, &about, &version, NULL), WARD_OK);
    return version;
}

static void paths_that_may_stand(void **state)
{
    static const char *const good[] = {"pack.yaml",          "weights.yaml", "signals/a.yaml",
                                       "rules/A-1_b.c.yaml", "law/x.yaml",   "procedures/y.yaml"};
    static const char *const bad[] = {"",
                                      "a.yaml",
                                      "signals",
                                      "signals/",
                                      "signals/.yaml",
                                      "signals/.a.yaml",
                                      "signals/a.yml",
                                      "signals/../pack.yaml",
                                      "../pack.yaml",
                                      "/etc/a.yaml",
                                      "signals//a.yaml",
                                      "signals/b/a.yaml",
                                      "signals/a b.yaml",
                                      "signals/\xe5\xa5\xb3.yaml",
                                      "Signals/a.yaml",
                                      "wording.tsv",
                                      "signals/..\\a.yaml"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(overlay_path_is_good(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(overlay_path_is_good(str_of(bad[i])));
    assert_false(overlay_path_is_good((struct ward_str){"signals/a\0.yaml", 15}));
    char longer[200];
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "signals/", 8);
    memcpy(longer + 190, ".yaml", 6);
    assert_false(overlay_path_is_good(str_of(longer)));
}

static void a_draft_is_written_and_read(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    static struct overlay_list list;
    struct buf content;
    char etag[OVERLAY_ETAG_BYTES];
    char folder[OVERLAY_FOLDER_BYTES];
    assert_int_equal(overlay_list(root, OVERLAY_DRAFT, &list, NULL), WARD_OK);
    assert_int_equal(list.count, 0);
    assert_false(overlay_folder(root, OVERLAY_DRAFT, folder));
    assert_int_equal(put(root, "signals/a.yaml", signals), WARD_OK);
    assert_int_equal(overlay_list(root, OVERLAY_DRAFT, &list, NULL), WARD_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.files[0].path, "pack.yaml");
    assert_string_equal(list.files[1].path, "signals/a.yaml");
    assert_int_equal(
        overlay_read(root, OVERLAY_DRAFT, str_of("signals/a.yaml"), &content, etag, NULL), WARD_OK);
    assert_true(str_equal(buf_str(&content), str_of(signals)));
    assert_string_equal(etag, list.files[1].etag);
    buf_release(&content);
    assert_true(overlay_folder(root, OVERLAY_DRAFT, folder));
    const struct pack *pack; /* what was written is a pack */
    const char *dirs[] = {folder};
    assert_int_equal(pack_load(dirs, 1, &pack, NULL), WARD_OK);
    assert_int_equal(pack->term_count, 2);
    pack_free(pack);
    assert_int_equal(put(root, "../a.yaml", "x"), WARD_ERR_ARGUMENT);
    assert_int_equal(overlay_read(root, OVERLAY_DRAFT, str_of("../active"), &content, etag, NULL),
                     WARD_ERR_NOT_FOUND);
    buf_release(&content);
}

static void pack_yaml_goes_last(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    assert_int_equal(put(root, "rules/a.yaml", "rules: {}\n"), WARD_OK);
    assert_int_equal(overlay_remove(root, str_of("pack.yaml"), NULL), WARD_ERR_REFUSED);
    assert_int_equal(overlay_remove(root, str_of("rules/a.yaml"), NULL), WARD_OK);
    assert_int_equal(overlay_remove(root, str_of("rules/a.yaml"), NULL), WARD_ERR_NOT_FOUND);
    assert_int_equal(overlay_remove(root, str_of("pack.yaml"), NULL), WARD_OK);
}

static void too_much_is_refused(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    char *big = malloc(OVERLAY_FILE_BYTES_MAX + 2);
    assert_non_null(big);
    memset(big, '#', OVERLAY_FILE_BYTES_MAX + 1);
    big[OVERLAY_FILE_BYTES_MAX + 1] = '\0';
    assert_int_equal(put(root, "rules/big.yaml", big), WARD_ERR_LIMIT);
    free(big);
    uint32_t taken = 0;
    for (uint32_t i = 0; i < OVERLAY_FILES_MAX + 5; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "rules/r%u.yaml", i);
        taken += put(root, path, "rules: {}\n") == WARD_OK;
    }
    assert_int_equal(taken, OVERLAY_FILES_MAX - 1); /* and pack.yaml */
    assert_int_equal(put(root, "rules/r0.yaml", "rules: {} # again\n"), WARD_OK);
    (void)seal(root, "full");
}

struct seen {
    uint32_t versions[8];
    uint32_t count;
    char note[64];
};

static enum ward_status take(void *context, const struct overlay_version *version,
                             struct ward_error *err)
{
    struct seen *seen = context;
    (void)err;
    assert_int_equal(version->time_ms, 1700000000123);
    assert_true(str_equal(version->who, str_of("ann")));
    assert_int_equal(strlen(version->hash), 64);
    assert_int_equal(version->files, 2);
    if (!seen->count)
        (void)snprintf(seen->note, sizeof seen->note, "%.*s", (int)version->note.len,
                       version->note.data);
    seen->versions[seen->count++] = version->version;
    return WARD_OK;
}

static void versions_count_up(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    struct seen seen = {.count = 0};
    uint32_t active = 7;
    uint32_t version;
    const struct overlay_version about = {.who = str_of("ann")};
    assert_int_equal(overlay_active(root, &active, NULL), WARD_OK);
    assert_int_equal(active, 0);
    assert_int_equal(overlay_seal(root, &about, &version, NULL), WARD_ERR_REFUSED);
    assert_int_equal(put(root, "signals/a.yaml", signals), WARD_OK);
    for (uint32_t i = 1; i <= 3; i++)
        assert_int_equal(seal(root, "a \"note\": 女\n# second line"), i);
    assert_int_equal(overlay_set_active(root, 4, NULL), WARD_ERR_NOT_FOUND);
    assert_int_equal(overlay_set_active(root, 2, NULL), WARD_OK);
    assert_int_equal(overlay_active(root, &active, NULL), WARD_OK);
    assert_int_equal(active, 2);
    assert_int_equal(overlay_versions(root, 0, 10, take, &seen, NULL), WARD_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.versions[0], 3);
    assert_string_equal(seen.note, "a \"note\": 女\n# second line");
    seen.count = 0;
    assert_int_equal(overlay_versions(root, 3, 1, take, &seen, NULL), WARD_OK);
    assert_int_equal(seen.versions[0], 2);
    assert_int_equal(seen.count, 1);
    assert_int_equal(overlay_unseal(root, 3, NULL), WARD_OK);
    assert_int_equal(seal(root, "again"), 3);
}

static void a_version_comes_back_as_draft(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    static struct overlay_list sealed;
    static struct overlay_list draft;
    assert_int_equal(put(root, "signals/a.yaml", signals), WARD_OK);
    const uint32_t version = seal(root, "first");
    assert_int_equal(put(root, "signals/a.yaml", "signals: {}\n"), WARD_OK);
    assert_int_equal(put(root, "rules/b.yaml", "rules: {}\n"), WARD_OK);
    assert_int_equal(overlay_list(root, version, &sealed, NULL), WARD_OK);
    assert_int_equal(overlay_restore(root, version, NULL), WARD_OK);
    assert_int_equal(overlay_list(root, OVERLAY_DRAFT, &draft, NULL), WARD_OK);
    assert_int_equal(draft.count, 2);
    assert_string_equal(draft.hash, sealed.hash);
    assert_int_equal(overlay_restore(root, 0, NULL), WARD_OK);
    assert_int_equal(overlay_list(root, OVERLAY_DRAFT, &draft, NULL), WARD_OK);
    assert_int_equal(draft.count, 0);
}

static void leftovers_of_a_crash_do_no_harm(void **state)
{
    const char *root = ((struct fixture *)*state)->root;
    char path[128];
    static struct overlay_list list;
    assert_int_equal(put(root, "signals/a.yaml", signals), WARD_OK);
    static const char *const folders[] = {"versions/.new", "versions/.new/pack",
                                          "versions/.new/pack/rules", ".draft"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        (void)snprintf(path, sizeof path, "%s/%s/half.yaml", root, folders[i]);
        assert_int_equal(file_write_atomic(path, str_of("ru"), NULL), WARD_OK);
    }
    (void)snprintf(path, sizeof path, "%s/draft/signals/.a.yaml.tmp", root);
    assert_int_equal(file_write_atomic(path, str_of("si"), NULL), WARD_OK);
    assert_int_equal(seal(root, "after"), 1);
    assert_int_equal(overlay_list(root, 1, &list, NULL), WARD_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(overlay_restore(root, 1, NULL), WARD_OK);
    assert_int_equal(overlay_list(root, OVERLAY_DRAFT, &list, NULL), WARD_OK);
    assert_int_equal(list.count, 2);
    uint32_t active;
    (void)snprintf(path, sizeof path, "%s/active", root);
    assert_int_equal(file_write_atomic(path, str_of("../x"), NULL), WARD_OK);
    assert_int_equal(overlay_active(root, &active, NULL), WARD_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_may_stand),
        cmocka_unit_test_setup_teardown(a_draft_is_written_and_read, make_root, remove_root),
        cmocka_unit_test_setup_teardown(pack_yaml_goes_last, make_root, remove_root),
        cmocka_unit_test_setup_teardown(too_much_is_refused, make_root, remove_root),
        cmocka_unit_test_setup_teardown(versions_count_up, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_version_comes_back_as_draft, make_root, remove_root),
        cmocka_unit_test_setup_teardown(leftovers_of_a_crash_do_no_harm, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
