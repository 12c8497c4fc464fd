/**
 * Writing, sealing and checking a package; bag_publish.c gives it its final name.
 */
#include "evidence/bag.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time_text.h"

#define MANIFEST_BYTES_MAX 65536u
#define READ_BYTES_MAX ((size_t)4 * 1024 * 1024 * 1024)

static enum ward_status io_error(struct ward_error *err, const char *what, const char *name)
{
    return error_set(err, WARD_ERR_IO, "%s %s: %s", what, name, strerror(errno));
}

enum ward_status bag_open(struct bag *bag, const char *path, int64_t time_ms,
                          struct ward_error *err)
{
    struct stat info;
    *bag = (struct bag){.root = -1, .time_ms = time_ms};
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (!len || len >= BAG_PATH_BYTES)
        return error_set(err, WARD_ERR_ARGUMENT, "the path of the package is empty or too long");
    memcpy(bag->final_path, path, len);
    if (lstat(bag->final_path, &info) == 0)
        return error_set(err, WARD_ERR_IO, "%s exists already; nothing is overwritten",
                         bag->final_path);
    (void)snprintf(bag->stage_path, sizeof bag->stage_path, "%s.part-XXXXXX", bag->final_path);
    if (!mkdtemp(bag->stage_path)) {
        bag->stage_path[0] = 0;
        return io_error(err, "cannot make a folder beside", bag->final_path);
    }
    bag->root = open(bag->stage_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return bag->root < 0 ? io_error(err, "cannot open", bag->stage_path) : WARD_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void hash_both(struct ward_str content, char sha256[65], char sha512[129])
{
    unsigned char hash[crypto_hash_sha512_BYTES];
    const unsigned char *data = (const unsigned char *)(content.data ? content.data : "");
    (void)crypto_hash_sha256(hash, data, content.len);
    (void)sodium_bin2hex(sha256, 65, hash, crypto_hash_sha256_BYTES);
    (void)crypto_hash_sha512(hash, data, content.len);
    (void)sodium_bin2hex(sha512, 129, hash, crypto_hash_sha512_BYTES);
}

static enum ward_status make_folder(struct bag *bag, const char *name, struct ward_error *err)
{
    char folder[BAG_NAME_BYTES];
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        memcpy(folder, name, (size_t)(slash - name));
        folder[slash - name] = 0;
        if (mkdirat(bag->root, folder, 0777) != 0 && errno != EEXIST)
            return io_error(err, "cannot make", folder);
    }
    return WARD_OK;
}

static bool write_all(int fd, struct ward_str content)
{
    size_t done = 0;
    while (done < content.len) {
        const ssize_t n = write(fd, content.data + done, content.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

enum ward_status bag_add(struct bag *bag, const char *name, struct ward_str content,
                         struct ward_error *err)
{
    if (bag->file_count == BAG_FILES_MAX || strlen(name) >= BAG_NAME_BYTES)
        return error_set(err, WARD_ERR_LIMIT, "too many files in the package");
    struct bag_file *file = &bag->files[bag->file_count];
    *file = (struct bag_file){
        .bytes = content.len, .is_payload = strncmp(name, "data/", 5) == 0, .is_listed = true};
    memcpy(file->name, name, strlen(name));
    enum ward_status status = make_folder(bag, name, err);
    if (status != WARD_OK)
        return status;
    hash_both(content, file->sha256, file->sha512);
    const int fd = openat(bag->root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return io_error(err, "cannot make", name);
    bag->file_count++; /* from here on release removes it */
    const bool written = write_all(fd, content) && fsync(fd) == 0;
    if (!written)
        status = io_error(err, "cannot write", name);
    if (close(fd) != 0 && status == WARD_OK)
        status = io_error(err, "cannot write", name);
    return status;
}

enum ward_status bag_read(const struct bag *bag, const char *name, struct buf *out,
                          struct ward_error *err)
{
    char block[16000];
    const int fd = openat(bag->root, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return io_error(err, "cannot read back", name);
    for (;;) {
        const ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            const enum ward_status status = io_error(err, "cannot read back", name);
            (void)close(fd);
            return status;
        }
        if (n == 0)
            break;
        buf_put(out, block, (size_t)n);
    }
    (void)close(fd);
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}

const char *bag_sha256(const struct bag *bag, const char *name)
{
    for (size_t i = 0; i < bag->file_count; i++)
        if (strcmp(bag->files[i].name, name) == 0)
            return bag->files[i].sha256;
    return "";
}

void bag_payload(const struct bag *bag, uint64_t *bytes, uint32_t *files)
{
    *bytes = 0;
    *files = 0;
    for (size_t i = 0; i < bag->file_count; i++) {
        if (!bag->files[i].is_payload)
            continue;
        *bytes += bag->files[i].bytes;
        ++*files;
    }
}

/* ---- sealing --------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bag_file *)a)->name, ((const struct bag_file *)b)->name);
}

static enum ward_status add_unlisted(struct bag *bag, const char *name, struct ward_str content,
                                     struct ward_error *err)
{
    const size_t before = bag->file_count;
    const enum ward_status status = bag_add(bag, name, content, err);
    if (bag->file_count > before)
        bag->files[before].is_listed = false;
    return status;
}

static enum ward_status add_manifest(struct bag *bag, bool of_payload, bool is_sha512,
                                     struct ward_error *err)
{
    struct buf text;
    char name[BAG_NAME_BYTES];
    buf_init(&text, MANIFEST_BYTES_MAX);
    qsort(bag->files, bag->file_count, sizeof *bag->files, by_name);
    for (size_t i = 0; i < bag->file_count; i++) {
        const struct bag_file *file = &bag->files[i];
        if (file->is_listed && file->is_payload == of_payload)
            buf_printf(&text, "%s  %s\n", is_sha512 ? file->sha512 : file->sha256, file->name);
    }
    (void)snprintf(name, sizeof name, "%smanifest-%s.txt", of_payload ? "" : "tag",
                   is_sha512 ? "sha512" : "sha256");
    enum ward_status status;
    if (text.failed)
        status = error_set(err, text.failed, "out of memory");
    else if (of_payload)
        status = bag_add(bag, name, buf_str(&text), err);
    else
        status = add_unlisted(bag, name, buf_str(&text), err);
    buf_release(&text);
    return status;
}

static void put_info(struct buf *text, const char *key, struct ward_str value)
{
    if (!value.len)
        return;
    buf_printf(text, "%s: ", key);
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = (unsigned char)value.data[i];
        buf_put_char(text, c < 0x20 || c == 0x7F ? ' ' : (char)c);
    }
    buf_put_char(text, '\n');
}

static enum ward_status add_info(struct bag *bag, const struct bag_info *info, size_t count,
                                 struct ward_error *err)
{
    struct buf text;
    struct buf day;
    uint64_t bytes;
    uint32_t files;
    buf_init(&text, MANIFEST_BYTES_MAX);
    buf_init(&day, 128);
    bag_payload(bag, &bytes, &files);
    time_put(&day, bag->time_ms);
    for (size_t i = 0; i < count; i++)
        put_info(&text, info[i].key, info[i].value);
    put_info(&text, "Bagging-Date", str_part(buf_str(&day), 0, 10));
    buf_printf(&text, "Payload-Oxum: %" PRIu64 ".%u\n", bytes, files);
    enum ward_status status = text.failed ? text.failed : day.failed;
    status = status ? error_set(err, status, "out of memory")
                    : bag_add(bag, "bag-info.txt", buf_str(&text), err);
    buf_release(&text);
    buf_release(&day);
    return status;
}

static const char *const signed_names[] = {"tagmanifest-sha256.txt", "tagmanifest-sha512.txt"};
static const char *const signature_names[] = {"signature/tagmanifest-sha256.txt.sig",
                                              "signature/tagmanifest-sha512.txt.sig"};

static enum ward_status add_signature(struct bag *bag, size_t which, const struct seal *seal,
                                      struct ward_error *err)
{
    unsigned char signature[SEAL_BYTES];
    struct buf text;
    buf_init(&text, MANIFEST_BYTES_MAX);
    enum ward_status status = bag_read(bag, signed_names[which], &text, err);
    if (status == WARD_OK) {
        seal_sign(seal, buf_str(&text), signature);
        status = add_unlisted(bag, signature_names[which],
                              (struct ward_str){(const char *)signature, sizeof signature}, err);
    }
    buf_release(&text);
    return status;
}

enum ward_status bag_seal(struct bag *bag, const struct bag_info *info, size_t info_count,
                          const struct seal *seal, struct ward_error *err)
{
    struct buf key;
    buf_init(&key, MANIFEST_BYTES_MAX);
    seal_put_public(seal, &key);
    enum ward_status status = key.failed
                                  ? error_set(err, key.failed, "out of memory")
                                  : bag_add(bag, "signature/public-key.pem", buf_str(&key), err);
    buf_release(&key);
    if (status == WARD_OK)
        status = bag_add(bag, "bagit.txt",
                         str_of("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"), err);
    if (status == WARD_OK)
        status = add_info(bag, info, info_count, err);
    for (int part = 0; status == WARD_OK && part < 4; part++)
        status = add_manifest(bag, part < 2, part % 2 == 1, err);
    for (size_t i = 0; status == WARD_OK && i < 2; i++)
        status = add_signature(bag, i, seal, err);
    return status;
}

/* ---- checking -------------------------------------------------------------------------------- */

static enum ward_status check_file(const struct bag *bag, const struct bag_file *file,
                                   struct ward_error *err)
{
    char sha256[65];
    char sha512[129];
    struct buf content;
    buf_init(&content, READ_BYTES_MAX);
    enum ward_status status = bag_read(bag, file->name, &content, err);
    if (status == WARD_OK) {
        hash_both(buf_str(&content), sha256, sha512);
        if (content.len != file->bytes || strcmp(sha256, file->sha256) != 0 ||
            strcmp(sha512, file->sha512) != 0)
            status =
                error_set(err, WARD_ERR_IO, "%s does not read back as it was written", file->name);
    }
    buf_release(&content);
    return status;
}

static enum ward_status check_signature(const struct bag *bag, size_t which,
                                        const struct seal *seal, struct ward_error *err)
{
    struct buf text;
    struct buf signature;
    buf_init(&text, MANIFEST_BYTES_MAX);
    buf_init(&signature, MANIFEST_BYTES_MAX);
    enum ward_status status = bag_read(bag, signed_names[which], &text, err);
    if (status == WARD_OK)
        status = bag_read(bag, signature_names[which], &signature, err);
    if (status == WARD_OK &&
        (signature.len != SEAL_BYTES ||
         !seal_verify(seal, buf_str(&text), (const unsigned char *)signature.data)))
        status = error_set(err, WARD_ERR_IO, "the signature does not verify");
    buf_release(&text);
    buf_release(&signature);
    return status;
}

enum ward_status bag_check(struct bag *bag, const struct seal *seal, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = 0; status == WARD_OK && i < bag->file_count; i++)
        status = check_file(bag, &bag->files[i], err);
    for (size_t i = 0; status == WARD_OK && i < 2; i++)
        status = check_signature(bag, i, seal, err);
    return status;
}
