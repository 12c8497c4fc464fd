#include "verdict/wording.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "text/units.h"

#define SEEN_SLOTS 16384u /* more than twice the pieces of a full row */
#define PIECES_MAX (SEEN_SLOTS / 2)
#define CHARS_LEAST 1u
#define CHARS_MOST 4u

struct seen {
    uint64_t key;
    uint32_t round;
};

/* A stretch of the row: one or more readings of the same units. */
struct step {
    uint32_t first, count; /* in `tokens` */
    bool is_class;
};

struct wording_scratch {
    struct text_units units;
    struct wording_token tokens[WORDING_ROW_MAX * WORDING_CLASSES_MAX];
    struct step row[WORDING_ROW_MAX];
    uint32_t token_count, row_count;
    float row_worth[WORDING_WORTH_MAX], chars_worth[WORDING_WORTH_MAX]; /* of each unit */
    struct seen seen[SEEN_SLOTS];
    uint32_t seen_count, round;
};

enum ward_status wording_scratch_new(struct wording_scratch **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return WARD_ERR_NOMEM;
    text_units_init(&(*out)->units);
    return WARD_OK;
}

void wording_scratch_free(struct wording_scratch *scratch)
{
    if (!scratch)
        return;
    text_units_release(&scratch->units);
    free(scratch);
}

const struct text_units *wording_scratch_units(const struct wording_scratch *scratch)
{
    return &scratch->units;
}

/* ---- the row --------------------------------------------------------------------------------- */

static void row_add(struct wording_scratch *s, uint64_t token, uint32_t begin, uint32_t end)
{
    s->row[s->row_count++] = (struct step){s->token_count, 1, false};
    s->tokens[s->token_count++] = (struct wording_token){token, begin, end, WORDING_NO_HIT};
}

/* True if a step of this class stands at the end of the row already. */
static bool step_has(const struct wording_scratch *s, const struct step *step, uint64_t token)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (s->tokens[step->first + i].token == token)
            return true;
    return false;
}

/* The longest counted hits that begin at unit `at`, from hit `*next` on. Returns their end or 0. */
static uint32_t row_add_classes(struct wording_scratch *s, const struct pack *pack,
                                const struct verdict_field *field, uint32_t at, uint32_t *next)
{
    const struct signals *signals = field->signals;
    uint32_t end = 0;
    while (*next < signals->hit_count && signals->hits[*next].unit_begin < at)
        ++*next;
    for (uint32_t h = *next; h < signals->hit_count && signals->hits[h].unit_begin == at; h++)
        if (signals->hits[h].support == SUPPORT_NONE && signals->hits[h].unit_end > end)
            end = signals->hits[h].unit_end;
    if (!end)
        return 0;
    struct step *step = &s->row[s->row_count++];
    *step = (struct step){s->token_count, 0, true};
    for (uint32_t h = *next; h < signals->hit_count && signals->hits[h].unit_begin == at; h++) {
        const struct signal_hit *hit = &signals->hits[h];
        const uint64_t token = pack->wording.signal_tokens[hit->signal];
        if (hit->support != SUPPORT_NONE || hit->unit_end != end ||
            step->count == WORDING_CLASSES_MAX || step_has(s, step, token))
            continue;
        s->tokens[s->token_count++] = (struct wording_token){token, at, end, h};
        step->count++;
    }
    return end;
}

static uint32_t run_end(const struct text_units *units, uint32_t at)
{
    uint32_t end = at + 1;
    while (end < units->count && units->kind[end] == units->kind[at])
        end++;
    return end;
}

/* Adds what stands at unit `at`, not being a signal; returns the next unit. */
static uint32_t row_add_plain(struct wording_scratch *s, uint32_t at)
{
    const struct text_units *units = &s->units;
    const uint32_t end = run_end(units, at);
    switch ((enum unit_kind)units->kind[at]) {
    case UNIT_LETTER:
        row_add(s, wording_token_word(units->code + at, end - at), at, end);
        return end;
    case UNIT_DIGIT:
        row_add(s, wording_token_digits(end - at), at, end);
        return end;
    case UNIT_HAN:
    case UNIT_OTHER:
    case UNIT_MARK:
    case UNIT_EMOJI:
        row_add(s, wording_token_char(units->code[at]), at, at + 1);
        return at + 1;
    case UNIT_SPACE:
    case UNIT_NEWLINE:
    case UNIT_SYMBOL:
    case UNIT_INVALID:
        break;
    }
    return at + 1;
}

