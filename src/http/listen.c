/**
 * See listen.h. The sockets share their port (SO_REUSEPORT), so a first one without it makes sure
 * that no other process shares it too.
 */
#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define BACKLOG 1024

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage space;
};

/* Cuts "HOST:PORT" or "[HOST]:PORT" in two. */
static bool split_address(const char *address, char host[64], char port[8])
{
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || strlen(colon + 1) > 5 || !colon[1])
        return false;
    const bool has_brackets = address[0] == '[' && colon[-1] == ']';
    const char *begin = address + has_brackets;
    const size_t len = (size_t)(colon - begin) - has_brackets;
    if (len >= 64 || (!has_brackets && memchr(begin, ':', len)))
        return false;
    memcpy(host, begin, len);
    host[len] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return strspn(port, "0123456789") == strlen(port);
}

static enum ward_status resolve(const char *address, union socket_address *out, socklen_t *len,
                                struct ward_error *err)
{
    char host[64];
    char port[8];
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    if (!split_address(address, host, port) ||
        getaddrinfo(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port, &hints, &found))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "%s is not an address and port, as in 127.0.0.1:8080 or [::1]:8080",
                         address);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *len = found->ai_addrlen;
    freeaddrinfo(found);
    return WARD_OK;
}

static enum ward_status open_one(const char *name, const union socket_address *address,
                                 socklen_t len, bool is_shared, int *out, struct ward_error *err)
{
    const int yes = 1;
    const int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *out = fd;
    if (fd < 0)
        return error_set(err, WARD_ERR_IO, "cannot open a socket: %s", strerror(errno));
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (is_shared)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    if (address->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (bind(fd, &address->any, len) == 0 && (!is_shared || listen(fd, BACKLOG) == 0))
        return WARD_OK;
    if (errno == EADDRINUSE)
        return error_set(err, WARD_ERR_BUSY, "%s is in use by another program", name);
    return error_set(err, WARD_ERR_IO, "cannot listen on %s: %s", name, strerror(errno));
}

static uint16_t port_of(union socket_address *address)
{
    const uint16_t port =
        address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port;
    return ntohs(port);
}

enum ward_status listen_open(const char *address, unsigned count, int *sockets, uint16_t *port,
                             struct ward_error *err)
{
    union socket_address at = {0};
    socklen_t len = 0;
    int probe = -1;
    unsigned opened = 0;
    for (unsigned i = 0; i < count; i++)
        sockets[i] = -1;
    enum ward_status status = resolve(address, &at, &len, err);
    if (status == WARD_OK)
        status = open_one(address, &at, len, false, &probe, err);
    if (status == WARD_OK) {
        (void)getsockname(probe, &at.any, &len); /* the port, if any would do */
        (void)close(probe);
        probe = -1;
    }
    for (; status == WARD_OK && opened < count; opened++)
        status = open_one(address, &at, len, true, &sockets[opened], err);
    *port = port_of(&at);
    if (probe >= 0)
        (void)close(probe);
    for (unsigned i = 0; status != WARD_OK && i < opened; i++) {
        if (sockets[i] >= 0)
            (void)close(sockets[i]);
        sockets[i] = -1;
    }
    return status;
}
