#include "pack_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"

void fixture_init(struct fixture *fixture)
{
    (void)snprintf(fixture->root, sizeof fixture->root, "/tmp/ward-pack-test.XXXXXX");
    assert_non_null(mkdtemp(fixture->root));
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void fixture_release(struct fixture *fixture)
{
    (void)nftw(fixture->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fixture_path(struct fixture *fixture, const char *name)
{
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->root, name);
    return fixture->path;
}

void fixture_write(struct fixture *fixture, const char *name, const char *text)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", fixture->root, name);
    for (char *at = path + strlen(fixture->root) + 1; *at; at++) {
        if (*at == '/') {
            *at = '\0';
            (void)mkdir(path, 0755);
            *at = '/';
        }
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void write_in(struct fixture *fixture, const char *pack, const char *file, const char *text)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%s/%s", pack, file);
    fixture_write(fixture, name, text);
}

void fixture_pack(struct fixture *fixture, const char *name)
{
    write_in(fixture, name, "pack.yaml",
             "name: sample\nversion: 2026.11\ndate: 2026-11-01\nbase: -4.0\n"
             "thresholds: {watch: 0.2, review: 0.5, urgent: 0.9}\n"
             "families: {consideration: 4.0, innocent: 6.0}\n"
             "currency: {USD: 7.1, PHP: 0.125}\n");
    write_in(fixture, name, "signals/a.yaml",
             "signals:\n"
             "  child-word:\n"
             "    slot: object\n"
             "    says: {zh: 提到孩子, en: mentions a child}\n"
             "    terms: [\"{男,女}宝\", baby]\n"
             "    allow: [女宝衣服]\n"
             "  price: {slot: consideration, reader: price, says: a price}\n"
             "  pet-word: {slot: scene, reading: pet, terms: [小狗, 小猫]}\n");
    write_in(fixture, name, "law/cn.yaml",
             "- {id: CN/civil-code/1044, title: {zh: 民法典, en: Civil Code}, from: 2021-01-01}\n"
             "- {id: CN/adoption-law/20, title: 收养法, from: 1992-04-01, to: 1999-04-01}\n"
             "- {id: CN/adoption-law/20, title: 收养法, from: 1999-04-01, to: 2021-01-01}\n");
    write_in(fixture, name, "rules/a.yaml",
             "rules:\n"
             "  child-for-money:\n"
             "    when: near(child-word, price, 20) and not alias.reading:pet\n"
             "    weight: 3.5\n"
             "    family: consideration\n"
             "    role: offer\n"
             "    says: {zh: \"以{price}送出孩子\", en: \"Offers a child for {price}\"}\n"
             "    law: [CN/civil-code/1044, CN/adoption-law/20]\n"
             "    match:\n"
             "      - 女宝 9万\n"
             "      - {text: 男宝 8万, kind: listing, alias: x, before: [先问一下, {text: 好}]}\n"
             "    pass: [女宝衣服 9块]\n");
}

static const struct pack *load(const char *const *dirs, uint32_t count)
{
    const struct pack *pack = NULL;
    struct ward_error err;
    const enum ward_status status = pack_load(dirs, count, &pack, &err);
    if (status != WARD_OK)
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.message);
    assert_non_null(pack);
    return pack;
}

const struct pack *fixture_load(struct fixture *fixture, const char *name)
{
    const char *const dirs[] = {fixture_path(fixture, name)};
    return load(dirs, 1);
}

const struct pack *fixture_load_two(struct fixture *fixture, const char *first, const char *second)
{
    char one[PATH_MAX];
    (void)snprintf(one, sizeof one, "%s/%s", fixture->root, first);
    const char *const dirs[] = {one, fixture_path(fixture, second)};
    return load(dirs, 2);
}

uint32_t fixture_signal(const struct pack *pack, const char *name)
{
    for (uint32_t i = 0; i < pack->signal_count; i++) {
        if (str_equal(pack->signals[i].name, str_of(name)))
            return i;
    }
    fail_msg("no signal %s", name);
    return 0;
}

uint32_t fixture_rule(const struct pack *pack, const char *name)
{
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        if (str_equal(pack->rules[i].name, str_of(name)))
            return i;
    }
    fail_msg("no rule %s", name);
    return 0;
}

bool fixture_has_term(const struct pack *pack, const char *signal, const char *text)
{
    const uint32_t wanted = fixture_signal(pack, signal);
    for (uint32_t i = 0; i < pack->term_count + pack->allow_count; i++) {
        const struct pack_term *term =
            i < pack->term_count ? &pack->terms[i] : &pack->allows[i - pack->term_count];
        if (term->signal == wanted && str_equal(term->text, str_of(text)))
            return true;
    }
    return false;
}
