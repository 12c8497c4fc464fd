#include "cli/grep_print.h"

#include "base/json_out.h"
#include "base/str.h"

#define COLOUR_HIT "\033[1;31m"
#define COLOUR_PATH "\033[35m"
#define COLOUR_NUMBER "\033[32m"
#define COLOUR_END "\033[0m"

static void put_coloured(struct buf *out, const struct grep_style *style, const char *colour,
                         struct ward_str text)
{
    if (style->colour)
        buf_put_text(out, colour);
    buf_put_str(out, text);
    if (style->colour)
        buf_put_text(out, COLOUR_END);
}

static void put_prefix(struct buf *out, const struct grep_style *style,
                       const struct grep_record *record)
{
    if (style->paths) {
        put_coloured(out, style, COLOUR_PATH, str_of(record->path));
        buf_put_char(out, ':');
    }
    if (style->numbers) {
        if (style->colour)
            buf_put_text(out, COLOUR_NUMBER);
        buf_printf(out, "%llu", (unsigned long long)record->number);
        if (style->colour)
            buf_put_text(out, COLOUR_END);
        buf_put_char(out, ':');
    }
}

static void put_disguises(struct buf *out, uint32_t disguises)
{
    bool first = true;
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < WARD_DISGUISE_COUNT; i++) {
        if (!(disguises >> i & 1u))
            continue;
        buf_printf(out, "%s\"%s\"", first ? "" : ",", ward_disguise_name(1u << i));
        first = false;
    }
    buf_put_char(out, ']');
}

static void put_json(struct buf *out, const struct grep_terms *terms,
                     const struct grep_record *record, const struct ward_term_hit *hit)
{
    buf_put_char(out, '{');
    json_put_key(out, "path");
    json_put_string(out, str_of(record->path));
    buf_printf(out, ",\"record\":%llu,", (unsigned long long)record->number);
    json_put_key(out, "term");
    json_put_string(out, terms->terms[hit->term].text);
    if (terms->tags[hit->term].len) {
        buf_put_text(out, ",\"tag\":");
        json_put_string(out, terms->tags[hit->term]);
    }
    buf_printf(out, ",\"begin\":%llu,\"end\":%llu,", (unsigned long long)hit->begin,
               (unsigned long long)hit->end);
    json_put_key(out, "written");
    json_put_string(out, str_part(record->text, (size_t)hit->begin, (size_t)hit->end));
    buf_put_text(out, ",\"disguise\":");
    put_disguises(out, hit->disguises);
    buf_printf(out, ",\"cost\":%u}\n", hit->cost_centi);
}

static void put_parts(struct buf *out, const struct grep_style *style,
                      const struct grep_record *record)
{
    for (uint32_t i = 0; i < record->hit_count; i++) {
        const struct ward_term_hit *hit = &record->hits[i];
        put_prefix(out, style, record);
        put_coloured(out, style, COLOUR_HIT,
                     str_part(record->text, (size_t)hit->begin, (size_t)hit->end));
        buf_put_char(out, style->separator);
    }
}

/* The whole record; overlapping hits are coloured as one. */
static void put_line(struct buf *out, const struct grep_style *style,
                     const struct grep_record *record)
{
    size_t at = 0;
    put_prefix(out, style, record);
    for (uint32_t i = 0; style->colour && i < record->hit_count;) {
        const size_t begin = (size_t)record->hits[i].begin;
        size_t end = (size_t)record->hits[i].end;
        while (++i < record->hit_count && record->hits[i].begin <= end)
            end = record->hits[i].end > end ? (size_t)record->hits[i].end : end;
        buf_put_str(out, str_part(record->text, at, begin));
        put_coloured(out, style, COLOUR_HIT, str_part(record->text, begin, end));
        at = end;
    }
    buf_put_str(out, str_part(record->text, at, record->text.len));
    buf_put_char(out, style->separator);
}

void grep_print_record(struct buf *out, const struct grep_style *style,
                       const struct grep_terms *terms, const struct grep_record *record)
{
    if (style->json) {
        for (uint32_t i = 0; i < record->hit_count; i++)
            put_json(out, terms, record, &record->hits[i]);
    } else if (style->only_parts) {
        put_parts(out, style, record);
    } else {
        put_line(out, style, record);
    }
}

void grep_print_count(struct buf *out, const struct grep_style *style, const char *path,
                      uint64_t count)
{
    if (style->paths)
        buf_printf(out, "%s:", path);
    buf_printf(out, "%llu\n", (unsigned long long)count);
}
