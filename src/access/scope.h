/**
 * Scopes (what a request may do) and roles (sets of scopes).
 */
#ifndef WARD_ACCESS_SCOPE_H
#define WARD_ACCESS_SCOPE_H

#include "ward/ward.h"

enum access_scope {
    ACCESS_NONE = 0,
    ACCESS_CHECK = 1 << 0,
    ACCESS_INGEST = 1 << 1,
    ACCESS_REPORT = 1 << 2,
    ACCESS_READ = 1 << 3,
    ACCESS_DECIDE = 1 << 4,
    ACCESS_EXPORT = 1 << 5,
    ACCESS_PACKS = 1 << 6,
    ACCESS_AUDIT = 1 << 7,
    ACCESS_ADMIN = 1 << 8,
    ACCESS_SELF = 1 << 9 /**< whoever is known: the own session */
};
/** Scopes that have a name, in the order of the bits. */
#define ACCESS_SCOPES 9u

enum access_role {
    ACCESS_ROLE_NONE = 0,
    ACCESS_VIEWER,
    ACCESS_REVIEWER,
    ACCESS_LEAD,
    ACCESS_ADMINISTRATOR
};
#define ACCESS_ROLES 5

/** "check" ... "admin"; "" for anything else; static. */
const char *access_scope_name(enum access_scope scope);
/** False when it names no scope. */
bool access_scope_read(struct ward_str name, enum access_scope *out);
/** "viewer" ... "administrator"; "" for none; static. */
const char *access_role_name(enum access_role role);
bool access_role_read(struct ward_str name, enum access_role *out);
/** All scopes of a role, ACCESS_SELF among them (none for ACCESS_ROLE_NONE). */
uint32_t access_role_scopes(enum access_role role);

#endif
