/**
 * Words, numbers and signs of a condition.
 */
#ifndef WARD_PACK_CONDITION_LEXER_H
#define WARD_PACK_CONDITION_LEXER_H

#include "ward/ward.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,    /* letters, digits, - _ . : * starting with a letter or * */
    TOKEN_NUMBER,  /* digits, _ between digits, a leading minus */
    TOKEN_COMPARE, /* value: enum cond_compare */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_BAD /* message says why */
};

struct token {
    enum token_kind kind;
    size_t at;
    struct ward_str text;
    int64_t value;
    const char *message; /**< static storage; TOKEN_BAD only */
};

/** The token that begins at or behind byte `at`; the next one begins at `token.at + text.len`. */
struct token token_next(struct ward_str text, size_t at);

#endif