static void make_row(struct wording_scratch *s, const struct pack *pack,
                     const struct verdict_field *field)
{
    uint32_t next = 0;
    s->token_count = s->row_count = 0;
    for (uint32_t at = 0; at < s->units.count && s->row_count < WORDING_ROW_MAX;) {
        const uint32_t end = row_add_classes(s, pack, field, at, &next);
        at = end ? end : row_add_plain(s, at);
    }
}

/* ---- pieces ---------------------------------------------------------------------------------- */

/* One visit in progress. */
struct walk {
    struct wording_scratch *s;
    wording_visit *visit;
    void *context;
};

/* True the first time a key is met in this round. */
static bool is_new(struct wording_scratch *s, uint64_t key)
{
    uint32_t at = (uint32_t)key % SEEN_SLOTS;
    for (; s->seen[at].round == s->round; at = (at + 1) % SEEN_SLOTS)
        if (s->seen[at].key == key)
            return false;
    if (s->seen_count == PIECES_MAX)
        return false;
    s->seen[at] = (struct seen){key, s->round};
    s->seen_count++;
    return true;
}

static void meet(struct walk *w, enum piece_kind kind, const struct wording_token *const *tokens,
                 uint32_t count)
{
    uint64_t values[WORDING_TOKENS_MAX];
    assert(count && count <= WORDING_TOKENS_MAX);
    for (uint32_t i = 0; i < count; i++)
        values[i] = tokens[i]->token;
    const struct wording_piece piece = {.kind = kind,
                                        .tokens = tokens,
                                        .count = count,
                                        .unit_begin = tokens[0]->unit_begin,
                                        .unit_end = tokens[count - 1]->unit_end,
                                        .key = wording_key(kind, values, count)};
    if (is_new(w->s, piece.key))
        w->visit(w->context, &piece);
}

/* Pieces of 1 to 3 tokens that begin at `step`, every reading of each. */
static void meet_runs(struct walk *w, uint32_t step)
{
    static const enum piece_kind kinds[] = {PIECE_ONE, PIECE_TWO, PIECE_THREE};
    struct wording_scratch *s = w->s;
    const struct wording_token *tokens[3];
    const struct step *row = s->row + step;
    const uint32_t left = s->row_count - step;
    for (uint32_t a = 0; a < row[0].count; a++) {
        tokens[0] = &s->tokens[row[0].first + a];
        meet(w, kinds[0], tokens, 1);
        for (uint32_t b = 0; left > 1 && b < row[1].count; b++) {
            tokens[1] = &s->tokens[row[1].first + b];
            meet(w, kinds[1], tokens, 2);
            for (uint32_t c = 0; left > 2 && c < row[2].count; c++) {
                tokens[2] = &s->tokens[row[2].first + c];
                meet(w, kinds[2], tokens, 3);
            }
        }
    }
}

static void meet_skips(struct walk *w, uint32_t step)
{
    struct wording_scratch *s = w->s;
    const struct wording_token *tokens[2];
    for (uint32_t to = step + 2; to < s->row_count && to <= step + WORDING_SKIP_TOKENS; to++)
        for (uint32_t a = 0; s->row[to].is_class && a < s->row[step].count; a++)
            for (uint32_t b = 0; b < s->row[to].count; b++) {
                tokens[0] = &s->tokens[s->row[step].first + a];
                tokens[1] = &s->tokens[s->row[to].first + b];
                meet(w, PIECE_SKIP, tokens, 2);
            }
}

static void meet_chars(struct walk *w)
{
    const struct text_units *units = &w->s->units;
    uint64_t values[CHARS_MOST];
    uint32_t begins[CHARS_MOST];
    uint32_t held = 0;
    for (uint32_t u = 0; u < units->count; u++) {
        const uint8_t kind = units->kind[u];
        if (kind == UNIT_SPACE || kind == UNIT_NEWLINE || kind == UNIT_INVALID)
            continue;
        if (held == CHARS_MOST) {
            memmove(values, values + 1, (CHARS_MOST - 1) * sizeof *values);
            memmove(begins, begins + 1, (CHARS_MOST - 1) * sizeof *begins);
            held--;
        }
        values[held] = wording_token_char(kind == UNIT_DIGIT ? '0' : units->code[u]);
        begins[held++] = u;
        for (uint32_t n = CHARS_LEAST; n <= held; n++) {
            const struct wording_piece piece = {.kind = PIECE_CHARS,
                                                .count = n,
                                                .unit_begin = begins[held - n],
                                                .unit_end = u + 1,
                                                .key =
                                                    wording_key(PIECE_CHARS, values + held - n, n)};
            if (is_new(w->s, piece.key))
                w->visit(w->context, &piece);
        }
    }
}

