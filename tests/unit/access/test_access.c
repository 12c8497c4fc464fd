/* Nobody gets in: sessions, keys, a proxy's word, lock-out, the first administrator's link. On both
 * back ends, for all of it rests on what the store says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "access/accounts.h"
#include "access/core.h"
#include "fresh_store.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)
#define PASSWORD "correct horse battery"

static bool on_server;
static const struct access_cost cheap = {1, 8192};
static const char *const proxies[] = {"10.1.0.0/16", "::1"};

struct world {
    struct fresh fresh;
    struct store *store;
    struct access *access;
};

static void open_access(struct world *w, int64_t now_ms)
{
    const struct access_options options = {.proxy_header = "X-Remote-User",
                                           .proxy_peers = proxies,
                                           .proxy_peer_count = 2,
                                           .public_origin = "https://ward.example",
                                           .is_secure = true,
                                           .hash_passes = cheap.passes,
                                           .hash_bytes = cheap.bytes};
    struct ward_error err = {0};
    if (access_open(&options, w->store, now_ms, &w->access, &err) != WARD_OK)
        fail_msg("%s", err.message);
}

static void add(struct world *w, const char *user, enum access_role role)
{
    const struct store_act act = {str_of("setup"), NOW, {0}};
    const struct access_user row = {.user = str_of(user), .name = str_of("N. N."), .role = role};
    struct ward_error err = {0};
    if (access_user_add(w->store, &act, &row, str_of(PASSWORD), &cheap, &err) != WARD_OK)
        fail_msg("%s", err.message);
}

static int open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    fresh_open(&w->fresh, on_server);
    w->store = w->fresh.store;
    add(w, "root.admin", ACCESS_ADMINISTRATOR);
    add(w, "anna", ACCESS_REVIEWER);
    add(w, "vera", ACCESS_VIEWER);
    open_access(w, NOW);
    *state = w;
    return 0;
}

static int open_empty(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    fresh_open(&w->fresh, on_server);
    w->store = w->fresh.store;
    open_access(w, NOW);
    *state = w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    access_close(w->access);
    fresh_close(&w->fresh);
    free(w);
    return 0;
}

static enum ward_status sign_in(struct world *w, const char *user, const char *password,
                                int64_t now_ms, struct access_session *out)
{
    const struct access_login login = {
        .user = str_of(user), .password = str_of(password), .peer = str_of("192.0.2.7")};
    return access_login(w->access, w->store, &login, now_ms, out, NULL);
}

static struct access_session signed_in(struct world *w, const char *user, int64_t now_ms)
{
    struct access_session session;
    assert_int_equal(sign_in(w, user, PASSWORD, now_ms, &session), WARD_OK);
    assert_string_equal(session.who.who, user);
    return session;
}

/* A read by cookie. */
static struct access_request reading(const struct access_session *session, enum access_scope scope)
{
    return (struct access_request){.cookie = str_of(session->token),
                                   .peer = str_of("192.0.2.7"),
                                   .host = str_of("127.0.0.1:8080"),
                                   .scope = scope};
}

static struct access_request writing(const struct access_session *session, enum access_scope scope)
{
    struct access_request r = reading(session, scope);
    r.is_write = true;
    r.csrf = str_of(session->who.csrf);
    r.origin = str_of("http://127.0.0.1:8080");
    return r;
}

