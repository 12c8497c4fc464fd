#include "fault_alloc.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* Seen by shared libraries too: what they allocate fails and is counted as well. */
#pragma GCC visibility push(default)

/* glibc's own entry points, kept by it for programs that replace malloc. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *at);

static long countdown; /* allocations left until the failing one; 0: disarmed */
static bool fired;
static long live;

static bool fails_now(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    fired = true;
    errno = ENOMEM;
    return true;
}

static void *counted(void *at)
{
    live += at != NULL;
    return at;
}

void fault_arm(long nth)
{
    countdown = nth;
    fired = false;
}

bool fault_fired(void)
{
    return fired;
}

long fault_live(void)
{
    return live;
}

void *malloc(size_t size)
{
    return fails_now() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *at, size_t size)
{
    if (fails_now())
        return NULL;
    void *moved = __libc_realloc(at, size);
    if (!at)
        return counted(moved);
    if (size == 0 && !moved)
        live--;
    return moved;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails_now() ? NULL : counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails_now())
        return ENOMEM;
    void *at = counted(__libc_memalign(alignment, size));
    if (!at)
        return ENOMEM;
    *out = at;
    return 0;
}

void free(void *at)
{
    live -= at != NULL;
    __libc_free(at);
}
