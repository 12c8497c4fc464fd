#include "api/content_id.h"

#include <sodium.h>
#include <stdio.h>

#include "feed/event_write.h"

struct ward_str content_id(const struct ward_event *event, struct buf *scratch,
                           char out[CONTENT_ID_BYTES])
{
    unsigned char hash[16];
    char hex[2 * sizeof hash + 1];
    struct ward_event nameless = *event;
    nameless.id = (struct ward_str){0};
    buf_clear(scratch);
    event_write_json(scratch, &nameless);
    if (scratch->failed)
        return (struct ward_str){0};
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)scratch->data, scratch->len,
                             NULL, 0);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    const int len = snprintf(out, CONTENT_ID_BYTES, "content-%s", hex);
    return (struct ward_str){out, (size_t)len};
}
