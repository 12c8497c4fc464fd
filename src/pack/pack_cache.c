/**
 * Form: magic (8 bytes), format (u32), key (64 hex), length of the image (u64), SHA-256 of the
 * image (32 bytes), image. Integers are little-endian.
 */
#include "pack/pack_cache.h"

#include <string.h>
#include <sodium.h>

#include "pack/pack_codec.h"
#include "pack/pack_image.h"

#define FORMAT 1u

static const char magic[8] = {'W', 'A', 'R', 'D', 'C', '\r', '\n', 0x1A};

struct head {
    char magic[8];
    uint32_t format;
    char key[PACK_CACHE_KEY_BYTES];
    int64_t image_bytes;
    char sum[crypto_hash_sha256_BYTES];
};

#define HEAD_BYTES (8u + 4u + PACK_CACHE_KEY_BYTES + 8u + crypto_hash_sha256_BYTES)

static void head_code(struct codec *codec, struct head *head)
{
    codec_bytes(codec, head->magic, sizeof head->magic);
    codec_u32(codec, &head->format);
    codec_bytes(codec, head->key, sizeof head->key);
    codec_i64(codec, &head->image_bytes);
    codec_bytes(codec, head->sum, sizeof head->sum);
}

static void sum_of(struct ward_str image, char sum[crypto_hash_sha256_BYTES])
{
    (void)crypto_hash_sha256((unsigned char *)sum, (const unsigned char *)image.data, image.len);
}

void pack_cache_encode(const struct pack *pack, const char *key, struct buf *out)
{
    struct buf image;
    struct codec codec;
    struct head head = {.format = FORMAT};
    buf_init(&image, out->max);
    pack_image_write(pack, &image);
    if (image.failed) {
        out->failed = image.failed;
        buf_release(&image);
        return;
    }
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.key, key, sizeof head.key);
    head.image_bytes = (int64_t)image.len;
    sum_of(buf_str(&image), head.sum);
    codec_write(&codec, out);
    head_code(&codec, &head);
    buf_put_str(out, buf_str(&image));
    buf_release(&image);
}

enum ward_status pack_cache_decode(struct ward_str bytes, const char *key, struct arena *arena,
                                   struct pack *pack)
{
    struct codec codec;
    struct head head;
    char sum[crypto_hash_sha256_BYTES];
    *pack = (struct pack){.base = 0.0};
    if (bytes.len < HEAD_BYTES)
        return WARD_ERR_STALE;
    codec_read(&codec, bytes, arena);
    head_code(&codec, &head);
    const struct ward_str image = {bytes.data + HEAD_BYTES, bytes.len - HEAD_BYTES};
    if (memcmp(head.magic, magic, sizeof magic) != 0 || head.format != FORMAT ||
        memcmp(head.key, key, sizeof head.key) != 0 || head.image_bytes != (int64_t)image.len)
        return WARD_ERR_STALE;
    sum_of(image, sum);
    if (memcmp(head.sum, sum, sizeof sum) != 0)
        return WARD_ERR_STALE;
    return pack_image_read(image, arena, pack);
}
