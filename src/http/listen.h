/**
 * Listening sockets.
 */
#ifndef WARD_HTTP_LISTEN_H
#define WARD_HTTP_LISTEN_H

#include "ward/ward.h"

/**
 * `count` sockets that share one address ("127.0.0.1:8080", "[::1]:8080", port 0: any), each with
 * its own queue of connections. WARD_ERR_BUSY: somebody listens there already; WARD_ERR_ARGUMENT:
 * not an address; WARD_ERR_IO. `*port` is the port taken.
 */
enum ward_status listen_open(const char *address, unsigned count, int *sockets, uint16_t *port,
                             struct ward_error *err) WARD_MUST_USE;

#endif
