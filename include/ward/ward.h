/**
 * ward: finds the sale of children in what people write, through the disguises that defeat word
 * bans.
 *
 * This is the only installed header. Two things live here:
 *   - the engine: packs -> compiled engine -> one verdict per event, every point of it explained;
 *   - the term matcher alone (`ward_terms_*`), for anyone who uses a sensitive-word filter today.
 *
 * Conventions, valid for every function below:
 *   - Text is UTF-8 given as (data, length); it need not end in NUL, may hold NUL, may be invalid.
 *   - Offsets are 0-based bytes, half-open: the span is data[begin .. end).
 *   - Functions that can fail return `enum ward_status`. Out-parameters are emptied on entry and
 *     written only on success. `err` may be NULL; otherwise it is filled on failure.
 *   - Compiled objects (engine, terms) are immutable and may be shared by threads. A scratch
 * belongs to one thread at a time. Nothing here keeps global state, prints, or exits.
 */
#ifndef WARD_WARD_H
#define WARD_WARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WARD_API __attribute__((visibility("default")))
#define WARD_MUST_USE __attribute__((warn_unused_result))
#else
#define WARD_API
#define WARD_MUST_USE
#endif

/** What went right or wrong. Values never change meaning and are never reused. */
enum ward_status {
    WARD_OK = 0,
    WARD_ERR_NOMEM = 1,     /**< an allocation failed; nothing was changed */
    WARD_ERR_ARGUMENT = 2,  /**< the call itself is wrong (NULL, out of range) */
    WARD_ERR_FORMAT = 3,    /**< input data is malformed; `err` names the place */
    WARD_ERR_LIMIT = 4,     /**< a documented limit was reached */
    WARD_ERR_IO = 5,        /**< the operating system refused; `err` says what */
    WARD_ERR_NOT_FOUND = 6, /**< a named thing does not exist */
    WARD_ERR_STALE = 7,     /**< a cached form does not fit its sources any more */
    WARD_ERR_BUSY = 8,      /**< another process holds it; trying again may help */
    WARD_ERR_REFUSED = 9    /**< a rule forbids it (legal hold, a second person is needed) */
};

#define WARD_ERROR_MESSAGE_BYTES 320
#define WARD_ERROR_SOURCE_BYTES 256

/** Where and why something failed. Plain data; copy freely. */
struct ward_error {
    enum ward_status status;
    char message[WARD_ERROR_MESSAGE_BYTES]; /**< one sentence, NUL-terminated, no newline */
    char source[WARD_ERROR_SOURCE_BYTES];   /**< file or stream name, "" if none */
    uint32_t line;                          /**< 1-based, 0 if unknown */
    uint32_t column;                        /**< 1-based in bytes, 0 if unknown */
};

/** Borrowed text. Never NUL-terminated by promise, never freed by the callee. */
struct ward_str {
    const char *data;
    size_t len; /**< bytes */
};

/** Short lower-case name of a status ("ok", "no-memory" ...); static storage. */
WARD_API const char *ward_status_name(enum ward_status status);

/** Version of the library, "MAJOR.MINOR.PATCH"; static storage. */
WARD_API const char *ward_version(void);

/* ---- Disguises ------------------------------------------------------------------------------- */

/** Ways of hiding a word, as bits. A hit names all that had to be undone to read it. */
enum ward_disguise {
    WARD_DISGUISE_WIDTH = 1u << 0,
    WARD_DISGUISE_CASE = 1u << 1,
    WARD_DISGUISE_STYLED = 1u << 2,
    WARD_DISGUISE_VARIANT = 1u << 3,
    WARD_DISGUISE_INVISIBLE = 1u << 4,
    WARD_DISGUISE_SEPARATOR = 1u << 5,
    WARD_DISGUISE_FILLER = 1u << 6,
    WARD_DISGUISE_REPEAT = 1u << 7,
    WARD_DISGUISE_HOMOPHONE = 1u << 8,
    WARD_DISGUISE_NEAR_HOMOPHONE = 1u << 9,
    WARD_DISGUISE_PINYIN = 1u << 10,
    WARD_DISGUISE_MIXED = 1u << 11,
    WARD_DISGUISE_INITIALS = 1u << 12,
    WARD_DISGUISE_SPLIT = 1u << 13,
    WARD_DISGUISE_SHAPE = 1u << 14,
    WARD_DISGUISE_EMOJI = 1u << 15,
    WARD_DISGUISE_DIGIT_SOUND = 1u << 16,
    WARD_DISGUISE_LEET = 1u << 17,
    WARD_DISGUISE_NUMERAL = 1u << 18,
    WARD_DISGUISE_ORDER = 1u << 19,
    WARD_DISGUISE_DIALECT = 1u << 20
};
#define WARD_DISGUISE_COUNT 21
#define WARD_DISGUISE_ALL ((1u << WARD_DISGUISE_COUNT) - 1u)

