/**
 * Makes the Nth allocation of the process fail, and counts what is alive.
 *
 * fault_alloc.c defines malloc, calloc, realloc, posix_memalign, aligned_alloc and free, so linking
 * it into a test replaces them for every library in the process (glibc only; not under a
 * sanitizer). Not thread-safe: for single-threaded tests.
 */
#ifndef WARD_TESTS_FAULT_ALLOC_H
#define WARD_TESTS_FAULT_ALLOC_H

#include <stdbool.h>

/** From now on the `nth` allocation (1 = the next) returns NULL, once. 0 disarms. */
void fault_arm(long nth);
/** True if the armed allocation was reached since fault_arm. */
bool fault_fired(void);
/** Blocks allocated and not freed. */
long fault_live(void);

#endif
