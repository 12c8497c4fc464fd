/**
 * What one folded code point may mean to the readers: a class of one byte.
 *
 * One pass over the units with `glyph_class` tells which readers are worth entering at all; the
 * readers then work on tokens (token.h) that carry the same class.
 */
#ifndef WARD_SIGNAL_GLYPH_H
#define WARD_SIGNAL_GLYPH_H

#include "ward/ward.h"

enum glyph_class {
    GLYPH_NONE,
    GLYPH_DIGIT,   /* Han digit, everyday or financial */
    GLYPH_SCALE,   /* 十 百 千 万 亿 and financial forms */
    GLYPH_FEW,     /* 几 */
    GLYPH_MORE,    /* 多 来 余 after a scale */
    GLYPH_HALF,    /* 半 */
    GLYPH_POINT,   /* 点 */
    GLYPH_SOUND,   /* sounds like a digit and is none: 酒 溜 巴 */
    GLYPH_MONEY,   /* 元 块 圆 and money symbols */
    GLYPH_COUNTER, /* 个 */
    GLYPH_ALIKE,   /* counters used as code for ten thousand: 方 皮 沓 */
    GLYPH_TIME,    /* 岁 月 天 周 年 日 */
    GLYPH_SEX,     /* 男 女 and emoji of a boy or girl */
    GLYPH_CHILD,   /* 宝 娃 婴 孩 ... */
    GLYPH_WEIGHT,  /* 斤 两 克 */
    GLYPH_BIRTH,   /* 孕 怀 产 生 胎 */
    GLYPH_CONTACT, /* 微 薇 威 扣 加 电 手 ... */
    GLYPH_ROLE,    /* 送 领 接 放 求 收 */
    GLYPH_HAND,    /* 掌 手: sums shown on the fingers */
    GLYPH_AT,      /* @ */
    GLYPH_LEAD,    /* may begin a phrase of birth or age: 刚 未 没 下 */
    GLYPH_COUNT
};

#define GLYPH_HAN_FIRST 0x4E00u
#define GLYPH_HAN_LAST 0x9FFFu

/** One byte a Han character of the basic block. */
extern const uint8_t glyph_han[GLYPH_HAN_LAST - GLYPH_HAN_FIRST + 1];

/** Class of a code point outside the Han block. */
enum glyph_class glyph_other(uint32_t code);

/** Class of any folded code point; GLYPH_NONE for most. O(1). */
static inline enum glyph_class glyph_class(uint32_t code)
{
    if (code - GLYPH_HAN_FIRST <= GLYPH_HAN_LAST - GLYPH_HAN_FIRST)
        return (enum glyph_class)glyph_han[code - GLYPH_HAN_FIRST];
    return code < 0x80 && code != '@' && code != '$' ? GLYPH_NONE : glyph_other(code);
}

/** Value of a GLYPH_DIGIT (0..9), of a GLYPH_SCALE (10 .. 100,000,000), or of the digit that a
 * GLYPH_SOUND sounds like; 0 for others. */
int64_t glyph_value(uint32_t code);
/** True for the financial forms 壹贰叁 ... 拾佰仟, which nobody uses in chat without a reason. */
bool glyph_financial(uint32_t code);
/** The base letter a..z of an accented Latin letter (đ included); the code itself otherwise. */
uint32_t glyph_base_letter(uint32_t code);

#endif