/** Name of one disguise bit ("near-homophone"); NULL if `bit` is not exactly one known bit. */
WARD_API const char *ward_disguise_name(uint32_t bit);

/* ---- Events ---------------------------------------------------------------------------------- */

enum ward_kind {
    WARD_KIND_MESSAGE = 0,
    WARD_KIND_POST,
    WARD_KIND_LISTING,
    WARD_KIND_ALIAS,
    WARD_KIND_GROUP_NAME,
    WARD_KIND_QUERY,
    WARD_KIND_REPORT
};

struct ward_media {
    struct ward_str kind;   /**< image, video, voice, file ... as given */
    struct ward_str sha256; /**< hex, 64 characters, or empty */
    struct ward_str pdq;    /**< hex, 64 characters, or empty */
    struct ward_str phash;  /**< hex, 16 characters, or empty */
    struct ward_str text;   /**< text read from the media, or empty */
    struct ward_str qr;     /**< content of a QR code, or empty */
};

/** One thing a person wrote. All strings borrowed for the call; absent ones have len 0. */
struct ward_event {
    struct ward_str id;
    struct ward_str text;
    struct ward_str platform;
    struct ward_str group;
    struct ward_str group_name;
    struct ward_str account;
    struct ward_str alias;
    struct ward_str reply_to;
    struct ward_str quoted;         /**< text quoted from somebody else */
    struct ward_str forwarded_from; /**< who wrote it first, when forwarded */
    struct ward_str author_kind;    /**< "person" (default), "bot", "moderator", "system" */
    enum ward_kind kind;
    bool has_time;
    int64_t time_ms; /**< UTC, milliseconds since the Unix epoch; valid if has_time */
    const struct ward_media *media;
    size_t media_count;
};

/** Name of a kind as it stands in events ("group_name"); static storage. */
WARD_API const char *ward_kind_name(enum ward_kind kind);

/* ---- Verdicts -------------------------------------------------------------------------------- */

enum ward_level { WARD_LEVEL_NONE = 0, WARD_LEVEL_WATCH, WARD_LEVEL_REVIEW, WARD_LEVEL_URGENT };

/** What the writer does in the trade, as far as the event says. */
enum ward_role { WARD_ROLE_NONE = 0, WARD_ROLE_OFFER, WARD_ROLE_SEEK, WARD_ROLE_AGENT };

/** The field of the event that a span points into. */
enum ward_field {
    WARD_FIELD_TEXT = 0,
    WARD_FIELD_ALIAS,
    WARD_FIELD_GROUP_NAME,
    WARD_FIELD_MEDIA, /**< text of event.media[media] */
    WARD_FIELD_QUOTED
};
#define WARD_FIELD_COUNT 5

WARD_API const char *ward_level_name(enum ward_level level);
WARD_API const char *ward_role_name(enum ward_role role);
WARD_API const char *ward_field_name(enum ward_field field);

/** Bytes [begin, end) of one field, as received. */
struct ward_place {
    enum ward_field field;
    uint32_t media; /**< index into event.media; 0 unless field is WARD_FIELD_MEDIA */
    uint32_t begin;
    uint32_t end;
};

/** Signal of spans that no signal found: words that the wording as a whole was judged by. */
#define WARD_SIGNAL_WORDING "wording"

