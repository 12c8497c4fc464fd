#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "casework/casework.h"

/* What left the house, to whom it belongs and how to know it again. */
enum ward_status casework_note_export(struct store *store, const struct store_act *act,
                                      const struct casework_package *package,
                                      struct ward_error *err)
{
    struct buf extra;
    buf_init(&extra, 64u * 1024u);
    buf_printf(&extra,
               "{\"tagmanifest_sha256\":\"%s\",\"files\":%u,\"key_sha256\":\"%s\",\"path\":",
               package->manifest_sha256, package->files, package->key_sha256);
    json_put_string(&extra, package->place);
    buf_put_char(&extra, '}');
    const struct store_decision decision = {.time_ms = act->time_ms,
                                            .who = act->who,
                                            .kind = STORE_EXPORT,
                                            .subject_kind = str_of("case"),
                                            .subject = package->case_id,
                                            .case_id = package->case_id,
                                            .reason = str_of(package->manifest_sha256),
                                            .extra_json = buf_str(&extra)};
    const enum ward_status status = extra.failed ? error_set(err, extra.failed, "out of memory")
                                                 : store_decide(store, &decision, NULL, NULL, err);
    buf_release(&extra);
    return status;
}
