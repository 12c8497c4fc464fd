/**
 * Names of the public enums, as they stand in JSON. One table each; order is the enum's.
 */
#include "ward/ward.h"

#define NAME_AT(table, at) ((size_t)(at) < sizeof(table) / sizeof *(table) ? (table)[(at)] : "")

const char *ward_level_name(enum ward_level level)
{
    static const char *const names[] = {"none", "watch", "review", "urgent"};
    return NAME_AT(names, level);
}

const char *ward_role_name(enum ward_role role)
{
    static const char *const names[] = {"none", "offer", "seek", "agent"};
    return NAME_AT(names, role);
}

const char *ward_field_name(enum ward_field field)
{
    static const char *const names[] = {"text", "alias", "group_name", "media", "quoted"};
    return NAME_AT(names, field);
}

const char *ward_kind_name(enum ward_kind kind)
{
    static const char *const names[] = {"message",    "post",  "listing", "alias",
                                        "group_name", "query", "report"};
    return NAME_AT(names, kind);
}
