#include "cli/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

void output_open(struct output *output)
{
    *output = (struct output){.fd = STDOUT_FILENO};
    (void)signal(SIGPIPE, SIG_IGN);
}

bool output_write(struct output *output, struct ward_str data)
{
    while (data.len && !output->closed && !output->error_code) {
        const ssize_t put = write(output->fd, data.data, data.len);
        if (put >= 0) {
            data.data += put;
            data.len -= (size_t)put;
        } else if (errno == EPIPE) {
            output->closed = true;
        } else if (errno != EINTR) {
            output->error_code = errno;
        }
    }
    return !output->closed && !output->error_code;
}

bool output_failed(const struct output *output, struct ward_error *err)
{
    if (!output->error_code)
        return false;
    error_at(err, "standard output", 0, 0);
    (void)error_set(err, WARD_ERR_IO, "cannot write: %s", strerror(output->error_code));
    return true;
}

bool output_wants_colour(const struct output *output)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no_colour && *no_colour) || !term || strcmp(term, "dumb") == 0)
        return false;
    return isatty(output->fd) == 1;
}
