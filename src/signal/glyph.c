/**
 * The table of classes. Values are folded code points: traditional forms arrive simplified, so only
 * simplified ones are listed, save for those that fold to themselves.
 *
 * GLYPH_SOUND holds common characters with the toneless syllable of a digit (Unihan kMandarin) that
 * are seldom or never followed by 万 in ordinary text; numbers ask for 万 right behind them.
 */
#include "signal/glyph.h"

#define HAN(c) [U##c - GLYPH_HAN_FIRST]

const uint8_t glyph_han[GLYPH_HAN_LAST - GLYPH_HAN_FIRST + 1] = {
    HAN('零') = GLYPH_DIGIT,
    HAN('一') = GLYPH_DIGIT,
    HAN('二') = GLYPH_DIGIT,
    HAN('三') = GLYPH_DIGIT,
    HAN('四') = GLYPH_DIGIT,
    HAN('五') = GLYPH_DIGIT,
    HAN('六') = GLYPH_DIGIT,
    HAN('七') = GLYPH_DIGIT,
    HAN('八') = GLYPH_DIGIT,
    HAN('九') = GLYPH_DIGIT,
    HAN('两') = GLYPH_DIGIT,
    HAN('俩') = GLYPH_DIGIT,
    HAN('幺') = GLYPH_DIGIT,
    HAN('壹') = GLYPH_DIGIT,
    HAN('贰') = GLYPH_DIGIT,
    HAN('叁') = GLYPH_DIGIT,
    HAN('肆') = GLYPH_DIGIT,
    HAN('伍') = GLYPH_DIGIT,
    HAN('陆') = GLYPH_DIGIT,
    HAN('柒') = GLYPH_DIGIT,
    HAN('捌') = GLYPH_DIGIT,
    HAN('玖') = GLYPH_DIGIT,
    HAN('弌') = GLYPH_DIGIT,
    HAN('弍') = GLYPH_DIGIT,
    HAN('弎') = GLYPH_DIGIT,
    HAN('貮') = GLYPH_DIGIT,
    HAN('仨') = GLYPH_DIGIT,
    HAN('十') = GLYPH_SCALE,
    HAN('百') = GLYPH_SCALE,
    HAN('千') = GLYPH_SCALE,
    HAN('万') = GLYPH_SCALE,
    HAN('萬') = GLYPH_SCALE,
    HAN('亿') = GLYPH_SCALE,
    HAN('拾') = GLYPH_SCALE,
    HAN('佰') = GLYPH_SCALE,
    HAN('仟') = GLYPH_SCALE,
    HAN('卍') = GLYPH_SCALE,
    HAN('几') = GLYPH_FEW,
    HAN('多') = GLYPH_MORE,
    HAN('来') = GLYPH_MORE,
    HAN('余') = GLYPH_MORE,
    HAN('半') = GLYPH_HALF,
    HAN('点') = GLYPH_POINT,
    /* jiu liu ba wu yi qi san si er ling */
    HAN('酒') = GLYPH_SOUND,
    HAN('久') = GLYPH_SOUND,
    HAN('韭') = GLYPH_SOUND,
    HAN('灸') = GLYPH_SOUND,
    HAN('舅') = GLYPH_SOUND,
    HAN('溜') = GLYPH_SOUND,
    HAN('柳') = GLYPH_SOUND,
    HAN('留') = GLYPH_SOUND,
    HAN('流') = GLYPH_SOUND,
    HAN('刘') = GLYPH_SOUND,
    HAN('巴') = GLYPH_SOUND,
    HAN('扒') = GLYPH_SOUND,
    HAN('叭') = GLYPH_SOUND,
    HAN('芭') = GLYPH_SOUND,
    HAN('爸') = GLYPH_SOUND,
    HAN('疤') = GLYPH_SOUND,
    HAN('武') = GLYPH_SOUND,
    HAN('舞') = GLYPH_SOUND,
    HAN('吴') = GLYPH_SOUND,
    HAN('午') = GLYPH_SOUND,
    HAN('捂') = GLYPH_SOUND,
    HAN('吾') = GLYPH_SOUND,
    HAN('衣') = GLYPH_SOUND,
    HAN('依') = GLYPH_SOUND,
    HAN('妻') = GLYPH_SOUND,
    HAN('期') = GLYPH_SOUND,
    HAN('棋') = GLYPH_SOUND,
    HAN('旗') = GLYPH_SOUND,
    HAN('漆') = GLYPH_SOUND,
    HAN('伞') = GLYPH_SOUND,
    HAN('散') = GLYPH_SOUND,
    HAN('司') = GLYPH_SOUND,
    HAN('寺') = GLYPH_SOUND,
    HAN('丝') = GLYPH_SOUND,
    HAN('尔') = GLYPH_SOUND,
    HAN('耳') = GLYPH_SOUND,
    HAN('饵') = GLYPH_SOUND,
    HAN('元') = GLYPH_MONEY,
    HAN('块') = GLYPH_MONEY,
    HAN('圆') = GLYPH_MONEY,
    HAN('洋') = GLYPH_MONEY,
    HAN('刀') = GLYPH_MONEY,
    HAN('钱') = GLYPH_MONEY,
    HAN('个') = GLYPH_COUNTER,
    HAN('個') = GLYPH_COUNTER,
    HAN('箇') = GLYPH_COUNTER,
    HAN('方') = GLYPH_ALIKE,
    HAN('皮') = GLYPH_ALIKE,
    HAN('沓') = GLYPH_ALIKE,
    HAN('叠') = GLYPH_ALIKE,
    HAN('捆') = GLYPH_ALIKE,
    HAN('岁') = GLYPH_TIME,
    HAN('月') = GLYPH_TIME,
    HAN('天') = GLYPH_TIME,
    HAN('周') = GLYPH_TIME,
    HAN('年') = GLYPH_TIME,
    HAN('日') = GLYPH_TIME,
    HAN('星') = GLYPH_TIME,
    HAN('礼') = GLYPH_TIME,
    HAN('男') = GLYPH_SEX,
    HAN('女') = GLYPH_SEX,
    HAN('妹') = GLYPH_SEX,
    HAN('弟') = GLYPH_SEX,
    HAN('闺') = GLYPH_SEX,
    HAN('囡') = GLYPH_SEX,
    HAN('囝') = GLYPH_SEX,
    HAN('丫') = GLYPH_SEX,
    HAN('公') = GLYPH_SEX,
    HAN('王') = GLYPH_SEX,
    HAN('带') = GLYPH_SEX,
    HAN('细') = GLYPH_SEX,
    HAN('小') = GLYPH_SEX,
    HAN('宝') = GLYPH_CHILD,
    HAN('娃') = GLYPH_CHILD,
    HAN('婴') = GLYPH_CHILD,
    HAN('孩') = GLYPH_CHILD,
    HAN('儿') = GLYPH_CHILD,
    HAN('崽') = GLYPH_CHILD,
    HAN('仔') = GLYPH_CHILD,
    HAN('童') = GLYPH_CHILD,
    HAN('贝') = GLYPH_CHILD,
    HAN('斤') = GLYPH_WEIGHT,
    HAN('克') = GLYPH_WEIGHT,
    HAN('孕') = GLYPH_BIRTH,
    HAN('怀') = GLYPH_BIRTH,
    HAN('产') = GLYPH_BIRTH,
    HAN('生') = GLYPH_BIRTH,
    HAN('胎') = GLYPH_BIRTH,
    HAN('满') = GLYPH_BIRTH,
    HAN('足') = GLYPH_BIRTH,
    HAN('腊') = GLYPH_BIRTH,
    HAN('微') = GLYPH_CONTACT,
    HAN('薇') = GLYPH_CONTACT,
    HAN('威') = GLYPH_CONTACT,
    HAN('扣') = GLYPH_CONTACT,
    HAN('加') = GLYPH_CONTACT,
    HAN('电') = GLYPH_CONTACT,
    HAN('号') = GLYPH_CONTACT,
    HAN('联') = GLYPH_CONTACT,
    HAN('飞') = GLYPH_CONTACT,
    HAN('信') = GLYPH_CONTACT,
    HAN('企') = GLYPH_CONTACT,
    HAN('秋') = GLYPH_CONTACT,
    HAN('送') = GLYPH_ROLE,
    HAN('领') = GLYPH_ROLE,
    HAN('接') = GLYPH_ROLE,
    HAN('放') = GLYPH_ROLE,
    HAN('求') = GLYPH_ROLE,
    HAN('收') = GLYPH_ROLE,
    HAN('双') = GLYPH_LEAD,
    HAN('龙') = GLYPH_LEAD,
    HAN('孪') = GLYPH_LEAD,
    HAN('未') = GLYPH_LEAD,
    HAN('没') = GLYPH_LEAD,
    HAN('不') = GLYPH_LEAD,
    HAN('刚') = GLYPH_LEAD,
    HAN('新') = GLYPH_LEAD,
    HAN('初') = GLYPH_LEAD,
    HAN('即') = GLYPH_LEAD,
    HAN('下') = GLYPH_LEAD,
    HAN('这') = GLYPH_LEAD,
    HAN('本') = GLYPH_LEAD,
    HAN('快') = GLYPH_LEAD,
    HAN('马') = GLYPH_LEAD,
    HAN('还') = GLYPH_LEAD,
    HAN('待') = GLYPH_LEAD,
    HAN('临') = GLYPH_LEAD,
    HAN('预') = GLYPH_LEAD,
    HAN('肚') = GLYPH_LEAD,
    HAN('过') = GLYPH_LEAD,
    HAN('查') = GLYPH_LEAD,
    HAN('大') = GLYPH_LEAD,
    HAN('正') = GLYPH_LEAD,
    HAN('冬') = GLYPH_LEAD,
    HAN('掌') = GLYPH_HAND,
    HAN('手') = GLYPH_HAND,
};

