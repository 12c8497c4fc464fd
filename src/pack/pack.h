/**
 * The compiled pack: what the folders of YAML say, immutable, ready for the scan side.
 *
 * One `struct pack` holds everything of all pack folders and overlays given to the load, merged:
 * later folders win by name, rule by rule, law by law; the terms and allow-phrases of a signal add
 * up over folders (languages share the names of signals), its other keys are those of the last
 * folder that writes them. It owns all it points to and may be shared by threads.
 */
#ifndef WARD_PACK_PACK_H
#define WARD_PACK_PACK_H

#include "match/matcher.h"
#include "pack/wording_table.h"
#include "ward/ward.h"

/** What a signal fills in the meaning of a clause (design: how meaning is read). */
enum pack_slot {
    SLOT_NONE,
    SLOT_OBJECT,
    SLOT_TRANSFER,
    SLOT_CONSIDERATION,
    SLOT_DESCRIPTION,
    SLOT_PAPERS,
    SLOT_CHANNEL,
    SLOT_SECRECY,
    SLOT_PARTY,
    SLOT_STANCE, /* quoted, denied, asked, reported, warned, told as a story */
    SLOT_SCENE,  /* words of a rival reading: pet, doll, goods, plant, job, procedure ... */
    SLOT_COUNT
};

/** Readers whose findings feed a signal declared with `reader:`. */
enum pack_reader {
    READER_NONE,
    READER_PRICE,        /* a sum in a plausible range for a child or its papers, written as one */
    READER_PRICE_SMALL,  /* a sum below that range */
    READER_PRICE_CODED,  /* a private code that is likely a price in company */
    READER_CHILD_AGE,    /* age of a child, days to years */
    READER_CHILD_SEX,    /* sex as a listing attribute */
    READER_CHILD_WEIGHT, /* weight plausible for an infant */
    READER_DUE,          /* due date or weeks of pregnancy */
    READER_PLACE,
    READER_HANDLE, /* any handle */
    READER_HANDLE_PHONE,
    READER_ROLE_LETTER, /* alias form: L/S/领/送/放/接 with place, sex or month */
    READER_COUNT
};

struct pack_signal {
    struct ward_str name; /**< [a-z0-9-]+ */
    enum pack_slot slot;
    enum pack_reader reader;
    struct ward_str reading; /**< "trade", "pet", "doll" ... or "any" */
    struct ward_str says_zh;
    struct ward_str says_en;
    struct ward_str source; /**< where the signal is known from */
};

struct pack_term {
    struct ward_str text; /**< as in the pack, braces expanded */
    uint16_t signal;
    uint8_t mode; /**< enum term_mode */
    bool whole_word;
};

/* ---- Conditions (the language is described in ward-pack(5)) ---- */

enum cond_scope {
    SCOPE_TEXT,
    SCOPE_ALIAS,
    SCOPE_GROUP_NAME,
    SCOPE_ACCOUNT, /* what this account said before, in any group */
    SCOPE_GROUP,   /* what the thread said before: events within the window */
    SCOPE_MEDIA,
    SCOPE_QUOTED,
    SCOPE_COUNT
};

enum cond_fact {
    FACT_KIND,       /* event.kind: compared with a kind name */
    FACT_TEXT_UNITS, /* text.units: units that carry meaning */
    FACT_TEXT_LINES, /* text.lines */
    FACT_PRICE_FEN, /* price.fen: largest plausible sum, CNY fen; other currencies converted by pack
                       table */
    FACT_PRICE_COUNT, /* price.count */
    FACT_CHILD_AGE,   /* child.age-days: lowest age read, absent if none */
    FACT_CHILD_COUNT, /* child.count: children described */
    FACT_HANDLE_COUNT,
    FACT_PLACE_COUNT,
    FACT_DISGUISE_COUNT,  /* disguise.count: counted hits that needed disguise to be undone */
    FACT_ACCOUNT_FLAGGED, /* account.flagged: this account's events at watch and up in memory */
    FACT_GROUP_EVENTS,    /* group.events: events in the thread's window */
    FACT_GROUP_FLAGGED,   /* group.flagged: of those, at watch and up */
    FACT_GROUP_LEANING,   /* group.leaning: of those, leaning to the trade by their own words */
    FACT_WORDING_FOR,     /* wording.for: log-odds x 100 by which the wording tells of the trade */
    FACT_WORDING_AGAINST, /* wording.against: likewise of an innocent reading */
    FACT_COUNT
};

