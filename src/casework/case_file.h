/**
 * One case with all that belongs to it, as read from the store at one moment: what a report, an
 * evidence package or a console page is made of. Plain data, no store behind it.
 *
 * All strings and arrays belong to the case file and live until case_file_free().
 */
#ifndef WARD_CASEWORK_CASE_FILE_H
#define WARD_CASEWORK_CASE_FILE_H

#include "link/link.h"

/** Where an event came from: enough to find its bytes again. */
struct case_custody {
    struct ward_str source;        /**< name of the file or stream as given */
    struct ward_str source_sha256; /**< hex, of the whole source as read; empty for a live stream */
    uint64_t offset;               /**< of the record in the source, after decompression */
    uint64_t line;                 /**< 1-based; 0 unknown */
    uint32_t bytes;
    int32_t zone_minutes; /**< east of UTC: how a time without zone was taken */
    bool zone_assumed;
    int64_t received_ms; /**< when ward stored it, UTC */
    uint64_t batch;      /**< number of the ingest in the audit log */
};

/** One event as stored. */
struct case_entry {
    struct ward_str event_json;   /**< the event, one JSON object in ward's event form */
    struct ward_str event_sha256; /**< hex, of event_json */
    struct ward_str verdict_json; /**< as given at the time: `ward scan --json --lang both` */
    struct ward_str packs;        /**< packs in force, "a@1+hash b@2+hash" */
    uint32_t revision;            /**< of the verdict */
    bool is_neighbour;            /**< not flagged; kept because it stood next to a flagged one */
    bool is_erased;               /**< text and persons erased; the hash remains */
    struct case_custody custody;
    uint32_t person; /**< index into link->people, UINT32_MAX: none */
};

/** What a human did to the case. In order of time. */
struct case_decision {
    int64_t time_ms;
    struct ward_str who;
    struct ward_str kind; /**< confirm dismiss escalate note assign merge split refer export ... */
    struct ward_str reason;  /**< for dismiss: which look-alike; for refer: the body; or empty */
    struct ward_str note;    /**< free text, or empty */
    struct ward_str subject; /**< id of a case, person or event */
};

struct case_file {
    const struct link_event *events;  /**< what linking saw, in the order of `entries` */
    const struct case_entry *entries; /**< by time, then key */
    size_t entry_count;
    const struct link *link; /**< exactly one case, its people, groups and ties */
    const struct case_decision *decisions;
    size_t decision_count;
    struct ward_str state; /**< open confirmed dismissed escalated referred */
    struct ward_str assignee;
    bool on_hold;               /**< legal hold */
    struct ward_str audit_head; /**< hex hash of the last audit entry at reading; empty: no store */
    int64_t read_ms;            /**< when this was read, UTC */
    struct ward_str ward_version;
};

/** Frees a case file made by casework; NULL allowed. */
void case_file_free(struct case_file *file);

#endif
