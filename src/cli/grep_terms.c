#include "cli/grep_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

/* Bytes of one term file: far above any list in use (55,000 terms are below 1 MB). */
#define TERM_FILE_BYTES_MAX ((size_t)256 << 20)

void grep_terms_init(struct grep_terms *list)
{
    *list = (struct grep_terms){0};
}

void grep_terms_release(struct grep_terms *list)
{
    for (uint32_t i = 0; i < list->file_count; i++)
        buf_release(&list->files[i]);
    free(list->terms);
    free(list->tags);
    free(list->origins);
    grep_terms_init(list);
}

static bool grow(struct grep_terms *list)
{
    const uint32_t capacity = list->capacity ? list->capacity * 2 : 1024;
    struct ward_term *terms = realloc(list->terms, capacity * sizeof(*terms));
    if (terms)
        list->terms = terms;
    struct ward_str *tags = realloc(list->tags, capacity * sizeof(*tags));
    if (tags)
        list->tags = tags;
    struct grep_origin *origins = realloc(list->origins, capacity * sizeof(*origins));
    if (origins)
        list->origins = origins;
    if (!terms || !tags || !origins)
        return false;
    list->capacity = capacity;
    return true;
}

static enum ward_status put(struct grep_terms *list, const struct ward_term *term,
                            struct ward_str tag, struct grep_origin origin, struct ward_error *err)
{
    if (list->count == list->capacity && !grow(list))
        return error_set(err, WARD_ERR_NOMEM, "not enough memory for the terms");
    list->terms[list->count] = *term;
    list->tags[list->count] = tag;
    list->origins[list->count++] = origin;
    return WARD_OK;
}

/* One line without its end; empty lines and comments add nothing. */
static enum ward_status put_line(struct grep_terms *list, struct ward_str line,
                                 const struct ward_term *like, struct grep_origin origin,
                                 struct ward_error *err)
{
    if (line.len && line.data[line.len - 1] == '\r')
        line.len--;
    if (!line.len || line.data[0] == '#')
        return WARD_OK;
    const char *tab = memchr(line.data, '\t', line.len);
    const size_t len = tab ? (size_t)(tab - line.data) : line.len;
    const struct ward_str tag = tab ? str_part(line, len + 1, line.len) : (struct ward_str){0};
    struct ward_term term = *like;
    term.text = (struct ward_str){line.data, len};
    return put(list, &term, tag, origin, err);
}

enum ward_status grep_terms_read(struct grep_terms *list, const char *path,
                                 enum ward_term_mode mode, bool allow, struct ward_error *err)
{
    if (list->file_count == GREP_TERM_FILES_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more than %u term files", GREP_TERM_FILES_MAX);
    struct buf *file = &list->files[list->file_count];
    enum ward_status status = file_read(path, TERM_FILE_BYTES_MAX, file, err);
    struct grep_origin origin = {list->file_count, 0};
    list->paths[list->file_count++] = path;
    if (status != WARD_OK)
        return status;
    const struct ward_term like = {.mode = mode, .allow = allow};
    size_t begin = file->len >= 3 && memcmp(file->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (status == WARD_OK && begin < file->len) {
        const char *stop = memchr(file->data + begin, '\n', file->len - begin);
        const size_t end = stop ? (size_t)(stop - file->data) : file->len;
        origin.line++;
        status = put_line(list, str_part(buf_str(file), begin, end), &like, origin, err);
        begin = end + 1;
    }
    return status;
}

enum ward_status grep_terms_add(struct grep_terms *list, const char *text, enum ward_term_mode mode,
                                struct ward_error *err)
{
    const struct ward_term term = {.text = str_of(text), .mode = mode};
    return put(list, &term, (struct ward_str){0}, (struct grep_origin){0}, err);
}

enum ward_status grep_terms_open(const struct grep_terms *list,
                                 const struct ward_terms_options *options, struct ward_terms **out,
                                 struct ward_error *err)
{
    const enum ward_status status = ward_terms_open(list->terms, list->count, options, out, err);
    if (status != WARD_ERR_ARGUMENT || !err->line || err->line > list->count)
        return status;
    const struct grep_origin origin = list->origins[err->line - 1];
    if (origin.line)
        error_at(err, list->paths[origin.file], origin.line, 1);
    return status;
}
