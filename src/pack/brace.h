/**
 * Brace expansion of terms: "{男,女}{宝,娃}" stands for four terms.
 *
 * Groups nest, an alternative may be empty, and a backslash takes the next character as it is. The
 * number of results is counted before anything is expanded, so a bomb costs nothing.
 */
#ifndef WARD_PACK_BRACE_H
#define WARD_PACK_BRACE_H

#include "base/arena.h"
#include "ward/ward.h"

#define BRACE_RESULTS_MAX 4096u
#define BRACE_DEPTH_MAX 8u
#define BRACE_BYTES_MAX 2000u

struct brace_fault {
    size_t at;           /**< byte of the term that is wrong */
    const char *message; /**< static storage */
};

/**
 * Counts and checks: WARD_OK with `*count` in 1..BRACE_RESULTS_MAX, WARD_ERR_FORMAT for unbalanced
 * braces, a group of one alternative or a lone backslash, WARD_ERR_LIMIT when a ceiling is passed.
 */
enum ward_status brace_count(struct ward_str term, uint32_t *count,
                             struct brace_fault *fault) WARD_MUST_USE;

/**
 * Writes the results, in the order written, into a new array of `arena`. A result may be empty.
 * The term must have passed brace_count with the same count. WARD_ERR_NOMEM.
 */
enum ward_status brace_expand(struct arena *arena, struct ward_str term, uint32_t count,
                              struct ward_str **out) WARD_MUST_USE;

#endif