static enum access_answer ask(struct world *w, const struct access_request *r, int64_t now_ms)
{
    struct access_principal who;
    return access_check(w->access, r, now_ms, &who);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void a_role_may_what_it_may(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    const struct access_session vera = signed_in(w, "vera", NOW);
    for (unsigned i = 0; i < ACCESS_SCOPES; i++) {
        const enum access_scope scope = (enum access_scope)(1u << i);
        const struct access_request by_anna = writing(&anna, scope);
        const struct access_request by_vera = writing(&vera, scope);
        const bool reviewer = access_role_scopes(ACCESS_REVIEWER) & 1u << i;
        const bool viewer = access_role_scopes(ACCESS_VIEWER) & 1u << i;
        assert_int_equal(ask(w, &by_anna, NOW), reviewer ? ACCESS_ALLOWED : ACCESS_FORBIDDEN);
        assert_int_equal(ask(w, &by_vera, NOW), viewer ? ACCESS_ALLOWED : ACCESS_FORBIDDEN);
    }
}

static void what_is_no_credential_is_refused(void **state)
{
    struct world *w = *state;
    struct access_session anna = signed_in(w, "anna", NOW);
    struct access_principal who;
    struct access_request r = reading(&anna, ACCESS_SELF);
    assert_int_equal(access_check(w->access, &r, NOW, &who), ACCESS_ALLOWED);
    assert_string_equal(who.who, "anna");
    assert_string_equal(who.csrf, anna.who.csrf);
    r.cookie = str_of("");
    assert_int_equal(access_check(w->access, &r, NOW, &who), ACCESS_UNKNOWN);
    assert_string_equal(who.who, "");
    anna.token[10] = anna.token[10] == 'A' ? 'B' : 'A';
    r = reading(&anna, ACCESS_SELF);
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    char longer[5000];
    memset(longer, 'A', sizeof longer);
    r.cookie = (struct ward_str){longer, sizeof longer};
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    r.cookie = (struct ward_str){"\0\0\0", 3};
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    r.scope = ACCESS_NONE;
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
}

static void a_hash_of_the_token_is_no_token(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    char hex[SECRET_HASH_TEXT];
    secret_hash_text(anna.who.session, hex);
    struct access_request r = reading(&anna, ACCESS_SELF);
    r.cookie = str_of(hex);
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
}

static void a_session_ends_when_idle_and_at_last(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    struct access_request r = reading(&anna, ACCESS_READ);
    int64_t at = NOW;
    for (; at < NOW + 12 * HOUR - 29 * MINUTE; at += 29 * MINUTE)
        assert_int_equal(ask(w, &r, at), ACCESS_ALLOWED);
    assert_int_equal(ask(w, &r, NOW + 12 * HOUR), ACCESS_UNKNOWN);
    const struct access_session again = signed_in(w, "anna", at);
    r = reading(&again, ACCESS_READ);
    r.is_passive = true; /* waiting for news keeps nobody signed in */
    assert_int_equal(ask(w, &r, at + 29 * MINUTE), ACCESS_ALLOWED);
    assert_int_equal(ask(w, &r, at + 31 * MINUTE), ACCESS_UNKNOWN);
}

static void uses_are_written_down_and_idle_sessions_go(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    const struct access_session vera = signed_in(w, "vera", NOW);
    const struct access_request r = reading(&anna, ACCESS_READ);
    assert_int_equal(ask(w, &r, NOW + 20 * MINUTE), ACCESS_ALLOWED);
    assert_int_equal(access_tidy(w->access, w->store, NOW + 20 * MINUTE, NULL), WARD_OK);
    access_close(w->access);
    open_access(w, NOW + 45 * MINUTE);
    const struct access_request other = reading(&vera, ACCESS_READ);
    assert_int_equal(ask(w, &other, NOW + 45 * MINUTE), ACCESS_UNKNOWN);
    assert_int_equal(ask(w, &r, NOW + 45 * MINUTE), ACCESS_ALLOWED);
    assert_int_equal(access_tidy(w->access, w->store, NOW + 46 * MINUTE, NULL), WARD_OK);
    struct access_counts counts;
    access_counts(w->access, &counts);
    assert_int_equal(counts.sessions, 1);
}

static void signing_out_ends_it(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    const struct access_session other = signed_in(w, "anna", NOW);
    assert_int_equal(access_logout(w->access, w->store, &anna.who, NOW, NULL), WARD_OK);
    const struct access_request ended = reading(&anna, ACCESS_SELF);
    const struct access_request still = reading(&other, ACCESS_SELF);
    assert_int_equal(ask(w, &ended, NOW), ACCESS_UNKNOWN);
    assert_int_equal(ask(w, &still, NOW), ACCESS_ALLOWED);
    assert_int_equal(access_logout(w->access, w->store, &anna.who, NOW, NULL), WARD_OK);
}

static void signing_in_never_keeps_a_cookie(void **state)
{
    struct world *w = *state;
    const struct access_session first = signed_in(w, "vera", NOW);
    struct access_session second;
    const struct access_login login = {
        .user = str_of("anna"), .password = str_of(PASSWORD), .cookie = str_of(first.token)};
    assert_int_equal(access_login(w->access, w->store, &login, NOW, &second, NULL), WARD_OK);
    assert_string_not_equal(first.token, second.token);
    assert_string_not_equal(first.who.csrf, second.who.csrf);
    const struct access_request old = reading(&first, ACCESS_SELF);
    assert_int_equal(ask(w, &old, NOW), ACCESS_UNKNOWN);
}

static void a_user_has_at_most_sixteen_sessions(void **state)
{
    struct world *w = *state;
    const struct access_session first = signed_in(w, "anna", NOW);
    struct access_counts counts;
    for (int i = 1; i <= 20; i++)
        (void)signed_in(w, "anna", NOW + i);
    access_counts(w->access, &counts);
    assert_int_equal(counts.sessions, 16);
    const struct access_request oldest = reading(&first, ACCESS_SELF);
    assert_int_equal(ask(w, &oldest, NOW + 30), ACCESS_UNKNOWN);
}

static void changes_of_a_user_end_his_sessions(void **state)
{
    struct world *w = *state;
    const struct store_act act = {str_of("root.admin"), NOW, {0}};
    const struct access_user_change changes[] = {
        {.disabled = 1, .expect = STORE_ETAG_ANY},
        {.disabled = 0, .expect = STORE_ETAG_ANY},
        {.disabled = -1, .role = ACCESS_LEAD, .expect = STORE_ETAG_ANY},
        {.disabled = -1, .password = str_of(PASSWORD "2"), .expect = STORE_ETAG_ANY}};
    struct access_session anna = signed_in(w, "anna", NOW);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct access_request r = reading(&anna, ACCESS_SELF);
        assert_int_equal(ask(w, &r, NOW), i == 1 ? ACCESS_UNKNOWN : ACCESS_ALLOWED);
        assert_int_equal(
            access_user_change(w->store, &act, str_of("anna"), &changes[i], &cheap, NULL, NULL),
            WARD_OK);
        assert_int_equal(access_refresh(w->access, w->store, NOW, NULL), WARD_OK);
        assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
        if (i == 0)
            assert_int_equal(sign_in(w, "anna", PASSWORD, NOW, &anna), WARD_ERR_REFUSED);
        else if (i < 3)
            anna = signed_in(w, "anna", NOW);
    }
    assert_int_equal(sign_in(w, "anna", PASSWORD, NOW, &anna), WARD_ERR_REFUSED);
    assert_int_equal(sign_in(w, "anna", PASSWORD "2", NOW, &anna), WARD_OK);
    assert_int_equal(anna.who.role, ACCESS_LEAD);
}