enum glyph_class glyph_other(uint32_t code)
{
    switch (code) {
    case '@':
        return GLYPH_AT;
    case '$':
    case 0xA3:    /* pound */
    case 0xA5:    /* yen, yuan */
    case 0x20A9:  /* won */
    case 0x20AB:  /* dong */
    case 0x20AC:  /* euro */
    case 0x20B1:  /* peso */
    case 0x20B9:  /* rupee */
    case 0x0E3F:  /* baht */
    case 0x1F4B0: /* money bag */
    case 0x1F4B4: /* yen banknote */
    case 0x1F4B5: /* dollar banknote */
    case 0x1F4B6: /* euro banknote */
    case 0x1F4B7: /* pound banknote */
    case 0x1F4B8: /* money with wings */
    case 0x1F9E7: /* red envelope */
        return GLYPH_MONEY;
    case 0x3007: /* ideographic zero */
        return GLYPH_DIGIT;
    case 0x2640:  /* female sign */
    case 0x2642:  /* male sign */
    case 0x1F466: /* boy */
    case 0x1F467: /* girl */
    case 0x1F6B9: /* men's room */
    case 0x1F6BA: /* women's room */
        return GLYPH_SEX;
    case 0x1F476: /* baby */
        return GLYPH_CHILD;
    case 0x1F930: /* pregnant woman */
        return GLYPH_BIRTH;
    case 0x1F590: /* raised hand with fingers splayed */
    case 0x270B:  /* raised hand */
        return GLYPH_HAND;
    default:
        return GLYPH_NONE;
    }
}

