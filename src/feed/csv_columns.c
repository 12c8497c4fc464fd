/**
 * See csv_columns.h. Names seen in exports of chat backup tools, crawlers and spreadsheets; a name
 * that may mean two things ("type", "source", "title") is left out.
 */
#include "feed/csv_columns.h"

#include "base/str.h"

#define NAME_BYTES_MAX 64u

static const struct {
    const char *name;
    enum csv_column column;
} NAMES[] = {
    {"id", CSV_COLUMN_ID},
    {"message_id", CSV_COLUMN_ID},
    {"msg_id", CSV_COLUMN_ID},
    {"msgid", CSV_COLUMN_ID},
    {"event_id", CSV_COLUMN_ID},
    {"消息id", CSV_COLUMN_ID},
    {"编号", CSV_COLUMN_ID},
    {"text", CSV_COLUMN_TEXT},
    {"content", CSV_COLUMN_TEXT},
    {"message", CSV_COLUMN_TEXT},
    {"msg", CSV_COLUMN_TEXT},
    {"body", CSV_COLUMN_TEXT},
    {"comment", CSV_COLUMN_TEXT},
    {"message_text", CSV_COLUMN_TEXT},
    {"message_content", CSV_COLUMN_TEXT},
    {"内容", CSV_COLUMN_TEXT},
    {"消息", CSV_COLUMN_TEXT},
    {"消息内容", CSV_COLUMN_TEXT},
    {"聊天内容", CSV_COLUMN_TEXT},
    {"文本", CSV_COLUMN_TEXT},
    {"正文", CSV_COLUMN_TEXT},
    {"留言", CSV_COLUMN_TEXT},
    {"评论", CSV_COLUMN_TEXT},
    {"评论内容", CSV_COLUMN_TEXT},
    {"內容", CSV_COLUMN_TEXT},
    {"訊息", CSV_COLUMN_TEXT},
    {"platform", CSV_COLUMN_PLATFORM},
    {"平台", CSV_COLUMN_PLATFORM},
    {"group", CSV_COLUMN_GROUP},
    {"group_id", CSV_COLUMN_GROUP},
    {"chat_id", CSV_COLUMN_GROUP},
    {"channel_id", CSV_COLUMN_GROUP},
    {"room_id", CSV_COLUMN_GROUP},
    {"群号", CSV_COLUMN_GROUP},
    {"群id", CSV_COLUMN_GROUP},
    {"group_name", CSV_COLUMN_GROUP_NAME},
    {"chat", CSV_COLUMN_GROUP_NAME},
    {"chat_name", CSV_COLUMN_GROUP_NAME},
    {"channel", CSV_COLUMN_GROUP_NAME},
    {"channel_name", CSV_COLUMN_GROUP_NAME},
    {"群", CSV_COLUMN_GROUP_NAME},
    {"群名", CSV_COLUMN_GROUP_NAME},
    {"群名称", CSV_COLUMN_GROUP_NAME},
    {"群聊", CSV_COLUMN_GROUP_NAME},
    {"群聊名称", CSV_COLUMN_GROUP_NAME},
    {"account", CSV_COLUMN_ACCOUNT},
    {"account_id", CSV_COLUMN_ACCOUNT},
    {"user_id", CSV_COLUMN_ACCOUNT},
    {"userid", CSV_COLUMN_ACCOUNT},
    {"uid", CSV_COLUMN_ACCOUNT},
    {"sender_id", CSV_COLUMN_ACCOUNT},
    {"author_id", CSV_COLUMN_ACCOUNT},
    {"from_id", CSV_COLUMN_ACCOUNT},
    {"账号", CSV_COLUMN_ACCOUNT},
    {"帐号", CSV_COLUMN_ACCOUNT},
    {"用户id", CSV_COLUMN_ACCOUNT},
    {"发送者id", CSV_COLUMN_ACCOUNT},
    {"qq", CSV_COLUMN_ACCOUNT},
    {"qq号", CSV_COLUMN_ACCOUNT},
    {"微信号", CSV_COLUMN_ACCOUNT},
    {"alias", CSV_COLUMN_ALIAS},
    {"nickname", CSV_COLUMN_ALIAS},
    {"nick", CSV_COLUMN_ALIAS},
    {"name", CSV_COLUMN_ALIAS},
    {"username", CSV_COLUMN_ALIAS},
    {"user_name", CSV_COLUMN_ALIAS},
    {"user", CSV_COLUMN_ALIAS},
    {"sender", CSV_COLUMN_ALIAS},
    {"author", CSV_COLUMN_ALIAS},
    {"from", CSV_COLUMN_ALIAS},
    {"display_name", CSV_COLUMN_ALIAS},
    {"昵称", CSV_COLUMN_ALIAS},
    {"暱稱", CSV_COLUMN_ALIAS},
    {"用户名", CSV_COLUMN_ALIAS},
    {"用户昵称", CSV_COLUMN_ALIAS},
    {"用户", CSV_COLUMN_ALIAS},
    {"发送者", CSV_COLUMN_ALIAS},
    {"发送人", CSV_COLUMN_ALIAS},
    {"作者", CSV_COLUMN_ALIAS},
    {"姓名", CSV_COLUMN_ALIAS},
    {"reply_to", CSV_COLUMN_REPLY_TO},
    {"reply_to_id", CSV_COLUMN_REPLY_TO},
    {"quoted", CSV_COLUMN_QUOTED},
    {"quote", CSV_COLUMN_QUOTED},
    {"引用", CSV_COLUMN_QUOTED},
    {"forwarded_from", CSV_COLUMN_FORWARDED_FROM},
    {"转发自", CSV_COLUMN_FORWARDED_FROM},
    {"author_kind", CSV_COLUMN_AUTHOR_KIND},
    {"kind", CSV_COLUMN_KIND},
    {"time", CSV_COLUMN_TIME},
    {"timestamp", CSV_COLUMN_TIME},
    {"date", CSV_COLUMN_TIME},
    {"datetime", CSV_COLUMN_TIME},
    {"created_at", CSV_COLUMN_TIME},
    {"sent_at", CSV_COLUMN_TIME},
    {"send_time", CSV_COLUMN_TIME},
    {"时间", CSV_COLUMN_TIME},
    {"日期", CSV_COLUMN_TIME},
    {"時間", CSV_COLUMN_TIME},
    {"发送时间", CSV_COLUMN_TIME},
    {"消息时间", CSV_COLUMN_TIME},
    {"发布时间", CSV_COLUMN_TIME},
    {"评论时间", CSV_COLUMN_TIME},
};

enum csv_column csv_column_of(struct ward_str name)
{
    char plain[NAME_BYTES_MAX];
    while (name.len && (*name.data == ' ' || *name.data == '\t'))
        name = str_part(name, 1, name.len);
    while (name.len && (name.data[name.len - 1] == ' ' || name.data[name.len - 1] == '\t'))
        name.len--;
    if (!name.len || name.len > sizeof plain)
        return CSV_COLUMN_OTHER;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        plain[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (c == ' ' || c == '-')
            plain[i] = '_';
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (str_equal((struct ward_str){plain, name.len}, str_of(NAMES[i].name)))
            return NAMES[i].column;
    }
    return CSV_COLUMN_OTHER;
}

struct ward_str *csv_column_slot(struct ward_event *event, enum csv_column column)
{
    struct ward_str *const slots[] = {NULL,
                                      &event->id,
                                      &event->text,
                                      &event->platform,
                                      &event->group,
                                      &event->group_name,
                                      &event->account,
                                      &event->alias,
                                      &event->reply_to,
                                      &event->quoted,
                                      &event->forwarded_from,
                                      &event->author_kind};
    const size_t at = (size_t)column;
    return at < sizeof slots / sizeof slots[0] ? slots[at] : NULL;
}