static void the_own_password_is_changed_with_the_old_one(void **state)
{
    struct world *w = *state;
    const struct access_session other = signed_in(w, "anna", NOW);
    const struct access_session anna = signed_in(w, "anna", NOW);
    const struct access_login wrong = {.password = str_of("not that one here")};
    const struct access_login right = {.password = str_of(PASSWORD)};
    const struct ward_str fresh = str_of("another long phrase");
    struct access_session next;
    assert_int_equal(
        access_change_password(w->access, w->store, &anna.who, &wrong, fresh, NOW, &next, NULL),
        WARD_ERR_REFUSED);
    assert_int_equal(access_change_password(w->access, w->store, &anna.who, &right, str_of("short"),
                                            NOW, &next, NULL),
                     WARD_ERR_ARGUMENT);
    assert_int_equal(access_change_password(w->access, w->store, &anna.who, &right,
                                            str_of(PASSWORD), NOW, &next, NULL),
                     WARD_ERR_ARGUMENT);
    assert_int_equal(
        access_change_password(w->access, w->store, &anna.who, &right, fresh, NOW, &next, NULL),
        WARD_OK);
    const struct access_request now = reading(&next, ACCESS_SELF);
    const struct access_request before = reading(&anna, ACCESS_SELF);
    const struct access_request elsewhere = reading(&other, ACCESS_SELF);
    assert_int_equal(ask(w, &now, NOW), ACCESS_ALLOWED);
    assert_int_equal(ask(w, &before, NOW), ACCESS_UNKNOWN);
    assert_int_equal(ask(w, &elsewhere, NOW), ACCESS_UNKNOWN);
}

/* ---- other sites ----------------------------------------------------------------------------- */

