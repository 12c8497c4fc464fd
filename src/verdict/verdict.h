/**
 * Signals and context -> fired rules -> score, level, role, reasons.
 *
 * `verdict_plan` is made once from a pack and immutable; `verdict_scratch` is one per thread. The
 * judge is pure: no clock, no I/O, the same input gives the same verdict.
 *
 * Whose words: text that is forwarded or written by a bot or moderator (`foreign`) is judged but
 * never gives its poster a role; its hits count in the scope `quoted` as well as in the text, so
 * that a pack can weigh `quoted.` signals against it.
 *
 * Passages: a long text (passage.h) is judged whole and passage by passage; the
 * highest level stands, of these the highest score, of these the whole. A text that a `limit` rule
 * holds at level none is judged whole only: who asks for help is not accused by halves.
 */
#ifndef WARD_VERDICT_VERDICT_H
#define WARD_VERDICT_VERDICT_H

#include "base/arena.h"
#include "pack/pack.h"
#include "signal/signals.h"
#include "ward/ward.h"

/**
 * Signals of one field, or of one window of a long one. All borrowed for the call.
 *
 * Windows overlap: each owns the hits and facts that begin in [own_begin, own_end) of its text.
 */
struct verdict_field {
    enum ward_field field;
    uint32_t media;  /**< index into event.media for WARD_FIELD_MEDIA */
    uint32_t scopes; /**< bits 1 << enum cond_scope that this field answers to */
    struct ward_str text;
    uint32_t offset; /**< byte of the field where `text` begins */
    uint32_t own_begin, own_end;
    const struct signals *signals;
    const uint8_t *kinds; /**< enum unit_kind of every unit, or NULL: distances count all units */
    uint32_t unit_count;  /**< of `kinds` */
};

/** What is remembered. Bit sets have pack.signal_words words; NULL = nothing remembered. */
struct verdict_context {
    const uint64_t *group_bits;   /**< signals counted in the thread's window */
    const uint64_t *account_bits; /**< signals counted in what the account wrote before */
    const uint8_t *group_counts;  /**< per signal, events of the window that said it; or NULL */
    uint32_t group_events;
    uint32_t group_flagged;
    uint32_t group_leaning;
    uint32_t account_flagged;
};

struct verdict_input {
    const struct ward_event *event;
    const struct verdict_field *fields; /**< text windows first, then media; borrowed */
    uint32_t field_count;
    struct verdict_context context;
    bool foreign; /**< the text is not its poster's own */
};

struct verdict_options {
    double watch, review, urgent; /**< effective thresholds; urgent 0 = none of its own */
    bool every_rule;              /**< see ward_check_options */
    bool whole_only;              /**< see ward_check_options */
};

struct verdict_plan;
struct verdict_scratch;

/** Indexes the rules of `pack` (borrowed, must outlive the plan). WARD_ERR_NOMEM, or
 * WARD_ERR_LIMIT for a condition nested deeper than 64. */
enum ward_status verdict_plan_new(const struct pack *pack, struct verdict_plan **out,
                                  struct ward_error *err) WARD_MUST_USE;
void verdict_plan_free(struct verdict_plan *plan);

/** True when some rule that asks what a thread or an account said before may hold for `input`; when
 * false, nothing remembered can change the verdict. */
bool verdict_asks_memory(const struct verdict_plan *plan, const struct verdict_input *input);
/** True when some rule asks memory of threads or accounts at all; of accounts. */
bool verdict_uses_memory(const struct verdict_plan *plan);
bool verdict_uses_accounts(const struct verdict_plan *plan);
/** True when some rule asks how many events a thread has, so that even silent ones matter. */
bool verdict_counts_events(const struct verdict_plan *plan);
/** True when signals `bits` (pack.signal_words words), once said in a thread, can matter to others
 * in it. */
bool verdict_stirs_thread(const struct verdict_plan *plan, const uint64_t *bits);

/** What rules that ask memory added to the last judgement of `scratch`, in log-odds. */
double verdict_remembered(const struct verdict_scratch *scratch);

enum ward_status verdict_scratch_new(const struct verdict_plan *plan,
                                     struct verdict_scratch **out) WARD_MUST_USE;
void verdict_scratch_free(struct verdict_scratch *scratch);

/**
 * Judges one event. `*out` lives in `scratch` until its next use; it borrows from the input, the
 * event and the pack. `revision` is 0; the caller sets it. WARD_ERR_NOMEM leaves `*out` NULL.
 * Cost: O(hits) when no rule is plausible; otherwise bounded by rules x hits with a ceiling on
 * pairs looked at, and for a long text the same once a clause over the hits of a passage.
 */
enum ward_status verdict_judge(const struct verdict_plan *plan, const struct verdict_input *input,
                               const struct verdict_options *options,
                               struct verdict_scratch *scratch,
                               const struct ward_verdict **out) WARD_MUST_USE;

#endif