/** A piece of the person's own words that made a reason true. */
struct ward_span {
    struct ward_place at;
    struct ward_str signal;  /**< name of the signal in the packs, or WARD_SIGNAL_WORDING */
    struct ward_str written; /**< the bytes of the field */
    struct ward_str read;    /**< what they say once disguise is undone; empty for the wording */
    uint32_t disguises;      /**< WARD_DISGUISE_* bits undone; 0 = as written */
};

/** One article in force on the day of the event. */
struct ward_law {
    struct ward_str id; /**< "CN/civil-code/1044" */
    struct ward_str title_zh, title_en;
};

/** A rule that fired. */
struct ward_reason {
    struct ward_str rule;
    struct ward_str says_zh, says_en; /**< a sentence, its slots filled in */
    double weight; /**< log-odds added to the score after the cap of its family, 4 decimals */
    enum ward_role role;
    bool urgent;
    const struct ward_law *laws;
    size_t law_count;
    const struct ward_span *spans; /**< by field, then begin; each span once */
    size_t span_count;
};

/** A page of help that fits what was written (help seekers, hardship, bare queries). */
struct ward_help {
    struct ward_str rule;
    struct ward_str says_zh, says_en;
};

struct ward_price {
    int64_t low_minor, high_minor; /**< fen, cents, sen ... of `currency`; equal for one sum */
    char currency[4];              /**< ISO 4217 */
    struct ward_place at;
};

struct ward_child {
    char sex;                            /**< 'f', 'm' or '?' */
    int32_t age_days_low, age_days_high; /**< -1 unknown */
    int32_t weight_grams;                /**< 0 unknown */
    int32_t count;                       /**< children described, 1.. */
    bool unborn;
    char due[11]; /**< "YYYY-MM-DD", "YYYY-MM", "--MM" or "" */
    struct ward_place at;
};

struct ward_area {
    char code[16]; /**< "CN-4405", "PH-MNL" */
    struct ward_place at;
};

/** A way to be contacted. */
struct ward_handle {
    const char *kind; /**< "phone", "wechat", "qq", "telegram", "email", "url" ...; static */
    struct ward_str value;
    struct ward_place at;
};

/**
 * What the engine holds of one event. Plain data, borrowed from the scratch (and from the event's
 * own strings) until the next call with that scratch.
 *
 * `score` is the logistic of base plus the weights of the reasons, to four decimals. A verdict is a
 * reason to look, never a penalty.
 */
struct ward_verdict {
    enum ward_level level;
    enum ward_role role;
    double base;                       /**< log-odds before any reason */
    double score;                      /**< 0..1 */
    const struct ward_reason *reasons; /**< heaviest first, innocent ones (negative) last */
    size_t reason_count;
    const struct ward_help *help;
    size_t help_count;
    const struct ward_price *prices;
    size_t price_count;
    const struct ward_child *children;
    size_t child_count;
    const struct ward_area *areas;
    size_t area_count;
    const struct ward_handle *handles;
    size_t handle_count;
    int64_t law_date_ms;   /**< the day whose law is cited */
    bool law_date_assumed; /**< true: the event had no time, the packs' date was taken */
    bool is_passage; /**< a passage of the text is judged stronger than the whole, and stands */
    struct ward_place passage; /**< where it is, if so; facts are those of the whole */
    uint32_t revision;         /**< 0 first verdict of the event; later ones count up */
};

/* ---- Engine ---------------------------------------------------------------------------------- */

struct ward_engine;  /**< packs, compiled; immutable, shared by threads */
struct ward_scratch; /**< working memory of one thread */
struct ward_session; /**< bounded memory of what groups and accounts said before */

/** Pack folders in order; later ones overlay earlier ones. */
struct ward_engine_options {
    const char *const *dirs; /**< NUL-terminated paths */
    uint32_t dir_count;      /**< 1.. */
    const char *cache_dir;   /**< where a compiled form may be kept for a faster start; NULL none */
    const char *cache_file;  /**< the very file to keep it in, instead; NULL: see cache_dir */
};

/**
 * Compiles the packs. On failure `*out` is NULL and `err` names file, line and column.
 * Close with ward_engine_close after the last scratch and session made from it.
 */