static void a_write_from_another_site_is_refused(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    const struct access_session vera = signed_in(w, "vera", NOW);
    struct access_request r = writing(&anna, ACCESS_DECIDE);
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.origin = str_of("https://WARD.example"); /* as set, behind a proxy */
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.origin = str_of("");
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    const char *const foreign[] = {"http://evil.example",
                                   "null",
                                   "http://127.0.0.1:8081",
                                   "http://127.0.0.1",
                                   "http://127.0.0.1:8080.evil.example",
                                   "127.0.0.1:8080",
                                   "https://ward.example.evil"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        r.origin = str_of(foreign[i]);
        assert_int_equal(ask(w, &r, NOW), ACCESS_FOREIGN);
        struct access_request open = r; /* signing in, too */
        open.scope = ACCESS_NONE;
        assert_int_equal(ask(w, &open, NOW), ACCESS_FOREIGN);
    }
    r = writing(&anna, ACCESS_DECIDE);
    const struct ward_str csrf[] = {str_of(""), str_of("x"), str_of(vera.who.csrf),
                                    str_of(anna.token), str_part(r.csrf, 0, r.csrf.len - 1)};
    for (size_t i = 0; i < sizeof csrf / sizeof csrf[0]; i++) {
        r.csrf = csrf[i];
        assert_int_equal(ask(w, &r, NOW), ACCESS_FOREIGN);
    }
    r.is_write = false;
    r.scope = ACCESS_READ;
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
}

static void cookies_are_for_this_site_alone(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    struct buf cookie;
    char expected[256];
    buf_init(&cookie, 1024);
    access_cookie_write(w->access, &anna, NOW, &cookie);
    (void)snprintf(expected, sizeof expected,
                   "ward_session=%s; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure",
                   anna.token);
    assert_true(str_equal(buf_str(&cookie), str_of(expected)));
    buf_clear(&cookie);
    access_cookie_write(w->access, NULL, NOW, &cookie);
    assert_true(str_equal(buf_str(&cookie),
                          str_of("ward_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict;"
                                 " Secure")));
    buf_release(&cookie);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void a_key_may_what_its_scopes_say(void **state)
{
    struct world *w = *state;
    const struct store_act act = {str_of("root.admin"), NOW, {0}};
    const struct access_key wanted = {
        .name = str_of("feeder"), .scopes = ACCESS_CHECK | ACCESS_INGEST, .expires_ms = NOW + HOUR};
    char id[ACCESS_KEY_ID_TEXT], secret[ACCESS_TOKEN_TEXT], header[128];
    struct access_principal who;
    assert_int_equal(access_key_add(w->store, &act, &wanted, id, secret, NULL), WARD_OK);
    assert_memory_equal(secret, "wk_", 3);
    struct access_request r = {.api_key = str_of(secret), .scope = ACCESS_INGEST, .is_write = true};
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN); /* not seen yet */
    assert_int_equal(access_refresh(w->access, w->store, NOW, NULL), WARD_OK);
    assert_int_equal(access_check(w->access, &r, NOW, &who), ACCESS_ALLOWED);
    assert_int_equal(who.means, ACCESS_BY_KEY);
    assert_false(access_is_person(&who));
    (void)snprintf(header, sizeof header, "key:%s", id);
    assert_string_equal(who.who, header);
    (void)snprintf(header, sizeof header, "bEaReR  %s ", secret);
    r.api_key = str_of("");
    r.authorization = str_of(header);
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.origin = str_of("http://evil.example"); /* a key is never sent along by itself */
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.scope = ACCESS_READ;
    assert_int_equal(ask(w, &r, NOW), ACCESS_FORBIDDEN);
    r.scope = ACCESS_INGEST;
    assert_int_equal(ask(w, &r, NOW + HOUR), ACCESS_UNKNOWN);
    assert_int_equal(access_key_revoke(w->store, &act, str_of(id), NULL), WARD_OK);
    assert_int_equal(access_key_revoke(w->store, &act, str_of(id), NULL), WARD_ERR_NOT_FOUND);
    assert_int_equal(access_refresh(w->access, w->store, NOW, NULL), WARD_OK);
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
}

static void a_bad_key_is_not_made_good_by_a_cookie(void **state)
{
    struct world *w = *state;
    const struct access_session anna = signed_in(w, "anna", NOW);
    struct access_request r = reading(&anna, ACCESS_READ);
    r.authorization = str_of("Bearer wk_nothing");
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    r.authorization = str_of("Basic YW5uYTpwYXNzd29yZA=="); /* a proxy's, not for us */
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.authorization = str_of("Bearer ");
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.api_key = str_of(anna.token); /* a session's token is no key */
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
}

