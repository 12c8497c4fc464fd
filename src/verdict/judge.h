/**
 * What the files of this room share: the plan, the scratch and the state of one judgement.
 */
#ifndef WARD_VERDICT_JUDGE_H
#define WARD_VERDICT_JUDGE_H

#include "verdict/verdict.h"
#include "verdict/wording.h"

/** Pairs of hits looked at for one near/before/clause: a bound on hostile texts. */
#define COND_PAIRS_MAX 65536u
/** Spans shown for one reason; evidence beyond that adds nothing for a reader. */
#define REASON_SPANS_MAX 16u

struct verdict_plan {
    const struct pack *pack; /**< borrowed */
    uint32_t rule_words;
    uint32_t *index_begin; /**< owned; [scope * signal_count + signal] -> range in index_rules */
    uint16_t *index_rules; /**< owned; rules that need that signal (or another like it) */
    uint64_t *always;      /**< owned; rules that need no signal */
    uint64_t *telling;     /**< owned; rules that weigh for the trade, help or limit */
    uint64_t *remembering; /**< owned; rules that ask memory */
    uint64_t *wanted;      /**< owned; SCOPE_COUNT x signal_words: signals telling rules need */
    bool telling_always;   /**< some telling rule needs no signal of the event itself */
    uint64_t *asking;      /**< owned; as wanted, for rules that ask memory */
    bool asking_always;    /**< some rule asks memory and needs no signal of the event itself */
    bool asks_threads;     /**< some rule asks what a thread said */
    bool asks_accounts;    /**< some rule asks what an account said */
    bool counts_events;    /**< some rule compares group.events */
    uint64_t *heard;       /**< owned; signal_words: signals any rule asks of the thread */
    int64_t date_ms;       /**< newest date of the packs: law for events without time */
};

struct verdict_scratch {
    struct arena arena;
    const struct verdict_plan *plan;
    uint64_t *present;   /**< owned; SCOPE_COUNT x signal_words: signals counted in this event */
    uint64_t *plausible; /**< owned; rule bits */
    struct wording_scratch *wording; /**< owned */
    struct arena views;              /**< the passage being judged */
    struct text_units units;         /**< of the window whose passages are judged */
    struct ward_verdict verdict;
    bool limited;      /**< a `limit` rule held in the last judgement */
    double remembered; /**< sum of the weights that rules which ask memory added */
};

/** A hit named by its place in the input. */
struct hit_ref {
    uint16_t field;
    uint32_t hit;
};

/** Evidence gathered for one rule. */
struct evidence {
    struct hit_ref refs[REASON_SPANS_MAX * 4];
    uint32_t count;
    uint32_t slots;     /**< bits 1 << enum pack_slot over all scopes */
    uint32_t slots_own; /**< likewise, in text and media only */
    bool solid;         /**< some hit was not read by sound alone */
};

struct fired {
    uint16_t rule;
    double weight; /**< effective */
    struct evidence evidence;
};

/** One judgement in progress. */
struct judgement {
    const struct verdict_plan *plan;
    const struct verdict_input *input; /**< the event, or one passage of it */
    const struct verdict_input *whole; /**< the event: its facts are told whatever passage stands */
    const struct verdict_options *options;
    struct verdict_scratch *scratch;
    uint32_t **meaning; /**< per field, on demand: units that carry meaning before unit i */
    struct fired *fired;
    uint32_t fired_count;
    struct wording_opinion wording; /**< valid if heard */
    bool heard;
    bool failed; /**< out of memory somewhere: the judgement is void */
};

/* holds.c */

/** True for the scopes that are filled from memory, not from the event. */
static inline bool scope_is_remembered(uint32_t scope)
{
    return scope == SCOPE_ACCOUNT || scope == SCOPE_GROUP;
}

/** True when the field is what the person says now: the subject itself or its media. */
static inline bool field_is_own(const struct verdict_field *field)
{
    return (field->scopes & (1u << SCOPE_TEXT | 1u << SCOPE_MEDIA)) != 0;
}

/** True when condition `node` holds for the event. */
bool when_holds(struct judgement *j, uint16_t node);
/** Adds the hits that make `node` (which holds) true. */
void when_evidence(struct judgement *j, uint16_t node, struct evidence *out);
/** Adds the hits that spoke loudest in the wording. */
void wording_evidence(struct judgement *j, struct evidence *out);
/** Value of a fact for this event. */
int64_t when_fact(struct judgement *j, enum cond_fact fact);
/** What the wording says, judged once an event. */
const struct wording_opinion *when_wording(struct judgement *j);

/* score.c */

/** Caps families, sums up, sets base, score, level and role of `verdict`, orders j->fired. */
void score_settle(struct judgement *j, struct ward_verdict *verdict);

/* tell.c */

/** Writes facts, reasons, help and laws of a settled judgement into `verdict`. */
void tell_verdict(struct judgement *j, struct ward_verdict *verdict);

/* says.c */

/** Fills the slots of a sentence: {price} {age} {sex} {place} {handle} {read}
 * {words}. */
struct ward_str says_fill(struct judgement *j, struct ward_str sentence, bool zh,
                          const struct evidence *evidence);

static inline bool bits_have(const uint64_t *bits, uint32_t at)
{
    return (bits[at >> 6] >> (at & 63u)) & 1u;
}

static inline void bits_set(uint64_t *bits, uint32_t at)
{
    bits[at >> 6] |= UINT64_C(1) << (at & 63u);
}

#endif
