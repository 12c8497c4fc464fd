/**
 * The yardstick of bench_feed: the same fields read by simdjson's on-demand parser.
 */
#ifndef WARD_BENCH_SIMDJSON_LINES_H
#define WARD_BENCH_SIMDJSON_LINES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reads JSON lines, one document a line, and adds up the lengths of the fields of an event into
 * `*bytes`. `data` must have 64 readable bytes behind `len`. Returns the number of lines read.
 */
size_t simdjson_read_lines(const char *data, size_t len, size_t *bytes);
/** The same through iterate_many(): one indexing pass over blocks of lines. */
size_t simdjson_read_stream(const char *data, size_t len, size_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
