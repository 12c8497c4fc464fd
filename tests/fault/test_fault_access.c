/* Allocations of signing in fail in turn, those of SQLite and of the JSON reader among them: nobody
 * is let in who should not be, nothing half done stays, the audit log verifies, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "access/accounts.h"
#include "fault_alloc.h"
#include "fresh_store.h"

#define PASSWORD "correct horse battery"

static const struct access_cost cheap = {1, 8192};
static const struct access_options options = {.hash_passes = 1, .hash_bytes = 8192};

static enum ward_status add(struct store *store)
{
    const struct store_act act = {str_of("tester"), NOW, {0}};
    const struct access_user user = {.user = str_of("anna"), .role = ACCESS_REVIEWER};
    const enum ward_status status =
        access_user_add(store, &act, &user, str_of(PASSWORD), &cheap, NULL);
    return status == WARD_ERR_REFUSED ? WARD_OK : status; /* it is there from the try before */
}

/* Whoever is let in must be let in rightly; true if it all went well. */
static bool come_and_go(struct store *store, const char *password)
{
    struct access *access;
    struct access_session session;
    struct access_principal who;
    const struct access_login login = {
        .user = str_of("anna"), .password = str_of(password), .peer = str_of("192.0.2.7")};
    if (add(store) != WARD_OK || access_open(&options, store, NOW, &access, NULL) != WARD_OK)
        return false;
    const bool in = access_login(access, store, &login, NOW, &session, NULL) == WARD_OK;
    bool done = in;
    if (in) {
        const struct access_request r = {.cookie = str_of(session.token), .scope = ACCESS_READ};
        assert_string_equal(password, PASSWORD);
        done = access_check(access, &r, NOW, &who) == ACCESS_ALLOWED &&
               access_logout(access, store, &session.who, NOW, NULL) == WARD_OK;
        assert_true(!done || access_check(access, &r, NOW, &who) == ACCESS_UNKNOWN);
    } else {
        assert_string_equal(session.token, "");
        assert_int_equal(session.who.scopes, 0);
    }
    done &= access_tidy(access, store, NOW, NULL) == WARD_OK;
    access_close(access);
    return done;
}

/* One round: the nth allocation fails. True while there was an nth. */
static bool fails_at(long nth, const char *password, long *failures)
{
    struct store_audit_report report;
    struct fresh fresh;
    fresh_open(&fresh, false);
    fault_arm(nth);
    const bool done = come_and_go(fresh.store, password);
    const bool fired = fault_fired();
    fault_arm(0);
    *failures += !done;
    assert_int_equal(store_audit_verify(fresh.store, NULL, &report, NULL), WARD_OK);
    assert_string_equal(report.what, "");
    assert_true(come_and_go(fresh.store, PASSWORD));
    fresh_close(&fresh);
    return fired;
}

static void run(const char *password, long least)
{
    long failures = 0;
    long rounds = 0;
    (void)fails_at(0, PASSWORD, &failures); /* what is made once is made here */
    const long before = fault_live();
    for (long nth = 1; fails_at(nth, password, &failures); nth += 1 + nth / 40)
        rounds++;
    assert_true(rounds >= least && failures >= least / 2);
    assert_int_equal(fault_live(), before);
}

static void test_allocations_of_signing_in(void **state)
{
    (void)state;
    run(PASSWORD, 60);
}

static void test_a_wrong_password_stays_wrong(void **state)
{
    (void)state;
    run("a wrong password", 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_allocations_of_signing_in),
                                       cmocka_unit_test(test_a_wrong_password_stays_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
