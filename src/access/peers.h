/**
 * A list of addresses and networks, IPv4 and IPv6.
 */
#ifndef WARD_ACCESS_PEERS_H
#define WARD_ACCESS_PEERS_H

#include "ward/ward.h"

struct peer_net {
    unsigned char address[16]; /**< IPv4 as ::ffff:a.b.c.d */
    unsigned bits;             /**< 0..128 */
};

/** "10.0.0.0/8", "::1", "127.0.0.1" ...; false for anything else. */
bool peer_net_read(struct ward_str text, struct peer_net *out);
/** True if the address, without port and brackets, is in one of the networks. */
bool peer_is_in(struct ward_str peer, const struct peer_net *nets, size_t count);
/** What stands for the peer when tries are counted: IPv4 whole, IPv6 its first 64 bits. Other texts
 * (a socket's name) give their own bytes; at most 16. Returns the length. */
size_t peer_key(struct ward_str peer, unsigned char out[16]);

#endif