enum cond_op {
    COND_AND, /* left, right: node indices */
    COND_OR,
    COND_NOT,    /* left */
    COND_COUNT,  /* number of hits of set `a` in `scope`, compared; plain names are count >= 1 */
    COND_NEAR,   /* some hit of `a` and some hit of `b` at most `value` units apart, either order */
    COND_BEFORE, /* `a` ends at most `value` units before `b` begins */
    COND_CLAUSE, /* `a` and `b` within one clause (between sentence marks and newlines) */
    COND_FACT    /* fact `a` compared with `value` */
};

enum cond_compare { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GE, CMP_GT };

/**
 * One node of a condition. Nodes are shared by all rules and stand behind their children
 * (left < self and right < self), so one pass from first to last evaluates every rule at once, and
 * a recursive walk goes at most COND_DEPTH_MAX deep.
 */
struct cond_node {
    uint8_t op;
    uint8_t scope;
    uint8_t compare;
    uint16_t a, b;        /* indices into pack.sets (or enum cond_fact) */
    uint16_t left, right; /* indices into pack.nodes */
    int64_t value;
};

/** Longest path from a rule's root to a leaf. */
#define COND_DEPTH_MAX 64u

/** Value of a fact that was not read: no comparison with it holds. */
#define COND_ABSENT INT64_MIN

/** Does `have` compare as asked with `want`? */
static inline bool cond_holds(int64_t have, uint8_t compare, int64_t want)
{
    if (have == COND_ABSENT)
        return false;
    switch ((enum cond_compare)compare) {
    case CMP_LT:
        return have < want;
    case CMP_LE:
        return have <= want;
    case CMP_EQ:
        return have == want;
    case CMP_NE:
        return have != want;
    case CMP_GE:
        return have >= want;
    case CMP_GT:
        return have > want;
    default:
        return false;
    }
}

/** A set of signals: one name, or all that fit a wildcard (`pet-*`, `slot:object`, `reading:pet`).
 */
struct pack_set {
    const uint16_t *signals; /**< ascending */
    uint32_t count;
    const uint64_t *bits; /**< pack.signal_words words */
};

struct pack_rule {
    struct ward_str name;
    struct ward_str says_zh; /**< may hold {price} {age} {sex} {place} {handle} {read} */
    struct ward_str says_en;
    struct ward_str when_text; /**< the condition as written */
    uint16_t when;             /**< root node */
    uint16_t family;           /**< index into pack.families */
    double weight;             /**< log-odds; negative for innocent readings */
    uint8_t role;              /**< enum ward_role: 0 none, 1 offer, 2 seek, 3 agent */
    bool
        scaled; /**< the weight is multiplied by |log-odds of the wording| (see FACT_WORDING_FOR) */
    bool urgent;
    bool help;  /**< leads to a help page, not to a case */
    bool limit; /**< while it holds, the level stays none whatever the score (help-seeking, queries)
                 */
    const uint16_t *laws; /**< first entry of each law cited; see pack_law_at for the day */
    uint32_t law_count;
    struct ward_str file; /**< where it was written */
    uint32_t line;
};

struct pack_family {
    struct ward_str name;
    double cap; /**< sum of the weights of the family never passes +-cap */
};

struct pack_law {
    struct ward_str id; /**< "CN/civil-code/1044" */
    struct ward_str title_zh, title_en, text_zh, text_en;
    struct ward_str source;
    int64_t from_ms, to_ms; /**< days, as midnight UTC; half-open; INT64_MIN / INT64_MAX: open */
};

