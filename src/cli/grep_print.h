/**
 * What `ward grep` prints for one record: the line, its parts, or JSON.
 */
#ifndef WARD_CLI_GREP_PRINT_H
#define WARD_CLI_GREP_PRINT_H

#include "cli/grep_terms.h"

struct grep_style {
    bool json;
    bool only_parts; /**< -o */
    bool numbers;    /**< -n */
    bool paths;      /**< more than one file, or -H */
    bool colour;
    char separator; /**< ends what is printed: newline, or NUL with -z */
};

/** One record and its hits, in order of begin. */
struct grep_record {
    const char *path;
    uint64_t number;
    struct ward_str text;
    const struct ward_term_hit *hits;
    uint32_t hit_count;
};

void grep_print_record(struct buf *out, const struct grep_style *style,
                       const struct grep_terms *terms, const struct grep_record *record);
/** `path:count` or `count`. */
void grep_print_count(struct buf *out, const struct grep_style *style, const char *path,
                      uint64_t count);

#endif
