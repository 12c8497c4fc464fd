/**
 * Numbers only; nothing that anybody wrote goes into the sentence.
 */
#include "link/case_says.h"

static void put_people(struct buf *zh, struct buf *en, const struct case_count *count)
{
    static const struct {
        enum ward_role role;
        const char *zh, *one, *many;
    } sides[4] = {
        {WARD_ROLE_AGENT, "名中介", "broker", "brokers"},
        {WARD_ROLE_OFFER, "名送养方", "seller", "sellers"},
        {WARD_ROLE_SEEK, "名求养方", "seeker", "seekers"},
        {WARD_ROLE_NONE, "名角色不明者", "person of unknown role", "people of unknown role"}};
    uint32_t kinds = 0, said = 0;
    for (int i = 0; i < 4; i++)
        kinds += count->people[sides[i].role] > 0;
    for (int i = 0; i < 4; i++) {
        const uint32_t n = count->people[sides[i].role];
        if (!n)
            continue;
        if (said) {
            buf_put_text(zh, "、");
            buf_put_text(en, said + 1 == kinds ? " and " : ", ");
        }
        buf_printf(zh, "%u%s", n, sides[i].zh);
        buf_printf(en, "%u %s", n, n == 1 ? sides[i].one : sides[i].many);
        said++;
    }
}

void case_say(struct buf *zh, struct buf *en, const struct case_count *count,
              const struct urgency *urgency)
{
    if (count->groups)
        buf_printf(zh, "%u个群里有", count->groups);
    put_people(zh, en, count);
    if (count->groups)
        buf_printf(en, count->groups == 1 ? " in %u group" : " in %u groups", count->groups);
    if (urgency->children) {
        buf_printf(zh, "，涉及%u个孩子", urgency->children);
        buf_printf(en, urgency->children == 1 ? ", about %u child" : ", about %u children",
                   urgency->children);
    }
    if (urgency->due_en.len) {
        buf_put_text(zh, "，");
        buf_put_str(zh, urgency->due_zh);
        buf_put_text(en, "; ");
        buf_put_str(en, urgency->due_en);
    }
}
