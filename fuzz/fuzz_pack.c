/*
 * Any bytes as a file of a pack. The first byte picks the kind of file; the rest is read as YAML
 * and built over a small pack that is always there, then frozen. What comes out is written as an
 * image and read back, so that the checks of the image and the compiler agree on what is sound.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_files.h"
#include "pack/pack_image.h"
#include "pack/pack_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_OF(file_kind, text)                                                                   \
    {                                                                                              \
        .path = {"base.yaml", 9}, .name = {"base.yaml", 9}, .bytes = {text, sizeof text - 1},      \
        .kind = file_kind                                                                          \
    }

static const struct pack_file base[] = {
    FILE_OF(PACK_FILE_PACK, "name: a\nversion: 1\ndate: 2026-11-01\nfamilies: {f: 4.0}\n"),
    FILE_OF(PACK_FILE_LAW, "- {id: CN/a/1, title: t, from: 2021-01-01}\n"),
    FILE_OF(PACK_FILE_SIGNALS, "signals:\n  child-word: {slot: object, terms: [baby]}\n"
                               "  price: {slot: consideration, reader: price}\n"),
    FILE_OF(PACK_FILE_RULES, "rules:\n  r: {when: price, weight: 1, family: f, says: x}\n")};

static void check_image(const struct pack *pack)
{
    struct buf image;
    struct arena arena;
    struct pack again;
    buf_init(&image, 1u << 28);
    arena_init(&arena, 1u << 16, 1u << 28);
    pack_image_write(pack, &image);
    if (image.failed == WARD_OK &&
        pack_image_read(buf_str(&image), &arena, &again) == WARD_ERR_STALE)
        abort();
    arena_release(&arena);
    buf_release(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena keep;
    struct arena scratch;
    struct pack_files files;
    struct pack pack;
    struct ward_error err = {.status = WARD_OK};
    if (!size)
        return 0;
    arena_init(&keep, 1u << 16, 1u << 27);
    arena_init(&scratch, 1u << 16, 1u << 27);
    pack_files_init(&files, &scratch);
    for (size_t i = 0; i < sizeof base / sizeof base[0]; i++) {
        struct pack_file *row = rows_add(&files.files);
        if (row)
            *row = base[i];
    }
    struct pack_file *row = rows_add(&files.files);
    char *hash = rows_add(&files.hashes);
    if (!row || !hash)
        abort();
    memset(hash, '0', 64);
    *row = base[0];
    row->kind = (enum pack_file_kind)(data[0] % (PACK_FILE_WORDING + 1));
    row->folder = 0;
    row->bytes = (struct ward_str){(const char *)data + 1, size - 1};
    const enum ward_status status = pack_compile_files(&files, &keep, &scratch, &pack, &err);
    if (status == WARD_OK)
        check_image(&pack);
    else if (!err.message[0] || err.status != status)
        abort();
    pack_files_release(&files);
    arena_release(&scratch);
    arena_release(&keep);
    return 0;
}