/** One `match:` or `pass:` example of a rule. */
struct pack_example {
    struct ward_event event;
    const struct ward_event *before; /**< events of the thread before it, oldest first */
    uint32_t before_count;
    uint16_t rule;
    bool want; /**< true: the rule must fire; false: it must not */
    struct ward_str file;
    uint32_t line;
};

struct pack_source {
    struct ward_str name;    /**< "zh-trade" */
    struct ward_str version; /**< "2026.11" */
    struct ward_str date;    /**< "2026-11-01": law as of this day for events without time */
    int64_t date_ms;
    char hash[65]; /**< SHA-256 over this folder's files (names and bytes), hex */
};

/** One step of a lawful procedure. */
struct pack_step {
    struct ward_str title_zh, title_en;
    struct ward_str body_zh, body_en; /**< responsible body */
    struct ward_str source;
    int32_t days; /**< time allowed or needed, -1 not said */
};

/** A lawful way, step by step. */
struct pack_procedure {
    struct ward_str id; /**< "CN/adoption/domestic" */
    struct ward_str title_zh, title_en;
    struct ward_str source;
    const struct pack_step *steps;
    uint32_t step_count;
};

/** Rough rate for comparing sums, not for paying them. */
struct pack_currency {
    char code[4];        /**< ISO 4217, NUL-terminated */
    double cny_per_unit; /**< > 0 */
};

struct pack {
    const struct pack_source *sources;
    uint32_t source_count;
    char hash[65]; /**< SHA-256 over every file read, hex */
    const struct pack_signal *signals;
    uint32_t signal_count;
    uint32_t signal_words; /**< 64-bit words of a signal bit set */
    const struct pack_term *terms;
    uint32_t term_count; /**< matcher term index == index here; allow-phrases follow behind */
    const struct pack_term *allows; /**< matcher term index == term_count + index here */
    uint32_t allow_count;
    const struct matcher *matcher;
    const struct cond_node *nodes;
    uint32_t node_count;
    const struct pack_set *sets;
    uint32_t set_count;
    const struct pack_rule *rules;
    uint32_t rule_count;
    const struct pack_family *families;
    uint32_t family_count;
    const struct pack_law *laws; /**< sorted by id, then from; entries of one id never overlap */
    uint32_t law_count;
    const struct pack_procedure *procedures;
    uint32_t procedure_count;
    const struct pack_currency *currencies; /**< sorted by code; CNY itself is not listed */
    uint32_t currency_count;
    const struct pack_example *examples;
    uint32_t example_count;
    struct pack_wording wording; /**< count 0: no pack has a wording table */
    double base;                 /**< log-odds prior */
    double threshold_watch, threshold_review, threshold_urgent;
};

/**
 * Loads and compiles pack folders in order (a folder of pack folders stands for all of them in name
 * order). On failure `*out` is NULL and `err` names file, line and column. The result is released
 * with pack_free.
 */
enum ward_status pack_load(const char *const *dirs, uint32_t dir_count, const struct pack **out,
                           struct ward_error *err) WARD_MUST_USE;
/** Frees a pack; NULL is allowed. No other thread may still use it (see pack/pack_holder.h). */
void pack_free(const struct pack *pack);

/**
 * Whether an entry is in force at `time_ms` (UTC). Its days begin at midnight in the country its id
 * begins with ("CN/": +08:00); at UTC for ids that name none of those known.
 */
bool pack_law_holds(const struct pack_law *law, int64_t time_ms);
/** The entry of the same law as `law` (index into pack.laws) in force at `time_ms`; NULL if none.
 */
const struct pack_law *pack_law_at(const struct pack *pack, uint32_t law, int64_t time_ms);
/** CNY per unit of an ISO 4217 code; 1 for CNY, 0 if the packs do not know it. */
double pack_currency_rate(const struct pack *pack, const char code[4]);
/** Name of a slot as packs write it ("object"); static storage. */
const char *pack_slot_name(enum pack_slot slot);
/** Name of a reader as packs write it ("price"); static storage. */
const char *pack_reader_name(enum pack_reader reader);

#endif
