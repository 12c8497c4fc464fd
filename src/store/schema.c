#include "store/schema.h"

/*
 * ward_event    one row a (key, text, packs, revision, neighbour), never changed but by erasure.
 *               name: keyed hash of the key; mark: keyed hash of what makes a row a duplicate;
 *               record_key: key of the seal, gone after erasure; erased_by: audit entry, 0 none.
 *               time_ms: INT64_MAX without time, so that such rows come last.
 * ward_member   where an event stood in the last linking; seq: its row at that time.
 *               account_key: keyed hash of (platform, account); empty without account.
 * ward_person   accounts: each as 4 bytes of length, big-endian, and its bytes.
 * ward_count    count_key: hash of source, begin, platform and group; updated: audit entry.
 * No text of events or accounts is indexed itself: PostgreSQL's index entries hold 2.7 KB at most.
 * ward_audit    the chain; rows: hash of the rows the entry wrote; see audit_entry.h.
 * ward_head     one row: the last entry's number and hash.
 */
static const char step_1[] =
    "CREATE TABLE ward_meta (name %s PRIMARY KEY, value %b NOT NULL);"
    "CREATE TABLE ward_event (seq %i PRIMARY KEY, name %b NOT NULL, mark %b NOT NULL,"
    " edition %i NOT NULL, is_last %i NOT NULL, is_held %i NOT NULL, batch %i NOT NULL,"
    " erased_by %i NOT NULL, record_key %b NOT NULL, seal %b NOT NULL,"
    " revision %i NOT NULL, level %i NOT NULL, role %i NOT NULL, score %r NOT NULL,"
    " time_ms %i NOT NULL, is_neighbour %i NOT NULL, received_ms %i NOT NULL,"
    " platform %s NOT NULL, group_id %s NOT NULL, id %s NOT NULL, group_name %s NOT NULL,"
    " account_key %b NOT NULL, account %s NOT NULL, alias %s NOT NULL, reply_to %s NOT NULL,"
    " packs %s NOT NULL,"
    " source %s NOT NULL, source_sha256 %s NOT NULL, source_offset %i NOT NULL,"
    " source_line %i NOT NULL, source_bytes %i NOT NULL, zone_minutes %i NOT NULL,"
    " zone_assumed %i NOT NULL, event_sha256 %s NOT NULL, event_json %s NOT NULL,"
    " verdict_json %s NOT NULL);"
    "CREATE INDEX ward_event_name ON ward_event (name);"
    "CREATE INDEX ward_event_batch ON ward_event (batch);"
    "CREATE INDEX ward_event_erased ON ward_event (erased_by, seq) WHERE erased_by > 0;"
    "CREATE INDEX ward_event_account ON ward_event (account_key);"
    "CREATE TABLE ward_count (count_key %b PRIMARY KEY, platform %s NOT NULL, group_id %s NOT NULL,"
    " group_name %s NOT NULL, messages %i NOT NULL, updated %i NOT NULL);"
    "CREATE TABLE ward_case (id %s PRIMARY KEY, urgency %i NOT NULL, points %r NOT NULL,"
    " score %r NOT NULL, says_zh %s NOT NULL, says_en %s NOT NULL, has_time %i NOT NULL,"
    " first_ms %i NOT NULL, last_ms %i NOT NULL, detail_json %s NOT NULL, state %i NOT NULL,"
    " assignee %s NOT NULL, is_held %i NOT NULL, is_current %i NOT NULL, merged_into %s NOT NULL,"
    " event_count %i NOT NULL);"
    "CREATE INDEX ward_case_order ON ward_case (urgency, points, id);"
    "CREATE INDEX ward_case_merged ON ward_case (merged_into);"
    "CREATE TABLE ward_person (id %s PRIMARY KEY, case_id %s NOT NULL, role %i NOT NULL,"
    " confidence %r NOT NULL, detail_json %s NOT NULL, accounts %b NOT NULL);"
    "CREATE INDEX ward_person_case ON ward_person (case_id, id);"
    "CREATE TABLE ward_group (number %i PRIMARY KEY, group_key %s NOT NULL, name %s NOT NULL, "
    "score %r NOT NULL,"
    " messages %i NOT NULL, flagged %i NOT NULL, case_id %s NOT NULL, detail_json %s NOT NULL);"
    "CREATE INDEX ward_group_case ON ward_group (case_id, number);"
    "CREATE TABLE ward_tie (a %s NOT NULL, b %s NOT NULL, kind %s NOT NULL, weight %r NOT NULL,"
    " case_id %s NOT NULL, has_time %i NOT NULL, first_ms %i NOT NULL, last_ms %i NOT NULL,"
    " detail_json %s NOT NULL, number %i PRIMARY KEY);"
    "CREATE INDEX ward_tie_case ON ward_tie (case_id, number);"
    "CREATE TABLE ward_member (name %b PRIMARY KEY, case_id %s NOT NULL, person_id %s NOT NULL,"
    " time_ms %i NOT NULL, seq %i NOT NULL);"
    "CREATE INDEX ward_member_case ON ward_member (case_id, time_ms, seq);"
    "CREATE TABLE ward_decision (seq %i PRIMARY KEY, time_ms %i NOT NULL, who %s NOT NULL,"
    " kind %i NOT NULL, subject_kind %s NOT NULL, subject %s NOT NULL, case_id %s NOT NULL,"
    " reason %s NOT NULL, note %s NOT NULL, extra_json %s NOT NULL, outcome %i NOT NULL);"
    "CREATE INDEX ward_decision_case ON ward_decision (case_id, seq);"
    "CREATE TABLE ward_setting (seq %i PRIMARY KEY, name %s NOT NULL, value %s NOT NULL);"
    "CREATE INDEX ward_setting_name ON ward_setting (name, seq);"
    "CREATE TABLE ward_audit (seq %i PRIMARY KEY, time_ms %i NOT NULL, kind %s NOT NULL,"
    " who %s NOT NULL, body %s NOT NULL, rows %b NOT NULL, nonce %b NOT NULL, prev %b NOT NULL,"
    " hash %b NOT NULL, signature %b NOT NULL);"
    "CREATE UNIQUE INDEX ward_audit_nonce ON ward_audit (nonce);"
    "CREATE TABLE ward_head (id %i PRIMARY KEY, entries %i NOT NULL, hash %b NOT NULL);";

