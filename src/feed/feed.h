/**
 * Where events come from: files, standard input and streams in six formats, plain or compressed,
 * become `struct ward_event` in batches.
 *
 * Two steps, so that reading stays serial and parsing may run in parallel:
 *   feed_fill()         reads bytes and cuts whole records into a batch; one thread per feed;
 *   feed_batch_parse()  turns the records into events; any thread, touches only its batch.
 * feed_read() does both. A batch owns its memory: all strings of its events stay valid until the
 * batch is filled again or released, whatever happens to the feed.
 *
 *     struct feed_batch batch;
 *     feed_batch_init(&batch);
 *     do {
 *         status = feed_read(feed, &batch, &err);
 *         for (size_t i = 0; status == WARD_OK && i < batch.event_count; i++)
 *             use(&batch.events[i], batch.places[i]);
 *     } while (status == WARD_OK && !batch.is_end);
 *
 * A bad record never hides its neighbours: it becomes a fault with line, column and cause, and the
 * records around it are delivered. Damage to the stream itself (disk error, truncated gzip) is
 * returned by feed_fill() after all records before it.
 *
 * Live pipes: feed_fill() returns as soon as one record is complete; it never waits to fill a
 * block. Memory is bounded by WARD_RECORD_BYTES_MAX and the constants below, and a steady stream
 * allocates nothing.
 */
#ifndef WARD_FEED_FEED_H
#define WARD_FEED_FEED_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/bounds.h"

/** Bytes asked for at once; a batch holds about this much unless one record is longer. */
#define FEED_BLOCK_BYTES (256u * 1024u)
/** Records in one batch at most: bounds the event array for files of tiny lines. */
#define FEED_BATCH_RECORDS_MAX 4096u
/** Media entries of one event; more are a fault. */
#define FEED_MEDIA_MAX 64u
/** Nesting of one JSON record; deeper is a fault. */
#define FEED_JSON_DEPTH_MAX 64u
/** UTC+8: what QQ exports and Chinese spreadsheets mean when they name no zone. */
#define FEED_ZONE_MINUTES_DEFAULT 480

enum feed_format {
    FEED_FORMAT_AUTO = 0, /**< decided by the first line that is not blank */
    FEED_FORMAT_JSONL,    /**< one JSON event or Osprey action envelope a line */
    FEED_FORMAT_TELEGRAM, /**< Telegram Desktop result.json, one chat or a full export */
    FEED_FORMAT_QQ,       /**< QQ message manager text export */
    FEED_FORMAT_CSV,      /**< RFC 4180 with a header; comma, semicolon or tab */
    FEED_FORMAT_PLAIN     /**< one message a line */
};
#define FEED_FORMAT_COUNT 6

/** Name as used by `--format` ("auto", "jsonl", "telegram", "qq", "csv", "plain"); NULL if out of
 * range. Static storage. */
const char *feed_format_name(enum feed_format format);
/** Reads such a name; "json" and "osprey" also mean jsonl, "text" plain. False if unknown. */
bool feed_format_parse(struct ward_str name, enum feed_format *out);

enum feed_encoding {
    FEED_ENCODING_AUTO = 0, /**< UTF-16 by its BOM; GB18030 where lines are that and not UTF-8 */
    FEED_ENCODING_UTF8,
    FEED_ENCODING_GB18030, /**< QQ, CSV and plain text only */
    FEED_ENCODING_UTF16LE,
    FEED_ENCODING_UTF16BE
};

/** See feed_options.unpacked_max. Chats and logs unpack to 5 to 50 times their size. */
#define FEED_UNPACKED_FREE (16u * 1024u * 1024u)
#define FEED_UNPACKED_RATIO 200u

/** How to read; start from feed_options_default(). */
struct feed_options {
    enum feed_format format;
    enum feed_encoding encoding;
    int zone_minutes;     /**< east of UTC, -1440..1440, for times that name no zone */
    const char *platform; /**< borrowed for the feed's life; for events that name none; or NULL */
    /** Bytes that compressed input may unpack to; beyond FEED_UNPACKED_FREE also at most
     * FEED_UNPACKED_RATIO for each byte read, so that the work stays in keeping with what was sent.
     * 0: no limit of either kind. */
    uint64_t unpacked_max;
};

/** Everything automatic, zone FEED_ZONE_MINUTES_DEFAULT, no platform. */
struct feed_options feed_options_default(void);

/** Bytes from anywhere. */
struct feed_stream {
    /** As read(2): up to `size` (> 0) bytes, 0 at the end, -1 with errno; EINTR is retried. */
    ssize_t (*read)(void *context, void *buffer, size_t size);
    /** Called once by feed_close(); may be NULL. */
    void (*close)(void *context);
    void *context;
};

