/* See simdjson_lines.h. Fields are told apart as in src/feed/json_event.c: by length, then bytes.
 */
#include "simdjson_lines.h"

#include <cstring>
#include <string_view>

#include <simdjson.h>

using namespace simdjson;

namespace
{

bool is_field(std::string_view key)
{
    switch (key.size()) {
    case 2:
        return key == "id";
    case 4:
        return key == "text" || key == "time" || key == "kind";
    case 5:
        return key == "group" || key == "alias";
    case 6:
        return key == "quoted";
    case 7:
        return key == "account";
    case 8:
        return key == "platform" || key == "reply_to";
    case 10:
        return key == "group_name";
    case 11:
        return key == "author_kind";
    case 14:
        return key == "forwarded_from";
    default:
        return false;
    }
}

template <typename Document> bool read_fields(Document &document, size_t *bytes)
{
    ondemand::object object;
    if (document.get_object().get(object))
        return false;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key))
            return false;
        if (!is_field(key))
            continue;
        std::string_view text;
        if (field.value().get_string().get(text))
            continue;
        *bytes += text.size();
    }
    return true;
}

} // namespace

size_t simdjson_read_lines(const char *data, size_t len, size_t *bytes)
{
    static thread_local ondemand::parser parser;
    size_t lines = 0;
    for (size_t at = 0; at < len;) {
        const void *stop = std::memchr(data + at, '\n', len - at);
        const size_t end = stop ? size_t(static_cast<const char *>(stop) - data) : len;
        ondemand::document document;
        if (!parser.iterate(data + at, end - at, len - at + SIMDJSON_PADDING).get(document))
            lines += read_fields(document, bytes);
        at = end + 1;
    }
    return lines;
}

size_t simdjson_read_stream(const char *data, size_t len, size_t *bytes)
{
    static thread_local ondemand::parser parser;
    ondemand::document_stream stream;
    size_t lines = 0;
    if (parser.iterate_many(data, len, 1u << 20).get(stream))
        return 0;
    for (auto at = stream.begin(); at != stream.end(); ++at) {
        ondemand::document_reference document;
        if ((*at).get(document))
            break;
        lines += read_fields(document, bytes);
    }
    return lines;
}