/*
 * ward_record        see store_records.h. entry: audit entry of a sealed record, 0 of a quiet one;
 *                    digest: hash of a sealed record, empty of a quiet one.
 * ward_record_serial one row a kind: the etag of its last change; that of kind '' is the last of
 *                    all.
 */
static const char step_2[] =
    "CREATE TABLE ward_record (kind %s NOT NULL, id %s NOT NULL, etag %i NOT NULL,"
    " entry %i NOT NULL, digest %b NOT NULL, created_ms %i NOT NULL, changed_ms %i NOT NULL,"
    " expires_ms %i NOT NULL, json %s NOT NULL, PRIMARY KEY (kind, id));"
    "CREATE INDEX ward_record_sealed ON ward_record (kind, id) WHERE entry > 0;"
    "CREATE INDEX ward_record_expires ON ward_record (kind, expires_ms) WHERE expires_ms > 0;"
    "CREATE TABLE ward_record_serial (kind %s PRIMARY KEY, serial %i NOT NULL);";

/*
 * ward_seal  hashes of the rows of tables that change, see state_seal.h. kind: enum state_table;
 *            entry: audit entry that wrote it; row_key: empty for a block of rows.
 */
static const char step_3[] =
    "CREATE TABLE ward_seal (kind %i NOT NULL, entry %i NOT NULL, place %i NOT NULL,"
    " row_key %s NOT NULL, is_new %i NOT NULL, digests %b NOT NULL,"
    " PRIMARY KEY (kind, entry, place));"
    "CREATE INDEX ward_seal_key ON ward_seal (kind, row_key, entry);"
    "CREATE INDEX ward_event_held ON ward_event (seq) WHERE is_held > 0;";

const char *const schema_steps[STORE_SCHEMA] = {step_1, step_2, step_3};
