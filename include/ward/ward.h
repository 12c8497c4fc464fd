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
    WARD_ERR_STALE = 7      /**< a cached form does not fit its sources any more */
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

#ifdef __cplusplus
}
#endif
#endif
