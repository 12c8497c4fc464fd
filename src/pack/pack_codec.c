#include "pack/pack_codec.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void codec_write(struct codec *codec, struct buf *out)
{
    *codec = (struct codec){.out = out};
}

void codec_read(struct codec *codec, struct ward_str bytes, struct arena *arena)
{
    *codec = (struct codec){.at = bytes.data, .end = bytes.data + bytes.len, .arena = arena};
}

static size_t left_of(const struct codec *codec)
{
    return (size_t)(codec->end - codec->at);
}

static void fail(struct codec *codec)
{
    codec->failed = true;
    codec->at = codec->end;
}

/* `bytes` low bytes of `*value`, least first. */
static void number(struct codec *codec, uint64_t *value, unsigned bytes)
{
    char raw[8];
    if (codec->out) {
        for (unsigned i = 0; i < bytes; i++)
            raw[i] = (char)(unsigned char)(*value >> (8 * i));
        buf_put(codec->out, raw, bytes);
        return;
    }
    *value = 0;
    if (left_of(codec) < bytes) {
        fail(codec);
        return;
    }
    for (unsigned i = 0; i < bytes; i++)
        *value |= (uint64_t)(unsigned char)codec->at[i] << (8 * i);
    codec->at += bytes;
}

void codec_u8(struct codec *codec, uint8_t *value)
{
    uint64_t wide = *value;
    number(codec, &wide, 1);
    *value = (uint8_t)wide;
}

void codec_u16(struct codec *codec, uint16_t *value)
{
    uint64_t wide = *value;
    number(codec, &wide, 2);
    *value = (uint16_t)wide;
}

void codec_u32(struct codec *codec, uint32_t *value)
{
    uint64_t wide = *value;
    number(codec, &wide, 4);
    *value = (uint32_t)wide;
}

void codec_i32(struct codec *codec, int32_t *value)
{
    uint64_t wide = (uint32_t)*value;
    number(codec, &wide, 4);
    const uint32_t narrow = (uint32_t)wide;
    memcpy(value, &narrow, sizeof narrow);
}

void codec_i64(struct codec *codec, int64_t *value)
{
    uint64_t wide;
    memcpy(&wide, value, sizeof wide);
    number(codec, &wide, 8);
    memcpy(value, &wide, sizeof wide);
}

void codec_bool(struct codec *codec, bool *value)
{
    uint64_t wide = *value;
    number(codec, &wide, 1);
    if (wide > 1)
        fail(codec);
    *value = wide == 1;
}

void codec_f64(struct codec *codec, double *value)
{
    uint64_t wide;
    memcpy(&wide, value, sizeof wide);
    number(codec, &wide, 8);
    memcpy(value, &wide, sizeof wide);
    if (!isfinite(*value)) {
        fail(codec);
        *value = 0.0;
    }
}

void codec_bytes(struct codec *codec, char *bytes, size_t len)
{
    if (codec->out) {
        buf_put(codec->out, bytes, len);
    } else if (left_of(codec) < len) {
        memset(bytes, 0, len);
        fail(codec);
    } else {
        memcpy(bytes, codec->at, len);
        codec->at += len;
    }
}

void codec_str(struct codec *codec, struct ward_str *text)
{
    uint64_t len = text->len;
    number(codec, &len, 4);
    if (codec->out) {
        buf_put(codec->out, text->data, text->len);
        buf_put_char(codec->out, '\0');
        return;
    }
    *text = (struct ward_str){NULL, 0};
    if (left_of(codec) < len + 1 || codec->at[len] != '\0') {
        fail(codec);
        return;
    }
    if (len)
        *text = (struct ward_str){codec->at, (size_t)len};
    codec->at += len + 1;
}

static void rows_write(struct codec *codec, const void *rows, uint32_t count, size_t row_bytes,
                       codec_row *row)
{
    /* A description may write through its row; it gets a copy, for the rows are constant. */
    _Alignas(16) char copy[CODEC_ROW_BYTES_MAX];
    for (uint32_t i = 0; i < count; i++) {
        memcpy(copy, (const char *)rows + (size_t)i * row_bytes, row_bytes);
        row(codec, copy);
    }
}

const void *codec_rows(struct codec *codec, const void *rows, uint32_t *count, size_t row_bytes,
                       codec_row *row)
{
    assert(row_bytes <= CODEC_ROW_BYTES_MAX);
    codec_u32(codec, count);
    if (codec->out) {
        rows_write(codec, rows, *count, row_bytes, row);
        return rows;
    }
    /* Every row takes at least a byte, so a false count cannot ask for more than the file holds. */
    if (codec->failed || *count > left_of(codec)) {
        fail(codec);
        *count = 0;
        return NULL;
    }
    char *made = arena_calloc(codec->arena, (size_t)*count + 1, row_bytes);
    if (!made) {
        codec->no_memory = true;
        fail(codec);
        *count = 0;
        return NULL;
    }
    for (uint32_t i = 0; i < *count && !codec->failed; i++)
        row(codec, made + (size_t)i * row_bytes);
    return made;
}
