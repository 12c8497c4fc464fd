/*
 * Any bytes as ward.conf: settings are read, or a fault names a line of the file.
 */
#include <assert.h>
#include <stddef.h>

#include "api/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf conf;
    struct ward_error err = {0};
    uint32_t lines = 1;
    if (size > CONF_FILE_BYTES_MAX)
        return 0;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    conf_init(&conf);
    const struct ward_str text = {(const char *)data, size};
    const enum ward_status status = conf_read(&conf, text, "fuzz", &err);
    assert(status == WARD_OK || (err.line >= 1 && err.line <= lines && err.message[0]));
    assert(conf_differs(&conf, &conf) == NULL);
    if (status == WARD_OK)
        (void)!conf_check(&conf, &err);
    conf_release(&conf);
    return 0;
}
