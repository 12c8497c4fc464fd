#include "pack/wording_table.h"

#include <math.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/utf8.h"
#include "pack/decimal.h"

#define CHARS_MAX 8u /* of a piece of kind c */
#define WORD_MAX 64u

uint64_t wording_token_class(struct ward_str name)
{
    return hash_str(name, 0x636C617373ULL);
}

uint64_t wording_token_char(uint32_t code)
{
    return hash_u64(0x6368617200000000ULL + code);
}

uint64_t wording_token_digits(uint32_t length)
{
    return hash_u64(0x6469670000000000ULL + length);
}

uint64_t wording_token_word(const uint32_t *codes, uint32_t count)
{
    return hash_bytes(codes, count * sizeof *codes, 0x776F7264ULL);
}

uint64_t wording_key(enum piece_kind kind, const uint64_t *tokens, uint32_t count)
{
    const uint64_t key = hash_bytes(tokens, count * sizeof *tokens, (uint64_t)kind);
    return key ? key : 1;
}

/* One line of the file while it is read. */
struct line {
    const unsigned char *at;
    const unsigned char *end;
    uint64_t tokens[CHARS_MAX];
    uint32_t count;
    const char *fault;
};

static bool is_letter(uint32_t code)
{
    return code >= 'a' && code <= 'z';
}

static uint64_t read_class(struct line *line)
{
    const unsigned char *begin = ++line->at;
    while (line->at < line->end && *line->at != '>')
        line->at++;
    if (line->at == line->end || line->at == begin) {
        line->fault = "a class is written <name>";
        return 0;
    }
    return wording_token_class(
        (struct ward_str){(const char *)begin, (size_t)(line->at++ - begin)});
}

static uint64_t read_digits(struct line *line)
{
    uint32_t length = 0;
    line->at++;
    while (line->at < line->end && *line->at >= '0' && *line->at <= '9' && length < 1000)
        length = length * 10 + (uint32_t)(*line->at++ - '0');
    return wording_token_digits(length);
}

static uint64_t read_word(struct line *line)
{
    uint32_t codes[WORD_MAX];
    uint32_t count = 0;
    while (line->at < line->end && is_letter(*line->at) && count < WORD_MAX)
        codes[count++] = *line->at++;
    return wording_token_word(codes, count);
}

static uint64_t read_char(struct line *line)
{
    uint32_t code;
    line->at += utf8_decode(line->at, line->end, &code);
    if (code == UTF8_INVALID)
        line->fault = "not valid UTF-8";
    return wording_token_char(code);
}

static uint64_t read_token(struct line *line)
{
    if (*line->at == '<')
        return read_class(line);
    if (*line->at == '#')
        return read_digits(line);
    return is_letter(*line->at) ? read_word(line) : read_char(line);
}

/* Reads the tokens behind the kind; false with `fault` set. */
static bool read_piece(struct line *line, enum piece_kind kind)
{
    const uint32_t most = kind == PIECE_CHARS ? CHARS_MAX : WORDING_TOKENS_MAX;
    while (line->at < line->end && !line->fault) {
        if (line->count == most) {
            line->fault = "too many tokens";
            break;
        }
        if (kind == PIECE_CHARS) {
            line->tokens[line->count++] = read_char(line);
            continue;
        }
        line->tokens[line->count++] = read_token(line);
        if (line->at < line->end && *line->at++ != ' ')
            line->fault = line->fault ? line->fault : "tokens are parted by one space";
    }
    if (!line->count && !line->fault)
        line->fault = "a piece needs a token";
    return !line->fault;
}

static bool is_kind(char kind)
{
    return kind && strchr("123scagk", kind) != NULL;
}

/* Cuts `text` at its first tab: returns what is before it; `text` is left with what is behind. */
static struct ward_str cut_number(struct ward_str *text)
{
    const char *tab = text->len ? memchr(text->data, '\t', text->len) : NULL;
    const size_t len = tab ? (size_t)(tab - text->data) : text->len;
    const struct ward_str head = str_part(*text, 0, len);
    *text = str_part(*text, tab ? len + 1 : len, text->len);
    return head;
}

/* "WEIGHT[<tab>OFFER<tab>SEEK<tab>AGENT]"; false when it is not that. */
static bool read_numbers(struct ward_str text, struct wording_entry *entry)
{
    double number[1 + WORDING_ROLES] = {0};
    uint32_t count = 0;
    do {
        if (count == 1 + WORDING_ROLES || !decimal_parse(cut_number(&text), &number[count]) ||
            fabs(number[count]) > WORDING_WEIGHT_MAX)
            return false;
        count++;
    } while (text.len);
    entry->weight = (float)number[0];
    for (uint32_t i = 0; i < WORDING_ROLES; i++)
        entry->lean[i] = (float)number[1 + i];
    return count == 1 || count == 1 + WORDING_ROLES;
}

/* A line of the table -> its entry; NULL or what is wrong. */
static const char *read_line(struct ward_str text, struct wording_entry *entry)
{
    const char *tab = memchr(text.data, '\t', text.len);
    if (!tab)
        return "a tab and a weight are missing";
    if (text.len < 4 || !is_kind(text.data[0]) || text.data[1] != ' ')
        return "a line starts with one of the kinds 1 2 3 s c a g k and a space";
    struct line line = {.at = (const unsigned char *)text.data + 2,
                        .end = (const unsigned char *)tab};
    const enum piece_kind kind = (enum piece_kind)text.data[0];
    if (!read_piece(&line, kind))
        return line.fault;
    if (!read_numbers(str_part(text, (size_t)(tab - text.data) + 1, text.len), entry))
        return "the weight is not a number between -16 and 16";
    entry->key = wording_key(kind, line.tokens, line.count);
    return NULL;
}

static uint32_t count_lines(struct ward_str text)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines;
}

/* False when the key is taken. */
static bool entry_put(struct wording_entry *entries, uint32_t mask,
                      const struct wording_entry *entry)
{
    uint32_t at = (uint32_t)entry->key & mask;
    for (; entries[at].key; at = (at + 1) & mask)
        if (entries[at].key == entry->key)
            return false;
    entries[at] = *entry;
    return true;
}

static enum ward_status fail_line(struct ward_error *err, const char *source, uint32_t line,
                                  const char *cause)
{
    error_at(err, source, line, 0);
    return error_set(err, WARD_ERR_FORMAT, "%s", cause);
}

enum ward_status wording_table_read(struct arena *arena, const char *source, struct ward_str text,
                                    struct pack_wording *out, struct ward_error *err)
{
    *out = (struct pack_wording){0};
    const uint32_t lines = count_lines(text);
    if (lines > WORDING_PIECES_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more than %u lines of wording", WORDING_PIECES_MAX);
    uint32_t size = 16;
    while (size < 2 * lines)
        size *= 2;
    struct wording_entry *entries = arena_calloc(arena, size, sizeof *entries);
    if (!entries)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    uint32_t number = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        const size_t stop = end ? (size_t)(end - text.data) : text.len;
        const struct ward_str line = str_part(text, at, stop);
        at = stop + 1;
        number++;
        if (!line.len || (line.data[0] == '#' && (line.len == 1 || line.data[1] == ' ')))
            continue;
        struct wording_entry entry = {0};
        const char *fault = read_line(line, &entry);
        if (!fault && !entry_put(entries, size - 1, &entry))
            fault = "this piece stands in the file twice";
        if (fault)
            return fail_line(err, source, number, fault);
        out->count++;
    }
    out->entries = entries;
    out->mask = size - 1;
    return WARD_OK;
}
