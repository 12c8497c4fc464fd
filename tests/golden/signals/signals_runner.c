/**
 * Golden runner for the readers: `signals_runner [--update] FILE...`.
 *
 * A file is groups parted by blank lines. A group is one line of text (`\n`, `\t`, `\\` and
 * `\uXXXX` are undone; a leading `alias: ` reads it as an alias), then the expected findings, one a
 * line, or `none`. Lines that begin with `#` are comments and are kept.
 *
 * Findings are written `kind value | as written`. --update rewrites the files; the difference is
 * for a human to review.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "signal/facts.h"

#define FILE_MAX (4u << 20)

static void put_written(struct buf *out, struct ward_str text, uint32_t begin, uint32_t end)
{
    buf_put_text(out, " | ");
    for (uint32_t i = begin; i < end && i < text.len; i++) {
        if (text.data[i] == '\n')
            buf_put_text(out, "\\n");
        else
            buf_put_char(out, text.data[i]);
    }
    buf_put_char(out, '\n');
}

static void put_price(struct buf *out, struct ward_str text, const struct price_fact *price)
{
    static const char *const classes[] = {"plausible", "small", "large", "coded"};
    const int64_t minor = price_minor_units(price->currency);
    buf_printf(out, "price %s %s %" PRId64, classes[price->price_class], price->currency,
               price->low_minor / minor);
    if (price->low_minor % minor)
        buf_printf(out, ".%02" PRId64, price->low_minor % minor);
    if (price->high_minor != price->low_minor)
        buf_printf(out, "-%" PRId64, price->high_minor / minor);
    put_written(out, text, price->begin, price->end);
}

static void put_child(struct buf *out, struct ward_str text, const struct child_fact *child)
{
    static const char *const sexes[] = {"", " female", " male"};
    buf_put_text(out, "child");
    buf_put_text(out, sexes[child->sex]);
    if (child->unborn)
        buf_put_text(out, " unborn");
    else if (child->age_days_low >= 0 && child->age_days_high != child->age_days_low)
        buf_printf(out, " %d-%dd", (int)child->age_days_low, (int)child->age_days_high);
    else if (child->age_days_low >= 0)
        buf_printf(out, " %dd", (int)child->age_days_low);
    if (child->weight_grams)
        buf_printf(out, " %dg", (int)child->weight_grams);
    if (child->count > 1)
        buf_printf(out, " x%d", (int)child->count);
    if (child->due[0])
        buf_printf(out, " %s", child->due);
    put_written(out, text, child->begin, child->end);
}

static void put_facts(struct buf *out, struct ward_str text, const struct facts *facts)
{
    static const char *const roles[] = {"gives", "takes", "agent"};
    const size_t before = out->len;
    for (uint32_t i = 0; i < facts->price_count; i++)
        put_price(out, text, &facts->prices[i]);
    for (uint32_t i = 0; i < facts->child_count; i++)
        put_child(out, text, &facts->children[i]);
    for (uint32_t i = 0; i < facts->place_count; i++) {
        buf_printf(out, "place %s", facts->places[i].code);
        put_written(out, text, facts->places[i].begin, facts->places[i].end);
    }
    for (uint32_t i = 0; i < facts->handle_count; i++) {
        buf_printf(out, "handle %s ", facts->handles[i].kind);
        buf_put_str(out, facts->handles[i].value);
        put_written(out, text, facts->handles[i].begin, facts->handles[i].end);
    }
    if (facts->has_role) {
        buf_printf(out, "role %s", roles[facts->role.role]);
        put_written(out, text, facts->role.begin, facts->role.end);
    }
    if (out->len == before)
        buf_put_text(out, "none\n");
}

static void unescape(struct ward_str line, struct buf *out)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] != '\\' || i + 1 == line.len) {
            buf_put_char(out, line.data[i]);
            continue;
        }
        const char c = line.data[++i];
        if (c == 'u' && i + 4 < line.len) {
            char hex[5] = {0};
            char utf8[4];
            memcpy(hex, line.data + i + 1, 4);
            buf_put(out, utf8, utf8_encode((uint32_t)strtoul(hex, NULL, 16), utf8));
            i += 4;
        } else {
            buf_put_char(out, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
    }
}

struct runner {
    struct text_units units;
    struct facts facts;
    struct buf text;
    unsigned groups, failed;
};

static void read_group(struct runner *runner, struct ward_str line, struct buf *found)
{
    static const char alias[] = "alias: ";
    enum signal_field field = SIGNAL_TEXT;
    if (line.len > sizeof alias && memcmp(line.data, alias, sizeof alias - 1) == 0) {
        field = SIGNAL_ALIAS;
        line = str_part(line, sizeof alias - 1, line.len);
    }
    buf_clear(&runner->text);
    unescape(line, &runner->text);
    const struct ward_str text = buf_str(&runner->text);
    if (text_units_decode(&runner->units, text) ||
        facts_read(&runner->facts, &runner->units, field, FACTS_ALL)) {
        buf_put_text(found, "error\n");
        return;
    }
    put_facts(found, text, &runner->facts);
}

static struct ward_str next_line(struct ward_str *rest)
{
    const char *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    const size_t len = end ? (size_t)(end - rest->data) : rest->len;
    const struct ward_str line = {rest->data, len};
    *rest = str_part(*rest, len + (end != NULL), rest->len);
    return line;
}

/** Compares or (in `out`) rewrites one file. */
static void run_text(struct runner *runner, const char *path, struct ward_str rest, struct buf *out)
{
    struct buf found, expected;
    unsigned number = 0;
    buf_init(&found, FILE_MAX);
    buf_init(&expected, FILE_MAX);
    while (rest.len) {
        const struct ward_str line = next_line(&rest);
        number++;
        buf_put_str(out, line);
        buf_put_char(out, '\n');
        if (!line.len || line.data[0] == '#')
            continue;
        const unsigned at = number;
        buf_clear(&found);
        buf_clear(&expected);
        read_group(runner, line, &found);
        while (rest.len && rest.data[0] != '\n') {
            buf_put_str(&expected, next_line(&rest));
            buf_put_char(&expected, '\n');
            number++;
        }
        buf_put_str(out, buf_str(&found));
        runner->groups++;
        if (str_equal(buf_str(&found), buf_str(&expected)))
            continue;
        runner->failed++;
        printf("%s:%u: %.*s\n  expected:\n%.*s  found:\n%.*s", path, at, (int)line.len, line.data,
               (int)expected.len, expected.len ? expected.data : "", (int)found.len, found.data);
    }
    buf_release(&found);
    buf_release(&expected);
}