static void meet_classes(struct walk *w, const struct pack *pack, const struct verdict_field *field,
                         enum piece_kind kind)
{
    for (uint32_t h = 0; h < field->signals->hit_count; h++) {
        const struct signal_hit *hit = &field->signals->hits[h];
        const struct wording_token token = {.token = pack->wording.signal_tokens[hit->signal],
                                            .hit = h};
        const struct wording_token *const tokens = &token;
        if (hit->support == SUPPORT_NONE)
            meet(w, kind, &tokens, 1);
    }
}

static void meet_event(struct walk *w, enum ward_kind kind)
{
    const struct wording_token token = {.token = wording_token_digits((uint32_t)kind),
                                        .hit = WORDING_NO_HIT};
    const struct wording_token *const tokens = &token;
    meet(w, PIECE_EVENT, &tokens, 1);
}

enum ward_status wording_pieces(const struct pack *pack, const struct verdict_input *input,
                                struct wording_scratch *scratch, wording_visit *visit,
                                void *context)
{
    struct walk w = {scratch, visit, context};
    scratch->round++;
    scratch->seen_count = 0;
    scratch->row_count = 0;
    const struct verdict_field *text = input->field_count ? &input->fields[0] : NULL;
    if (text && text->scopes >> SCOPE_TEXT & 1u) {
        const enum ward_status status = text_units_decode(&scratch->units, text->text);
        if (status != WARD_OK)
            return status;
        make_row(scratch, pack, text);
        for (uint32_t i = 0; i < scratch->row_count; i++) {
            meet_runs(&w, i);
            if (scratch->row[i].is_class)
                meet_skips(&w, i);
        }
        meet_chars(&w);
    }
    for (uint32_t f = 0; f < input->field_count; f++) {
        if (input->fields[f].scopes >> SCOPE_ALIAS & 1u)
            meet_classes(&w, pack, &input->fields[f], PIECE_ALIAS);
        if (input->fields[f].scopes >> SCOPE_GROUP_NAME & 1u)
            meet_classes(&w, pack, &input->fields[f], PIECE_GROUP);
    }
    meet_event(&w, input->event->kind);
    return WARD_OK;
}

/* ---- opinion --------------------------------------------------------------------------------- */

struct sums {
    const struct pack_wording *table;
    struct wording_scratch *scratch;
    double row[1 + WORDING_ROLES], chars[1 + WORDING_ROLES], rest[1 + WORDING_ROLES];
    double row_square; /* squared length of the row's pieces */
    uint32_t chars_count;
    struct {
        uint32_t hit;
        double weight;
    } loud[WORDING_LOUD_MAX];
    uint32_t loud_count;
};

/* Keeps the hits of the heaviest pieces, each hit once. */
static void hear(struct sums *sums, uint32_t hit, double weight)
{
    uint32_t at = 0;
    while (at < sums->loud_count && sums->loud[at].hit != hit)
        at++;
    if (at == sums->loud_count && at == WORDING_LOUD_MAX) {
        at--;
        if (fabs(sums->loud[at].weight) >= fabs(weight))
            return;
    }
    if (at == sums->loud_count)
        sums->loud_count++;
    else if (fabs(sums->loud[at].weight) >= fabs(weight))
        return;
    for (; at > 0 && fabs(sums->loud[at - 1].weight) < fabs(weight); at--)
        sums->loud[at] = sums->loud[at - 1];
    sums->loud[at].hit = hit;
    sums->loud[at].weight = weight;
}

/* Adds the weight and the leans of a piece. */
static void add(double sum[1 + WORDING_ROLES], const struct wording_entry *entry, double scale)
{
    if (!entry)
        return;
    sum[0] += scale * (double)entry->weight;
    for (uint32_t i = 0; i < WORDING_ROLES; i++)
        sum[1 + i] += scale * (double)entry->lean[i];
}

