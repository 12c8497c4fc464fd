/*
 * Every allocation of a pack load fails in turn, with and without the cache: either "no memory"
 * comes back and nothing leaks, or the load went around it (a sort falls back, a cache is skipped)
 * and the pack is whole.
 */
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

#include "fault_alloc.h"
#include "pack/pack_cache.h"
#include "pack/pack_holder.h"

static char root[] = "/tmp/ward-fault-pack.XXXXXX";

static void path_of(char out[256], const char *name)
{
    (void)snprintf(out, 256, "%s/%s", root, name);
}

static void write_file(const char *name, const char *text)
{
    char path[256];
    path_of(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    static const char *const folders[] = {"signals", "rules", "law", "procedures"};
    (void)state;
    char path[256];
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        path_of(path, folders[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    write_file("pack.yaml", "name: a\nversion: 1\ndate: 2026-11-01\nfamilies: {f: 4.0}\n"
                            "currency: {USD: 7.1}\n");
    write_file("signals/a.yaml", "signals:\n  child-word: {slot: object, terms: [\"{男,女}宝\"]}\n"
                                 "  price: {slot: consideration, reader: price}\n");
    write_file("rules/a.yaml", "rules:\n  r: {when: \"near(child-word, price, 20)\", weight: 1, "
                               "family: f, says: x, law: [CN/a/1], match: [女宝 9万]}\n");
    write_file("law/a.yaml", "- {id: CN/a/1, title: t, from: 2021-01-01}\n");
    write_file("procedures/a.yaml", "- {id: CN/p, title: t, steps: [{title: s}]}\n");
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {
        "pack.yaml", "signals/a.yaml", "rules/a.yaml", "law/a.yaml", "procedures/a.yaml",
        "c.wardc",   "signals",        "rules",        "law",        "procedures"};
    (void)state;
    char path[256];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_of(path, names[i]);
        (void)remove(path);
    }
    return rmdir(root);
}

static enum ward_status use_pack(const struct pack_cache *cache)
{
    const char *dirs[] = {root};
    const struct pack *pack;
    struct ward_error err;
    struct pack_holder holder;
    enum ward_status status = pack_load_cached(dirs, 1, cache, NULL, &pack, &err);
    if (status != WARD_OK) {
        assert_null(pack);
        assert_true(err.message[0]);
        return status;
    }
    assert_int_equal(pack->rule_count, 1);
    assert_int_equal(pack->term_count, 2);
    assert_int_equal(pack->example_count, 1);
    assert_int_equal(pack_holder_init(&holder), WARD_OK);
    status = pack_holder_swap(&holder, pack);
    if (status != WARD_OK)
        pack_free(pack);
    pack_holder_release(&holder);
    return status;
}

static long fail_all(const struct pack_cache *cache, const char *fresh)
{
    long failures = 0;
    for (long nth = 1;; nth++) {
        if (fresh)
            (void)unlink(fresh);
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = use_pack(cache);
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (!fired) {
            assert_int_equal(status, WARD_OK);
            return failures;
        }
        assert_true(status == WARD_OK || status == WARD_ERR_NOMEM);
        failures += status == WARD_ERR_NOMEM;
    }
}

static void every_allocation_of_a_load_may_fail(void **state)
{
    (void)state;
    assert_true(fail_all(NULL, NULL) > 50);
}

static void so_may_those_of_writing_and_reading_the_cache(void **state)
{
    (void)state;
    char path[256];
    path_of(path, "c.wardc");
    const struct pack_cache cache = {.file = path};
    assert_true(fail_all(&cache, path) > 50);
    assert_true(fail_all(&cache, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_a_load_may_fail),
        cmocka_unit_test(so_may_those_of_writing_and_reading_the_cache),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