/* ---- a proxy's word -------------------------------------------------------------------------- */

static void only_a_named_proxy_is_believed(void **state)
{
    struct world *w = *state;
    struct access_principal who;
    struct access_request r = {.proxy_user = str_of("Anna"),
                               .proxy_users = 1,
                               .peer = str_of("10.1.2.3"),
                               .scope = ACCESS_DECIDE};
    assert_int_equal(access_check(w->access, &r, NOW, &who), ACCESS_ALLOWED);
    assert_string_equal(who.who, "anna");
    assert_true(access_is_person(&who));
    const char *const others[] = {"10.2.0.1", "192.0.2.1", "::2", "", "10.1.2.3.4", "unix"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        r.peer = str_of(others[i]);
        assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    }
    r.peer = str_of("::ffff:10.1.9.9"); /* the same network, written for IPv6 */
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.proxy_users = 2; /* one of them is the client's */
    assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    r.proxy_users = 1;
    const char *const names[] = {"nobody", "anna,root.admin", "anna ",
                                 ("an\xc3\xb1"
                                  "a"),
                                 "-"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        r.proxy_user = str_of(names[i]);
        assert_int_equal(ask(w, &r, NOW), ACCESS_UNKNOWN);
    }
    r.proxy_user = str_of("vera");
    assert_int_equal(ask(w, &r, NOW), ACCESS_FORBIDDEN);
}

static void writes_through_a_proxy_need_the_token_too(void **state)
{
    struct world *w = *state;
    struct access_principal who;
    struct access_request r = {.proxy_user = str_of("anna"),
                               .proxy_users = 1,
                               .peer = str_of("::1"),
                               .scope = ACCESS_DECIDE};
    assert_int_equal(access_check(w->access, &r, NOW, &who), ACCESS_ALLOWED);
    const struct access_principal anna = who;
    r.is_write = true;
    assert_int_equal(ask(w, &r, NOW), ACCESS_FOREIGN);
    r.csrf = str_of(anna.csrf);
    assert_int_equal(ask(w, &r, NOW), ACCESS_ALLOWED);
    r.proxy_user = str_of("root.admin");
    assert_int_equal(ask(w, &r, NOW), ACCESS_FOREIGN);
}

static void the_client_behind_a_proxy_is_known(void **state)
{
    struct world *w = *state;
    const struct ward_str proxy = str_of("10.1.2.3");
    const struct ward_str stranger = str_of("192.0.2.9");
    const struct ward_str header = str_of("1.1.1.1, 198.51.100.4 ");
    assert_true(str_equal(access_client(w->access, proxy, header), str_of("198.51.100.4")));
    assert_true(str_equal(access_client(w->access, stranger, header), stranger));
    assert_true(str_equal(access_client(w->access, proxy, str_of("")), proxy));
    assert_true(str_equal(access_client(w->access, proxy, str_of("1.1.1.1,")), proxy));
}

/* ---- guessing -------------------------------------------------------------------------------- */

static enum ward_status guess(struct world *w, const char *user, const char *peer, int64_t now_ms,
                              uint32_t *retry_s)
{
    struct access_session session;
    const struct access_login login = {
        .user = str_of(user), .password = str_of("wrong password"), .peer = str_of(peer)};
    const enum ward_status status =
        access_login(w->access, w->store, &login, now_ms, &session, NULL);
    if (retry_s)
        *retry_s = session.retry_s;
    return status;
}