/* Spreads a weight evenly over the units [begin, end). */
static void spread(float worth[WORDING_WORTH_MAX], uint32_t begin, uint32_t end, double weight)
{
    const float each = (float)(weight / (double)(end - begin));
    for (uint32_t u = begin; u < end && u < WORDING_WORTH_MAX; u++)
        worth[u] += each;
}

static void spread_tokens(float worth[WORDING_WORTH_MAX], const struct wording_piece *piece,
                          double weight)
{
    for (uint32_t i = 0; i < piece->count; i++)
        spread(worth, piece->tokens[i]->unit_begin, piece->tokens[i]->unit_end,
               weight / piece->count);
}

static void add_up(void *context, const struct wording_piece *piece)
{
    struct sums *sums = context;
    const struct wording_entry *entry = wording_find(sums->table, piece->key);
    const double weight = entry ? (double)entry->weight : 0.0;
    switch (piece->kind) {
    case PIECE_CHARS:
        add(sums->chars, entry, 1.0);
        sums->chars_count++;
        if (entry)
            spread(sums->scratch->chars_worth, piece->unit_begin, piece->unit_end, weight);
        return;
    case PIECE_ALIAS:
    case PIECE_GROUP:
    case PIECE_EVENT:
        add(sums->rest, entry, 0.5);
        return;
    case PIECE_SKIP:
        add(sums->row, entry, 0.7);
        sums->row_square += 0.7 * 0.7;
        break;
    case PIECE_ONE:
    case PIECE_TWO:
    case PIECE_THREE:
        add(sums->row, entry, 1.0);
        sums->row_square += 1;
        break;
    }
    if (entry)
        spread_tokens(sums->scratch->row_worth, piece,
                      piece->kind == PIECE_SKIP ? 0.7 * weight : weight);
    for (uint32_t i = 0; i < piece->count && weight != 0; i++)
        if (piece->tokens[i]->hit != WORDING_NO_HIT)
            hear(sums, piece->tokens[i]->hit, weight);
}

static double total(const struct sums *sums, uint32_t which)
{
    double all = sums->rest[which];
    if (sums->row_square > 0)
        all += 2.0 * sums->row[which] / sqrt(sums->row_square);
    if (sums->chars_count)
        all += sums->chars[which] / sqrt(sums->chars_count);
    return all;
}

/* Names the words that spoke, once the pieces of both kinds are scaled as they are in the sum, and
 * leaves no worth behind for the next text. */
static void name_words(struct wording_scratch *s, const struct sums *sums,
                       struct wording_opinion *out)
{
    const float row = sums->row_square > 0 ? (float)(2.0 / sqrt(sums->row_square)) : 0;
    const float chars = sums->chars_count ? (float)(1.0 / sqrt(sums->chars_count)) : 0;
    const uint32_t count = s->units.count < WORDING_WORTH_MAX ? s->units.count : WORDING_WORTH_MAX;
    if (!sums->chars_count)
        return;
    for (uint32_t u = 0; u < count; u++)
        s->row_worth[u] = row * s->row_worth[u] + chars * s->chars_worth[u];
    out->word_count = wording_words(&s->units, s->row_worth, out->log_odds > 0, out->words);
    memset(s->row_worth, 0, count * sizeof s->row_worth[0]);
    memset(s->chars_worth, 0, count * sizeof s->chars_worth[0]);
}

enum ward_status wording_judge(const struct pack *pack, const struct verdict_input *input,
                               struct wording_scratch *scratch, struct wording_opinion *out)
{
    *out = (struct wording_opinion){0};
    if (!pack->wording.count)
        return WARD_OK;
    struct sums sums = {.table = &pack->wording, .scratch = scratch};
    const enum ward_status status = wording_pieces(pack, input, scratch, add_up, &sums);
    if (status != WARD_OK)
        return status;
    out->log_odds = total(&sums, 0);
    for (uint32_t i = 0; i < WORDING_ROLES; i++)
        out->lean[i] = total(&sums, 1 + i);
    for (uint32_t i = 0; i < sums.loud_count; i++)
        if ((sums.loud[i].weight > 0) == (out->log_odds > 0))
            out->loud[out->loud_count++] = sums.loud[i].hit;
    name_words(scratch, &sums, out);
    return WARD_OK;
}
