/* gzip and zstd: members, frames, padding, and damage at every length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "feed_case.h"

#include <zlib.h>
#include <zstd.h>

#define A FEED_FORMAT_AUTO
#define LINES 40

static void make_text(struct buf *out)
{
    buf_init(out, 1 << 20);
    for (int i = 0; i < LINES; i++)
        buf_printf(out, "{\"id\":\"%d\",\"text\":\"line %d %x\"}\n", i, i * i, i * 7919);
}

static void pack_gzip(struct buf *out, struct ward_str text)
{
    unsigned char packed[4096];
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    unsigned char input[4096];
    assert_true(text.len <= sizeof input);
    memcpy(input, text.data, text.len);
    stream.next_in = input;
    stream.avail_in = (uInt)text.len;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf_put(out, packed, sizeof packed - stream.avail_out);
    assert_int_equal(deflateEnd(&stream), Z_OK);
}

/* One frame with a checksum that states its length, a block for every 100 bytes. */
static void pack_zstd(struct buf *out, struct ward_str text)
{
    char packed[4096];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_non_null(context);
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    assert_false(ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, text.len)));
    ZSTD_outBuffer to = {packed, sizeof packed, 0};
    for (size_t at = 0; at < text.len; at += 100) {
        const struct ward_str part = str_part(text, at, at + 100);
        ZSTD_inBuffer from = {part.data, part.len, 0};
        assert_int_equal(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush), 0);
    }
    ZSTD_inBuffer nothing = {NULL, 0, 0};
    assert_int_equal(ZSTD_compressStream2(context, &to, &nothing, ZSTD_e_end), 0);
    buf_put(out, packed, to.pos);
    (void)ZSTD_freeCCtx(context);
}

typedef void pack_fn(struct buf *out, struct ward_str text);

static void run_pieces(struct buf *out, struct ward_str input, size_t piece)
{
    const struct feed_case feed_case = {
        .input = input, .piece = piece, .options = feed_options_default()};
    buf_clear(out);
    feed_case_run(&feed_case, out);
}

static void run_text(struct buf *out, struct ward_str input)
{
    run_pieces(out, input, 0);
}

/* Packed in one piece, in three, and with an empty one between, it reads like the text itself. */
static void pieces_are_one_stream(pack_fn *pack)
{
    struct buf text;
    struct buf packed;
    struct buf plain;
    struct buf out;
    make_text(&text);
    buf_init(&packed, 1 << 20);
    buf_init(&plain, 1 << 20);
    buf_init(&out, 1 << 20);
    run_text(&plain, buf_str(&text));
    for (size_t cut = 0; cut < text.len; cut += 97) {
        buf_clear(&packed);
        pack(&packed, str_part(buf_str(&text), 0, cut));
        pack(&packed, (struct ward_str){"", 0});
        pack(&packed, str_part(buf_str(&text), cut, text.len));
        run_text(&out, buf_str(&packed));
        assert_true(str_equal(buf_str(&out), buf_str(&plain)));
    }
    feed_case_split(A, buf_str(&packed));
    buf_release(&text);
    buf_release(&packed);
    buf_release(&plain);
    buf_release(&out);
}

/* Cut short anywhere: a prefix of the lines, then one error that says so; never a lost line. */
static void cuts_are_told(pack_fn *pack, const char *kind)
{
    struct buf text;
    struct buf packed;
    struct buf plain;
    struct buf out;
    char tail[96];
    make_text(&text);
    buf_init(&packed, 1 << 20);
    buf_init(&plain, 1 << 20);
    buf_init(&out, 1 << 20);
    run_text(&plain, buf_str(&text));
    pack(&packed, buf_str(&text));
    (void)snprintf(tail, sizeof tail, "X format %s data ends in the middle (truncated)\n.\n", kind);
    size_t longest = 0;
    for (size_t len = 4; len < packed.len; len++) {
        run_text(&out, (struct ward_str){packed.data, len});
        assert_true(out.len >= strlen(tail));
        const size_t kept = out.len - strlen(tail);
        assert_memory_equal(out.data + kept, tail, strlen(tail));
        assert_memory_equal(out.data, plain.data, kept);
        assert_true(kept >= longest);
        longest = kept;
    }
    assert_true(longest > plain.len / 2);
    buf_release(&text);
    buf_release(&packed);
    buf_release(&plain);
    buf_release(&out);
}

/*
 * One byte changed anywhere: no crash, the stream ends with an error or unharmed lines, and what
 * comes out before the damage does not depend on how the bytes came in.
 */
static void flips_are_survived(pack_fn *pack)
{
    struct buf text;
    struct buf packed;
    struct buf out;
    struct buf pieces;
    make_text(&text);
    buf_init(&packed, 1 << 20);
    buf_init(&out, 1 << 20);
    buf_init(&pieces, 1 << 20);
    pack(&packed, buf_str(&text));
    size_t errors = 0;
    for (size_t at = 4; at < packed.len; at++) {
        packed.data[at] = (char)(packed.data[at] ^ 0x20);
        run_text(&out, buf_str(&packed));
        run_pieces(&pieces, buf_str(&packed), 1 + at % 7);
        assert_true(str_equal(buf_str(&out), buf_str(&pieces)));
        errors += memmem(out.data, out.len, "X format", 8) != NULL;
        packed.data[at] = (char)(packed.data[at] ^ 0x20);
    }
    assert_true(errors > packed.len / 2);
    buf_release(&text);
    buf_release(&packed);
    buf_release(&out);
    buf_release(&pieces);
}

