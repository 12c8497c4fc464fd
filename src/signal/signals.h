/**
 * Typed signals found in one text: terms of the packs plus what the readers read (prices, children,
 * places, handles), each with its span as written.
 *
 * `struct signals` is the result of one text and owns its arrays, so that the text, the alias and
 * the group name of an event can be held side by side; `struct signal_scratch` is the working
 * memory of one thread. Both are reused from call to call: after warm-up nothing is allocated.
 *
 * A hit *counts* when its `support` is SUPPORT_NONE. The readers and the matcher may ask for
 * company (a sound-alike of two syllables, a private price code, "3 months" with no child named);
 * signals_find looks for it among the hits that need none and lowers `support` to SUPPORT_NONE when
 * found.
 */
#ifndef WARD_SIGNAL_SIGNALS_H
#define WARD_SIGNAL_SIGNALS_H

#include "match/matcher.h"
#include "pack/pack.h"
#include "text/units.h"
#include "ward/ward.h"

/** Ceilings of one text; what lies beyond is dropped, first come first kept. */
#define SIGNAL_HITS_MAX 4096u
#define SIGNAL_FACTS_MAX 64u
/** Units within which a hit by sound, or a code, may find its company. */
#define SIGNAL_COMPANY_UNITS 24u

/** One signal occurrence. `signal` is the pack's signal index (see pack/pack.h). */
struct signal_hit {
    uint16_t signal;
    uint32_t term;       /**< pack term index, or SIGNAL_NO_TERM for a reader's finding */
    uint32_t unit_begin; /**< half-open, units */
    uint32_t unit_end;
    uint32_t begin; /**< half-open, bytes of the field as received */
    uint32_t end;
    uint32_t disguises;
    uint16_t cost_centi;
    uint8_t support; /**< enum hit_support, after company was looked at: SUPPORT_NONE = counts */
    bool rare;
    bool by_sound; /**< read by sound or initials: alone it never reaches review */
};
#define SIGNAL_NO_TERM 0xFFFFFFFFu

/** Where a sum stands against what is reported for children and their papers (price.h). */
enum price_class {
    PRICE_PLAUSIBLE, /* in the range of its currency */
    PRICE_SMALL,     /* below it */
    PRICE_LARGE,     /* above it */
    PRICE_CODED      /* a private code ("8个", 一个巴掌, 六位数): a sum only in company */
};

/** A sum of money. Minor units: fen, cents, sen ... of `currency` (ISO 4217; VND and IDR have their
 * own minor unit: VND none, IDR 1/100). */
struct price_fact {
    int64_t low_minor;
    int64_t high_minor;  /**< equal to low for a single sum */
    char currency[4];    /**< given, or assumed from unit and language */
    bool assumed;        /**< the currency was not written */
    bool coded;          /**< price_class is PRICE_CODED */
    uint8_t price_class; /**< enum price_class */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

enum child_sex { SEX_UNKNOWN, SEX_FEMALE, SEX_MALE };

/** What is said of a child. Ages in days; unborn: due is set if a date was given, ages 0. */
struct child_fact {
    enum child_sex sex;
    int32_t age_days_low; /**< -1 unknown */
    int32_t age_days_high;
    int32_t weight_grams; /**< 0 unknown */
    int32_t count;        /**< 1.. */
    bool unborn;
    char due[11]; /**< "YYYY-MM-DD", "YYYY-MM", "--MM-DD", "--MM", or ""; for a born child the birth
                     month if that is what was written */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

struct place_fact {
    char code[16]; /**< GB/T 2260: "CN-44", "CN-4405", "CN-440507"; else "PH-MNL", "ID-JK" ... */
    uint32_t unit_begin, unit_end, begin, end;
};

struct handle_fact {
    const char *kind; /**< "phone", "wechat", "qq", "telegram", "whatsapp", "line", "zalo", "email",
                         "url", "other"; static */
    struct ward_str value; /**< normalised, NUL-terminated; held by the struct signals */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

/** Which field the text is: aliases and group names are short forms with their own habits. */
enum signal_field { SIGNAL_TEXT, SIGNAL_ALIAS, SIGNAL_GROUP_NAME };

/** All that was found in one text. Owns every pointer; read-only for users. */
struct signals {
    struct signal_hit *hits; /**< sorted by (unit_begin, unit_end, signal, term) */
    uint32_t hit_count;
    uint64_t *bits; /**< signal_words words: signals with at least one counted hit */
    uint32_t signal_words;
    struct price_fact *prices; /**< in order of position, as all facts */
    uint32_t price_count;
    struct child_fact *children;
    uint32_t child_count;
    struct place_fact *places;
    uint32_t place_count;
    struct handle_fact *handles;
    uint32_t handle_count;
    uint32_t *clauses; /**< first unit of each clause, ascending; clause 0 begins at 0 */
    uint32_t clause_count;
    uint32_t unit_count;         /**< units that carry meaning: no space, mark, symbol */
    uint32_t line_count;         /**< 1.. */
    uint32_t disguises;          /**< union over the counted hits */
    uint32_t disguised_count;    /**< counted hits that needed disguise to be undone */
    struct signals_store *store; /**< private: capacities and handle values */
};

/** Starts empty; allocates nothing. */
void signals_init(struct signals *signals);
void signals_release(struct signals *signals);

/**
 * A compact deep copy in one block, for caches of aliases and group names. `*out` is freed with
 * signals_free_copy. WARD_ERR_NOMEM. signals_copy_bytes tells its size.
 */
enum ward_status signals_copy(const struct signals *from, struct signals **out) WARD_MUST_USE;
void signals_free_copy(struct signals *copy);
size_t signals_copy_bytes(const struct signals *from);

/** The clause (index into `clauses`) that holds `unit`. O(log clauses). */
uint32_t signals_clause_of(const struct signals *signals, uint32_t unit);

struct signal_scratch;

/** Working memory for one thread and one pack. WARD_ERR_NOMEM. */
enum ward_status signal_scratch_new(const struct pack *pack,
                                    struct signal_scratch **out) WARD_MUST_USE;
void signal_scratch_free(struct signal_scratch *scratch);
/** The units of the last text given to signals_find; valid until the next call. */
const struct text_units *signal_scratch_units(const struct signal_scratch *scratch);

/**
 * Finds everything in `text` (at most WARD_TEXT_WINDOW_BYTES, else WARD_ERR_LIMIT: the caller cuts
 * windows). `out` is replaced. Empty text gives an empty result. WARD_ERR_NOMEM leaves `out` empty.
 * Same pack, text and field: same result. Cost: O(units + hits log hits).
 */
enum ward_status signals_find(const struct pack *pack, struct ward_str text,
                              enum signal_field field, struct signal_scratch *scratch,
                              struct signals *out) WARD_MUST_USE;

#endif
