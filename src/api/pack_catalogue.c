#include "api/pack_catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "engine/engine.h"
#include "pack/pack_files.h"
#include "pack/yaml_tree.h"

#define READ_BYTES_MAX (256u << 20)
/* Different sources told of one pack. */
#define SOURCES_SHOWN 400u

struct reading {
    struct arena arena;
    struct pack_files files;
    const struct pack *pack;
};

static enum ward_status read_files(struct reading *r, const struct pack_service *s,
                                   const struct api_engine *engine, struct ward_error *err)
{
    struct pack_folders folders;
    arena_init(&r->arena, 1u << 20, READ_BYTES_MAX);
    pack_files_init(&r->files, &r->arena);
    r->pack = engine->engine->pack;
    pack_service_folders(s, engine, atomic_load(&s->active), &folders);
    return pack_files_read(&r->files, folders.at, folders.count, err);
}

static void release(struct reading *r)
{
    pack_files_release(&r->files);
    arena_release(&r->arena);
}

/* ---- what is in a file ---- */

struct content {
    uint32_t signals, rules, laws;
    struct ward_str sources[SOURCES_SHOWN];
    uint32_t source_count;
};

static void note_source(struct content *c, const struct tree_node *map)
{
    const struct tree_node *node = map && map->kind == TREE_MAP ? tree_get(map, "source") : NULL;
    if (!node || node->kind != TREE_TEXT || !node->text.len || c->source_count == SOURCES_SHOWN)
        return;
    for (uint32_t i = 0; i < c->source_count; i++)
        if (str_equal(c->sources[i], node->text))
            return;
    c->sources[c->source_count++] = node->text;
}

/* Entries of the list or map under `key`; their sources are noted. */
static uint32_t count_under(struct content *c, const struct tree *tree, const char *key)
{
    const struct tree_node *node =
        tree->root && tree->root->kind == TREE_MAP ? tree_get(tree->root, key) : NULL;
    if (!node || node->kind == TREE_TEXT)
        return 0;
    for (const struct tree_node *at = node->first; at; at = at->next)
        note_source(c, node->kind == TREE_MAP ? at->value : at);
    return node->count;
}

static enum ward_status look_into(struct content *c, struct arena *arena,
                                  const struct pack_file *file, struct ward_error *err)
{
    struct tree tree;
    if (file->kind == PACK_FILE_WORDING)
        return WARD_OK;
    const enum ward_status status = tree_read(arena, file->path.data, file->bytes, &tree, err);
    if (status != WARD_OK)
        return status;
    c->signals += count_under(c, &tree, "signals");
    c->rules += count_under(c, &tree, "rules");
    c->laws += count_under(c, &tree, "law");
    return WARD_OK;
}

/* ---- JSON ---- */

static void put_files(struct json_pen *pen, const struct reading *r, uint32_t folder)
{
    pen_key(pen, "files");
    pen_open(pen, '[');
    for (uint32_t i = 0; i < r->files.files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)r->files.files.at + i;
        if (file->folder != folder)
            continue;
        pen_open(pen, '{');
        pen_key(pen, "path");
        pen_string(pen, file->name);
        pen_key(pen, "bytes");
        pen_integer(pen, (int64_t)file->bytes.len);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

static void put_number(struct json_pen *pen, const char *key, uint64_t value)
{
    pen_key(pen, key);
    pen_integer(pen, (int64_t)value);
}

static enum ward_status put_pack(struct json_pen *pen, struct reading *r, uint32_t folder,
                                 struct ward_error *err)
{
    const struct pack_source *source = &r->pack->sources[folder];
    struct content *c = arena_calloc(&r->arena, 1, sizeof *c);
    if (!c)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (uint32_t i = 0; i < r->files.files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)r->files.files.at + i;
        if (file->folder != folder)
            continue;
        const enum ward_status status = look_into(c, &r->arena, file, err);
        if (status != WARD_OK)
            return status;
    }
    pen_open(pen, '{');
    pen_key(pen, "name");
    pen_string(pen, source->name);
    pen_key(pen, "version");
    pen_string(pen, source->version);
    pen_key(pen, "date");
    pen_string(pen, source->date);
    pen_pair_text(pen, "hash", source->hash);
    put_files(pen, r, folder);
    put_number(pen, "signals", c->signals);
    put_number(pen, "rules", c->rules);
    put_number(pen, "law", c->laws);
    pen_key(pen, "sources");
    pen_open(pen, '[');
    for (uint32_t i = 0; i < c->source_count; i++)
        pen_string(pen, c->sources[i]);
    pen_close(pen, ']');
    pen_close(pen, '}');
    return WARD_OK;
}