static void guessing_locks_out(void **state)
{
    struct world *w = *state;
    uint32_t retry_s;
    const char *const users[] = {"anna", "nobody.at.all"};
    for (int i = 0; i < 2; i++) { /* the same whether or not there is such a user */
        for (int k = 0; k < 5; k++)
            assert_int_equal(guess(w, users[i], "192.0.2.7", NOW, NULL), WARD_ERR_REFUSED);
        assert_int_equal(guess(w, users[i], "192.0.2.7", NOW, &retry_s), WARD_ERR_LIMIT);
        assert_int_equal(retry_s, 30);
        assert_int_equal(guess(w, users[i], "192.0.2.7", NOW + 30000, NULL), WARD_ERR_REFUSED);
        assert_int_equal(guess(w, users[i], "192.0.2.7", NOW + 30001, &retry_s), WARD_ERR_LIMIT);
        assert_int_equal(retry_s, 60);
    }
    struct access_session session; /* the right password does not help, elsewhere it does */
    assert_int_equal(sign_in(w, "anna", PASSWORD, NOW + 30002, &session), WARD_ERR_LIMIT);
    const struct access_login elsewhere = {
        .user = str_of("anna"), .password = str_of(PASSWORD), .peer = str_of("198.51.100.1")};
    assert_int_equal(access_login(w->access, w->store, &elsewhere, NOW, &session, NULL), WARD_OK);
    assert_int_equal(sign_in(w, "anna", PASSWORD, NOW + 91000, &session), WARD_OK);
}

static void an_address_that_sprays_is_locked_out(void **state)
{
    struct world *w = *state;
    char user[16];
    enum ward_status status = WARD_ERR_REFUSED;
    int tries = 0;
    for (; tries < 100 && status == WARD_ERR_REFUSED; tries++) {
        (void)snprintf(user, sizeof user, "user%d", tries);
        char peer[32]; /* one network of IPv6 counts as one */
        (void)snprintf(peer, sizeof peer, "2001:db8::%x", tries + 1);
        status = guess(w, user, peer, NOW, NULL);
    }
    assert_int_equal(status, WARD_ERR_LIMIT);
    assert_int_equal(tries, 31);
    assert_int_equal(guess(w, "user999", "2001:db8:0:1::1", NOW, NULL), WARD_ERR_REFUSED);
}

static void a_lock_out_outlives_a_restart(void **state)
{
    struct world *w = *state;
    for (int k = 0; k < 5; k++)
        (void)guess(w, "anna", "192.0.2.7", NOW, NULL);
    assert_int_equal(access_tidy(w->access, w->store, NOW + 1, NULL), WARD_OK);
    access_close(w->access);
    open_access(w, NOW + 2);
    assert_int_equal(guess(w, "anna", "192.0.2.7", NOW + 3, NULL), WARD_ERR_LIMIT);
    assert_int_equal(guess(w, "vera", "192.0.2.7", NOW + 3, NULL), WARD_ERR_REFUSED);
}

static enum ward_status gather(void *context, const struct store_audit_entry *row,
                               struct ward_error *err)
{
    struct buf *all = context;
    (void)err;
    buf_put_str(all, row->kind);
    buf_put_char(all, ' ');
    buf_put_str(all, row->who);
    buf_put_char(all, ' ');
    buf_put_str(all, row->body_json);
    buf_put_char(all, '\n');
    return WARD_OK;
}

static bool log_holds(struct world *w, const char *text)
{
    struct buf all;
    buf_init(&all, 1u << 20);
    assert_int_equal(store_audit_entries(w->store, 0, gather, &all, NULL), WARD_OK);
    const bool found = memmem(all.data, all.len, text, strlen(text)) != NULL;
    buf_release(&all);
    return found;
}

