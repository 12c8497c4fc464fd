/**
 * See source.h. Three stages pull from each other: raw bytes -> unpacked -> UTF-8. Each has one
 * buffer of fixed size; a stage that has nothing to do hands the caller's buffer down.
 *
 * Bounds: zstd windows up to 128 MiB (its own default ceiling), gzip 32 KiB.
 */
#include "feed/source.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"
#include "feed/utf16.h"

#define RAW_BYTES (64u * 1024u)
#define UTF16_BYTES (16u * 1024u)

enum packing { PACKING_UNKNOWN = 0, PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };
enum wide { WIDE_UNKNOWN = 0, WIDE_NONE, WIDE_UTF16 };

struct source {
    struct feed_stream stream;
    enum feed_encoding encoding;
    enum packing packing;
    enum wide wide;
    bool raw_ended;
    bool in_frame;           /* inside a gzip member or zstd frame */
    struct ward_error error; /* status != OK: what every later read says */
    z_stream gzip;
    ZSTD_DStream *zstd; /* owned */
    size_t zstd_wants;  /* compressed bytes up to the end of the next header or block, or more */
    struct utf16 utf16;
    uint64_t unpacked_max; /* 0: no limit */
    uint64_t unpacked;     /* bytes that came out of compression */
    uint64_t taken;        /* raw bytes read */
    size_t raw_begin;
    size_t raw_end;
    size_t wide_end; /* bytes waiting in `units` */
    unsigned char raw[RAW_BYTES];
    char units[UTF16_BYTES];
};

/* ---- Raw bytes ------------------------------------------------------------------------------- */

static ssize_t fd_read(void *context, void *buffer, size_t size)
{
    const int fd = (int)(intptr_t)context;
    for (;;) {
        const ssize_t got = read(fd, buffer, size);
        if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            return got;
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, -1) < 0 && errno != EINTR)
            return -1;
    }
}

static void fd_close(void *context)
{
    const int fd = (int)(intptr_t)context;
    if (fd > STDIN_FILENO)
        (void)close(fd);
}

struct feed_stream source_of_fd(int fd)
{
    return (struct feed_stream){fd_read, fd_close, (void *)(intptr_t)fd};
}