static void gzip_members(void **state)
{
    (void)state;
    pieces_are_one_stream(pack_gzip);
}

static void zstd_frames(void **state)
{
    (void)state;
    pieces_are_one_stream(pack_zstd);
}

static void gzip_cut(void **state)
{
    (void)state;
    cuts_are_told(pack_gzip, "gzip");
}

static void zstd_cut(void **state)
{
    (void)state;
    cuts_are_told(pack_zstd, "zstd");
}

static void gzip_flipped(void **state)
{
    (void)state;
    flips_are_survived(pack_gzip);
}

static void zstd_flipped(void **state)
{
    (void)state;
    flips_are_survived(pack_zstd);
}

static void what_follows_gzip(void **state)
{
    (void)state;
    struct buf packed;
    struct buf out;
    buf_init(&packed, 1 << 16);
    buf_init(&out, 1 << 16);
    pack_gzip(&packed, str_of("one\n"));
    buf_put(&packed, "\0\0\0\0", 4);
    run_text(&out, buf_str(&packed));
    assert_true(str_equal(buf_str(&out), str_of("E 1 id=in:1 text=one\n.\n")));
    buf_put_text(&packed, "junk");
    run_text(&out, buf_str(&packed));
    assert_true(str_equal(buf_str(&out), str_of("E 1 id=in:1 text=one\nX format data after the end "
                                                "of gzip is not gzip\n.\n")));
    buf_release(&packed);
    buf_release(&out);
}

/* 64 MiB of NUL in a few kilobytes pass in bounded memory and time. */
static void a_bomb_is_bounded(void **state)
{
    (void)state;
    char *zeros = calloc(1, 1 << 20);
    struct buf packed;
    struct buf out;
    buf_init(&packed, 1 << 20);
    buf_init(&out, 1 << 16);
    assert_non_null(zeros);
    char *frame = malloc(ZSTD_compressBound(1 << 20));
    const size_t len = ZSTD_compress(frame, ZSTD_compressBound(1 << 20), zeros, 1 << 20, 1);
    assert_false(ZSTD_isError(len));
    for (int i = 0; i < 64; i++)
        buf_put(&packed, frame, len);
    pack_zstd(&packed, str_of("\n{\"id\":\"1\",\"text\":\"after\"}\n"));
    const struct feed_case feed_case = {.input = buf_str(&packed),
                                        .options = {.format = FEED_FORMAT_JSONL}};
    feed_case_run(&feed_case, &out);
    assert_true(str_equal(buf_str(&out), str_of("F 1:0 record is longer than 16 MiB\n"
                                                "E 2 id=1 text=after\n.\n")));
    free(zeros);
    free(frame);
    buf_release(&packed);
    buf_release(&out);
}

/* What it unpacks to is bounded by itself, and by what was read. A good line before it counts. */
static void a_bomb_is_left(void **state)
{
    enum { BYTES = 32 << 20 };
    static const uint64_t limits[] = {0, BYTES - 1, UINT64_C(1) << 40};
    struct buf packed, out;
    char *ends = malloc(BYTES);
    char *frame = malloc(ZSTD_compressBound(BYTES));
    (void)state;
    assert_non_null(ends);
    assert_non_null(frame);
    memset(ends, '\n', BYTES);
    buf_init(&packed, 1 << 20);
    pack_zstd(&packed, str_of("{\"id\":\"1\",\"text\":\"before\"}\n"));
    const size_t len = ZSTD_compress(frame, ZSTD_compressBound(BYTES), ends, BYTES, 1);
    assert_false(ZSTD_isError(len));
    buf_put(&packed, frame, len);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct feed_case feed_case = {
            .input = buf_str(&packed),
            .options = {.format = FEED_FORMAT_JSONL, .unpacked_max = limits[i]}};
        buf_init(&out, 1 << 16);
        feed_case_run(&feed_case, &out);
        assert_true(buf_str(&out).len > 0);
        assert_memory_equal(out.data, "E 1 id=1 text=before\n", 21);
        buf_put_char(&out, '\0');
        assert_int_equal(strstr(out.data, "unpacks to too much") != NULL, limits[i] != 0);
        buf_release(&out);
    }
    free(ends);
    free(frame);
    buf_release(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_members),      cmocka_unit_test(zstd_frames),
        cmocka_unit_test(gzip_cut),          cmocka_unit_test(zstd_cut),
        cmocka_unit_test(gzip_flipped),      cmocka_unit_test(zstd_flipped),
        cmocka_unit_test(what_follows_gzip), cmocka_unit_test(a_bomb_is_bounded),
        cmocka_unit_test(a_bomb_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
