#include "store/rows.h"

#include <string.h>

#include "base/str.h"

void setting_digest(uint64_t seq, struct ward_str name, struct ward_str value,
                    unsigned char out[DIGEST_BYTES])
{
    struct digest digest;
    digest_start(&digest, "ward-setting-1");
    digest_number(&digest, (int64_t)seq);
    digest_text(&digest, name);
    digest_text(&digest, value);
    digest_end(&digest, out);
}

void decision_digest(const struct store_decision *d, unsigned char out[DIGEST_BYTES])
{
    const struct ward_str texts[] = {d->who,    d->subject_kind, d->subject,   d->case_id,
                                     d->reason, d->note,         d->extra_json};
    struct digest digest;
    digest_start(&digest, "ward-decision-1");
    digest_number(&digest, (int64_t)d->seq);
    digest_number(&digest, d->time_ms);
    digest_number(&digest, (int64_t)d->kind);
    digest_number(&digest, (int64_t)d->outcome);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        digest_text(&digest, texts[i]);
    digest_end(&digest, out);
}

void decision_read(const struct db_value *columns, struct store_decision *out)
{
    *out = (struct store_decision){.seq = (uint64_t)columns[0].integer,
                                   .time_ms = columns[1].integer,
                                   .who = columns[2].text,
                                   .kind = (enum store_decision_kind)columns[3].integer,
                                   .subject_kind = columns[4].text,
                                   .subject = columns[5].text,
                                   .case_id = columns[6].text,
                                   .reason = columns[7].text,
                                   .note = columns[8].text,
                                   .extra_json = columns[9].text,
                                   .outcome = (enum store_outcome)columns[10].integer};
}

void event_name(const struct store *store, const struct store_event_key *key,
                unsigned char out[NAME_BYTES])
{
    struct keyed keyed;
    keyed_start(&keyed, store->secret, NAME_BYTES, "ward-name-1");
    keyed_text(&keyed, key->platform);
    keyed_text(&keyed, key->group);
    keyed_text(&keyed, key->id);
    keyed_end(&keyed, out);
}

struct ward_str account_name(const struct store *store, struct ward_str platform,
                             struct ward_str account, unsigned char out[NAME_BYTES])
{
    struct keyed keyed;
    if (!account.len)
        return (struct ward_str){NULL, 0};
    keyed_start(&keyed, store->secret, NAME_BYTES, "ward-account-1");
    keyed_text(&keyed, platform);
    keyed_text(&keyed, account);
    keyed_end(&keyed, out);
    return bytes_of(out, NAME_BYTES);
}

void event_mark(const struct store *store, const struct store_event *event,
                unsigned char out[NAME_BYTES])
{
    struct keyed keyed;
    keyed_start(&keyed, store->secret, NAME_BYTES, "ward-mark-1");
    keyed_text(&keyed, event->event_sha256);
    keyed_text(&keyed, event->packs);
    keyed_number(&keyed, event->revision);
    keyed_number(&keyed, event->is_neighbour);
    keyed_end(&keyed, out);
}

static void read_event(const struct db_value *c, struct store_event *e)
{
    e->revision = (uint32_t)c[9].integer;
    e->level = (enum ward_level)c[10].integer;
    e->role = (enum ward_role)c[11].integer;
    e->score = c[12].real;
    e->has_time = c[13].integer != NO_TIME;
    e->time_ms = e->has_time ? c[13].integer : 0;
    e->is_neighbour = c[14].integer != 0;
    e->received_ms = c[15].integer;
    e->platform = c[16].text;
    e->group = c[17].text;
    e->id = c[18].text;
    e->group_name = c[19].text;
    e->account = c[20].text;
    e->alias = c[21].text;
    e->reply_to = c[22].text;
    e->packs = c[23].text;
    e->custody = (struct store_custody){c[24].text,
                                        c[25].text,
                                        (uint64_t)c[26].integer,
                                        (uint64_t)c[27].integer,
                                        (uint32_t)c[28].integer,
                                        (int32_t)c[29].integer,
                                        c[30].integer != 0};
    e->event_sha256 = c[31].text;
    e->event_json = c[32].text;
    e->verdict_json = c[33].text;
}

void event_row_read(const struct db_value *c, struct event_row *out)
{
    struct store_event_row *row = &out->row;
    memset(out, 0, sizeof *out);
    row->seq = (uint64_t)c[0].integer;
    out->name = c[1].text;
    row->edition = (uint32_t)c[2].integer;
    row->is_last = c[3].integer != 0;
    row->is_held = c[4].integer != 0;
    row->batch = (uint64_t)c[5].integer;
    out->erased_by = (uint64_t)c[6].integer;
    row->is_erased = out->erased_by != 0;
    out->record_key = c[7].text;
    out->seal = c[8].text;
    read_event(c, &row->event);
    row->case_id = c[34].text;
    row->person_id = c[35].text;
    if (out->name.len == NAME_BYTES && out->seal.len == DIGEST_BYTES) {
        char *seal = out->hex + 2 * NAME_BYTES + 1;
        hex_write((const unsigned char *)out->name.data, NAME_BYTES, out->hex);
        hex_write((const unsigned char *)out->seal.data, DIGEST_BYTES, seal);
        row->name = (struct ward_str){out->hex, 2 * NAME_BYTES};
        row->seal = (struct ward_str){seal, 2 * DIGEST_BYTES};
    }
}

void event_seal(const struct event_row *row, const unsigned char key[SECRET_BYTES],
                unsigned char out[DIGEST_BYTES])
{
    const struct store_event *e = &row->row.event;
    const struct ward_str texts[] = {row->name,         e->platform,
                                     e->group,          e->id,
                                     e->group_name,     e->account,
                                     e->alias,          e->reply_to,
                                     e->event_json,     e->event_sha256,
                                     e->verdict_json,   e->packs,
                                     e->custody.source, e->custody.source_sha256};
    const int64_t numbers[] = {(int64_t)row->row.seq,
                               row->row.edition,
                               (int64_t)row->row.batch,
                               e->revision,
                               (int64_t)e->level,
                               (int64_t)e->role,
                               e->has_time ? e->time_ms : NO_TIME,
                               e->is_neighbour,
                               e->received_ms,
                               (int64_t)e->custody.offset,
                               (int64_t)e->custody.line,
                               e->custody.bytes,
                               e->custody.zone_minutes,
                               e->custody.zone_assumed};
    struct keyed keyed;
    keyed_start(&keyed, key, DIGEST_BYTES, "ward-event-1");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        keyed_number(&keyed, numbers[i]);
    keyed_real(&keyed, e->score);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        keyed_text(&keyed, texts[i]);
    keyed_end(&keyed, out);
}

void seals_start(struct digest *digest)
{
    digest_start(digest, "ward-events-1");
}

void seals_add(struct digest *digest, uint64_t seq, struct ward_str seal)
{
    digest_number(digest, (int64_t)seq);
    digest_text(digest, seal);
}
