/**
 * The pack under construction: what the files said so far, before it is frozen.
 *
 * Folders are read in order into one `struct pack_build`; later folders add to or replace what
 * earlier ones said. `pack_freeze` then checks what only the whole can show (names used in
 * conditions, laws cited) and makes the immutable pack.
 *
 * Trees stay alive in `scratch` until the end, so every fault found late still has its place.
 */
#ifndef WARD_PACK_PACK_BUILD_H
#define WARD_PACK_PACK_BUILD_H

#include "base/arena.h"
#include "pack/name_map.h"
#include "pack/pack.h"
#include "pack/yaml_tree.h"

/* Ceilings of all folders of one load together. */
#define PACK_SIGNALS_MAX 4096u
#define PACK_TERMS_MAX 400000u
#define PACK_RULES_MAX 8192u
#define PACK_FILES_MAX 4096u
#define PACK_SOURCES_MAX 256u
#define PACK_BYTES_MAX (256u * 1024u * 1024u) /* of memory for strings and arrays */
#define PACK_WEIGHT_MAX 20.0                  /* log-odds; e^20 is certainty enough */

/** A value and the file it stands in. */
struct build_value {
    const struct tree *tree;
    const struct tree_node *node; /**< NULL: not given */
};

enum build_words { WORDS_AUTO, WORDS_TRUE, WORDS_FALSE };

struct build_term {
    struct ward_str text;
    uint8_t mode;  /**< enum term_mode, or BUILD_INHERIT */
    uint8_t words; /**< enum build_words, or BUILD_INHERIT */
    bool removed;
    struct build_term *next;
};
#define BUILD_INHERIT 255u

struct build_signal {
    struct pack_signal is; /**< what is known so far */
    struct build_value place;
    bool has_slot;
    uint8_t mode;  /**< enum term_mode */
    uint8_t words; /**< enum build_words */
    uint32_t number;
    uint32_t live; /**< terms not removed */
    struct build_term *terms, **terms_tail;
    struct build_term *allows, **allows_tail;
};

struct build_rule {
    struct pack_rule is;
    struct build_value place, when, family, law, match, pass;
    uint32_t source; /**< folder that defined it */
    bool off;
};

struct build_law {
    struct pack_law is;
    struct build_value place;
};

struct pack_build {
    struct arena *keep;    /**< lives as long as the pack */
    struct arena *scratch; /**< lives as long as the load */
    struct ward_error *err;
    struct rows sources;         /**< struct pack_source */
    struct rows signals;         /**< struct build_signal * */
    struct rows rules;           /**< struct build_rule * */
    struct rows laws;            /**< struct build_law */
    struct rows procedures;      /**< struct pack_procedure */
    struct rows families;        /**< struct pack_family */
    struct rows currencies;      /**< struct pack_currency */
    struct name_map names;       /**< see enum build_space */
    struct pack_wording wording; /**< of the last folder that has one */
    uint32_t term_count;
    double base;
    double watch, review, urgent;
};

/** Name spaces of pack_build.names; terms of signal n use BUILD_SPACE_TERMS + n. */
enum build_space {
    BUILD_SPACE_SIGNALS,
    BUILD_SPACE_RULES,
    BUILD_SPACE_FAMILIES,
    BUILD_SPACE_PROCEDURES,
    BUILD_SPACE_LAWS,
    BUILD_SPACE_ALLOWS,
    BUILD_SPACE_TERMS = 16
};

/* ---- Faults (pack_fault.c) ---- */

/** Fills the error with a sentence and the place of a node; returns WARD_ERR_FORMAT. */
enum ward_status build_fail(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** The same for byte `offset` of a scalar's value. */
enum ward_status build_fail_in(const struct pack_build *build, struct build_value value,
                               size_t offset, const char *message);
/** "out of memory"; returns WARD_ERR_NOMEM. */
enum ward_status build_no_memory(const struct pack_build *build);

/* ---- Values (pack_values.c): typed reading of nodes, each with a clear fault ---- */

/** Which keys a map may hold; the name of the map for errors. */
struct name_list;

struct map_keys {
    const char *what; /**< "a signal", "a rule" ... */
    const char *const *keys;
    uint32_t count;
};

/** WARD_ERR_FORMAT unless `node` is a map with only these keys. */
enum ward_status value_map(const struct pack_build *build, const struct tree *tree,
                           const struct tree_node *node, const struct map_keys *keys);
/** WARD_ERR_FORMAT unless `node` is a map (`what` is for the error), whatever its keys. */
enum ward_status value_any_map(const struct pack_build *build, const struct tree *tree,
                               const struct tree_node *node, const char *what);
/** WARD_ERR_FORMAT unless `node` is a list. */
enum ward_status value_list(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, const char *what);
/** A non-empty text, copied into `keep`. */
enum ward_status value_text(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str *out);
/** true or false. */
enum ward_status value_bool(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, bool *out);
/** A decimal number ("-4.0"), no exponent. */
enum ward_status value_number(const struct pack_build *build, const struct tree *tree,
                              const struct tree_node *node, double *out);
/** A date "YYYY-MM-DD" as milliseconds of its UTC midnight since the Unix epoch. */
enum ward_status value_date(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, int64_t *out_ms);
/** One of a list of words; its position. */
enum ward_status value_choice(const struct pack_build *build, const struct tree *tree,
                              const struct tree_node *node, const struct name_list *list, int *out);
/** `{zh: ..., en: ...}` (a text alone stands for both). */
enum ward_status value_says(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str says[2]);
/** A name: [a-z0-9-]+, at most 64 bytes, copied into `keep`. */
enum ward_status value_name(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str *out);

/* ---- Files (pack_meta.c, pack_signals.c, pack_rules.c, pack_law.c) ---- */

enum ward_status build_pack_file(struct pack_build *build, const struct tree *tree);
enum ward_status build_weights_file(struct pack_build *build, const struct tree *tree);
enum ward_status build_signals_file(struct pack_build *build, const struct tree *tree);
enum ward_status build_rules_file(struct pack_build *build, const struct tree *tree);
enum ward_status build_law_file(struct pack_build *build, const struct tree *tree);
enum ward_status build_procedures_file(struct pack_build *build, const struct tree *tree);

/** The build's thing of a name; NULL if there is none. */
struct build_signal *build_signal_find(const struct pack_build *build, struct ward_str name);
struct build_rule *build_rule_find(const struct pack_build *build, struct ward_str name);

/* ---- Freezing (pack_freeze.c, pack_examples.c) ---- */

/** Reads the examples of rule number `rule` of the frozen pack and adds them to `examples`. */
enum ward_status build_examples(const struct pack_build *build, const struct build_rule *rule,
                                uint16_t number, struct rows *examples);

/** Checks the whole and fills `pack` (all but hash and matcher). */
enum ward_status pack_freeze(struct pack_build *build, struct pack *pack);

#endif