static enum ward_status make(struct pack_service *s, const struct api_engine *engine,
                             struct ward_error *err)
{
    struct reading r;
    struct json_pen pen;
    buf_clear(&s->catalogue);
    pen_init(&pen, &s->catalogue, false);
    enum ward_status status = read_files(&r, s, engine, err);
    pen_open(&pen, '[');
    for (uint32_t i = 0; i < r.pack->source_count && status == WARD_OK; i++)
        status = put_pack(&pen, &r, i, err);
    pen_close(&pen, ']');
    release(&r);
    if (status == WARD_OK && s->catalogue.failed)
        status = error_set(err, s->catalogue.failed, "out of memory");
    if (status == WARD_OK)
        s->generation = engine->generation;
    return status;
}

enum ward_status pack_catalogue_put(struct pack_service *s, const struct api_engine *engine,
                                    struct buf *out, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    (void)pthread_mutex_lock(&s->lock);
    if (s->generation != engine->generation)
        status = make(s, engine, err);
    if (status == WARD_OK)
        buf_put_str(out, buf_str(&s->catalogue));
    (void)pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- one file ---- */

enum ward_status pack_catalogue_read(struct pack_service *s, const struct api_engine *engine,
                                     const struct pack_file_name *name, struct buf *out,
                                     struct ward_error *err)
{
    struct reading r;
    buf_init(out, 64u << 20);
    enum ward_status status = read_files(&r, s, engine, err);
    const struct pack_file *found = NULL;
    for (uint32_t i = 0; i < r.files.files.count && status == WARD_OK && !found; i++) {
        const struct pack_file *file = (const struct pack_file *)r.files.files.at + i;
        if (file->folder < r.pack->source_count && str_equal(file->name, name->path) &&
            str_equal(r.pack->sources[file->folder].name, name->pack))
            found = file;
    }
    if (status == WARD_OK && !found)
        status = error_set(err, WARD_ERR_NOT_FOUND, "no pack in force has such a file");
    if (found)
        buf_put_str(out, found->bytes);
    if (status == WARD_OK && out->failed)
        status = error_set(err, out->failed, "out of memory");
    release(&r);
    return status;
}

/* ---- sources ---- */

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const struct ward_str *)a, *(const struct ward_str *)b);
}

enum ward_status pack_catalogue_sources(const struct api_engine *engine, struct buf *out)
{
    const struct pack *pack = engine->engine->pack;
    const size_t most = (size_t)pack->signal_count + pack->law_count + pack->procedure_count;
    struct ward_str *all = calloc(most + 1, sizeof *all);
    struct json_pen pen;
    size_t count = 0;
    if (!all)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < pack->signal_count; i++)
        all[count++] = pack->signals[i].source;
    for (uint32_t i = 0; i < pack->law_count; i++)
        all[count++] = pack->laws[i].source;
    for (uint32_t i = 0; i < pack->procedure_count; i++)
        all[count++] = pack->procedures[i].source;
    qsort(all, count, sizeof *all, by_text);
    pen_init(&pen, out, false);
    pen_open(&pen, '[');
    for (size_t i = 0; i < count; i++)
        if (all[i].len && (i == 0 || !str_equal(all[i], all[i - 1])))
            pen_string(&pen, all[i]);
    pen_close(&pen, ']');
    free(all);
    return WARD_OK;
}
