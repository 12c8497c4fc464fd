/**
 * One walk over the tokens: at each, an address, then a cue with what follows it, then a telephone
 * number. The first reading wins and the walk goes on behind it.
 */
#include "signal/handle.h"

#include <stdlib.h>
#include <string.h>

#include "signal/handle_address.h"
#include "signal/handle_cue.h"

#define ID_LEN_MIN 5u
#define ID_LEN_MAX 24u
#define FILLERS_MAX 4u
/** Tokens from the first of a cue to the value, fillers included. */
#define CUE_TOKENS_MAX 8u

void handle_values_init(struct handle_values *values)
{
    memset(values, 0, sizeof *values);
}

void handle_values_release(struct handle_values *values)
{
    free(values->data);
    handle_values_init(values);
}

/** All values of one text fit into one block that never moves. */
static enum ward_status values_prepare(struct handle_values *values)
{
    values->len = 0;
    if (values->data)
        return WARD_OK;
    const uint32_t capacity = SIGNAL_FACTS_MAX * (HANDLE_VALUE_MAX + 1);
    values->data = malloc(capacity);
    if (!values->data)
        return WARD_ERR_NOMEM;
    values->capacity = capacity;
    return WARD_OK;
}

static void fill(const struct tokens *tokens, const struct handle_draft *draft,
                 struct handle_values *values, struct handle_fact *fact)
{
    const struct text_units *units = tokens->units;
    char *value = values->data + values->len;
    memcpy(value, draft->value, draft->len);
    value[draft->len] = 0;
    values->len += draft->len + 1;
    memset(fact, 0, sizeof *fact);
    fact->kind = draft->kind;
    fact->value = (struct ward_str){value, draft->len};
    fact->unit_begin = draft->unit_begin;
    fact->unit_end = draft->unit_end;
    fact->begin = units->begin[draft->unit_begin];
    fact->end = units->end[draft->unit_end - 1];
    fact->disguises = draft->disguises;
    for (uint32_t i = draft->unit_begin; i < draft->unit_end; i++)
        fact->disguises |= units->fold[i];
}

/** 号, 是, :, id between the cue and the value. Returns the token of the value; `said` if there
 * were any. */
static uint32_t skip_fillers(const struct tokens *tokens, uint32_t at, bool *said)
{
    *said = false;
    for (uint32_t i = 0; i < FILLERS_MAX; i++) {
        const struct token *token = token_at(tokens, at);
        if (token->gap_code == ':')
            *said = true;
        if (!token_in_han(tokens, at, U"号码是为群同我加") && !token_in_words(tokens, at, "id no"))
            break;
        *said = true;
        at++;
    }
    return at;
}

struct id_shape {
    uint32_t letters, digits, others;
};

static bool is_id_unit(const struct text_units *units, uint32_t at, struct id_shape *shape)
{
    const uint32_t code = units->code[at];
    if (units->kind[at] == UNIT_LETTER && code < 0x80)
        shape->letters++;
    else if (units->kind[at] == UNIT_DIGIT)
        shape->digits++;
    else if (code == '_' || code == '-')
        shape->others++;
    else
        return false;
    return true;
}

/** Reads [a-z0-9_-]+ from token `at`; single characters parted by one space or symbol are joined.
 */
static struct id_shape read_id(const struct tokens *tokens, uint32_t at, struct handle_draft *out)
{
    const struct text_units *units = tokens->units;
    struct id_shape shape = {0, 0, 0};
    uint32_t unit = token_at(tokens, at)->unit_begin;
    const bool strewn =
        unit + 2 < units->count && units->kind[unit + 1] != UNIT_LETTER &&
        units->kind[unit + 1] != UNIT_DIGIT && units->code[unit + 1] != '_' &&
        (units->kind[unit + 2] == UNIT_LETTER || units->kind[unit + 2] == UNIT_DIGIT);
    out->unit_end = unit;
    while (unit < units->count && out->len < ID_LEN_MAX) {
        if (is_id_unit(units, unit, &shape)) {
            handle_put(out, units->code[unit++]);
            out->unit_end = unit;
            continue;
        }
        const bool gap = units->kind[unit] == UNIT_SPACE || units->kind[unit] == UNIT_SYMBOL ||
                         units->kind[unit] == UNIT_EMOJI;
        if (!strewn || !gap || unit != out->unit_end)
            break;
        unit++;
    }
    if (strewn && shape.letters + shape.digits > 1)
        out->disguises |= WARD_DISGUISE_SEPARATOR;
    while (out->len && out->value[out->len - 1] == '-') {
        out->len--;
        out->unit_end--;
    }
    return shape;
}

static bool id_fits(const struct handle_cue *cue, struct id_shape shape, uint32_t len, bool said)
{
    if (len < ID_LEN_MIN)
        return false;
    if (!shape.letters)
        return shape.digits >= ID_LEN_MIN && shape.digits <= 12;
    if (cue->digits_only)
        return false;
    if (shape.digits || shape.others)
        return true;
    return said && !cue->weak && len >= 6; /* letters alone are too often a word */
}

