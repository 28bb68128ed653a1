#include "agents/notice_name.h"

#include "base/text.h"

tb_err tb_notice_name_print(
    tb_arena *arena, const tb_party *sender, uint64_t counter, uint64_t notice, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, TB_PARTY_BYTES + 48);
    tb_text_bytes(&text, tb_party_bytes(sender));
    tb_text_str(&text, "/");
    tb_text_u64(&text, counter);
    tb_text_str(&text, "/");
    tb_text_u64(&text, notice);
    return tb_text_done(&text, out);
}

static bool parse_number(tb_bytes text, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = value;
    return text.size > 0;
}

bool tb_notice_name_parse(tb_bytes text,
                          tb_party *out_sender,
                          uint64_t *out_counter,
                          uint64_t *out_notice)
{
    size_t first = 0;
    while (first < text.size && text.data[first] != '/') {
        first++;
    }
    size_t second = first + 1;
    while (second < text.size && text.data[second] != '/') {
        second++;
    }
    return second < text.size && tb_party_parse(tb_bytes_of(text.data, first), out_sender) &&
           parse_number(tb_bytes_of(text.data + first + 1, second - first - 1), out_counter) &&
           parse_number(tb_bytes_of(text.data + second + 1, text.size - second - 1), out_notice);
}
