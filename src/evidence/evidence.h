/**
 * Case files -> what another office can read and check: a report for people (HTML, PDF), a picture
 * of the network (SVG), and a package (BagIt) that verifies without ward.
 *
 * Nothing here decides anything: it shows what was written, what ward made of it, and what is not
 * known. All text of events is hostile and escaped for where it stands; characters that hide or
 * turn text are made visible. Same case file, time and key: same bytes out.
 *
 * Two helper programs are used at run time and never silently done without: `dot` (Graphviz) lays
 * out the network, `weasyprint` turns the HTML into PDF. Both get a limit of time, memory and
 * output. Neither sees a file name or an option that came from an event.
 */
#ifndef WARD_EVIDENCE_EVIDENCE_H
#define WARD_EVIDENCE_EVIDENCE_H

#include "base/buf.h"
#include "casework/case_file.h"

enum evidence_lang { EVIDENCE_ZH = 0, EVIDENCE_EN };
#define EVIDENCE_LANGS 2

/** Reads "zh" or "en". */
bool evidence_lang_parse(const char *name, enum evidence_lang *out);

/** Lets work be left before it is done: asked between steps and while a helper program runs. */
struct evidence_leave {
    bool (*asked)(void *context);
    void *context;
};

/** Where to find an article that verdicts cite. Borrowed. */
struct evidence_law {
    struct ward_str id; /**< "CN/civil-code/1044" */
    struct ward_str title_zh, title_en, text_zh, text_en;
    struct ward_str from, to; /**< "2021-01-01", half-open; empty: open */
};

/** A source that was read for a report without a store. Borrowed. */
struct evidence_source {
    struct ward_str name;
    struct ward_str sha256; /**< hex, or empty */
};

/** What a report is made from. */
struct evidence_subject {
    const struct case_file *const *files; /**< the cases, most urgent first; borrowed */
    size_t file_count;                    /**< 0: nothing was found, and the report says so */
    const struct evidence_law *laws;      /**< articles by id; those not listed show their id */
    size_t law_count;
    const struct evidence_source *sources; /**< what was read; may be empty */
    size_t source_count;
    uint64_t events_read;               /**< in all, flagged or not; 0: not known */
    int64_t made_ms;                    /**< when the report is made, UTC */
    const struct evidence_leave *leave; /**< NULL: never left */
};

/** Messages of one case shown in full, the strongest first choice; the report says what it left. */
#define EVIDENCE_MESSAGES_MAX 120u
/** Nodes and ties of one network picture, the strongest first choice; the picture says so. */
#define EVIDENCE_NODES_MAX 60u
#define EVIDENCE_TIES_MAX 140u

/**
 * The report as one self-contained HTML page (no script, nothing loaded), appended to `out`.
 * WARD_ERR_NOMEM; WARD_ERR_LIMIT when `out` is full; WARD_ERR_NOT_FOUND when `dot` is missing;
 * WARD_ERR_IO when it fails or takes too long.
 */
enum ward_status evidence_report_html(const struct evidence_subject *subject,
                                      enum evidence_lang lang, struct buf *out,
                                      struct ward_error *err) WARD_MUST_USE;

/** The same report as PDF. Errors as above; `weasyprint` is needed too. */
enum ward_status evidence_report_pdf(const struct evidence_subject *subject,
                                     enum evidence_lang lang, struct buf *out,
                                     struct ward_error *err) WARD_MUST_USE;

/**
 * The network of one case: people by role, the groups they share, their ties. A whole SVG
 * document, appended to `out`. Errors as evidence_report_html().
 */
enum ward_status evidence_network_svg(const struct case_file *file, enum evidence_lang lang,
                                      struct buf *out, struct ward_error *err) WARD_MUST_USE;

struct evidence_export_options {
    const char *path;    /**< folder to make, or a file when it ends in ".zip"; must not exist */
    const char *key;     /**< file with the signing key; made (0600) when missing */
    struct ward_str who; /**< who exports; may be empty */
    const struct evidence_law *laws;
    size_t law_count;
    int64_t time_ms;                    /**< now, UTC */
    const struct evidence_leave *leave; /**< NULL: never left */
};

/** What was written. */
struct evidence_receipt {
    char key_sha256[65];      /**< fingerprint of the public key, hex */
    char manifest_sha256[65]; /**< of tagmanifest-sha256.txt: stands for the whole package */
    uint64_t payload_bytes;
    uint32_t payload_files;
    bool key_made; /**< the key file was missing and was made */
};

/**
 * Writes the package of one case. Everything is put in a temporary place beside `path`, read back
 * and compared, and only then renamed: on any failure nothing stands at `path`. Refuses
 * (WARD_ERR_FORMAT) when an event or verdict is not readable JSON or an event does not have the
 * hash noted when it was stored; WARD_ERR_IO when a file cannot be written or reads back
 * differently, when `path` exists, or a helper program fails; WARD_ERR_NOT_FOUND when one is
 * missing; WARD_ERR_BUSY when it was left. Cost: linear in events, plus the report.
 */
enum ward_status evidence_export(const struct case_file *file,
                                 const struct evidence_export_options *options,
                                 struct evidence_receipt *receipt,
                                 struct ward_error *err) WARD_MUST_USE;

#endif
