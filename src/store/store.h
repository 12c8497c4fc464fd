/**
 * What ward keeps: flagged events, what linking made of them, what people decided, and the audit
 * log.
 *
 * One interface over SQLite (one file) and PostgreSQL. The store knows plain rows only: JSON texts
 * are opaque to it, every string is bytes of any content. Times come in as parameters.
 *
 * What always holds:
 *   1. Every write is one transaction, durable when the call returns, with its entry in the audit
 *      log in the same transaction.
 *   2. Event rows and decisions are never changed: a later verdict, an edited text, an upgrade from
 *      neighbour to flagged is a further row under the same key; one row a key stands (is_last).
 *      Only erasure takes content away, and leaves the seal.
 *   3. Replays change nothing: a row whose (key, text, packs, revision, neighbour) is there already
 *      is a duplicate; an erased key never comes back.
 *   4. One writer at a time; readers see one moment.
 *
 * A handle belongs to one thread at a time. While a callback runs, its handle may not be used.
 * Rows and strings given to a callback are borrowed until it returns.
 */
#ifndef WARD_STORE_STORE_H
#define WARD_STORE_STORE_H

#include "ward/ward.h"

struct store;

/* ---- opening --------------------------------------------------------------------------------- */

enum store_mode {
    STORE_READ = 0, /**< must exist; nothing is written, not even the schema */
    STORE_WRITE,    /**< must exist; older schemas are brought up to date */
    STORE_CREATE    /**< as STORE_WRITE, made if missing */
};

struct store_options {
    const char *url; /**< "case.db", "sqlite:PATH" or "postgresql://..." */
    enum store_mode mode;
    /** File of the signing key; made (mode 0600) with a new store. NULL: PATH.key for SQLite;
     * PostgreSQL needs one for writing. */
    const char *key_path;
    /** Longest wait for another writer, or for PostgreSQL to come back; 0: 10 s. */
    uint32_t busy_ms;
    int64_t now_ms; /**< for the entries that opening writes (creation, migration) */
};

/** Schema this ward writes. A newer one is refused. */
#define STORE_SCHEMA 3
#define STORE_BUSY_MS_DEFAULT 10000u

/**
 * WARD_ERR_NOT_FOUND (no store there), WARD_ERR_STALE (schema newer than this ward),
 * WARD_ERR_FORMAT (not a store of ward, or damaged), WARD_ERR_BUSY (another process holds it),
 * WARD_ERR_IO (disk, permission, server), WARD_ERR_REFUSED (the key is not the one that signs this
 * store), WARD_ERR_ARGUMENT (url, or a back end that was not built in), WARD_ERR_NOMEM.
 */
