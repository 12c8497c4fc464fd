#include "pack/condition_parser.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

/* ---- Faults ---- */

enum ward_status parser_fail(struct parser *parser, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(parser->fault->message, sizeof parser->fault->message, format, args);
    va_end(args);
    parser->fault->at = at;
    return WARD_ERR_FORMAT;
}

enum ward_status parser_fail_unknown(struct parser *parser, size_t at, const char *what,
                                     const struct suggestion *near)
{
    char hint[SUGGESTION_BYTES];
    return parser_fail(parser, at, "unknown %s \"%.*s\"%s", what,
                       (int)(near->wanted.len < 64 ? near->wanted.len : 64), near->wanted.data,
                       suggestion_text(near, hint));
}

/* ---- Tokens ---- */

bool parser_is_word(const struct parser *parser, const char *word)
{
    return parser->token.kind == TOKEN_WORD && str_equal(parser->token.text, str_of(word));
}

void parser_advance(struct parser *parser)
{
    parser->token = token_next(parser->text, parser->token.at + parser->token.text.len);
}

enum ward_status parser_fail_expected(struct parser *parser, const char *wanted)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_BAD)
        return parser_fail(parser, token->at, "%s", token->message);
    if (token->kind == TOKEN_END)
        return parser_fail(parser, token->at, "expected %s, the condition ends here", wanted);
    return parser_fail(parser, token->at, "expected %s, found \"%.*s\"", wanted,
                       (int)(token->text.len < 64 ? token->text.len : 64), token->text.data);
}

enum ward_status parser_expect(struct parser *parser, enum token_kind kind, const char *wanted)
{
    if (parser->token.kind != kind)
        return parser_fail_expected(parser, wanted);
    parser_advance(parser);
    return WARD_OK;
}
