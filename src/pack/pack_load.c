/**
 * Files -> trees -> build -> frozen pack -> matcher. Nobody sees the pack before it is whole.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_files.h"
#include "pack/pack_owner.h"

#define SCRATCH_BLOCK_BYTES (256u * 1024u)

static void build_init(struct pack_build *build, struct arena *keep, struct arena *scratch,
                       struct ward_error *err)
{
    *build = (struct pack_build){.keep = keep,
                                 .scratch = scratch,
                                 .err = err,
                                 .base = -4.0,
                                 .watch = 0.2,
                                 .review = 0.5,
                                 .urgent = 0.9};
    rows_init(&build->sources, sizeof(struct pack_source));
    rows_init(&build->signals, sizeof(struct build_signal *));
    rows_init(&build->rules, sizeof(struct build_rule *));
    rows_init(&build->laws, sizeof(struct build_law));
    rows_init(&build->procedures, sizeof(struct pack_procedure));
    rows_init(&build->families, sizeof(struct pack_family));
    rows_init(&build->currencies, sizeof(struct pack_currency));
    name_map_init(&build->names);
}

static void build_release(struct pack_build *build)
{
    rows_release(&build->sources);
    rows_release(&build->signals);
    rows_release(&build->rules);
    rows_release(&build->laws);
    rows_release(&build->procedures);
    rows_release(&build->families);
    rows_release(&build->currencies);
    name_map_release(&build->names);
}

static enum ward_status build_file(struct pack_build *build, const struct pack_file *file)
{
    if (file->kind == PACK_FILE_WORDING)
        return wording_table_read(build->keep, file->path.data, file->bytes, &build->wording,
                                  build->err);
    struct tree *tree = arena_calloc(build->scratch, 1, sizeof *tree);
    if (!tree)
        return build_no_memory(build);
    const enum ward_status status =
        tree_read(build->scratch, file->path.data, file->bytes, tree, build->err);
    if (status != WARD_OK)
        return status;
    switch (file->kind) {
    case PACK_FILE_PACK:
        return build_pack_file(build, tree);
    case PACK_FILE_LAW:
        return build_law_file(build, tree);
    case PACK_FILE_PROCEDURES:
        return build_procedures_file(build, tree);
    case PACK_FILE_SIGNALS:
        return build_signals_file(build, tree);
    case PACK_FILE_RULES:
        return build_rules_file(build, tree);
    case PACK_FILE_WEIGHTS:
    case PACK_FILE_WORDING:
    default:
        return build_weights_file(build, tree);
    }
}

/* Each source row belongs to the pack folder whose pack.yaml was read last. */
static void keep_hashes(struct pack_build *build, const struct pack_files *files)
{
    uint32_t source = 0;
    for (uint32_t i = 0; i < files->files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)files->files.at + i;
        if (file->kind != PACK_FILE_PACK)
            continue;
        struct pack_source *row = (struct pack_source *)build->sources.at + source++;
        memcpy(row->hash, (const char *)files->hashes.at + (size_t)file->folder * 65, 65);
    }
}

static enum ward_status build_all(struct pack_owner *owner, struct arena *scratch,
                                  const struct pack_files *files, struct ward_error *err)
{
    struct pack_build build;
    build_init(&build, &owner->arena, scratch, err);
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < files->files.count && status == WARD_OK; i++)
        status = build_file(&build, (const struct pack_file *)files->files.at + i);
    if (status == WARD_OK) {
        keep_hashes(&build, files);
        status = pack_freeze(&build, &owner->pack);
    }
    build_release(&build);
    return status;
}

enum ward_status pack_load(const char *const *dirs, uint32_t dir_count, const struct pack **out,
                           struct ward_error *err)
{
    *out = NULL;
    error_clear(err);
    if (!dir_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no pack folder given");
    struct pack_owner *owner = pack_owner_new();
    if (!owner)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct arena scratch;
    struct pack_files files;
    arena_init(&scratch, SCRATCH_BLOCK_BYTES, PACK_BYTES_MAX);
    pack_files_init(&files, &scratch);
    enum ward_status status = pack_files_read(&files, dirs, dir_count, err);
    if (status == WARD_OK)
        status = build_all(owner, &scratch, &files, err);
    if (status == WARD_OK) {
        memcpy(owner->pack.hash, files.hash, sizeof files.hash);
        status = pack_owner_match(owner, err);
    }
    pack_files_release(&files);
    arena_release(&scratch);
    if (status == WARD_OK)
        *out = &owner->pack;
    else
        pack_owner_free(owner);
    return status;
}