enum ward_status store_open(const struct store_options *options, struct store **out,
                            struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void store_close(struct store *store);
/** True for urls that name PostgreSQL. */
bool store_url_is_server(const char *url);

/* ---- events ---------------------------------------------------------------------------------- */

/** Where an event came from: enough to find its bytes again. */
struct store_custody {
    struct ward_str source;        /**< file or stream as given */
    struct ward_str source_sha256; /**< hex, of the whole source; empty for a live stream */
    uint64_t offset;               /**< of the record in the source, after decompression */
    uint64_t line;                 /**< 1-based; 0 unknown */
    uint32_t bytes;
    int32_t zone_minutes; /**< east of UTC: how a time without zone was taken */
    bool zone_assumed;
};

/** One event with the verdict on it. */
struct store_event {
    struct ward_str platform, group, id; /**< the key, unique together */
    uint32_t revision;                   /**< of the verdict */
    enum ward_level level;
    enum ward_role role;
    double score;
    bool has_time;
    int64_t time_ms;
    bool is_neighbour; /**< not flagged; kept for its company */
    struct ward_str group_name, account, alias, reply_to;
    struct ward_str event_json;
    struct ward_str event_sha256; /**< hex, of event_json; made by the store when empty */
    struct ward_str verdict_json;
    struct ward_str packs;
    struct store_custody custody;
    int64_t received_ms;
};

/**
 * Messages read in a group, flagged or not. The count is CUMULATIVE: all messages of the group seen
 * so far in this source since `begin`. The store keeps the largest count for each (source, begin,
 * platform, group) and sums over sources, so that chunks of any size, a scan that was killed and
 * started again, and the same file read twice (under any name, known by its SHA-256) count once.
 * Two different exports that overlap do count twice: ordinary messages are not kept, so they cannot
 * be told apart.
 */
struct store_group_count {
    struct ward_str platform, group;
    struct ward_str group_name;            /**< the last one seen, or empty */
    struct ward_str source, source_sha256; /**< as in store_custody */
    uint64_t begin;                        /**< where reading began; 0 for a file read whole */
    uint64_t messages;
};

struct store_batch {
    struct ward_str who; /**< person or service that ingests; not empty */
    int64_t time_ms;     /**< now */
    const struct store_event *events;
    size_t event_count; /**< 0..STORE_BATCH_MAX */
    const struct store_group_count *groups;
    size_t group_count;
};
#define STORE_BATCH_MAX 65536u

struct store_ingested {
    uint64_t batch;  /**< number of its audit entry; 0: nothing changed, nothing was written */
    uint64_t fresh;  /**< keys not seen before */
    uint64_t edited; /**< another text under a known key */
    uint64_t judged_again; /**< a known text with another revision or other packs */
    uint64_t upgraded;     /**< of judged_again: was a neighbour, is flagged now */
    uint64_t duplicate;    /**< there already, or erased before */
};

/**
 * Takes in a batch, whole or not at all. WARD_ERR_ARGUMENT (no who, bad hex, too many), _BUSY, _IO
 * (disk full, read-only, server gone for longer than busy_ms), _NOMEM. After any failure the same
 * batch may be given again.
 */
enum ward_status store_ingest(struct store *store, const struct store_batch *batch,
                              struct store_ingested *out, struct ward_error *err) WARD_MUST_USE;

/** Where a row stands in its case: to go on behind it, whatever came in between. */
struct store_event_place {
    int64_t time_ms; /**< INT64_MAX: none */
    uint64_t member, seq;
};

/** One row as read back. */
struct store_event_row {
    struct store_event event; /**< strings empty once erased, except platform and packs */
    uint64_t seq;             /**< number of the row: 1, 2, ... in order of arrival */
    uint32_t edition;         /**< of the text under its key: 0 the first seen */
    bool is_last;             /**< the row that stands for its key */
    bool is_erased;
    bool is_held;         /**< under legal hold */
    uint64_t batch;       /**< audit entry of its ingest */
    struct ward_str name; /**< 32 hex digits, stays when erased; made from the key and a secret */
    struct ward_str seal; /**< 64 hex digits: keyed hash of the row's content; stays when erased */
    struct ward_str case_id, person_id; /**< from the last linking, or empty */
    struct store_event_place place;     /**< of a reading by case only */
};

/** Return WARD_OK to go on; anything else stops the reading and is returned by it. */
typedef enum ward_status (*store_event_taker)(void *context, const struct store_event_row *row,
                                              struct ward_error *err);

struct store_event_query {
    struct ward_str case_id; /**< only events of this case; empty: of any or none */
    uint64_t after_seq;      /**< only rows with a greater number */
    uint64_t after_batch;    /**< only rows of later batches */
    bool every_row;          /**< also rows that no longer stand (earlier texts and verdicts) */
    bool with_erased;
    const struct store_event_place *after; /**< with case_id: only rows behind it; NULL: all */
    size_t limit;                          /**< 0: no limit */
};

/**
 * Gives rows in order: by seq; for a case by time (none last), then seq. Linear in the rows given
 * (for one case: its own rows only).
 */
enum ward_status store_events(struct store *store, const struct store_event_query *query,
                              store_event_taker take, void *context,
                              struct ward_error *err) WARD_MUST_USE;
struct store_event_key {
    struct ward_str platform, group, id;
};
/** All rows of one key, oldest first (the erased ones too). WARD_ERR_NOT_FOUND if there is none. */
enum ward_status store_event_history(struct store *store, const struct store_event_key *key,
                                     store_event_taker take, void *context,
                                     struct ward_error *err) WARD_MUST_USE;

typedef enum ward_status (*store_count_taker)(void *context, const struct store_group_count *row,
                                              struct ward_error *err);
/** Messages read by group, summed over sources (source fields empty); by platform, then group. */
enum ward_status store_group_counts(struct store *store, store_count_taker take, void *context,
                                    struct ward_error *err) WARD_MUST_USE;

/* ---- what linking made of them ----------------------------------------------------------------
 */

enum store_case_state {
    STORE_CASE_OPEN = 0,
    STORE_CASE_DISMISSED,
    STORE_CASE_CONFIRMED,
    STORE_CASE_ESCALATED,
    STORE_CASE_REFERRED
};
#define STORE_CASE_STATES 5
/** "open", "dismissed" ...; static. */
const char *store_case_state_name(enum store_case_state state);

struct store_case {
    struct ward_str id;
    uint32_t urgency; /**< greater is more urgent */
    double points;    /**< orders cases of one urgency */
    double score;
    struct ward_str says_zh, says_en;
    bool has_time;
    int64_t first_ms, last_ms;
    const struct ward_str *merged; /**< in: ids of earlier cases now part of this one */
    size_t merged_count;
    struct ward_str detail_json;
    /* Kept by the store through decisions; not looked at by store_link(). */
    enum store_case_state state;
    struct ward_str assignee;
    bool is_held;                /**< legal hold */
    bool is_current;             /**< false: the last linking has it no more */
    struct ward_str merged_into; /**< the case it is part of now, or empty */
    uint64_t event_count;        /**< rows of events in it that stand */
};

struct store_person {
    struct ward_str id, case_id;
    enum ward_role role;
    double confidence;
    struct ward_str detail_json;
    const struct ward_str *accounts; /**< "platform/account" */
    size_t account_count;
};

struct store_group {
    struct ward_str key; /**< "platform/group" */
    struct ward_str name;
    double score;
    uint64_t messages, flagged;
    struct ward_str case_id; /**< or empty */
    struct ward_str detail_json;
};

struct store_tie {
    struct ward_str a, b; /**< accounts, "platform/account" */
    struct ward_str kind;
    double weight;
    struct ward_str case_id;
    bool has_time;
    int64_t first_ms, last_ms;
    struct ward_str detail_json;
};

/** Where an event row belongs. Neighbours too, so that they share the case's retention. */
struct store_membership {
    uint64_t seq;
    struct ward_str case_id, person_id; /**< person may be empty */
};

struct store_linking {
    struct ward_str who;
    int64_t time_ms;
    const struct store_case *cases;
    size_t case_count;
    const struct store_person *people;
    size_t person_count;
    const struct store_group *groups;
    size_t group_count;
    const struct store_tie *ties;
    size_t tie_count;
    const struct store_membership *members;
    size_t member_count;
};

/**
 * Puts a whole linking result in the place of the one before, in one transaction. A case that is
 * not in it stays with is_current false; one named in another's `merged` points to it, and hands on
 * its hold and, where it is stronger, its state. A hold covers the events that join the case and
 * stays on those that leave it.
 */
enum ward_status store_link(struct store *store, const struct store_linking *linking,
                            struct ward_error *err) WARD_MUST_USE;

struct store_case_query {
    uint32_t states; /**< bits 1 << state; 0: all */
    uint32_t urgency_min;
    uint32_t urgencies;             /**< bits 1 << urgency, for 0 .. 3; 0: all */
    struct ward_str assignee;       /**< only his; empty: anybody's */
    bool unassigned;                /**< only those assigned to nobody */
    bool with_former;               /**< also cases that are no longer current */
    const struct store_case *after; /**< urgency, points and id of the last case seen, or NULL */
    size_t limit;                   /**< 0: no limit */
};
typedef enum ward_status (*store_case_taker)(void *context, const struct store_case *row,
                                             struct ward_error *err);
/** Cases, most urgent first (urgency, points, then id). `merged` is empty, see merged_into. */
enum ward_status store_cases(struct store *store, const struct store_case_query *query,
                             store_case_taker take, void *context,
                             struct ward_error *err) WARD_MUST_USE;
/** The case of that id, or the one it was merged into. WARD_ERR_NOT_FOUND. */
enum ward_status store_case_find(struct store *store, struct ward_str id, store_case_taker take,
                                 void *context, struct ward_error *err) WARD_MUST_USE;

typedef enum ward_status (*store_person_taker)(void *context, const struct store_person *row,
                                               struct ward_error *err);
typedef enum ward_status (*store_group_taker)(void *context, const struct store_group *row,
                                              struct ward_error *err);
typedef enum ward_status (*store_tie_taker)(void *context, const struct store_tie *row,
                                            struct ward_error *err);
/** Puts the id of the case that `id` stands for now into `out`: cheap, whatever the case holds.
 * WARD_ERR_NOT_FOUND. */
struct buf;
enum ward_status store_case_id(struct store *store, struct ward_str id, struct buf *out,
                               struct ward_error *err) WARD_MUST_USE;
/**
 * Writes 32 hex digits that change whenever something of the case does: what linking found, its
 * state, assignee, hold, a decision on it or on what was merged into it. WARD_ERR_NOT_FOUND.
 */
#define STORE_STAMP 33u
enum ward_status store_case_stamp(struct store *store, struct ward_str id, char out[STORE_STAMP],
                                  struct ward_error *err) WARD_MUST_USE;

/* Rows of one case, or of all for an empty id. People by id, groups by score (highest first) then
 * key, ties by a, b, kind. */
enum ward_status store_people(struct store *store, struct ward_str case_id, store_person_taker take,
                              void *context, struct ward_error *err) WARD_MUST_USE;
/** The person of that id. WARD_ERR_NOT_FOUND. */
enum ward_status store_person_find(struct store *store, struct ward_str id, store_person_taker take,
                                   void *context, struct ward_error *err) WARD_MUST_USE;
/** As store_people() of all cases, from behind the id `after` (empty: the first), `limit` at most.
 */
enum ward_status store_people_page(struct store *store, struct ward_str after, size_t limit,
                                   store_person_taker take, void *context,
                                   struct ward_error *err) WARD_MUST_USE;
enum ward_status store_groups(struct store *store, struct ward_str case_id, store_group_taker take,
                              void *context, struct ward_error *err) WARD_MUST_USE;
enum ward_status store_ties(struct store *store, struct ward_str case_id, store_tie_taker take,
                            void *context, struct ward_error *err) WARD_MUST_USE;

/* ---- decisions ------------------------------------------------------------------------------- */

enum store_decision_kind {
    STORE_CONFIRM = 0,
    STORE_DISMISS, /**< reason: which look-alike */
    STORE_ESCALATE,
    STORE_NOTE,
    STORE_ASSIGN, /**< reason: to whom; empty: to nobody */
    STORE_MERGE,
    STORE_SPLIT,
    STORE_REFER, /**< reason: the body */
    STORE_EXPORT,
    STORE_HOLD,    /**< legal hold on the case and its events */
    STORE_RELEASE, /**< ends it */
    STORE_REOPEN
};
#define STORE_DECISION_KINDS 12
/** "confirm", "dismiss" ...; static. */
const char *store_decision_name(enum store_decision_kind kind);

enum store_outcome {
    STORE_DONE = 0,
    STORE_REQUESTED /**< a referral that waits for another person */
};

/** What must hold of the case when the decision is written, else nothing is. */
struct store_condition {
    /** store_case_stamp() as last read, else WARD_ERR_STALE; empty: any. */
    struct ward_str stamp;
    /** Assigned to nobody or to `who`, or its holder has decided nothing on it since `idle_ms`
     * (INT64_MIN: does not count), else WARD_ERR_REFUSED. */
    bool is_free;
    int64_t idle_ms;
    /** Assigned to `who`, else WARD_ERR_REFUSED. */
    bool is_own;
};

struct store_decision {
    int64_t time_ms;
    struct ward_str who; /**< not empty */
    enum store_decision_kind kind;
    struct ward_str subject_kind; /**< "case", "person", "account", "event", "group" */
    struct ward_str subject;      /**< its id */
    struct ward_str case_id;      /**< the case it is part of; may be empty for a note */
    struct ward_str reason, note;
    struct ward_str extra_json;
    const struct store_condition *only_if; /**< in only: borrowed; NULL: no condition */
    /* Out only. */
    uint64_t seq; /**< number of its audit entry; ascending */
    enum store_outcome outcome;
};

/**
 * Writes a decision down for ever and moves the case accordingly (state, assignee, hold). A
 * decision on a merged case goes to the case it is part of. With the setting "refer-needs-two" =
 * "1" the first referral to a body is a request; the same body named by another person completes
 * it; the same person again is WARD_ERR_REFUSED (spaces around and case of ASCII letters make no
 * other person). WARD_ERR_NOT_FOUND: no such case. `seq` and `outcome` may be NULL. The condition
 * `only_if` is checked in the transaction that writes.
 */
enum ward_status store_decide(struct store *store, const struct store_decision *decision,
                              uint64_t *seq, enum store_outcome *outcome,
                              struct ward_error *err) WARD_MUST_USE;

typedef enum ward_status (*store_decision_taker)(void *context, const struct store_decision *row,
                                                 struct ward_error *err);
/** Decisions of one case and of those merged into it, or all for an empty id; oldest first. */
enum ward_status store_decisions(struct store *store, struct ward_str case_id,
                                 store_decision_taker take, void *context,
                                 struct ward_error *err) WARD_MUST_USE;

/** Decisions of some kinds (bits 1 << kind) on any case, number > `after`, oldest first. Linear in
 * all decisions. */
enum ward_status store_decisions_of(struct store *store, uint32_t kinds, uint64_t after,
                                    store_decision_taker take, void *context,
                                    struct ward_error *err) WARD_MUST_USE;

/**
 * A number that grows whenever events come or go, cases are linked, or somebody decides: the audit
 * entry of the last such write; 0 before the first. Two index look-ups.
 */
enum ward_status store_serial(struct store *store, uint64_t *serial,
                              struct ward_error *err) WARD_MUST_USE;

/** Who does something, when and why: for what is not a decision on a case. */
struct store_act {
    struct ward_str who; /**< not empty */
    int64_t time_ms;
    struct ward_str reason; /**< goes into the audit log: no personal data; or empty */
};

/** Settings, audited. Names are [a-z0-9.-]+, 1..64 bytes; values up to 64 KB. */
enum ward_status store_configure(struct store *store, const struct store_act *act,
                                 struct ward_str name, struct ward_str value,
                                 struct ward_error *err) WARD_MUST_USE;
typedef enum ward_status (*store_text_taker)(void *context, struct ward_str text,
                                             struct ward_error *err);
/** WARD_ERR_NOT_FOUND when it was never set. */
enum ward_status store_setting(struct store *store, struct ward_str name, store_text_taker take,
                               void *context, struct ward_error *err) WARD_MUST_USE;

/* ---- retention and erasure --------------------------------------------------------------------
 */

struct store_purge {
    int64_t keep_ms[4];   /**< by enum ward_level, counted from received_ms; [0]: neighbours.
                             Negative: keep for ever */
    uint32_t case_states; /**< bits 1 << state: also events of such cases. 0: only events of no case
                             and of dismissed ones */
};
struct store_erased {
    uint64_t events;  /**< keys whose content is gone */
    uint64_t rows;    /**< rows of events, all editions */
    uint64_t skipped; /**< keys old enough but under legal hold or in a case that is kept */
};

/**
 * While on, purging and erasing through this handle count what would go (or say why nothing may)
 * and change nothing; a handle for reading will do.
 */
void store_erase_on_trial(struct store *store, bool on);
/** Has the back end overwrite what was deleted or changed, as erasing does by itself: for records
 * that were emptied. */
void store_scrub(struct store *store);
/**
 * Erases what is older than its level is kept. An event goes with all its rows, when the row that
 * stands is old enough. What is under legal hold never goes.
 */
enum ward_status store_purge(struct store *store, const struct store_act *act,
                             const struct store_purge *purge, struct store_erased *out,
                             struct ward_error *err) WARD_MUST_USE;
/**
 * Erases one event: all its rows lose key, text, alias, account, verdict and custody, and the
 * record key without which the seal says nothing; the details of the case, people, groups and ties
 * that rest on it are emptied until the next linking. WARD_ERR_NOT_FOUND; WARD_ERR_REFUSED under
 * legal hold. Erasing what is erased already is WARD_OK.
 */
enum ward_status store_erase_event(struct store *store, const struct store_act *act,
                                   const struct store_event_key *key, struct store_erased *out,
                                   struct ward_error *err) WARD_MUST_USE;
/** Erases every event of the account; refused as a whole when one is under legal hold. */
enum ward_status store_erase_account(struct store *store, const struct store_act *act,
                                     struct ward_str platform, struct ward_str account,
                                     struct store_erased *out,
                                     struct ward_error *err) WARD_MUST_USE;
/** Erases every event of every account of the person. */
enum ward_status store_erase_person(struct store *store, const struct store_act *act,
                                    struct ward_str person_id, struct store_erased *out,
                                    struct ward_error *err) WARD_MUST_USE;

/* ---- audit ----------------------------------------------------------------------------------- */

/**
 * Adds an entry for what leaves no row of its own (a case was read, a report was made). `kind` is
 * [a-z-]+, 1..32 bytes; `body_json` is opaque, at most 64 KB, without personal data: it can never
 * be taken out again.
 */
enum ward_status store_audit_add(struct store *store, const struct store_act *act,
                                 struct ward_str kind, struct ward_str body_json,
                                 struct ward_error *err) WARD_MUST_USE;

struct store_audit_head {
    uint64_t count; /**< entries so far */
    char hash[65];  /**< hex of the last entry's hash */
    char key[65];   /**< hex of the public key */
};
enum ward_status store_audit_head(struct store *store, struct store_audit_head *out,
                                  struct ward_error *err) WARD_MUST_USE;
/**
 * Appends the signed head as one line to `path` (made 0644 if missing, synced), for keeping outside
 * the store: "ward-anchor 1 STORE COUNT HASH PUBLIC-KEY SIGNATURE". WARD_ERR_IO.
 */
enum ward_status store_anchor(struct store *store, const char *path,
                              struct ward_error *err) WARD_MUST_USE;

struct store_audit_entry {
    uint64_t seq;
    int64_t time_ms;
    struct ward_str kind, who;
    struct ward_str body_json;
    struct ward_str hash; /**< 64 hex digits */
};
typedef enum ward_status (*store_audit_taker)(void *context, const struct store_audit_entry *row,
                                              struct ward_error *err);
/** Entries with seq > after, oldest first. */
enum ward_status store_audit_entries(struct store *store, uint64_t after, store_audit_taker take,
                                     void *context, struct ward_error *err) WARD_MUST_USE;

struct store_audit_report {
    bool is_good;
    uint64_t entries;   /**< in the chain */
    uint64_t rows;      /**< of every table, compared with what was audited */
    bool is_anchored;   /**< an anchor of this store was given and its heads are in the chain */
    uint64_t anchored;  /**< entries that the last head of the anchor covers */
    bool is_key_pinned; /**< the public key was compared with the key file or the anchor */
    uint64_t bad_entry; /**< the first bad entry; 0 if none */
    char what[256];     /**< what is wrong with it, a sentence; "" if nothing */
    struct store_audit_head head;
};
/**
 * Walks the whole chain: order, hashes, signatures, the signed head, the anchor's heads, then every
 * event and decision against the hash that its entry holds, and every row that changes in its time
 * (cases, what linking found, counts, holds) against what the entries say of it; the row is named.
 * Status is WARD_OK whenever the check could be made, good or bad. `anchor_path` NULL: no anchor.
 * Linear in the store.
 */
enum ward_status store_audit_verify(struct store *store, const char *anchor_path,
                                    struct store_audit_report *out,
                                    struct ward_error *err) WARD_MUST_USE;

#endif
