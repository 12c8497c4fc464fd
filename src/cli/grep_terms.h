/**
 * The term list of `ward grep`: files of terms, one a line, compiled.
 *
 * A line is a term, or a term, a tab and a tag that comes back with its hits. Lines that begin with
 * '#' and empty lines are skipped; a byte order mark and carriage returns at line ends are dropped.
 */
#ifndef WARD_CLI_GREP_TERMS_H
#define WARD_CLI_GREP_TERMS_H

#include "base/buf.h"
#include "ward/ward.h"

#define GREP_TERM_FILES_MAX 16u

struct grep_origin {
    uint32_t file; /**< index into `paths` */
    uint32_t line; /**< 1-based; 0 for a term of the command line */
};

struct grep_terms {
    struct buf files[GREP_TERM_FILES_MAX]; /**< owned; the terms point into them */
    const char *paths[GREP_TERM_FILES_MAX];
    uint32_t file_count;
    struct ward_term *terms; /**< owned */
    struct ward_str *tags;   /**< owned; tag of each term, or empty */
    struct grep_origin *origins;
    uint32_t count;
    uint32_t capacity;
};

void grep_terms_init(struct grep_terms *list);
void grep_terms_release(struct grep_terms *list);

/** Adds the terms of a file. WARD_ERR_IO, _NOT_FOUND, _LIMIT, _NOMEM; `err` names the file. */
enum ward_status grep_terms_read(struct grep_terms *list, const char *path,
                                 enum ward_term_mode mode, bool allow,
                                 struct ward_error *err) WARD_MUST_USE;
/** Adds one term of the command line; `text` is borrowed. */
enum ward_status grep_terms_add(struct grep_terms *list, const char *text, enum ward_term_mode mode,
                                struct ward_error *err) WARD_MUST_USE;
/** Compiles; a bad term is named with file and line. */
enum ward_status grep_terms_open(const struct grep_terms *list,
                                 const struct ward_terms_options *options, struct ward_terms **out,
                                 struct ward_error *err) WARD_MUST_USE;

#endif
