#include "store/records_seal.h"

#include <string.h>

static const struct db_sql sql_digests = {
    "SELECT digest FROM ward_record WHERE entry > 0 ORDER BY kind, id", "", "b"};
static const struct db_sql sql_sealed = {
    "SELECT kind, id, json, etag, created_ms, changed_ms, expires_ms, entry, digest"
    " FROM ward_record WHERE entry > 0 ORDER BY kind, id",
    "", "sssiiiiib"};

void record_digest(const struct store_record *record, unsigned char out[DIGEST_BYTES])
{
    struct digest digest;
    digest_start(&digest, "ward-record-1");
    digest_text(&digest, record->kind);
    digest_text(&digest, record->id);
    digest_text(&digest, record->json);
    digest_number(&digest, (int64_t)record->etag);
    digest_number(&digest, record->created_ms);
    digest_number(&digest, record->changed_ms);
    digest_number(&digest, record->expires_ms);
    digest_end(&digest, out);
}

static enum ward_status take_digest(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    (void)index;
    (void)err;
    digest_text(context, columns[0].text);
    return WARD_OK;
}

enum ward_status records_seal(struct store *store, unsigned char out[DIGEST_BYTES],
                              struct ward_error *err)
{
    struct digest digest;
    digest_start(&digest, "ward-records-1");
    const enum ward_status status =
        db_run(store->db, &sql_digests, NULL, take_digest, &digest, err);
    digest_end(&digest, out);
    return status;
}

struct sealing {
    struct records_sealed *out;
    struct digest digest;
};

static enum ward_status take_sealed(void *context, size_t index, const struct db_value *c,
                                    struct ward_error *err)
{
    struct sealing *s = context;
    unsigned char hash[DIGEST_BYTES];
    const struct store_record record = {.kind = c[0].text,
                                        .id = c[1].text,
                                        .json = c[2].text,
                                        .etag = (uint64_t)c[3].integer,
                                        .created_ms = c[4].integer,
                                        .changed_ms = c[5].integer,
                                        .expires_ms = c[6].integer};
    (void)index;
    (void)err;
    record_digest(&record, hash);
    digest_text(&s->digest, bytes_of(hash, sizeof hash));
    s->out->count++;
    const bool fits =
        c[8].text.len == sizeof hash && memcmp(c[8].text.data, hash, sizeof hash) == 0;
    if (!fits && !s->out->bad_entry)
        s->out->bad_entry = (uint64_t)c[7].integer;
    return WARD_OK;
}

enum ward_status records_seal_check(struct store *store, struct records_sealed *out,
                                    unsigned char hash[DIGEST_BYTES], struct ward_error *err)
{
    struct sealing sealing = {.out = out};
    memset(out, 0, sizeof *out);
    digest_start(&sealing.digest, "ward-records-1");
    const enum ward_status status =
        db_run(store->db, &sql_sealed, NULL, take_sealed, &sealing, err);
    digest_end(&sealing.digest, hash);
    return status;
}