/** What follows a cue. */
static bool called_at(const struct tokens *tokens, uint32_t at, struct handle_draft *out)
{
    struct handle_cue cue;
    bool said;
    const uint32_t taken = handle_cue_at(tokens, at, &cue);
    if (!taken)
        return false;
    const uint32_t next = skip_fillers(tokens, at + taken, &said);
    const struct token *token = token_at(tokens, next);
    if (token->gap_len > 3 || (token->gap & GAP_NEWLINE && token->gap_len > 1) ||
        (token->kind != TOKEN_NUMBER && token->kind != TOKEN_WORD && token->class != GLYPH_DIGIT &&
         token->class != GLYPH_AT))
        return false;
    if (handle_phone_at(tokens, next, true, out)) {
        out->kind = strcmp(cue.kind, "other") == 0 ? "phone" : cue.kind;
        return true;
    }
    if (handle_address_at(tokens, next, out)) {
        out->kind = strcmp(out->kind, "other") == 0 ? cue.kind : out->kind;
        return true;
    }
    *out = (struct handle_draft){.kind = cue.kind, .unit_begin = token->unit_begin};
    const struct id_shape shape = read_id(tokens, next, out);
    const struct token *behind = token_at(tokens, next + 1);
    if (!shape.letters && token->kind == TOKEN_NUMBER && behind->kind == TOKEN_HAN &&
        !behind->gap &&
        (behind->class == GLYPH_MONEY || behind->class == GLYPH_SCALE ||
         behind->class == GLYPH_TIME))
        return false;
    out->disguises |= cue.disguised ? WARD_DISGUISE_HOMOPHONE : 0;
    return id_fits(&cue, shape, out->len, said);
}

static bool is_digit_token(const struct token *token)
{
    return token->kind == TOKEN_NUMBER || (token->kind == TOKEN_HAN && token->class == GLYPH_DIGIT);
}

/** A token that a value may begin with: digits, letters, @, or a row of Han digits. */
static bool may_be_value(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    if (token->kind == TOKEN_NUMBER || token->kind == TOKEN_WORD || token->class == GLYPH_AT)
        return true;
    for (uint32_t i = 0; i < ID_LEN_MIN; i++)
        if (!is_digit_token(token_at(tokens, at + i)))
            return false;
    return true;
}

struct walk {
    const struct tokens *tokens;
    bool latin;          /* no Han character: local telephone forms are taken */
    uint32_t failed_end; /* unit before which no address begins */
};

static bool read_address(struct walk *walk, uint32_t at, struct handle_draft *out)
{
    const struct token *token = &walk->tokens->at[at];
    if (token->class == GLYPH_AT)
        return handle_address_at(walk->tokens, at, out);
    if (token->unit_begin < walk->failed_end)
        return false;
    if (handle_address_at(walk->tokens, at, out))
        return true;
    walk->failed_end = handle_address_end(walk->tokens, at);
    return false;
}

static bool read_at(struct walk *walk, uint32_t at, bool value_ahead, struct handle_draft *out)
{
    const struct tokens *tokens = walk->tokens;
    const struct token *token = &tokens->at[at];
    if (token->kind != TOKEN_HAN && read_address(walk, at, out))
        return true;
    if (is_digit_token(token))
        return may_be_value(tokens, at) && handle_phone_at(tokens, at, walk->latin, out);
    return value_ahead && (token->kind == TOKEN_HAN || token->known) && called_at(tokens, at, out);
}

/** First token from `at` on that may be a value; tokens->count if none. */
static uint32_t next_value(const struct tokens *tokens, uint32_t at)
{
    while (at < tokens->count && !may_be_value(tokens, at))
        at++;
    return at;
}

static bool has_han(const struct tokens *tokens)
{
    for (uint32_t i = 0; i < tokens->count; i++)
        if (tokens->at[i].kind == TOKEN_HAN)
            return true;
    return false;
}

enum ward_status handle_read(const struct tokens *tokens, struct handle_values *values,
                             struct handle_fact *out, uint32_t max, uint32_t *count)
{
    *count = 0;
    const enum ward_status status = values_prepare(values);
    if (status)
        return status;
    struct walk walk = {tokens, !has_han(tokens), 0};
    uint32_t value = next_value(tokens, 0);
    for (uint32_t at = 0; at < tokens->count && value < tokens->count && *count < max;) {
        struct handle_draft draft;
        if (value <= at)
            value = next_value(tokens, at + 1);
        const bool ahead = value < tokens->count && value - at <= CUE_TOKENS_MAX;
        if (!read_at(&walk, at, ahead, &draft) || draft.unit_end <= draft.unit_begin) {
            at++;
            continue;
        }
        fill(tokens, &draft, values, &out[(*count)++]);
        while (at < tokens->count && tokens->at[at].unit_begin < draft.unit_end)
            at++;
    }
    return WARD_OK;
}
