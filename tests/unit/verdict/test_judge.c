/**
 * The judge on made-up signals: every test puts hits into fields by name and looks at the verdict
 * of the pack in tests/unit/verdict/pack, whose rules show one thing each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "verdict/verdict.h"

#define HITS 16u
#define FIELDS 4u

struct bench {
    const struct pack *pack;
    struct verdict_plan *plan;
    struct verdict_scratch *scratch;
    struct ward_event event;
    struct verdict_field fields[FIELDS];
    struct signals signals[FIELDS];
    struct signal_hit hits[FIELDS][HITS];
    uint64_t bits[FIELDS][4];
    uint32_t clauses[FIELDS][4];
    struct price_fact price;
    struct child_fact child;
    struct verdict_input input;
    struct verdict_options options;
};

static uint16_t signal_named(const struct pack *pack, const char *name)
{
    for (uint16_t i = 0; i < pack->signal_count; i++)
        if (str_equal(pack->signals[i].name, str_of(name)))
            return i;
    fail_msg("no signal %s", name);
    return 0;
}

/* A field of `scopes` that answers with no signals yet; units are one byte each. */
static uint32_t add_field(struct bench *b, enum ward_field field, uint32_t scopes, const char *text)
{
    const uint32_t f = b->input.field_count++;
    assert_true(f < FIELDS);
    b->clauses[f][0] = 0;
    b->signals[f] = (struct signals){.hits = b->hits[f],
                                     .bits = b->bits[f],
                                     .signal_words = b->pack->signal_words,
                                     .clauses = b->clauses[f],
                                     .clause_count = 1};
    b->fields[f] = (struct verdict_field){.field = field,
                                          .scopes = scopes,
                                          .text = str_of(text),
                                          .own_end = UINT32_MAX,
                                          .signals = &b->signals[f]};
    return f;
}

static struct signal_hit *say(struct bench *b, uint32_t f, const char *name, uint32_t begin,
                              uint32_t end)
{
    struct signals *s = &b->signals[f];
    struct signal_hit *hit = &b->hits[f][s->hit_count++];
    const uint16_t signal = signal_named(b->pack, name);
    uint32_t term = 0;
    while (term < b->pack->term_count && b->pack->terms[term].signal != signal)
        term++;
    *hit = (struct signal_hit){.signal = signal,
                               .term = term,
                               .unit_begin = begin,
                               .unit_end = end,
                               .begin = begin,
                               .end = end};
    s->bits[signal >> 6] |= UINT64_C(1) << (signal & 63u);
    return hit;
}

static const struct ward_verdict *judge(struct bench *b)
{
    const struct ward_verdict *verdict;
    b->input.event = &b->event;
    b->input.fields = b->fields;
    assert_int_equal(verdict_judge(b->plan, &b->input, &b->options, b->scratch, &verdict), WARD_OK);
    double log_odds = verdict->base;
    for (size_t i = 0; i < verdict->reason_count; i++)
        log_odds += verdict->reasons[i].weight;
    assert_true(fabs(1.0 / (1.0 + exp(-log_odds)) - verdict->score) < 0.0005);
    return verdict;
}

static bool told(const struct ward_verdict *verdict, const char *rule)
{
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (str_equal(verdict->reasons[i].rule, str_of(rule)))
            return true;
    return false;
}

/* The reason of `rule`, which must be there. */
static const struct ward_reason *reason(const struct ward_verdict *verdict, const char *rule)
{
    static const struct ward_reason none = {.weight = 0};
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (str_equal(verdict->reasons[i].rule, str_of(rule)))
            return &verdict->reasons[i];
    fail_msg("no reason %s", rule);
    return &none;
}

#define TEXT_SCOPE (1u << SCOPE_TEXT)