int64_t glyph_value(uint32_t code)
{
    /* long: one table */
    switch (code) {
    case U'一':
    case U'壹':
    case U'弌':
    case U'幺':
    case U'衣':
    case U'依':
        return 1;
    case U'二':
    case U'两':
    case U'俩':
    case U'贰':
    case U'弍':
    case U'貮':
    case U'尔':
    case U'耳':
    case U'饵':
        return 2;
    case U'三':
    case U'叁':
    case U'弎':
    case U'仨':
    case U'伞':
    case U'散':
        return 3;
    case U'四':
    case U'肆':
    case U'司':
    case U'寺':
    case U'丝':
        return 4;
    case U'五':
    case U'伍':
    case U'武':
    case U'舞':
    case U'吴':
    case U'午':
    case U'捂':
    case U'吾':
        return 5;
    case U'六':
    case U'陆':
    case U'溜':
    case U'柳':
    case U'留':
    case U'流':
    case U'刘':
        return 6;
    case U'七':
    case U'柒':
    case U'妻':
    case U'期':
    case U'棋':
    case U'旗':
    case U'漆':
        return 7;
    case U'八':
    case U'捌':
    case U'巴':
    case U'扒':
    case U'叭':
    case U'芭':
    case U'爸':
    case U'疤':
        return 8;
    case U'九':
    case U'玖':
    case U'酒':
    case U'久':
    case U'韭':
    case U'灸':
    case U'舅':
        return 9;
    case U'十':
    case U'拾':
        return 10;
    case U'百':
    case U'佰':
        return 100;
    case U'千':
    case U'仟':
        return 1000;
    case U'万':
    case U'萬':
    case U'卍':
        return 10000;
    case U'亿':
        return 100000000;
    default:
        return 0;
    }
}

bool glyph_financial(uint32_t code)
{
    switch (code) {
    case U'壹':
    case U'贰':
    case U'叁':
    case U'肆':
    case U'伍':
    case U'陆':
    case U'柒':
    case U'捌':
    case U'玖':
    case U'拾':
    case U'佰':
    case U'仟':
    case U'弌':
    case U'弍':
    case U'弎':
    case U'貮':
    case U'卍':
        return true;
    default:
        return false;
    }
}

/* NFD base letters of U+00C0..U+024F and U+1E00..U+1EFF (Unicode 15 decompositions). */
static const char letters_latin[] =
    "aaaaaa ceeeeiiii nooooo  uuuuy saaaaaaaceeeeiiii nooooo ouuuuy yaaaaaaccccccccdd"
    "ddeeeeeeeeeegggggggghh  iiiiiiiiii  jjkk llllll   lnnnnnn   oooooo orrrrrrssssss"
    "sstttt  uuuuuuuuuuuuwwyyyzzzzzz                                 oo             u"
    "u                            aaiioouuuuuuuuuu aaaa    ggkkoooo  j   gg  nnaa    "
    "aaaaeeeeiiiioooorrrruuuusstt  hh      aaeeooooooooyy                            ";
static const char letters_additional[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo"
    "oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy      "
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu"
    "uuyyyyyyyy      ";

uint32_t glyph_base_letter(uint32_t code)
{
    char base = ' ';
    if (code >= 0xC0 && code < 0x250)
        base = letters_latin[code - 0xC0];
    else if (code >= 0x1E00 && code < 0x1F00)
        base = letters_additional[code - 0x1E00];
    return base == ' ' ? code : (uint32_t)(unsigned char)base;
}
