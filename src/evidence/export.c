/**
 * The package of one case: what goes in, in which order, and that all of it is there.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/bag.h"
#include "evidence/data_lines.h"
#include "evidence/evidence.h"
#include "evidence/interchange.h"
#include "evidence/network.h"

#define PART_BYTES_MAX ((size_t)2 * 1024 * 1024 * 1024)

struct parts {
    const struct case_file *file;
    struct evidence_subject subject;
    struct bag bag;
};

typedef enum ward_status make_part(const struct parts *parts, struct buf *out,
                                   struct ward_error *err);

static enum ward_status make_events(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return lines_events(p->file, out, err);
}

static enum ward_status make_verdicts(const struct parts *p, struct buf *out,
                                      struct ward_error *err)
{
    return lines_verdicts(p->file, out, err);
}

static enum ward_status make_network(const struct parts *p, struct buf *out, struct ward_error *err)
{
    buf_put_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return network_svg(p->file, EVIDENCE_EN, p->subject.leave, out, err);
}

static enum ward_status make_html_zh(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return evidence_report_html(&p->subject, EVIDENCE_ZH, out, err);
}

static enum ward_status make_html_en(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return evidence_report_html(&p->subject, EVIDENCE_EN, out, err);
}

static enum ward_status make_pdf_zh(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return evidence_report_pdf(&p->subject, EVIDENCE_ZH, out, err);
}

static enum ward_status make_pdf_en(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return evidence_report_pdf(&p->subject, EVIDENCE_EN, out, err);
}

static enum ward_status make_stix(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return stix_bundle(p->file, out, err);
}

static enum ward_status make_misp(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return misp_event(p->file, out, err);
}

static enum ward_status make_case(const struct parts *p, struct buf *out, struct ward_error *err)
{
    return case_uco_graph(p->file, out, err);
}

static const char readme[] =
    "Evidence package made by ward. data/report/report-zh.html and report-en.html (or .pdf) are\n"
    "for reading. A verdict in here is a reason to look, not a finding.\n"
    "For other systems: data/stix/bundle.json (STIX 2.1), data/misp/event.json (MISP),\n"
    "data/case/graph.jsonld (CASE/UCO).\n\n"
    "To check it without ward, in this folder:\n"
    "  sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt\n"
    "  openssl pkeyutl -verify -pubin -inkey signature/public-key.pem -rawin \\\n"
    "    -in tagmanifest-sha256.txt -sigfile signature/tagmanifest-sha256.txt.sig\n"
    "The key comes with the package: compare the SHA-256 of its last 32 bytes with the\n"
    "fingerprint (Ward-Key-SHA256 in bag-info.txt) that the sender tells you by another way:\n"
    "  openssl pkey -pubin -in signature/public-key.pem -outform DER | tail -c 32 | sha256sum\n";

static enum ward_status make_readme(const struct parts *p, struct buf *out, struct ward_error *err)
{
    (void)p;
    (void)err;
    buf_put_text(out, readme);
    return WARD_OK;
}

/* Lists that cannot be wrong by themselves. */
struct list_part {
    const char *name;
    void (*put)(const struct case_file *file, struct buf *out);
};

static const struct list_part lists[] = {
    {"data/cases.jsonl", lines_cases},         {"data/people.jsonl", lines_people},
    {"data/groups.jsonl", lines_groups},       {"data/ties.jsonl", lines_ties},
    {"data/decisions.jsonl", lines_decisions}, {"data/custody.jsonl", lines_custody}};

static const struct {
    const char *name;
    make_part *make;
} made[] = {{"data/events.jsonl", make_events},
            {"data/verdicts.jsonl", make_verdicts},
            {"data/network.svg", make_network},
            {"data/report/report-zh.html", make_html_zh},
            {"data/report/report-en.html", make_html_en},
            {"data/report/report-zh.pdf", make_pdf_zh},
            {"data/report/report-en.pdf", make_pdf_en},
            {"data/stix/bundle.json", make_stix},
            {"data/misp/event.json", make_misp},
            {"data/case/graph.jsonld", make_case},
            {"README.txt", make_readme}};

