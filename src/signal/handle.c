/**
 * Storage of handle values.
 */
#include "signal/handle.h"

#include <stdlib.h>
#include <string.h>

void handle_values_init(struct handle_values *values)
{
    memset(values, 0, sizeof *values);
}

void handle_values_release(struct handle_values *values)
{
    free(values->data);
    handle_values_init(values);
}
