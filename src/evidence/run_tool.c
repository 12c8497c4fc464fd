#include "evidence/run_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

#define ENVIRONMENT_MAX 12
#define VARIABLE_BYTES 512
/* How often it is asked whether to leave. */
#define LOOK_MS 100

struct environment {
    char text[ENVIRONMENT_MAX][VARIABLE_BYTES];
    char *list[ENVIRONMENT_MAX + 1];
};

/* Only what a program needs to find its parts; the rest is fixed, so that output is. */
static void make_environment(struct environment *env)
{
    static const char *const passed[] = {"PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR",
                                         "LD_LIBRARY_PATH"};
    static const char *const fixed[] = {"LC_ALL=C.UTF-8", "TZ=UTC0", "PYTHONHASHSEED=0",
                                        "PYTHONWARNINGS=ignore", "SOURCE_DATE_EPOCH=0"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const char *value = getenv(passed[i]);
        if (!value)
            continue;
        const int len = snprintf(env->text[count], VARIABLE_BYTES, "%s=%s", passed[i], value);
        count += len > 0 && len < VARIABLE_BYTES;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        (void)snprintf(env->text[count++], VARIABLE_BYTES, "%s", fixed[i]);
    for (size_t i = 0; i < count; i++)
        env->list[i] = env->text[i];
    env->list[count] = NULL;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A descriptor to read `input` from; -1 with errno. */
static int input_descriptor(struct ward_str input)
{
    const int fd = memfd_create("ward-input", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < input.len) {
        const ssize_t n = write(fd, input.data + done, input.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            (void)close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

static int start(const struct tool_call *call, int in, int out, pid_t *pid)
{
    /* posix_spawn takes char *const[] for historical reasons; it does not write through it. */
    union {
        const char *const *given;
        char *const *taken;
    } argv = {.given = call->argv};
    struct environment env;
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions))
        return ENOMEM;
    make_environment(&env);
    int failed = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!failed)
        failed =
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawnp(pid, call->argv[0], &actions, NULL, argv.taken, env.list);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return failed;
    const struct rlimit cpu = {call->seconds, call->seconds};
    const struct rlimit memory = {call->memory_bytes, call->memory_bytes};
    (void)prlimit(*pid, RLIMIT_CPU, &cpu, NULL);
    (void)prlimit(*pid, RLIMIT_AS, &memory, NULL);
    return 0;
}

static bool is_left(const struct tool_call *call)
{
    return call->leave && call->leave->asked(call->leave->context);
}

/* Reads until the program closes its output. */
static enum ward_status collect(const struct tool_call *call, int fd, struct buf *out,
                                struct ward_error *err)
{
    const int64_t end_ms = monotonic_ms() + (int64_t)call->seconds * 1000;
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        char block[8192];
        const int64_t left_ms = end_ms - monotonic_ms();
        if (left_ms <= 0)
            return error_set(err, WARD_ERR_IO, "%s did not finish within %u seconds", call->argv[0],
                             call->seconds);
        if (is_left(call))
            return error_set(err, WARD_ERR_BUSY, "%s was stopped", call->argv[0]);
        if (poll(&wait, 1, (int)(left_ms < LOOK_MS ? left_ms : LOOK_MS)) <= 0)
            continue;
        const ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(err, WARD_ERR_IO, "reading from %s: %s", call->argv[0],
                             strerror(errno));
        if (n == 0)
            return WARD_OK;
        buf_put(out, block, (size_t)n);
        if (out->failed)
            return error_set(err, out->failed, "%s wrote too much", call->argv[0]);
    }
}

static enum ward_status finish(const struct tool_call *call, pid_t pid, enum ward_status status,
                               struct ward_error *err)
{
    int how = 0;
    if (status != WARD_OK)
        (void)kill(pid, SIGKILL);
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR) {
    }
    if (status != WARD_OK)
        return status;
    if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
        return WARD_OK;
    if (WIFEXITED(how) && WEXITSTATUS(how) == 127)
        return error_set(err, WARD_ERR_NOT_FOUND, "%s is needed (Debian package %s)", call->argv[0],
                         call->package);
    if (WIFEXITED(how))
        return error_set(err, WARD_ERR_IO, "%s failed with status %d", call->argv[0],
                         WEXITSTATUS(how));
    return error_set(err, WARD_ERR_IO, "%s was ended by signal %d", call->argv[0], WTERMSIG(how));
}

enum ward_status tool_run(const struct tool_call *call, struct buf *out, struct ward_error *err)
{
    int ends[2];
    pid_t pid;
    const int in = input_descriptor(call->input);
    if (in < 0)
        return error_set(err, WARD_ERR_IO, "no memory file for %s: %s", call->argv[0],
                         strerror(errno));
    if (pipe2(ends, O_CLOEXEC) != 0) {
        (void)close(in);
        return error_set(err, WARD_ERR_IO, "no pipe for %s: %s", call->argv[0], strerror(errno));
    }
    const int failed = start(call, in, ends[1], &pid);
    (void)close(in);
    (void)close(ends[1]);
    enum ward_status status;
    if (failed == ENOENT)
        status = error_set(err, WARD_ERR_NOT_FOUND, "%s is needed (Debian package %s)",
                           call->argv[0], call->package);
    else if (failed)
        status = error_set(err, failed == ENOMEM ? WARD_ERR_NOMEM : WARD_ERR_IO, "%s: %s",
                           call->argv[0], strerror(failed));
    else
        status = finish(call, pid, collect(call, ends[0], out, err), err);
    (void)close(ends[0]);
    return status;
}