static int setup(void **state)
{
    static const char *const dirs[] = {TEST_PACK};
    struct bench *b = calloc(1, sizeof *b);
    struct ward_error err = {0};
    if (!b)
        return -1;
    if (pack_load(dirs, 1, &b->pack, &err) != WARD_OK)
        fail_msg("%s:%u: %s", err.source, err.line, err.message);
    assert_int_equal(verdict_plan_new(b->pack, &b->plan, &err), WARD_OK);
    assert_int_equal(verdict_scratch_new(b->plan, &b->scratch), WARD_OK);
    b->options = (struct verdict_options){.watch = 0.2, .review = 0.5};
    b->input.event = &b->event;
    b->input.fields = b->fields;
    (void)add_field(b, WARD_FIELD_TEXT, TEXT_SCOPE, "0123456789012345678901234567890123456789");
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    verdict_scratch_free(b->scratch);
    verdict_plan_free(b->plan);
    pack_free(b->pack);
    free(b);
    return 0;
}

/* Nothing said: base rate, no reasons, and the plan knows that memory cannot change it. */
static void test_silence(void **state)
{
    struct bench *b = *state;
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->level, WARD_LEVEL_NONE);
    assert_int_equal(v->reason_count, 0);
    assert_true(fabs(v->score - 1.0 / (1.0 + exp(2.0))) < 1e-9);
    assert_false(verdict_asks_memory(b->plan, &b->input));
}

/* An innocent signal alone is no reason to tell of innocence. */
static void test_only_innocent(void **state)
{
    struct bench *b = *state;
    say(b, 0, "pet", 0, 3);
    assert_int_equal(judge(b)->reason_count, 0);
    b->options.every_rule = true;
    assert_true(told(judge(b), "pet"));
}

static void test_offer_and_rival(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->level, WARD_LEVEL_URGENT);
    assert_int_equal(v->role, WARD_ROLE_OFFER);
    say(b, 0, "pet", 11, 14);
    v = judge(b);
    assert_int_equal(v->level, WARD_LEVEL_NONE);
    assert_int_equal(v->role, WARD_ROLE_NONE);
    assert_true(v->reasons[v->reason_count - 1].weight < 0);
}

/* The heavier rule keeps its weight, the other gets what the cap leaves; zero is not shown. */
static void test_family_cap(void **state)
{
    struct bench *b = *state;
    say(b, 0, "girl", 0, 4);
    const struct ward_verdict *v = judge(b);
    assert_true(fabs(reason(v, "small-one")->weight - 0.8) < 1e-9);
    assert_true(fabs(reason(v, "small-two")->weight - 0.2) < 1e-9);
    assert_false(told(v, "nothing"));
    b->options.every_rule = true;
    assert_true(told(judge(b), "nothing"));
}

/* One slot family, or none of dealing, or sound alone: watch at most, whatever the score. */
static void test_gate(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "body", 6, 10);
    const struct ward_verdict *v = judge(b);
    assert_true(v->score > 0.8);
    assert_int_equal(v->level, WARD_LEVEL_WATCH);
    say(b, 0, "give", 11, 15);
    assert_int_equal(judge(b)->level, WARD_LEVEL_URGENT);
    for (uint32_t h = 0; h < 3; h++)
        b->hits[0][h].by_sound = true;
    assert_int_equal(judge(b)->level, WARD_LEVEL_WATCH);
}

static void test_limit_and_help(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    say(b, 0, "plea", 11, 15);
    const struct ward_verdict *v = judge(b);
    assert_true(v->score > 0.5);
    assert_int_equal(v->level, WARD_LEVEL_NONE);
    assert_int_equal(v->help_count, 1);
    assert_true(str_equal(v->help[0].says_en, str_of("help")));
}

/* agent weighs 5, offer 3: but the cap of 6 leaves 1 to the offer. */
static void test_role_by_weight(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    say(b, 0, "fee", 11, 14);
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->role, WARD_ROLE_AGENT);
    assert_true(fabs(reason(v, "given")->weight - 1.0) < 1e-9);
}