WARD_API enum ward_status ward_engine_open(const struct ward_engine_options *options,
                                           struct ward_engine **out,
                                           struct ward_error *err) WARD_MUST_USE;
WARD_API void ward_engine_close(struct ward_engine *engine);

/**
 * The packs in force, as "name@version+hash" (the hash covers every file read); `*count` of them,
 * owned by the engine.
 */
WARD_API const struct ward_str *ward_engine_packs(const struct ward_engine *engine, size_t *count);

/** A scratch for one thread; keeps its memory between calls, so a steady load allocates nothing. */
WARD_API enum ward_status ward_scratch_new(const struct ward_engine *engine,
                                           struct ward_scratch **out) WARD_MUST_USE;
WARD_API void ward_scratch_free(struct ward_scratch *scratch);

/** How to judge. Zeroed fields take the packs' values, so `{0}` is a good start. */
struct ward_check_options {
    double threshold_watch;  /**< score in (0, 1]; 0 takes the packs' */
    double threshold_review; /**< likewise */
    double threshold_urgent; /**< least score of level urgent; 0: as review, its rule decides */
    bool every_rule; /**< evaluate and list also fired rules of weight 0 and lone innocent ones */
    bool whole_only; /**< judge the text as a whole, not its passages too */
    struct ward_session *session; /**< NULL: the event is judged by itself */
    uint64_t index; /**< with a session: number of the event in the input, ascending in a shard */
};

/**
 * Judges one event. `*verdict` is borrowed until the next call with `scratch`. `options` may be
 * NULL. WARD_ERR_NOMEM, or WARD_ERR_LIMIT for a text beyond 16 MB; `*verdict` is then NULL and the
 * scratch stays usable. Cost: O(bytes of the event).
 *
 * With a session, what the group and the account said before counts, and the event is remembered.
 */
WARD_API enum ward_status ward_check(const struct ward_engine *engine, struct ward_scratch *scratch,
                                     const struct ward_event *event,
                                     const struct ward_check_options *options,
                                     const struct ward_verdict **verdict) WARD_MUST_USE;

/* ---- Sessions: what groups and accounts said before ------------------------------------------ */

/** Threads of one session are spread over this many shards by (platform, group), always alike. */
#define WARD_SESSION_SHARDS 16u

struct ward_session_options {
    size_t max_bytes;       /**< ceiling of what is remembered; 0 takes 64 MB */
    struct ward_str thread; /**< thread of events without group; copied; at most 256 bytes count */
};

/**
 * Memory only, never on disk: the last 64 events of each thread (platform, group) as signals and
 * level, and what accounts did across threads. `options` may be NULL.
 *
 * Threads: calls for events of one shard (ward_session_shard) must not overlap in time; calls for
 * different shards may. Same events in the same order within each shard: same verdicts.
 */
WARD_API enum ward_status ward_session_new(const struct ward_engine *engine,
                                           const struct ward_session_options *options,
                                           struct ward_session **out) WARD_MUST_USE;
WARD_API void ward_session_free(struct ward_session *session);

/** The shard of an event, 0 .. WARD_SESSION_SHARDS - 1. */
WARD_API uint32_t ward_session_shard(const struct ward_session *session,
                                     const struct ward_event *event);

/**
 * Makes what accounts did since the last call known to all threads of the session. Until then an
 * account is known as of the last settling, so that results do not depend on timing: call it at
 * points counted by events (`ward scan`: every 4096). No other call may run meanwhile.
 */
WARD_API enum ward_status ward_session_settle(struct ward_session *session) WARD_MUST_USE;

/** Told of an earlier event whose level has risen from `before`; borrowed for the call. */
typedef void ward_revision_fn(void *user, const struct ward_event *event, uint64_t index,
                              enum ward_level before, const struct ward_verdict *verdict);

/**
 * Judges earlier events of `event`'s thread again if the last check, of `event`, told something new
 * about the thread. Call it after each ward_check with the session, once its verdict is used: it
 * uses the scratch. `verdict->revision` counts up; `index` is the one given in
 * ward_check_options when the event was checked.
 */