static int run_file(struct runner *runner, const char *path, bool update)
{
    struct buf content, out;
    struct ward_error err = {0};
    int failed = 0;
    buf_init(&out, FILE_MAX);
    if (file_read(path, FILE_MAX, &content, &err)) {
        fprintf(stderr, "%s\n", err.message);
        failed = 1;
    } else {
        run_text(runner, path, buf_str(&content), &out);
        if (update && file_write_atomic(path, buf_str(&out), &err)) {
            fprintf(stderr, "%s\n", err.message);
            failed = 1;
        }
    }
    buf_release(&content);
    buf_release(&out);
    return failed;
}

int main(int argc, char **argv)
{
    struct runner *runner = calloc(1, sizeof *runner);
    bool update = false;
    int broken = runner == NULL;
    if (!runner)
        return 1;
    text_units_init(&runner->units);
    facts_init(&runner->facts);
    buf_init(&runner->text, FILE_MAX);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--update") == 0)
            update = true;
        else
            broken |= run_file(runner, argv[i], update);
    }
    printf("%u groups, %u differ\n", runner->groups, runner->failed);
    broken |= (runner->failed > 0 && !update) || runner->groups == 0;
    text_units_release(&runner->units);
    facts_release(&runner->facts);
    buf_release(&runner->text);
    free(runner);
    return broken;
}