static void test_uncounted_hits(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    struct signal_hit *give = say(b, 0, "give", 6, 10);
    give->support = SUPPORT_STRONG;
    b->bits[0][give->signal >> 6] &= ~(UINT64_C(1) << (give->signal & 63u));
    assert_false(told(judge(b), "given"));
}

static void test_neighbours(void **state)
{
    struct bench *b = *state;
    say(b, 0, "a-mark", 0, 3);
    struct signal_hit *second = say(b, 0, "b-mark", 6, 9);
    const struct ward_verdict *v = judge(b);
    assert_true(told(v, "near"));
    assert_true(told(v, "before"));
    assert_true(told(v, "clause"));
    assert_int_equal(reason(v, "near")->span_count, 2);
    second->unit_begin = 7; /* four units between */
    v = judge(b);
    assert_false(told(v, "near"));
    assert_false(told(v, "before"));
    assert_true(told(v, "clause"));
    b->clauses[0][1] = 5;
    b->signals[0].clause_count = 2;
    assert_false(told(judge(b), "clause"));
}

static void test_order_of_neighbours(void **state)
{
    struct bench *b = *state;
    say(b, 0, "b-mark", 0, 3);
    say(b, 0, "a-mark", 4, 7);
    const struct ward_verdict *v = judge(b);
    assert_true(told(v, "near"));
    assert_false(told(v, "before"));
}

/* What overlaps is one piece of text, not two pieces of evidence. */
static void test_overlap_is_not_near(void **state)
{
    struct bench *b = *state;
    say(b, 0, "a-mark", 0, 3);
    say(b, 0, "b-mark", 2, 5);
    assert_false(told(judge(b), "near"));
}

/* Fillers do not move words apart when the kinds of units are known. */
static void test_distance_in_meaning(void **state)
{
    struct bench *b = *state;
    uint8_t kinds[20];
    memset(kinds, UNIT_HAN, sizeof kinds);
    memset(kinds + 3, UNIT_SYMBOL, 7);
    say(b, 0, "a-mark", 0, 3);
    say(b, 0, "b-mark", 10, 13);
    assert_false(told(judge(b), "near"));
    b->fields[0].kinds = kinds;
    b->fields[0].unit_count = sizeof kinds;
    assert_true(told(judge(b), "near"));
}

static void test_count(void **state)
{
    struct bench *b = *state;
    say(b, 0, "b-mark", 0, 3);
    say(b, 0, "b-mark", 1, 3); /* the same mention, another term */
    say(b, 0, "b-mark", 4, 7);
    assert_false(told(judge(b), "thrice"));
    say(b, 0, "b-mark", 8, 11);
    assert_true(told(judge(b), "thrice"));
}

/* Somebody else's text: judged, but no role, and it answers to `quoted`. */
static void test_foreign_text(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    b->fields[0].scopes |= 1u << SCOPE_QUOTED;
    b->input.foreign = true;
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->role, WARD_ROLE_NONE);
    assert_true(told(v, "theirs"));
    assert_true(told(v, "given"));
}

static void test_alias_is_context(void **state)
{
    struct bench *b = *state;
    const uint32_t alias = add_field(b, WARD_FIELD_ALIAS, 1u << SCOPE_ALIAS, "girl");
    say(b, alias, "girl", 0, 4);
    assert_int_equal(judge(b)->reason_count, 0);
    say(b, 0, "give", 0, 4);
    const struct ward_verdict *v = judge(b);
    assert_int_equal(reason(v, "named")->spans[1].at.field, WARD_FIELD_ALIAS);
    assert_int_equal(v->level, WARD_LEVEL_REVIEW);
}

