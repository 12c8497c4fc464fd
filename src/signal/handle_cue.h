/**
 * Words that announce a handle: 微信, v信, 加薇, QQ, 扣扣, 飞机, WhatsApp ...
 */
#ifndef WARD_SIGNAL_HANDLE_CUE_H
#define WARD_SIGNAL_HANDLE_CUE_H

#include "signal/token.h"

struct handle_cue {
    const char *kind; /**< of the handle announced; static */
    bool weak;        /**< short or everyday word: the id must not be a plain word */
    bool digits_only; /**< only a number can follow (telephone, QQ) */
    bool disguised;   /**< written by sound or picture */
};

/** The cue that begins at token `at`; returns the tokens it takes, 0 if none. */
uint32_t handle_cue_at(const struct tokens *tokens, uint32_t at, struct handle_cue *out);

/** True if a cue of `kind` stands within `reach` tokens before `at`. */
bool handle_cue_before(const struct tokens *tokens, uint32_t at, uint32_t reach, const char *kind);

#endif
