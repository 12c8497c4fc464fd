/**
 * Tables of the store, as steps from one version to the next. Steps are never edited: a change is a
 * further step.
 */
#ifndef WARD_STORE_SCHEMA_H
#define WARD_STORE_SCHEMA_H

#include "store/store.h"

/** schema_steps[n] brings version n to n + 1; types as in db_driver.exec. */
extern const char *const schema_steps[STORE_SCHEMA];

#endif
