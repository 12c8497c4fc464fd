/**
 * One stored event with its verdict, read from their JSON, ready to be shown.
 */
#ifndef WARD_EVIDENCE_MESSAGE_H
#define WARD_EVIDENCE_MESSAGE_H

#include "base/arena.h"
#include "casework/case_file.h"

struct message_span {
    struct ward_str field; /**< "text", "alias" ... */
    uint64_t begin, end;   /**< bytes of the field */
    struct ward_str written, read;
    uint32_t disguises; /**< WARD_DISGUISE_* */
};

struct message_reason {
    struct ward_str rule, says_zh, says_en;
    double weight;
    const struct ward_str *laws;
    size_t law_count;
    const struct message_span *spans;
    size_t span_count;
};

/** Strings live in the arena or belong to the case file. */
struct message {
    bool is_readable; /**< false: JSON of the event or the verdict is damaged */
    struct ward_str text;
    double base, score;
    const struct message_reason *reasons;
    size_t reason_count;
};

/** Reasons and spans of one message that are kept; a verdict holds fewer. */
#define MESSAGE_REASONS_MAX 256u
#define MESSAGE_SPANS_MAX 512u

/**
 * Reads entry `index` of `file`. Damaged JSON is no error: `out->is_readable` is false then.
 * WARD_ERR_NOMEM. Neighbours and erased entries without a verdict have no reasons.
 */
enum ward_status message_read(const struct case_file *file, size_t index, struct arena *arena,
                              struct message *out) WARD_MUST_USE;

#endif
