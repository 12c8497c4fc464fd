/**
 * What the readers of the formats share: the feed's inside. Private to this room.
 *
 * A reader's fill function appends records to an empty batch and returns as soon as it holds
 * something and more would mean waiting; it sets `batch->is_end` when all is delivered.
 */
#ifndef WARD_FEED_READER_H
#define WARD_FEED_READER_H

#include "base/buf.h"
#include "feed/encoding.h"
#include "feed/window.h"

#define READER_TOO_LONG "record is longer than 16 MiB"
/** Columns of a CSV file; more are a clear error. */
#define CSV_COLUMNS_MAX 256u

enum csv_state { CSV_FIELD_START = 0, CSV_BARE, CSV_QUOTED, CSV_QUOTE_SEEN, CSV_RETURN_SEEN };

struct csv_reader {
    bool has_header;
    char delimiter;
    const char *bad;      /**< what is wrong with the record, whose first line is to be dropped */
    enum csv_state state; /**< after `feed->scanned` bytes of the record */
    size_t column_count;
    uint8_t columns[CSV_COLUMNS_MAX]; /**< enum csv_column */
};

struct qq_reader {
    struct buf text;   /**< of the message under way, as raw bytes, lines joined by '\n' */
    struct buf header; /**< its header line behind the time, raw */
    struct buf chat;   /**< name of the chat, UTF-8 */
    struct feed_place place;
    int64_t time_ms;
    size_t rule_at; /**< where in `text` a line of '=' began that may open a section */
    bool has_time;
    bool has_message; /**< one is under way */
    bool has_rule;    /**< the last line was a line of '=' */
    bool has_text;    /**< the last line was neither blank nor absent */
    bool is_group;    /**< the chat is one, by the name of its section */
};

struct telegram_chat {
    struct buf id;
    struct buf name;
    bool is_group;
};

/** Where in the export's skeleton the reader stands. */
enum telegram_level {
    TELEGRAM_START = 0,
    TELEGRAM_ROOT,     /**< the outermost object; a chat itself in a single-chat export */
    TELEGRAM_CHATS,    /**< object behind "chats" */
    TELEGRAM_LIST,     /**< array behind "list" */
    TELEGRAM_CHAT,     /**< one chat of the list */
    TELEGRAM_MESSAGES, /**< array behind "messages" */
    TELEGRAM_DONE
};

/** Finding the end of one JSON value over any number of reads. */
struct value_scan {
    size_t open; /**< brackets open */
    bool in_string;
    bool in_escape;
    bool in_scalar;
};

struct telegram_reader {
    enum telegram_level level;
    bool in_list;      /**< messages belong to `listed`, not to `root` */
    bool has_messages; /**< any `messages` array was seen */
    bool has_key;      /**< `key` was read, its value comes next */
    bool is_skipping;  /**< the value under way is thrown away */
    char key[24];      /**< NUL-terminated, "" if longer */
    struct value_scan scan;
    struct telegram_chat root;
    struct telegram_chat listed;
};

struct feed {
    struct window window;
    struct feed_options options;
    enum feed_format format;
    uint64_t sequence;
    bool is_started; /**< a byte order mark, if any, is behind us */
    bool is_over;
    struct ward_error pending; /**< status != OK: what the next fill says; records came before */
    size_t scanned; /**< bytes at the window's begin already looked at for the record's end */
    struct encoding encoding;
    struct csv_reader csv;
    struct qq_reader qq;
    struct telegram_reader telegram;
    char source[WARD_ERROR_SOURCE_BYTES];
};

/** Decides `feed->format` if it is AUTO, from the first line that is not blank. */
enum ward_status detect_format(struct feed *feed, struct ward_error *err) WARD_MUST_USE;
/** True if the line can only be the head of a QQ export. */
bool qq_is_head(struct ward_str line);

/** JSON lines; the batch is left to be parsed. */
enum ward_status jsonl_fill(struct feed *feed, struct feed_batch *batch,
                            struct ward_error *err) WARD_MUST_USE;
/** One message a line. */
enum ward_status plain_fill(struct feed *feed, struct feed_batch *batch,
                            struct ward_error *err) WARD_MUST_USE;
/** CSV. WARD_ERR_FORMAT if the header names no text. */
enum ward_status csv_fill(struct feed *feed, struct feed_batch *batch,
                          struct ward_error *err) WARD_MUST_USE;
/** Recognised columns of a header line (UTF-8), and all of them; 0 if none is a text. */
size_t csv_header_match(struct ward_str line, size_t *column_count);
/** QQ text export. */
enum ward_status qq_fill(struct feed *feed, struct feed_batch *batch,
                         struct ward_error *err) WARD_MUST_USE;
void qq_release(struct qq_reader *reader);
/** Telegram Desktop export. WARD_ERR_FORMAT where its skeleton is broken. */
enum ward_status telegram_fill(struct feed *feed, struct feed_batch *batch,
                               struct ward_error *err) WARD_MUST_USE;
void telegram_release(struct telegram_reader *reader);

/**
 * Drops the line at the window's begin, however long, without holding it, and adds the fault
 * READER_TOO_LONG for it. The batch counts as parsed.
 */
enum ward_status reader_skip_line(struct feed *feed, struct feed_batch *batch,
                                  struct ward_error *err) WARD_MUST_USE;

enum reader_step {
    READER_READY, /**< a record is there */
    READER_WAIT,  /**< return what the batch holds */
    READER_END,   /**< nothing is left */
    READER_LONG,  /**< the record passes WARD_RECORD_BYTES_MAX; it still starts at the window */
    READER_FAILED /**< `*status` says why */
};

/**
 * Finds the line at the window's begin, reading as needed while `batch` is empty.
 * @param line   without "\n" or "\r\n"; borrowed from the window.
 * @param bytes  to take for it, line end counted.
 */
enum reader_step reader_line(struct feed *feed, const struct feed_batch *batch,
                             struct ward_str *line, size_t *bytes, enum ward_status *status,
                             struct ward_error *err);

/** Reads once more for an unfinished record, or says READER_WAIT, READER_LONG or READER_END. */
enum reader_step reader_more(struct feed *feed, const struct feed_batch *batch,
                             enum ward_status *status, struct ward_error *err);

/** True if the batch should be handed on before another record is added. */
bool reader_is_full(const struct feed_batch *batch, size_t bytes);

/** Place of `bytes` bytes at the window's begin. */
struct feed_place reader_place(const struct feed *feed, size_t bytes);

/** A buffer of `cap` bytes with JSON_SCAN_PADDING zero bytes behind; reader_free() it. */
char *reader_alloc(size_t cap);
void reader_free(char *data);

#endif
