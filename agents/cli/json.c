#include "agents/cli/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/import/utf8.h"

void tb_json_print(json_t *value)
{
    (void)json_dumpf(value, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(value);
}

json_t *tb_json_hex_of(const void *data, size_t size)
{
    char *text = malloc(size * 2 + 1);
    if (text == NULL) {
        return json_null();
    }
    tb_hex(data, size, text);
    json_t *value = json_string(text);
    free(text);
    return value;
}

json_t *tb_json_text(tb_bytes text)
{
    if (!tb_utf8_valid(text)) {
        return tb_json_hex_of(text.data, text.size);
    }
    return json_stringn(text.size == 0 ? "" : (const char *)text.data, text.size);
}

json_t *tb_json_party(const tb_party *party)
{
    return tb_party_empty(party) ? json_null() : tb_json_text(tb_party_bytes(party));
}

json_t *tb_json_time(tb_time time)
{
    if (time == 0) {
        return json_null();
    }
    char text[TB_TIME_TEXT];
    tb_time_print(time, text);
    return json_string(text);
}

json_t *tb_json_fields(const tb_field *fields, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        char id[TB_NAME_BYTES_MAX + 1];
        (void)snprintf(id, sizeof id, "%.*s", (int)fields[i].id.size,
                       (const char *)fields[i].id.data);
        (void)json_object_set_new(object, id, tb_json_text(fields[i].value));
    }
    return object;
}

json_t *tb_json_refusal(tb_refusal code, tb_bytes detail)
{
    return json_pack("{s:{s:s, s:i, s:s, s:s, s:o}}", "refused", "code", tb_refusal_key(code),
                     "number", (int)code, "zh", tb_refusal_zh(code), "en", tb_refusal_en(code),
                     "detail", tb_json_text(detail));
}

json_t *tb_json_unknown(const tb_request_id *id)
{
    return json_pack("{s:o}", "unknown_request", tb_json_hex_of(id->bytes, sizeof id->bytes));
}

const char *tb_where_key(tb_where where)
{
    switch (where) {
    case TB_WHERE_DRAFT:
        return "draft";
    case TB_WHERE_OUTBOX:
        return "outbox";
    case TB_WHERE_STORED:
        return "stored";
    case TB_WHERE_ARRIVED:
        return "arrived";
    case TB_WHERE_SIGNED_FOR:
        return "signed_for";
    case TB_WHERE_ANSWERED:
        return "answered";
    case TB_WHERE_REFUSED:
        return "refused";
    case TB_WHERE_HELD_BACK:
        return "held_back";
    case TB_WHERE_EXPIRED:
        return "expired";
    case TB_WHERE_QUARANTINED:
        return "quarantined";
    }
    return "unknown";
}

const char *tb_timing_key(tb_shown_timing timing)
{
    static const char *const keys[] = {"in_time", "late", "not_counted"};
    return keys[timing];
}

const char *tb_standing_key(tb_standing standing)
{
    switch (standing) {
    case TB_STANDING_EFFECTIVE:
        return "effective";
    case TB_STANDING_OVERTAKEN:
        return "overtaken";
    case TB_STANDING_HELD_BACK:
        return "held_back";
    case TB_STANDING_DRAFT:
        return "draft";
    case TB_STANDING_FORKED:
        return "forked";
    case TB_STANDING_DISPUTED:
        return "disputed";
    }
    return "unknown";
}
