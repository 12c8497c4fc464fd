#include "cli/ask_password.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"

void ask_forget(struct buf *password)
{
    if (password->data)
        explicit_bzero(password->data, password->cap);
    buf_release(password);
}

/* Up to the end of the line, byte by byte: nothing stays behind in a buffer of stdio. */
static enum ward_status read_line(int fd, struct buf *out, struct ward_error *err)
{
    buf_init(out, ASKED_MAX);
    if (buf_reserve(out, ASKED_MAX - 1) != WARD_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (;;) {
        char c;
        const ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, WARD_ERR_IO, "cannot read the password: %s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (out->len + 1 >= ASKED_MAX)
            return error_set(err, WARD_ERR_LIMIT, "the password is too long");
        buf_put_char(out, c);
    }
    if (out->len && out->data[out->len - 1] == '\r')
        out->len--;
    return WARD_OK;
}

static enum ward_status ask_twice(int fd, const char *user, struct buf *out, struct ward_error *err)
{
    struct buf again;
    buf_init(&again, ASKED_MAX);
    /* The terminal drops what was typed before; standard error is never buffered. */
    (void)fprintf(stderr, "password for %s: ", user);
    enum ward_status status = read_line(fd, out, err);
    (void)fputc('\n', stderr);
    if (status == WARD_OK) {
        (void)fprintf(stderr, "once more: ");
        status = read_line(fd, &again, err);
        (void)fputc('\n', stderr);
    }
    if (status == WARD_OK && !str_equal(buf_str(out), buf_str(&again)))
        status = error_set(err, WARD_ERR_ARGUMENT, "the two passwords differ");
    ask_forget(&again);
    return status;
}

enum ward_status ask_password(const char *user, struct buf *out, struct ward_error *err)
{
    struct termios before;
    struct termios quiet;
    buf_init(out, ASKED_MAX);
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return read_line(STDIN_FILENO, out, err);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
        return error_set(err, WARD_ERR_IO, "cannot turn the echo off: %s", strerror(errno));
    const enum ward_status status = ask_twice(STDIN_FILENO, user, out, err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    return status;
}
