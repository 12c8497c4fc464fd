#include "api/claim.h"

#include "base/str.h"

void claim_see(struct claim *claim, const struct store_decision *decision)
{
    const bool is_his = str_equal(decision->who, claim->holder);
    const bool is_given =
        decision->kind == STORE_ASSIGN && str_equal(decision->reason, claim->holder);
    if (claim->holder.len && (is_his || is_given) && decision->time_ms > claim->active_ms)
        claim->active_ms = decision->time_ms;
}