WARD_API enum ward_status ward_session_revise(const struct ward_engine *engine,
                                              struct ward_scratch *scratch,
                                              const struct ward_event *event,
                                              const struct ward_check_options *options,
                                              ward_revision_fn *told, void *user) WARD_MUST_USE;

/* ---- The term matcher alone ------------------------------------------------------------------ */

struct ward_terms;         /**< a term list, compiled; immutable, shared by threads */
struct ward_terms_scratch; /**< working memory of one thread */

/** How a term is read. */
enum ward_term_mode {
    WARD_TERM_FULL = 0, /**< through every disguise of the options */
    WARD_TERM_FOLD,     /**< width, case, styled letters, variants, invisible code points */
    WARD_TERM_LITERAL   /**< the bytes as given */
};

/** One term. Zeroed fields mean: read through every disguise, found inside words too. */
struct ward_term {
    struct ward_str text; /**< UTF-8, 1..64 code points; copied */
    enum ward_term_mode mode;
    bool whole_word; /**< its Latin edges must not touch another Latin letter or digit */
    bool allow;      /**< an innocent phrase: hits of other terms inside it are dropped */
};

struct ward_terms_options {
    uint32_t disguises;  /**< WARD_DISGUISE_* that FULL terms are read through */
    uint32_t cost_centi; /**< what a two-unit term may cost; 0 takes the default (60); <= 10000 */
    bool report_weak;    /**< also report hits that need company (see `alone` and `rare`) */
};

/** One place where a term was read. */
struct ward_term_hit {
    uint32_t term; /**< index into the terms given to ward_terms_open */
    uint64_t begin;
    uint64_t end;
    uint32_t disguises; /**< WARD_DISGUISE_* that had to be undone; 0 = as written */
    uint32_t cost_centi;
    bool alone; /**< strong enough by itself: by look, or four and more units by sound */
    bool rare;  /**< the characters as written are no ordinary combination */
};

/**
 * Told of each hit, in order of (begin, end, term) within a window of 64 KB; windows come in order.
 * `hit` is valid during the call only. Returning false ends the scan (which is then WARD_OK).
 */
typedef bool (*ward_terms_found)(void *user, const struct ward_term_hit *hit);

/**
 * Compiles `count` terms. `options` NULL: every disguise, default cost, no weak hits. On failure
 * `*out` is NULL; WARD_ERR_ARGUMENT sets `err->line` to the 1-based number of the term that is
 * empty, too long or not UTF-8. Cost: about 10 microseconds and 1 KB a FULL term, some milliseconds
 * and 1 MB for any list.
 */
WARD_API enum ward_status ward_terms_open(const struct ward_term *terms, uint32_t count,
                                          const struct ward_terms_options *options,
                                          struct ward_terms **out,
                                          struct ward_error *err) WARD_MUST_USE;
/** Frees; NULL is allowed. No scan may be under way. */
WARD_API void ward_terms_close(struct ward_terms *terms);
/** Bytes held by the compiled list. */
WARD_API size_t ward_terms_bytes(const struct ward_terms *terms);

/** A scratch for one thread, for any scan with `terms`. WARD_ERR_NOMEM. */
WARD_API enum ward_status ward_terms_scratch_new(const struct ward_terms *terms,
                                                 struct ward_terms_scratch **out) WARD_MUST_USE;
/** Frees; NULL is allowed. */
WARD_API void ward_terms_scratch_free(struct ward_terms_scratch *scratch);

/**
 * Finds the terms in one text of any length and any bytes. Offsets are into `text`. Texts above
 * 64 KB are read in overlapping windows; a hit longer than 768 bytes may be missed where two meet,
 * except with terms that are all literal. Never fails but for memory (WARD_ERR_NOMEM, hits so far
 * stay told); a steady load allocates nothing. Cost: O(bytes), with a ceiling of steps a character.
 */
WARD_API enum ward_status ward_terms_scan(const struct ward_terms *terms,
                                          struct ward_terms_scratch *scratch, struct ward_str text,
                                          ward_terms_found found, void *user) WARD_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
