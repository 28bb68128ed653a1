#include "messages/protocol.h"

#include "base/text.h"

#define WORDS_BYTES 384

tb_protocol_range tb_protocol_spoken(void)
{
    return (tb_protocol_range){TB_PROTOCOL_MIN, TB_PROTOCOL};
}

uint32_t tb_protocol_common(tb_protocol_range a, tb_protocol_range b)
{
    uint32_t highest = a.max < b.max ? a.max : b.max;
    return highest >= a.min && highest >= b.min ? highest : 0;
}

static void put_range(tb_text *text, tb_protocol_range range, const char *to)
{
    tb_text_u64(text, range.min);
    if (range.max != range.min) {
        tb_text_str(text, to);
        tb_text_u64(text, range.max);
    }
}

tb_err tb_protocol_words(tb_protocol_range agent,
                         tb_protocol_range hub,
                         tb_arena *arena,
                         tb_bytes *out_zh,
                         tb_bytes *out_en)
{
    bool agent_older = agent.max < hub.min;
    tb_text zh;
    tb_text en;
    tb_text_init(&zh, arena, WORDS_BYTES);
    tb_text_init(&en, arena, WORDS_BYTES);
    tb_text_str(&zh, "前置程序支持协议版本 ");
    put_range(&zh, agent, " 至 ");
    tb_text_str(&zh, ",协同平台支持 ");
    put_range(&zh, hub, " 至 ");
    tb_text_str(&zh, agent_older ? ",没有共同版本;请升级前置程序。"
                                 : ",没有共同版本;请平台运行单位升级协同平台。");
    tb_text_str(&en, "The agent speaks protocol ");
    put_range(&en, agent, " to ");
    tb_text_str(&en, ", the hub ");
    put_range(&en, hub, " to ");
    tb_text_str(&en, agent_older
                         ? "; they have none in common: upgrade the agent."
                         : "; they have none in common: whoever runs the hub must upgrade it.");
    tb_err err = tb_text_done(&zh, out_zh);
    return err == TB_OK ? tb_text_done(&en, out_en) : err;
}
