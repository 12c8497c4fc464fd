/**
 * Looks through the notes of the loaded object that holds this function. Any change of the code
 * changes the id, so a compiled form never outlives the program that wrote it.
 */
#include "pack/pack_build_id.h"

#include <elf.h>
#include <link.h>
#include <string.h>

struct search {
    uintptr_t inside; /* an address in the object wanted */
    struct ward_str id;
};

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const uintptr_t begin = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && address >= begin && address < begin + part->p_memsz)
            return true;
    }
    return false;
}

static size_t padded(size_t len)
{
    return (len + 3u) & ~(size_t)3u;
}

/* The build id among the notes in [at, at + left), or an empty text. */
static struct ward_str id_in(const char *at, size_t left)
{
    ElfW(Nhdr) note;
    while (left >= sizeof note) {
        memcpy(&note, at, sizeof note);
        const size_t name = padded(note.n_namesz);
        const size_t size = sizeof note + name + padded(note.n_descsz);
        if (size > left)
            break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(at + sizeof note, "GNU", 4) == 0)
            return (struct ward_str){at + sizeof note + name, note.n_descsz};
        at += size;
        left -= size;
    }
    return (struct ward_str){NULL, 0};
}

static int look(struct dl_phdr_info *info, size_t size, void *user)
{
    struct search *search = user;
    (void)size;
    if (!holds(info, search->inside))
        return 0;
    for (int i = 0; i < info->dlpi_phnum && !search->id.len; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const uintptr_t begin = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_NOTE)
            search->id = id_in((const char *)begin, part->p_memsz);
    }
    return 1;
}

struct ward_str pack_build_id(void)
{
    struct search search = {.inside = (uintptr_t)&pack_build_id};
    (void)dl_iterate_phdr(look, &search);
    return search.id;
}
