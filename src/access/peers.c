#include "access/peers.h"

#include <arpa/inet.h>
#include <string.h>

#define V4_PREFIX 12u

static bool read_address(struct ward_str text, unsigned char out[16], bool *is_v4)
{
    char copy[INET6_ADDRSTRLEN + 1];
    if (!text.len || text.len >= sizeof copy || memchr(text.data, '\0', text.len))
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    memset(out, 0, 16);
    *is_v4 = inet_pton(AF_INET, copy, out + V4_PREFIX) == 1;
    if (*is_v4) {
        out[10] = out[11] = 0xff;
        return true;
    }
    return inet_pton(AF_INET6, copy, out) == 1;
}

static bool read_bits(struct ward_str text, unsigned max, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i > 2)
            return false;
        *out = *out * 10 + (unsigned)(text.data[i] - '0');
    }
    return text.len > 0 && *out <= max;
}

bool peer_net_read(struct ward_str text, struct peer_net *out)
{
    const char *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
    const size_t len = slash ? (size_t)(slash - text.data) : text.len;
    bool is_v4 = false;
    memset(out, 0, sizeof *out);
    if (!read_address((struct ward_str){text.data, len}, out->address, &is_v4))
        return false;
    out->bits = 128;
    if (!slash)
        return true;
    const struct ward_str bits = {slash + 1, text.len - len - 1};
    if (!read_bits(bits, is_v4 ? 32 : 128, &out->bits))
        return false;
    out->bits += is_v4 ? 8 * V4_PREFIX : 0;
    return true;
}

static bool is_in(const unsigned char address[16], const struct peer_net *net)
{
    const unsigned whole = net->bits / 8;
    const unsigned rest = net->bits % 8;
    if (memcmp(address, net->address, whole) != 0)
        return false;
    const unsigned mask = rest ? 0xffu << (8 - rest) & 0xffu : 0;
    return !rest || ((address[whole] ^ net->address[whole]) & mask) == 0;
}

bool peer_is_in(struct ward_str peer, const struct peer_net *nets, size_t count)
{
    unsigned char address[16];
    bool is_v4;
    if (!count || !read_address(peer, address, &is_v4))
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_in(address, &nets[i]))
            return true;
    return false;
}

size_t peer_key(struct ward_str peer, unsigned char out[16])
{
    bool is_v4;
    if (read_address(peer, out, &is_v4)) {
        static const unsigned char mapped[V4_PREFIX] = {[10] = 0xff, [11] = 0xff};
        return is_v4 || memcmp(out, mapped, sizeof mapped) == 0 ? 16 : 8;
    }
    const size_t len = peer.len < 16 ? peer.len : 16;
    memset(out, 0, 16);
    if (len)
        memcpy(out, peer.data, len);
    return len;
}