static enum ward_status add(struct parts *p, const char *name, struct buf *content,
                            struct ward_error *err)
{
    if (content->failed)
        return error_set(err, content->failed, "out of memory");
    return bag_add(&p->bag, name, buf_str(content), err);
}

static enum ward_status go_on(const struct parts *p, struct ward_error *err)
{
    const struct evidence_leave *leave = p->subject.leave;
    return leave && leave->asked(leave->context)
               ? error_set(err, WARD_ERR_BUSY, "the package was left before it was made")
               : WARD_OK;
}

static enum ward_status add_all(struct parts *p, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    struct buf content;
    buf_init(&content, PART_BYTES_MAX);
    for (size_t i = 0; status == WARD_OK && i < sizeof made / sizeof *made; i++) {
        buf_clear(&content);
        status = go_on(p, err);
        if (status == WARD_OK)
            status = made[i].make(p, &content, err);
        if (status == WARD_OK)
            status = add(p, made[i].name, &content, err);
    }
    for (size_t i = 0; status == WARD_OK && i < sizeof lists / sizeof *lists; i++) {
        buf_clear(&content);
        lists[i].put(p->file, &content);
        status = add(p, lists[i].name, &content, err);
    }
    buf_release(&content);
    return status;
}

static bool is_zip(const char *path)
{
    const size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".zip") == 0;
}

static enum ward_status build(struct parts *p, const struct evidence_export_options *options,
                              const struct seal *seal, struct ward_error *err)
{
    char events[24];
    (void)snprintf(events, sizeof events, "%zu", p->file->entry_count);
    const struct bag_info info[] = {{"Bag-Software-Agent", str_of("ward")},
                                    {"External-Identifier", p->file->link->cases[0].id},
                                    {"Contact-Name", options->who},
                                    {"Ward-Version", p->file->ward_version},
                                    {"Ward-Events", str_of(events)},
                                    {"Ward-Audit-Head", p->file->audit_head},
                                    {"Ward-Key-SHA256", str_of(seal->fingerprint)}};
    enum ward_status status = bag_open(&p->bag, options->path, options->time_ms, err);
    if (status == WARD_OK)
        status = add_all(p, err);
    if (status == WARD_OK)
        status = go_on(p, err);
    if (status == WARD_OK)
        status = bag_seal(&p->bag, info, sizeof info / sizeof *info, seal, err);
    if (status == WARD_OK)
        status = bag_check(&p->bag, seal, err);
    if (status != WARD_OK)
        return status;
    return is_zip(options->path) ? bag_publish_zip(&p->bag, err) : bag_publish_folder(&p->bag, err);
}

enum ward_status evidence_export(const struct case_file *file,
                                 const struct evidence_export_options *options,
                                 struct evidence_receipt *receipt, struct ward_error *err)
{
    struct seal seal;
    struct parts parts = {.file = file,
                          .subject = {.files = &file,
                                      .file_count = 1,
                                      .laws = options->laws,
                                      .law_count = options->law_count,
                                      .made_ms = options->time_ms,
                                      .leave = options->leave},
                          .bag = {.root = -1}};
    *receipt = (struct evidence_receipt){.payload_files = 0};
    if (!file->link || file->link->case_count != 1)
        return error_set(err, WARD_ERR_ARGUMENT, "a case file holds exactly one case");
    enum ward_status status = seal_open(options->key, &seal, err);
    if (status == WARD_OK)
        status = build(&parts, options, &seal, err);
    if (status == WARD_OK) {
        memcpy(receipt->key_sha256, seal.fingerprint, sizeof receipt->key_sha256);
        memcpy(receipt->manifest_sha256, bag_sha256(&parts.bag, "tagmanifest-sha256.txt"),
               sizeof receipt->manifest_sha256);
        bag_payload(&parts.bag, &receipt->payload_bytes, &receipt->payload_files);
        receipt->key_made = seal.was_made;
    }
    bag_release(&parts.bag);
    seal_close(&seal);
    return status;
}