/** Where a record stood in its source. */
struct feed_place {
    uint64_t offset; /**< of its first byte in the stream after decompression and UTF-16 decoding */
    uint64_t line;   /**< 1-based line of its first byte */
    uint32_t bytes;  /**< length of the record, line end not counted */
    bool zone_assumed; /**< the time named no zone; `zone_minutes` was taken */
};

/** A record that could not be used. */
struct feed_fault {
    enum ward_status status; /**< WARD_ERR_FORMAT or WARD_ERR_LIMIT */
    const char *cause;       /**< one sentence, NUL-terminated; in the batch or static */
    uint64_t offset;         /**< of the record */
    uint64_t line;           /**< 1-based */
    uint32_t column;         /**< 1-based byte within the line, 0 unknown */
};

/**
 * Records and the memory they live in. Fields are read-only for callers.
 * Events and faults are each in input order; merge them by `offset` where both matter.
 */
struct feed_batch {
    struct ward_event *events; /**< owned; `event_count` valid */
    struct feed_place *places; /**< owned; one per event */
    size_t event_count;
    struct feed_fault *faults; /**< owned */
    size_t fault_count;
    uint64_t sequence; /**< 0, 1, 2 ... of this feed: the order of batches */
    bool is_end;       /**< nothing follows; this batch itself may hold events */

    /* private */
    bool is_parsed;
    size_t event_cap;
    size_t fault_cap;
    char *data; /* owned raw records; strings point into it */
    size_t data_len;
    size_t data_cap;
    uint64_t data_offset;
    uint64_t data_line;
    struct arena arena; /* made-up strings: ids, media, conversions */
    struct feed_options options;
    char source[WARD_ERROR_SOURCE_BYTES];
};

struct feed;

/** Starts empty; allocates nothing. */
void feed_batch_init(struct feed_batch *batch);
/** Frees everything; all strings of its events die. */
void feed_batch_release(struct feed_batch *batch);

/**
 * Opens a file, or standard input for "-". gzip and zstd are recognised by content.
 *
 * @param path     NUL-terminated; also the source name in errors ("standard input" for "-").
 * @param options  NULL for the default.
 * @param out      feed_close() it; NULL on failure.
 * @return WARD_OK; WARD_ERR_NOT_FOUND; WARD_ERR_IO (directory, permission); WARD_ERR_NOMEM;
 *         WARD_ERR_ARGUMENT.
 */
enum ward_status feed_open(const char *path, const struct feed_options *options, struct feed **out,
                           struct ward_error *err) WARD_MUST_USE;

/**
 * The same over any stream, which the feed owns from here on, also on failure.
 * @param name  copied (cut to WARD_ERROR_SOURCE_BYTES); used in errors and made-up ids.
 */
enum ward_status feed_open_stream(struct feed_stream stream, const char *name,
                                  const struct feed_options *options, struct feed **out,
                                  struct ward_error *err) WARD_MUST_USE;

/** Closes the source. Batches filled before stay valid. NULL allowed. */
void feed_close(struct feed *feed);

/**
 * Reads the next records into `batch`, replacing what it held. Blocks only while no record is
 * complete. After an error or `is_end` the feed is over: later calls give an empty last batch.
 *
 * @return WARD_OK (maybe with no event, when only faults or blanks were read); WARD_ERR_IO,
 *         WARD_ERR_LIMIT (compressed data beyond feed_options.unpacked_max),
 *         WARD_ERR_FORMAT (damaged compression; JSON export without messages), WARD_ERR_NOMEM:
 *         `err` names the source, and `batch` is empty.
 */
enum ward_status feed_fill(struct feed *feed, struct feed_batch *batch,
                           struct ward_error *err) WARD_MUST_USE;

/**
 * Turns what feed_fill() cut into `events`, `places` and `faults`. Pure work on the batch: no I/O,
 * any thread. Does nothing the second time. WARD_ERR_NOMEM leaves an empty batch.
 */
enum ward_status feed_batch_parse(struct feed_batch *batch, struct ward_error *err) WARD_MUST_USE;

/** feed_fill() and feed_batch_parse(). */
enum ward_status feed_read(struct feed *feed, struct feed_batch *batch,
                           struct ward_error *err) WARD_MUST_USE;

/**
 * Reads events from memory as JSON lines, for callers that hold a request body. `json` is copied;
 * at most WARD_RECORD_BYTES_MAX bytes (else WARD_ERR_LIMIT). `name` as in feed_open_stream().
 */
enum ward_status feed_batch_load(struct feed_batch *batch, struct ward_str json, const char *name,
                                 const struct feed_options *options,
                                 struct ward_error *err) WARD_MUST_USE;

/** The format in use; FEED_FORMAT_AUTO before the first feed_fill() decided it. */
enum feed_format feed_format_of(const struct feed *feed);

/** Fills `err` with fault `index` (< fault_count): source, line, column, cause. */
void feed_fault_error(const struct feed_batch *batch, size_t index, struct ward_error *err);

#endif
