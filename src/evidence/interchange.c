#include "evidence/interchange.h"

#include <stdio.h>

#include "base/str.h"

const char *interchange_role(enum ward_role role)
{
    static const char *const names[] = {"none", "offer", "seek", "agent"};
    return names[role];
}

int interchange_percent(double share)
{
    if (!(share > 0))
        return 0;
    return share >= 1 ? 100 : (int)(share * 100 + 0.5);
}

void interchange_split(struct ward_str key, struct ward_str *platform, struct ward_str *account)
{
    const char *slash = key.len ? memchr(key.data, '/', key.len) : NULL;
    const size_t at = slash ? (size_t)(slash - key.data) : 0;
    *platform = str_part(key, 0, at);
    *account = str_part(key, slash ? at + 1 : 0, key.len);
}

void interchange_id(const struct case_file *file, const char *kind, struct ward_str name,
                    struct ward_str more, struct uuid *out)
{
    const struct ward_str parts[] = {file->link->cases[0].id, str_of(kind), name, more};
    uuid_v5(&uuid_ward, parts, sizeof parts / sizeof *parts, out);
}

void interchange_line(uint32_t index, char out[64])
{
    (void)snprintf(out, 64, "line %u of data/events.jsonl", index + 1);
}