static void the_log_tells_of_failures_but_no_secret(void **state)
{
    struct world *w = *state;
    struct access_session session;
    const struct access_session anna = signed_in(w, "anna", NOW);
    assert_int_equal(sign_in(w, PASSWORD, "x", NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(sign_in(w, "hunter2", "x", NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(sign_in(w, "anna", "wrong secret", NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(access_tidy(w->access, w->store, NOW, NULL), WARD_OK);
    assert_int_equal(access_tidy(w->access, w->store, NOW, NULL), WARD_OK);
    assert_true(log_holds(w, "login-failed ward {\"users\":[{\"user\":\"anna\",\"failures\":1}],"
                             "\"others\":2,\"lock_outs\":0}\n"));
    const char *const secrets[] = {PASSWORD,  "hunter2",  "wrong secret",
                                   "$argon2", anna.token, anna.who.csrf};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        assert_false(log_holds(w, secrets[i]));
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(w->store, NULL, &report, NULL), WARD_OK);
    assert_true(report.is_good);
}

static double seconds_of(struct world *w, const char *user)
{
    struct timespec from, to;
    struct access_session session;
    const struct access_login login = {.user = str_of(user), .password = str_of("wrong password")};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_int_equal(access_login(w->access, w->store, &login, NOW, &session, NULL),
                     WARD_ERR_REFUSED);
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

/* By the processor's time, with a hash as costly as in use for the one user there is; no hash at
 * all would be a hundred times faster, and a busy machine moves the least of a few by a half to
 * twice. */
static void a_failure_costs_the_same_for_whom_there_is_not(void **state)
{
    struct world *w = *state;
    const struct store_act act = {str_of("setup"), NOW, {0}};
    const struct access_user_change change = {
        .disabled = -1, .password = str_of(PASSWORD), .expect = STORE_ETAG_ANY};
    const struct access_cost cost = {3, 4u << 20};
    assert_int_equal(access_user_change(w->store, &act, str_of("anna"), &change, &cost, NULL, NULL),
                     WARD_OK);
    w->access->cost = cost;
    double there = 1, nobody = 1;
    for (int i = 0; i < 4; i++) { /* a fifth would lock out */
        const double a = seconds_of(w, "anna");
        const double b = seconds_of(w, "nobody");
        there = a < there ? a : there;
        nobody = b < nobody ? b : nobody;
    }
    assert_true(there < 5 * nobody && nobody < 5 * there);
}

static void only_so_many_passwords_at_once(void **state)
{
    struct world *w = *state;
    struct access_session session;
    assert_true(hashing_begin(w->access));
    assert_true(hashing_begin(w->access));
    assert_int_equal(sign_in(w, "anna", PASSWORD, NOW, &session), WARD_ERR_BUSY);
    hashing_end(w->access);
    assert_int_equal(sign_in(w, "anna", PASSWORD, NOW, &session), WARD_OK);
    hashing_end(w->access);
}

/* ---- accounts -------------------------------------------------------------------------------- */

static enum ward_status try_to_add(struct world *w, const char *user, const char *password)
{
    const struct store_act act = {str_of("setup"), NOW, {0}};
    const struct access_user row = {.user = str_of(user), .role = ACCESS_VIEWER};
    return access_user_add(w->store, &act, &row, str_of(password), &cheap, NULL);
}

static void names_and_passwords_are_looked_at(void **state)
{
    struct world *w = *state;
    const char *const names[] = {
        "",
        "a b",
        "../x",
        "key:K-1",
        "-x",
        "a\nb",
        "\xe5\xa5\xb3",
        "a'b",
        "a\"b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(try_to_add(w, names[i], PASSWORD), WARD_ERR_ARGUMENT);
    const char *const passwords[] = {"", "short", "aaaaaaaaaaaaaaaa", "abababababababab",
                                     "my name is boris"};
    for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++)
        assert_int_equal(try_to_add(w, "boris", passwords[i]), WARD_ERR_ARGUMENT);
    assert_int_equal(try_to_add(w, "Boris", PASSWORD), WARD_OK);
    assert_int_equal(try_to_add(w, "boris", PASSWORD), WARD_ERR_REFUSED);
    assert_int_equal(try_to_add(w, "ANNA", PASSWORD), WARD_ERR_REFUSED);
}

static void an_administrator_is_always_left(void **state)
{
    struct world *w = *state;
    const struct store_act act = {str_of("root.admin"), NOW, {0}};
    const struct ward_str root = str_of("root.admin");
    const struct access_user_change off = {.disabled = 1, .expect = STORE_ETAG_ANY};
    const struct access_user_change less = {
        .disabled = -1, .role = ACCESS_LEAD, .expect = STORE_ETAG_ANY};
    const struct access_user_change stale = {.disabled = -1, .role = ACCESS_LEAD, .expect = 1};
    assert_int_equal(access_user_change(w->store, &act, root, &off, &cheap, NULL, NULL),
                     WARD_ERR_REFUSED);
    assert_int_equal(access_user_change(w->store, &act, root, &less, &cheap, NULL, NULL),
                     WARD_ERR_REFUSED);
    add(w, "second", ACCESS_ADMINISTRATOR);
    assert_int_equal(
        access_user_change(w->store, &act, str_of("second"), &stale, &cheap, NULL, NULL),
        WARD_ERR_STALE);
    assert_int_equal(access_user_change(w->store, &act, root, &less, &cheap, NULL, NULL), WARD_OK);
    assert_int_equal(access_user_change(w->store, &act, str_of("second"), &off, &cheap, NULL, NULL),
                     WARD_ERR_REFUSED);
    assert_int_equal(access_user_change(w->store, &act, str_of("nobody"), &off, &cheap, NULL, NULL),
                     WARD_ERR_NOT_FOUND);
}

/* ---- the link -------------------------------------------------------------------------------- */

static enum ward_status redeem(struct world *w, const char *token, int64_t now_ms,
                               struct access_session *out)
{
    const struct access_first first = {.token = str_of(token),
                                       .user = str_of("First"),
                                       .name = str_of("The First"),
                                       .password = str_of(PASSWORD)};
    return access_redeem_link(w->access, w->store, &first, now_ms, out, NULL);
}

static void the_link_works_once(void **state)
{
    struct world *w = *state;
    char old[ACCESS_TOKEN_TEXT], token[ACCESS_TOKEN_TEXT];
    struct access_session session;
    assert_int_equal(redeem(w, "", NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(access_first_link(w->access, w->store, NOW, old, NULL), WARD_OK);
    assert_int_equal(access_first_link(w->access, w->store, NOW, token, NULL), WARD_OK);
    assert_int_equal(redeem(w, old, NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(redeem(w, "", NOW, &session), WARD_ERR_REFUSED);
    assert_int_equal(redeem(w, token, NOW + HOUR, &session), WARD_ERR_REFUSED);
    assert_int_equal(redeem(w, token, NOW + HOUR - 1, &session), WARD_OK);
    assert_string_equal(session.who.who, "first");
    assert_int_equal(session.who.role, ACCESS_ADMINISTRATOR);
    const struct access_request r = writing(&session, ACCESS_ADMIN);
    assert_int_equal(ask(w, &r, NOW + HOUR), ACCESS_ALLOWED);
    assert_int_equal(redeem(w, token, NOW + HOUR - 1, &session), WARD_ERR_REFUSED);
    assert_int_equal(access_first_link(w->access, w->store, NOW, token, NULL), WARD_OK);
    assert_string_equal(token, "");
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(w->store, NULL, &report, NULL), WARD_OK);
    assert_true(report.is_good);
}

static void a_link_is_void_once_there_are_users(void **state)
{
    struct world *w = *state;
    char token[ACCESS_TOKEN_TEXT];
    struct access_session session;
    assert_int_equal(access_first_link(w->access, w->store, NOW, token, NULL), WARD_OK);
    add(w, "other", ACCESS_VIEWER);
    assert_int_equal(redeem(w, token, NOW, &session), WARD_ERR_REFUSED);
}

int main(int argc, char **argv)
{
#define WORLD(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
#define EMPTY(name) cmocka_unit_test_setup_teardown(name, open_empty, close_world)
    const struct CMUnitTest tests[] = {
        WORLD(a_role_may_what_it_may),
        WORLD(what_is_no_credential_is_refused),
        WORLD(a_hash_of_the_token_is_no_token),
        WORLD(a_session_ends_when_idle_and_at_last),
        WORLD(uses_are_written_down_and_idle_sessions_go),
        WORLD(signing_out_ends_it),
        WORLD(signing_in_never_keeps_a_cookie),
        WORLD(a_user_has_at_most_sixteen_sessions),
        WORLD(changes_of_a_user_end_his_sessions),
        WORLD(the_own_password_is_changed_with_the_old_one),
        WORLD(a_write_from_another_site_is_refused),
        WORLD(cookies_are_for_this_site_alone),
        WORLD(a_key_may_what_its_scopes_say),
        WORLD(a_bad_key_is_not_made_good_by_a_cookie),
        WORLD(only_a_named_proxy_is_believed),
        WORLD(writes_through_a_proxy_need_the_token_too),
        WORLD(the_client_behind_a_proxy_is_known),
        WORLD(guessing_locks_out),
        WORLD(an_address_that_sprays_is_locked_out),
        WORLD(a_lock_out_outlives_a_restart),
        WORLD(the_log_tells_of_failures_but_no_secret),
        WORLD(a_failure_costs_the_same_for_whom_there_is_not),
        WORLD(only_so_many_passwords_at_once),
        WORLD(names_and_passwords_are_looked_at),
        WORLD(an_administrator_is_always_left),
        EMPTY(the_link_works_once),
        EMPTY(a_link_is_void_once_there_are_users),
    };
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