static enum ward_status raw_read(struct source *source, void *into, size_t size, size_t *got,
                                 struct ward_error *err)
{
    *got = 0;
    if (source->raw_ended)
        return WARD_OK;
    for (;;) {
        const ssize_t count = source->stream.read(source->stream.context, into, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set(err, WARD_ERR_IO, "cannot read: %s", strerror(errno));
        assert((size_t)count <= size);
        *got = (size_t)count;
        source->raw_ended = count == 0;
        return WARD_OK;
    }
}

/* Reads more raw bytes behind those waiting. */
static enum ward_status raw_more(struct source *source, struct ward_error *err)
{
    size_t got;
    if (source->raw_begin == source->raw_end)
        source->raw_begin = source->raw_end = 0;
    assert(source->raw_end < RAW_BYTES);
    const enum ward_status status =
        raw_read(source, source->raw + source->raw_end, RAW_BYTES - source->raw_end, &got, err);
    source->raw_end += got;
    source->taken += got;
    return status;
}

/* ---- Unpacking ------------------------------------------------------------------------------- */

static enum ward_status gzip_start(struct source *source, struct ward_error *err)
{
    if (inflateInit2(&source->gzip, 15 + 16) != Z_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    source->packing = PACKING_GZIP;
    source->in_frame = true;
    return WARD_OK;
}

static enum ward_status zstd_start(struct source *source, struct ward_error *err)
{
    source->zstd = ZSTD_createDStream();
    if (!source->zstd)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    source->packing = PACKING_ZSTD;
    return WARD_OK;
}

/* Looks at the first bytes, reading only while they may still be a magic number. */
static enum ward_status packing_detect(struct source *source, struct ward_error *err)
{
    static const unsigned char gzip[] = {0x1F, 0x8B};
    static const unsigned char zstd[] = {0x28, 0xB5, 0x2F, 0xFD};
    for (;;) {
        const size_t have = source->raw_end;
        const size_t as_gzip = have < sizeof gzip ? have : sizeof gzip;
        const size_t as_zstd = have < sizeof zstd ? have : sizeof zstd;
        const bool maybe_gzip = memcmp(source->raw, gzip, as_gzip) == 0;
        const bool maybe_zstd = memcmp(source->raw, zstd, as_zstd) == 0;
        if (maybe_gzip && as_gzip == sizeof gzip)
            return gzip_start(source, err);
        if (maybe_zstd && as_zstd == sizeof zstd)
            return zstd_start(source, err);
        if ((!maybe_gzip && !maybe_zstd) || source->raw_ended) {
            source->packing = PACKING_NONE;
            return WARD_OK;
        }
        const enum ward_status status = raw_more(source, err);
        if (status != WARD_OK)
            return status;
    }
}

/* After a gzip member: another one, zero padding, or nothing. */
static enum ward_status gzip_next(struct source *source, bool *is_end, struct ward_error *err)
{
    while (source->raw_begin < source->raw_end && source->raw[source->raw_begin] == 0)
        source->raw_begin++;
    *is_end = source->raw_begin == source->raw_end && source->raw_ended;
    if (source->raw_begin == source->raw_end)
        return WARD_OK;
    if (source->raw[source->raw_begin] != 0x1F)
        return error_set(err, WARD_ERR_FORMAT, "data after the end of gzip is not gzip");
    if (inflateReset(&source->gzip) != Z_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    source->in_frame = true;
    return WARD_OK;
}

static enum ward_status gzip_step(struct source *source, char *into, size_t size, size_t *got,
                                  struct ward_error *err)
{
    z_stream *gzip = &source->gzip;
    gzip->next_in = source->raw + source->raw_begin;
    gzip->avail_in = (uInt)(source->raw_end - source->raw_begin);
    gzip->next_out = (unsigned char *)into;
    gzip->avail_out = (uInt)size;
    const int code = inflate(gzip, Z_NO_FLUSH);
    source->raw_begin = source->raw_end - gzip->avail_in;
    *got = size - gzip->avail_out;
    if (code == Z_STREAM_END)
        source->in_frame = false;
    else if (code == Z_MEM_ERROR)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    else if (code != Z_OK && code != Z_BUF_ERROR && !*got) /* once what came before it is read */
        return error_set(err, WARD_ERR_FORMAT, "damaged gzip data: %s",
                         gzip->msg ? gzip->msg : "unknown cause");
    return WARD_OK;
}

/*
 * How much to hand to zstd at once. A call that meets damage forgets all it unpacked before, so
 * that each call gets one block at most: a damaged file then yields the same lines however it is
 * read. The library's hint counts the header behind the block too (three bytes); those go in one by
 * one.
 */
static size_t zstd_portion(const struct source *source)
{
    enum { BLOCK_HEADER_BYTES = 3 };
    const size_t waiting = source->raw_end - source->raw_begin;
    const size_t portion =
        source->zstd_wants > BLOCK_HEADER_BYTES ? source->zstd_wants - BLOCK_HEADER_BYTES : 1;
    return portion < waiting ? portion : waiting;
}

static enum ward_status zstd_step(struct source *source, char *into, size_t size, size_t *got,
                                  struct ward_error *err)
{
    if (source->raw_begin == source->raw_end && !source->in_frame)
        return WARD_OK; /* asked between frames, the library would call the end a cut */
    ZSTD_inBuffer in = {source->raw, source->raw_begin + zstd_portion(source), source->raw_begin};
    ZSTD_outBuffer out = {into, size, 0};
    const size_t code = ZSTD_decompressStream(source->zstd, &out, &in);
    source->raw_begin = in.pos;
    *got = out.pos;
    if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (ZSTD_isError(code))
        return error_set(err, WARD_ERR_FORMAT, "damaged zstd data: %s", ZSTD_getErrorName(code));
    source->in_frame = code != 0;
    source->zstd_wants = code;
    return WARD_OK;
}

static enum ward_status unpack_once(struct source *source, char *into, size_t size, size_t *got,
                                    bool *is_end, struct ward_error *err)
{
    if (source->packing == PACKING_ZSTD)
        return zstd_step(source, into, size, got, err);
    if (!source->in_frame) {
        const enum ward_status status = gzip_next(source, is_end, err);
        if (status != WARD_OK || !source->in_frame)
            return status;
    }
    return gzip_step(source, into, size, got, err);
}

/* Notes what was unpacked. */
static enum ward_status weigh(struct source *source, size_t got, struct ward_error *err)
{
    const uint64_t max = source->unpacked_max;
    source->unpacked += got;
    if (!max ||
        (source->unpacked <= max && (source->unpacked <= FEED_UNPACKED_FREE ||
                                     source->unpacked / FEED_UNPACKED_RATIO <= source->taken)))
        return WARD_OK;
    return error_set(err, WARD_ERR_LIMIT, "the compressed data unpacks to too much");
}

static enum ward_status unpack_read(struct source *source, char *into, size_t size, size_t *got,
                                    struct ward_error *err)
{
    const bool is_gzip = source->packing == PACKING_GZIP;
    bool is_end = false;
    *got = 0;
    size = size > 1u << 30 ? 1u << 30 : size; /* zlib counts in 32 bits */
    for (;;) {
        const enum ward_status status = unpack_once(source, into, size, got, &is_end, err);
        if (status == WARD_OK && *got)
            return weigh(source, *got, err);
        if (status != WARD_OK || is_end)
            return status;
        if (source->raw_begin < source->raw_end)
            continue;
        if (source->raw_ended && source->in_frame)
            return error_set(err, WARD_ERR_FORMAT, "%s data ends in the middle (truncated)",
                             is_gzip ? "gzip" : "zstd");
        if (source->raw_ended)
            return WARD_OK;
        const enum ward_status more = raw_more(source, err);
        if (more != WARD_OK)
            return more;
    }
}

static enum ward_status plain_read(struct source *source, char *into, size_t size, size_t *got,
                                   struct ward_error *err)
{
    const size_t waiting = source->raw_end - source->raw_begin;
    if (!waiting)
        return raw_read(source, into, size, got, err);
    *got = waiting < size ? waiting : size;
    memcpy(into, source->raw + source->raw_begin, *got);
    source->raw_begin += *got;
    return WARD_OK;
}

static enum ward_status bytes_read(struct source *source, char *into, size_t size, size_t *got,
                                   struct ward_error *err)
{
    *got = 0;
    if (source->packing == PACKING_UNKNOWN) {
        const enum ward_status status = packing_detect(source, err);
        if (status != WARD_OK)
            return status;
    }
    return source->packing == PACKING_NONE ? plain_read(source, into, size, got, err)
                                           : unpack_read(source, into, size, got, err);
}

/* ---- UTF-16 ---------------------------------------------------------------------------------- */

/* Decides from the first two bytes, which stay in `units`; a forced encoding drops its BOM there.
 */
static enum ward_status wide_detect(struct source *source, struct ward_error *err)
{
    const bool forced =
        source->encoding == FEED_ENCODING_UTF16LE || source->encoding == FEED_ENCODING_UTF16BE;
    unsigned char *units = (unsigned char *)source->units;
    while (source->wide_end < 2) {
        size_t got;
        const enum ward_status status =
            bytes_read(source, source->units + source->wide_end, 2 - source->wide_end, &got, err);
        if (status != WARD_OK)
            return status;
        source->wide_end += got;
        if (!got || (!forced && units[0] < 0xFE))
            break;
    }
    const bool little = source->wide_end == 2 && units[0] == 0xFF && units[1] == 0xFE;
    const bool big = source->wide_end == 2 && units[0] == 0xFE && units[1] == 0xFF;
    const bool wanted = forced || source->encoding == FEED_ENCODING_AUTO;
    source->wide = wanted && (forced || little || big) ? WIDE_UTF16 : WIDE_NONE;
    utf16_init(&source->utf16, source->encoding == FEED_ENCODING_UTF16BE || (!forced && big));
    if (source->wide == WIDE_UTF16 && (little || big))
        source->wide_end = 0;
    return WARD_OK;
}

static enum ward_status wide_read(struct source *source, char *into, size_t size, size_t *got,
                                  struct ward_error *err)
{
    *got = 0;
    for (;;) {
        size_t count = source->wide_end;
        source->wide_end = 0;
        if (!count) {
            const size_t most = utf16_input_max(size);
            const enum ward_status status = bytes_read(
                source, source->units, most < UTF16_BYTES ? most : UTF16_BYTES, &count, err);
            if (status != WARD_OK)
                return status;
        }
        *got = count ? utf16_decode(&source->utf16, source->units, count, into)
                     : utf16_finish(&source->utf16, into);
        if (*got || !count)
            return WARD_OK;
    }
}

/* ---- The whole ------------------------------------------------------------------------------- */

static enum ward_status read_any(struct source *source, char *into, size_t size, size_t *got,
                                 struct ward_error *err)
{
    if (source->wide == WIDE_UNKNOWN) {
        const enum ward_status status = wide_detect(source, err);
        if (status != WARD_OK)
            return status;
    }
    if (source->wide == WIDE_UTF16)
        return wide_read(source, into, size, got, err);
    if (source->wide_end) {
        *got = source->wide_end;
        memcpy(into, source->units, *got);
        source->wide_end = 0;
        return WARD_OK;
    }
    return bytes_read(source, into, size, got, err);
}

enum ward_status source_open(struct feed_stream stream, enum feed_encoding encoding,
                             uint64_t unpacked_max, struct source **out, struct ward_error *err)
{
    assert(stream.read);
    *out = calloc(1, sizeof **out);
    if (!*out) {
        if (stream.close)
            stream.close(stream.context);
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    (*out)->stream = stream;
    (*out)->encoding = encoding;
    (*out)->unpacked_max = unpacked_max;
    return WARD_OK;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->packing == PACKING_GZIP)
        (void)inflateEnd(&source->gzip);
    (void)ZSTD_freeDStream(source->zstd);
    if (source->stream.close)
        source->stream.close(source->stream.context);
    free(source);
}

enum ward_status source_read(struct source *source, char *into, size_t size, size_t *got,
                             struct ward_error *err)
{
    assert(size >= SOURCE_READ_LEAST);
    *got = 0;
    if (source->error.status == WARD_OK) {
        const enum ward_status status = read_any(source, into, size, got, &source->error);
        if (status == WARD_OK)
            return WARD_OK;
        if (*got) /* the damage shows on the next call */
            return WARD_OK;
    }
    return error_set(err, source->error.status, "%s", source->error.message);
}
