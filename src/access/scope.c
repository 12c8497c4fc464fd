#include "access/scope.h"

#include "base/str.h"

static const char *const scopes[ACCESS_SCOPES] = {"check",  "ingest", "report", "read", "decide",
                                                  "export", "packs",  "audit",  "admin"};
static const char *const roles[ACCESS_ROLES] = {"", "viewer", "reviewer", "lead", "administrator"};

const char *access_scope_name(enum access_scope scope)
{
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if ((unsigned)scope == 1u << i)
            return scopes[i];
    return "";
}

bool access_scope_read(struct ward_str name, enum access_scope *out)
{
    *out = ACCESS_NONE;
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (str_equal(name, str_of(scopes[i])))
            *out = (enum access_scope)(1u << i);
    return *out != ACCESS_NONE;
}

const char *access_role_name(enum access_role role)
{
    return (unsigned)role < ACCESS_ROLES ? roles[role] : "";
}

bool access_role_read(struct ward_str name, enum access_role *out)
{
    *out = ACCESS_ROLE_NONE;
    for (int i = 1; i < ACCESS_ROLES; i++)
        if (str_equal(name, str_of(roles[i])))
            *out = (enum access_role)i;
    return *out != ACCESS_ROLE_NONE;
}

uint32_t access_role_scopes(enum access_role role)
{
    const uint32_t viewer = (uint32_t)ACCESS_SELF | ACCESS_CHECK | ACCESS_READ;
    const uint32_t reviewer = viewer | ACCESS_REPORT | ACCESS_DECIDE;
    const uint32_t lead = reviewer | ACCESS_EXPORT | ACCESS_PACKS | ACCESS_AUDIT;
    const uint32_t all[ACCESS_ROLES] = {0, viewer, reviewer, lead,
                                        lead | ACCESS_INGEST | ACCESS_ADMIN};
    return (unsigned)role < ACCESS_ROLES ? all[role] : 0;
}