static void test_memory(void **state)
{
    struct bench *b = *state;
    say(b, 0, "fee", 0, 3);
    assert_false(told(judge(b), "heard"));
    assert_true(verdict_asks_memory(b->plan, &b->input));
    assert_false(verdict_counts_events(b->plan));
    uint64_t group[4] = {0};
    const uint16_t child = signal_named(b->pack, "child");
    group[child >> 6] |= UINT64_C(1) << (child & 63u);
    b->input.context.group_bits = group;
    const struct ward_verdict *v = judge(b);
    assert_true(told(v, "heard"));
    assert_int_equal(v->level, WARD_LEVEL_WATCH); /* its own words told nothing */
    assert_true(verdict_remembered(b->scratch) > 0);
    assert_true(verdict_stirs_thread(b->plan, group));
    assert_false(verdict_stirs_thread(b->plan, b->bits[0]));
}

static void test_law_of_the_day(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    const struct ward_verdict *v = judge(b);
    assert_true(v->law_date_assumed);
    assert_true(str_equal(reason(v, "given")->laws[0].title_en, str_of("new")));
    b->event.has_time = true;
    b->event.time_ms = INT64_C(1585708800000); /* 2020-04-01 */
    v = judge(b);
    assert_false(v->law_date_assumed);
    assert_int_equal(reason(v, "given")->law_count, 1);
    assert_true(str_equal(reason(v, "given")->laws[0].title_en, str_of("old")));
}

static void test_sentences(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "give", 6, 10);
    assert_true(str_equal(reason(judge(b), "given")->says_en,
                          str_of("gives a child, age unknown, for money; child")));
    b->price = (struct price_fact){
        .low_minor = 9000000, .high_minor = 9000000, .currency = "CNY", .begin = 12, .end = 14};
    b->child = (struct child_fact){.sex = SEX_FEMALE,
                                   .age_days_low = 91,
                                   .age_days_high = 91,
                                   .count = 1,
                                   .begin = 15,
                                   .end = 18};
    b->signals[0].prices = &b->price;
    b->signals[0].price_count = 1;
    b->signals[0].children = &b->child;
    b->signals[0].child_count = 1;
    const struct ward_verdict *v = judge(b);
    assert_true(str_equal(reason(v, "given")->says_en,
                          str_of("gives a girl, 3 months, for 90,000 yuan; child")));
    assert_true(str_equal(reason(v, "given")->says_zh, str_of("送女孩，3个月，9万元")));
    assert_int_equal(v->price_count, 1);
    assert_int_equal(v->prices[0].low_minor, 9000000);
    assert_int_equal(v->children[0].sex, 'f');
}

/* Each span once, in order, pointing at the bytes written. */
static void test_spans(void **state)
{
    struct bench *b = *state;
    say(b, 0, "child", 0, 5);
    say(b, 0, "child", 0, 3); /* inside the longer one */
    struct signal_hit *give = say(b, 0, "give", 6, 10);
    give->disguises = WARD_DISGUISE_SEPARATOR;
    const struct ward_reason *r = reason(judge(b), "given");
    assert_int_equal(r->span_count, 2);
    assert_int_equal(r->spans[0].at.end, 5);
    assert_true(str_equal(r->spans[0].written, str_of("01234")));
    assert_true(str_equal(r->spans[1].read, str_of("give")));
    assert_int_equal(r->spans[1].disguises, WARD_DISGUISE_SEPARATOR);
}

/* The second window tells its hits at their place in the whole text, and only its own. */
static void test_windows(void **state)
{
    struct bench *b = *state;
    const uint32_t second = add_field(b, WARD_FIELD_TEXT, TEXT_SCOPE, "0123456789012345");
    b->fields[second].offset = 30;
    b->fields[second].own_begin = 4;
    b->fields[0].own_end = 34;
    say(b, 0, "child", 31, 36);
    say(b, second, "child", 1, 6);
    say(b, second, "give", 8, 12);
    const struct ward_reason *r = reason(judge(b), "given");
    assert_int_equal(r->span_count, 2);
    assert_int_equal(r->spans[0].at.begin, 31);
    assert_int_equal(r->spans[1].at.begin, 38);
}

