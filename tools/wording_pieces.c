/*
 * Prints the pieces of wording of every event, as tools/fit_wording.py needs them to fit the table.
 *
 * usage: wording-pieces PACKS FILE. One line an event of FILE (any format ward reads), in order: the
 * pieces as they are written in a wording.tsv, parted by tabs. Exit status 0, or 2 with a message.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"
#include "engine/engine.h"
#include "feed/feed.h"
#include "verdict/wording.h"

#define LINE_BYTES_MAX (8u * 1024u * 1024u)

struct printer {
    const struct pack *pack;
    const struct text_units *units;
    struct buf line;
};

static void put_code(struct buf *buf, uint32_t code)
{
    char bytes[4];
    buf_put(buf, bytes, utf8_encode(code, bytes));
}

static void put_class(struct printer *p, uint64_t token)
{
    for (uint32_t i = 0; i < p->pack->signal_count; i++)
        if (p->pack->wording.signal_tokens[i] == token) {
            buf_put_char(&p->line, '<');
            buf_put_str(&p->line, p->pack->signals[i].name);
            buf_put_char(&p->line, '>');
            return;
        }
}

static void put_token(struct printer *p, const struct wording_token *token)
{
    const uint32_t begin = token->unit_begin;
    const uint8_t kind = token->hit == WORDING_NO_HIT && begin < p->units->count
                             ? p->units->kind[begin]
                             : (uint8_t)UNIT_INVALID;
    if (token->hit != WORDING_NO_HIT)
        put_class(p, token->token);
    else if (kind == UNIT_DIGIT)
        buf_printf(&p->line, "#%u", token->unit_end - begin);
    else
        for (uint32_t u = begin; u < token->unit_end; u++)
            put_code(&p->line, p->units->code[u]);
}

static void put_chars(struct printer *p, const struct wording_piece *piece)
{
    for (uint32_t u = piece->unit_begin; u < piece->unit_end; u++) {
        const uint8_t kind = p->units->kind[u];
        if (kind != UNIT_SPACE && kind != UNIT_NEWLINE && kind != UNIT_INVALID)
            put_code(&p->line, kind == UNIT_DIGIT ? '0' : p->units->code[u]);
    }
}

static void put_event_kind(struct printer *p, uint64_t token)
{
    for (uint32_t kind = 0; kind <= WARD_KIND_REPORT; kind++)
        if (wording_token_digits(kind) == token)
            buf_printf(&p->line, "#%u", kind);
}

static void print_piece(void *context, const struct wording_piece *piece)
{
    struct printer *p = context;
    if (p->line.len)
        buf_put_char(&p->line, '\t');
    buf_put_char(&p->line, (char)piece->kind);
    buf_put_char(&p->line, ' ');
    if (piece->kind == PIECE_CHARS)
        put_chars(p, piece);
    else if (piece->kind == PIECE_EVENT)
        put_event_kind(p, piece->tokens[0]->token);
    else
        for (uint32_t i = 0; i < piece->count; i++) {
            if (i)
                buf_put_char(&p->line, ' ');
            put_token(p, piece->tokens[i]);
        }
}

static enum ward_status print_event(struct ward_scratch *scratch, struct wording_scratch *wording,
                                    const struct ward_event *event, struct printer *p)
{
    enum ward_status status = fields_read(scratch, event);
    buf_clear(&p->line);
    if (status == WARD_OK)
        status = wording_pieces(p->pack, &scratch->input, wording, print_piece, p);
    if (status == WARD_OK)
        status = p->line.failed;
    buf_put_char(&p->line, '\n');
    if (status == WARD_OK && fwrite(p->line.data, 1, p->line.len, stdout) != p->line.len)
        status = WARD_ERR_IO;
    return status;
}

static enum ward_status print_all(struct ward_engine *engine, struct feed *feed,
                                  struct ward_error *err)
{
    struct ward_scratch *scratch = NULL;
    struct wording_scratch *wording = NULL;
    struct feed_batch batch;
    struct printer printer = {.pack = engine->pack};
    buf_init(&printer.line, LINE_BYTES_MAX);
    feed_batch_init(&batch);
    enum ward_status status = ward_scratch_new(engine, &scratch);
    if (status == WARD_OK)
        status = wording_scratch_new(&wording);
    while (status == WARD_OK && !batch.is_end) {
        status = feed_read(feed, &batch, err);
        printer.units = wording_scratch_units(wording);
        for (size_t i = 0; status == WARD_OK && i < batch.event_count; i++)
            status = print_event(scratch, wording, &batch.events[i], &printer);
    }
    wording_scratch_free(wording);
    ward_scratch_free(scratch);
    feed_batch_release(&batch);
    buf_release(&printer.line);
    return status;
}

int main(int argc, char **argv)
{
    struct ward_error err = {0};
    struct ward_engine *engine = NULL;
    struct feed *feed = NULL;
    if (argc != 3) {
        (void)fprintf(stderr, "usage: wording-pieces PACKS FILE\n");
        return 2;
    }
    const char *const packs[] = {argv[1]};
    const struct ward_engine_options options = {.dirs = packs, .dir_count = 1};
    enum ward_status status = ward_engine_open(&options, &engine, &err);
    if (status == WARD_OK)
        status = feed_open(argv[2], NULL, &feed, &err);
    if (status == WARD_OK)
        status = print_all(engine, feed, &err);
    feed_close(feed);
    ward_engine_close(engine);
    if (status != WARD_OK)
        (void)fprintf(stderr, "wording-pieces: %s: %s\n", ward_status_name(status), err.message);
    return status == WARD_OK ? 0 : 2;
}
