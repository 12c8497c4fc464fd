/**
 * A verdict as one line of JSON: what programs read, and what is stored as given at the time.
 */
#ifndef WARD_ENGINE_VERDICT_JSON_H
#define WARD_ENGINE_VERDICT_JSON_H

#include "base/buf.h"

/** Language of the sentences. */
enum says_lang { SAYS_EN, SAYS_ZH, SAYS_BOTH };

struct verdict_json {
    enum says_lang lang;   /**< SAYS_BOTH: "says" is an object {"zh","en"} */
    struct ward_str packs; /**< JSON array of the packs' names (verdict_json_packs); borrowed */
};

/** The packs of `engine` as a JSON array, made once: it ends every verdict. */
void verdict_json_packs(struct buf *out, const struct ward_engine *engine);

/** One verdict as one line of JSON, newline included. */
void verdict_json_put(struct buf *out, const struct verdict_json *how,
                      const struct ward_event *event, const struct ward_verdict *verdict);

#endif
