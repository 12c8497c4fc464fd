/**
 * A pattern is spelled in code points; a run of Latin letters in it stands for one whole word.
 */
#include "signal/handle_cue.h"

#include <string.h>

struct cue_word {
    const uint32_t *text;
    struct handle_cue cue;
};

static const struct cue_word cue_words[] = {
    {U"微信", {"wechat", false, false, false}},
    {U"薇信", {"wechat", false, false, true}},
    {U"威信", {"wechat", false, false, true}},
    {U"维信", {"wechat", false, false, true}},
    {U"徽信", {"wechat", false, false, true}},
    {U"微心", {"wechat", false, false, true}},
    {U"薇心", {"wechat", false, false, true}},
    {U"威芯", {"wechat", false, false, true}},
    {U"卫星", {"wechat", true, false, true}},
    {U"v信", {"wechat", false, false, true}},
    {U"微x", {"wechat", true, false, true}},
    {U"绿泡泡", {"wechat", false, false, true}},
    {U"微号", {"wechat", false, false, true}},
    {U"v号", {"wechat", false, false, true}},
    {U"加微", {"wechat", false, false, false}},
    {U"加薇", {"wechat", false, false, true}},
    {U"加v", {"wechat", false, false, true}},
    {U"加威", {"wechat", false, false, true}},
    {U"vx", {"wechat", false, false, true}},
    {U"wx", {"wechat", false, false, true}},
    {U"v", {"wechat", true, false, true}},
    {U"wechat", {"wechat", false, false, false}},
    {U"weixin", {"wechat", false, false, false}},
    {U"薇", {"wechat", true, false, true}},
    {U"微", {"wechat", true, false, true}},
    {U"威", {"wechat", true, false, true}},
    {U"qq", {"qq", false, true, false}},
    {U"扣扣", {"qq", false, true, true}},
    {U"企鹅", {"qq", false, true, true}},
    {U"球球", {"qq", false, true, true}},
    {U"秋秋", {"qq", false, true, true}},
    {U"加q", {"qq", false, true, true}},
    {U"加扣", {"qq", false, true, true}},
    {U"q", {"qq", true, true, true}},
    {U"扣", {"qq", true, true, true}},
    {U"群号", {"qq", false, true, false}},
    {U"telegram", {"telegram", true, false, false}},
    {U"tele", {"telegram", true, false, false}},
    {U"tg", {"telegram", true, false, false}},
    {U"电报", {"telegram", true, false, false}},
    {U"纸飞机", {"telegram", true, false, true}},
    {U"飞机号", {"telegram", true, false, true}},
    {U"飞机", {"telegram", true, false, true}},
    {U"whatsapp", {"whatsapp", true, true, false}},
    {U"wa", {"whatsapp", true, true, false}},
    {U"viber", {"phone", true, true, false}},
    {U"line", {"line", true, false, false}},
    {U"zalo", {"zalo", true, true, false}},
    {U"手机号", {"phone", false, true, false}},
    {U"手机", {"phone", false, true, false}},
    {U"电话", {"phone", false, true, false}},
    {U"tel", {"phone", false, true, false}},
    {U"联系方式", {"other", true, false, false}},
    {U"联系", {"other", true, false, false}},
    {U"加我", {"other", true, false, false}},
    {U"找我", {"other", true, false, false}},
    {U"私我", {"other", true, false, false}},
    {U"加好友", {"other", true, false, false}},
    {U"加", {"other", true, false, false}},
    {U"敲我", {"other", true, false, false}},
    {U"敲", {"other", true, false, false}},
    {U"戳", {"other", true, false, false}},
    {U"滴我", {"other", true, false, false}},
    {U"滴", {"other", true, false, false}},
    {U"找", {"other", true, false, false}},
    {U"私聊", {"other", true, false, false}},
    {U"私", {"other", true, false, false}},
    {U"小窗", {"other", true, false, false}},
    {U"signal", {"other", true, false, false}},
    {U"pm", {"other", true, false, false}},
    {U"dm", {"other", true, false, false}},
    {U"ib", {"other", true, false, false}},
    {U"inbox", {"other", true, false, false}},
    {U"msg", {"other", true, false, false}},
    {U"add", {"other", true, false, false}},
    {U"contact", {"other", true, false, false}},
    {U"messenger", {"other", true, false, false}},
};

static uint32_t ascii_run(const uint32_t *text, char word[TOKEN_WORD_MAX + 1])
{
    uint32_t n = 0;
    while (text[n] && text[n] < 0x80 && n < TOKEN_WORD_MAX) {
        word[n] = (char)text[n];
        n++;
    }
    word[n] = 0;
    return n;
}

/** Tokens that spell the pattern, 0 if they do not. */
static uint32_t spells(const struct tokens *tokens, uint32_t at, const uint32_t *text)
{
    uint32_t count = 0;
    while (*text) {
        const struct token *token = token_at(tokens, at + count);
        if (count && (token->gap_len > 2 || token->gap & GAP_NEWLINE))
            return 0;
        if (*text < 0x80) {
            char word[TOKEN_WORD_MAX + 1];
            text += ascii_run(text, word);
            if (!token_is_word(tokens, at + count, word))
                return 0;
        } else {
            if (token->kind != TOKEN_HAN || token->code != *text)
                return 0;
            text++;
        }
        count++;
    }
    return count;
}

/** First characters of the patterns: spares the walk over the list. */
static bool may_begin(uint32_t code)
{
    static const uint32_t firsts[] = U"微薇威维徽卫绿加扣企球秋群电纸飞手联找私敲戳滴小";
    for (uint32_t i = 0; firsts[i]; i++)
        if (firsts[i] == code)
            return true;
    return false;
}

uint32_t handle_cue_at(const struct tokens *tokens, uint32_t at, struct handle_cue *out)
{
    const struct token *token = token_at(tokens, at);
    uint32_t best = 0;
    if (token->kind == TOKEN_HAN ? !may_begin(token->code) : !token->known)
        return 0;
    for (size_t i = 0; i < sizeof cue_words / sizeof *cue_words; i++) {
        const uint32_t first = cue_words[i].text[0];
        if (first >= 0x80 ? token->code != first : token->kind != TOKEN_WORD)
            continue;
        const uint32_t n = spells(tokens, at, cue_words[i].text);
        if (n > best) {
            best = n;
            *out = cue_words[i].cue;
        }
    }
    return best;
}

bool handle_cue_before(const struct tokens *tokens, uint32_t at, uint32_t reach, const char *kind)
{
    struct handle_cue cue;
    for (uint32_t i = 1; i <= reach && i <= at; i++)
        if (handle_cue_at(tokens, at - i, &cue) && strcmp(cue.kind, kind) == 0)
            return true;
    return false;
}