/* Thirty-four words of one letter, so that a unit is a byte and word w begins at byte 2 w. */
static void long_text(struct bench *b)
{
    b->fields[0].text = str_of("a b c d e f g h i j. k l m n o p q r. s t u v w x y z. "
                               "a b c d e f g h i j k l m n");
    b->signals[0].unit_count = 40;
}

/* The cat stands two passages away from the offer: it speaks for the whole, not for that passage.
 */
static void test_a_passage_stands_by_itself(void **state)
{
    struct bench *b = *state;
    long_text(b);
    say(b, 0, "child", 0, 1);
    say(b, 0, "give", 2, 3);
    say(b, 0, "pet", 70, 71);
    b->options.whole_only = true;
    const double whole = judge(b)->score;
    assert_false(judge(b)->is_passage);
    b->options.whole_only = false;
    const struct ward_verdict *v = judge(b);
    assert_true(v->score > whole + 0.3);
    assert_false(told(v, "pet"));
    assert_true(v->is_passage);
    assert_int_equal(v->passage.begin, 0);
    assert_true(v->passage.end < 70);
    assert_int_equal(reason(v, "given")->spans[1].at.begin, 2);
}

/* Places are told from the field's begin, facts from the whole text. */
static void test_a_later_passage_keeps_its_place(void **state)
{
    struct bench *b = *state;
    long_text(b);
    b->price = (struct price_fact){.currency = "CNY",
                                   .low_minor = 5,
                                   .high_minor = 5,
                                   .begin = 0,
                                   .end = 1,
                                   .unit_begin = 0,
                                   .unit_end = 1};
    b->signals[0].prices = &b->price;
    b->signals[0].price_count = 1;
    say(b, 0, "pet", 0, 1);
    say(b, 0, "child", 70, 71);
    say(b, 0, "give", 72, 73);
    const struct ward_verdict *v = judge(b);
    assert_true(v->is_passage && v->passage.begin > 1);
    assert_int_equal(reason(v, "given")->spans[0].at.begin, 70);
    assert_int_equal(v->price_count, 1);
}

/* Who asks for help somewhere in the text is not accused by another part of it. */
static void test_help_holds_for_every_passage(void **state)
{
    struct bench *b = *state;
    long_text(b);
    say(b, 0, "child", 0, 1);
    say(b, 0, "give", 2, 3);
    say(b, 0, "plea", 70, 71);
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->level, WARD_LEVEL_NONE);
    assert_false(v->is_passage);
    assert_int_equal(v->help_count, 1);
}

/* On equal terms the whole stands: it says more. */
static void test_the_whole_stands_when_no_passage_is_stronger(void **state)
{
    struct bench *b = *state;
    long_text(b);
    say(b, 0, "child", 0, 1);
    say(b, 0, "give", 2, 3);
    const struct ward_verdict *v = judge(b);
    assert_int_equal(v->level, WARD_LEVEL_URGENT);
    assert_false(v->is_passage);
}

int main(void)
{
#define JUDGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        JUDGE(test_silence),
        JUDGE(test_only_innocent),
        JUDGE(test_offer_and_rival),
        JUDGE(test_family_cap),
        JUDGE(test_gate),
        JUDGE(test_limit_and_help),
        JUDGE(test_role_by_weight),
        JUDGE(test_uncounted_hits),
        JUDGE(test_neighbours),
        JUDGE(test_order_of_neighbours),
        JUDGE(test_overlap_is_not_near),
        JUDGE(test_distance_in_meaning),
        JUDGE(test_count),
        JUDGE(test_foreign_text),
        JUDGE(test_alias_is_context),
        JUDGE(test_memory),
        JUDGE(test_law_of_the_day),
        JUDGE(test_sentences),
        JUDGE(test_spans),
        JUDGE(test_windows),
        JUDGE(test_a_passage_stands_by_itself),
        JUDGE(test_a_later_passage_keeps_its_place),
        JUDGE(test_help_holds_for_every_passage),
        JUDGE(test_the_whole_stands_when_no_passage_is_stronger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
