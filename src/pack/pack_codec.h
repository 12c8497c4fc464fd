/**
 * Plain values to bytes and back, one description for both directions.
 *
 * A function that describes a struct calls codec_* for each field in order; the codec either
 * appends the field to a buffer or fills it from bytes. Integers are little-endian and fixed-size.
 * Reading never leaves the bytes given: a short or impossible value sets `failed`, and from then on
 * everything reads as zero.
 */
#ifndef WARD_PACK_PACK_CODEC_H
#define WARD_PACK_PACK_CODEC_H

#include "base/arena.h"
#include "base/buf.h"

struct codec {
    struct buf *out; /**< writing into it, or NULL: reading */
    const char *at;  /**< reading: next byte */
    const char *end;
    struct arena *arena; /**< reading: where rows go */
    bool failed;         /**< reading: the bytes are not what they should be */
    bool no_memory;      /**< reading: the arena is full */
};

/** Starts writing; failures show in `out->failed`. */
void codec_write(struct codec *codec, struct buf *out);
/** Starts reading; texts will point into `bytes`, rows lie in `arena`. */
void codec_read(struct codec *codec, struct ward_str bytes, struct arena *arena);

void codec_u8(struct codec *codec, uint8_t *value);
void codec_u16(struct codec *codec, uint16_t *value);
void codec_u32(struct codec *codec, uint32_t *value);
void codec_i32(struct codec *codec, int32_t *value);
void codec_i64(struct codec *codec, int64_t *value);
/** Only 0 and 1 are read. */
void codec_bool(struct codec *codec, bool *value);
/** Only finite numbers are read. */
void codec_f64(struct codec *codec, double *value);
/** `len` bytes as they are. */
void codec_bytes(struct codec *codec, char *bytes, size_t len);
/** A text; a NUL follows it in the bytes, as behind every text of a pack. */
void codec_str(struct codec *codec, struct ward_str *text);

/** Describes one row. */
typedef void codec_row(struct codec *codec, void *row);

#define CODEC_ROW_BYTES_MAX 512u

/**
 * A table of `*count` rows of `row_bytes` (at most CODEC_ROW_BYTES_MAX), each described by `row`.
 * Writing returns `rows`; reading sets `*count` and returns new rows in the arena, NULL on failure.
 */
const void *codec_rows(struct codec *codec, const void *rows, uint32_t *count, size_t row_bytes,
                       codec_row *row);

#endif
