#include "agents/trace_words.h"

#include "agents/offline.h"
#include "base/text.h"

#define SENTENCE_BYTES 512

/* A sentence in both languages: %n the recipient's name, %t since when, %c what a refusal says. */
typedef struct pattern {
    const char *zh;
    const char *en;
} pattern;

static const pattern DRAFT = {
    "尚未发出:与协同平台的连接未就绪,自%t起待发出;连接后办件未变即自动发出。",
    "Not sent yet: the link is not ready; a draft since %t. It goes out once the link is up, if "
    "the case is unchanged.",
};
static const pattern TO_REVIEW = {
    "尚未发出:自%t起待审核;请由审核岗办理:tongbao approve list。",
    "Not sent yet: waits for review since %t; a reviewer sees it with: tongbao approve list.",
};
static const pattern TO_SIGN = {
    "尚未发出:自%t起待签发;请由签发岗办理:tongbao approve list。",
    "Not sent yet: waits to be signed since %t; a signer sees it with: tongbao approve list.",
};
static const pattern STALE = {
    "尚未发出,自%t起待发出:%c",
    "Not sent yet, a draft since %t: %c",
};
static const pattern RECOVERING = {
    "尚未发出,自%t起待发出:%c",
    "Not sent yet, a draft since %t: %c",
};
static const pattern RETURNED = {
    "未能发出,已退回经办人:%c",
    "Not sent and returned to its author: %c",
};
static const pattern NO_LINK = {
    "本单位与协同平台的连接未建立,自%t起在本单位等候;连接后即发送。",
    "The link to the hub is down; waiting here since %t. It is sent once the link is up.",
};
static const pattern FENCED = {
    "本单位已停止签发,自%t起在本单位等候:%c",
    "This party signs nothing at present; waiting here since %t: %c",
};
static const pattern CLOSED = {
    "%n的接收配额已满,自%t起在本单位等候;配额恢复后即发送。",
    "The share of %n is used up; waiting here since %t. It is sent when the share opens.",
};
static const pattern OFF_LINE = {
    "%n是线下单位,自%t起由本单位保存;随函件和离线数据包送达,该单位接入后经平台送达。",
    "%n has no line; kept here since %t. It goes by letter and bundle, and by the hub once that "
    "party has joined.",
};
static const pattern HUB_FULL = {
    "协同平台存储已达警戒线,自%t起在本单位等候;腾出空间后即发送。",
    "The hub's store is full; waiting here since %t. It is sent once the hub has room again.",
};
static const pattern OUTBOX = {
    "正在发往协同平台,自%t起等候平台回执。",
    "On its way to the hub; waiting for the hub's receipt since %t.",
};
static const pattern STORED = {
    "%n尚未连接或尚未收取,自%t起在平台等候;连接后即送达。",
    "%n is not connected or has not taken it yet; waiting at the hub since %t. It arrives once "
    "that party connects.",
};
static const pattern ARRIVED = {
    "%t前已送达%n,尚待其办理。",
    "Arrived at %n by %t; its staff have not taken it on yet.",
};
static const pattern ARRIVED_COPY = {
    "%t前已抄送%n。",
    "A copy arrived at %n by %t.",
};
static const pattern SIGNED_FOR = {"%n已于%t签收。", "%n signed for it at %t."};
static const pattern ANSWERED = {"%n已于%t答复。", "%n answered at %t."};
static const pattern REFUSED = {"已于%t被拒收:%c", "Refused at %t: %c"};
static const pattern HELD_BACK = {"自%t起暂存,尚不能处理:%c", "Held back since %t: %c"};
static const pattern EXPIRED = {
    "在送达%n前已过有效期,%t起不再发送。",
    "Its life ended before it reached %n; not sent any more since %t.",
};
static const pattern QUARANTINED = {
    "%n于%t收到但无法处理,已隔离存放,待人工决定。",
    "%n received it at %t but could not apply it; set aside until a person decides.",
};

static const pattern *
outbox_pattern(const tb_agent *agent, const tb_link_row *link, const tb_local_trace_line *line)
{
    if (tb_offline_is(agent, &line->recipient)) {
        return &OFF_LINE;
    }
    if (link->fence != TB_ACCEPTED) {
        return &FENCED;
    }
    if (link->state != TB_LINK_CONFIRMED) {
        return &NO_LINK;
    }
    return line->code == TB_REFUSED_SHARE_USED   ? &CLOSED
           : line->code == TB_REFUSED_STORE_FULL ? &HUB_FULL
                                                 : &OUTBOX;
}

static const pattern *
pattern_of(const tb_agent *agent, const tb_link_row *link, const tb_local_trace_line *line)
{
    switch (line->where) {
    case TB_WHERE_DRAFT:
        return line->waits == TB_STEP_REVIEW         ? &TO_REVIEW
               : line->waits == TB_STEP_SIGN         ? &TO_SIGN
               : line->code == TB_ACCEPTED           ? &DRAFT
               : line->code == TB_REFUSED_RECOVERING ? &RECOVERING
                                                     : &RETURNED;
    case TB_WHERE_OUTBOX:
        return outbox_pattern(agent, link, line);
    case TB_WHERE_STORED:
        return &STORED;
    case TB_WHERE_ARRIVED:
        return line->copy ? &ARRIVED_COPY : &ARRIVED;
    case TB_WHERE_SIGNED_FOR:
        return &SIGNED_FOR;
    case TB_WHERE_ANSWERED:
        return &ANSWERED;
    case TB_WHERE_REFUSED:
        return &REFUSED;
    case TB_WHERE_HELD_BACK:
        return &HELD_BACK;
    case TB_WHERE_EXPIRED:
        return &EXPIRED;
    case TB_WHERE_QUARANTINED:
        return &QUARANTINED;
    }
    TB_UNREACHABLE();
}

/* "2015-02-09 11:39", China time. */
static void put_time(tb_text *text, tb_time at)
{
    char printed[TB_TIME_TEXT];
    tb_time_print(at, printed);
    tb_text_bytes(text, tb_bytes_of(printed, 10));
    tb_text_str(text, " ");
    tb_text_bytes(text, tb_bytes_of(printed + 11, 5));
}

typedef struct words {
    tb_bytes name;
    tb_time since;
    const char *refusal;
} words;

static tb_err fill(tb_arena *arena, const char *form, const words *said, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, SENTENCE_BYTES + said->name.size);
    for (const char *at = form; *at != 0; at++) {
        if (*at != '%') {
            tb_text_char(&text, *at);
            continue;
        }
        at++;
        switch (*at) {
        case 'n':
            tb_text_bytes(&text, said->name);
            break;
        case 't':
            put_time(&text, said->since);
            break;
        case 'c':
            tb_text_str(&text, said->refusal);
            break;
        default:
            TB_UNREACHABLE();
        }
    }
    return tb_text_done(&text, out);
}

tb_err tb_trace_words(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_link_row *link,
                      tb_local_trace_line *line)
{
    const pattern *sentence = pattern_of(agent, link, line);
    const tb_directory_party *party = tb_directory_find(agent->directory, &line->recipient);
    if (sentence == &DRAFT && link->state == TB_LINK_CONFIRMED && link->fence != TB_ACCEPTED) {
        sentence = &FENCED;
    } else if (sentence == &DRAFT && link->state == TB_LINK_CONFIRMED && agent->stale) {
        sentence = &STALE;
    }
    tb_refusal code = sentence == &FENCED  ? link->fence
                      : sentence == &STALE ? TB_REFUSED_DIRECTORY_STALE
                                           : line->code;
    words zh = {tb_party_bytes(&line->recipient), line->since, tb_refusal_zh(code)};
    words en = {tb_party_bytes(&line->recipient), line->since, tb_refusal_en(code)};
    if (party != NULL && party->name_zh.size > 0) {
        zh.name = party->name_zh;
    }
    if (party != NULL && party->name_en.size > 0) {
        en.name = party->name_en;
    }
    tb_err err = fill(arena, sentence->zh, &zh, &line->why_zh);
    return err == TB_OK ? fill(arena, sentence->en, &en, &line->why_en) : err;
}

static tb_err put_before(tb_arena *arena, const char *form, tb_time at, tb_bytes *sentence)
{
    words said = {tb_bytes_of(NULL, 0), at, ""};
    tb_bytes first;
    tb_err err = fill(arena, form, &said, &first);
    if (err != TB_OK) {
        return err;
    }
    tb_text text;
    tb_text_init(&text, arena, first.size + sentence->size + 1);
    tb_text_bytes(&text, first);
    tb_text_bytes(&text, *sentence);
    return tb_text_done(&text, sentence);
}

tb_err tb_trace_sealed_anew(tb_arena *arena, tb_time at, tb_local_trace_line *line)
{
    tb_err err = put_before(arena, "对方更换密钥,原报文无法打开,已于%t自动重新加密发送。", at,
                            &line->why_zh);
    return err == TB_OK ? put_before(arena,
                                     "The recipient's keys changed and it could not open the first "
                                     "notice; sealed anew at %t. ",
                                     at, &line->why_en)
                        : err;
}

/* ---- what was asked for ---- */

static tb_bytes name_of(const tb_agent *agent, const tb_party *id, bool zh)
{
    const tb_directory_party *party = tb_directory_find(agent->directory, id);
    tb_bytes name = party == NULL ? tb_bytes_of(NULL, 0) : zh ? party->name_zh : party->name_en;
    return name.size > 0 ? name : tb_party_bytes(id);
}

static tb_err
put_asks(const tb_agent *agent, tb_arena *arena, const tb_gap_row *gap, bool zh, tb_bytes *sentence)
{
    tb_text text;
    tb_text_init(&text, arena, sentence->size + 128 + gap->ask_count * (TB_TITLE_BYTES_MAX + 32));
    tb_text_bytes(&text, *sentence);
    if (gap->ask_count == 0) {
        tb_text_str(&text, zh ? "将于" : " It will be asked for at ");
        put_time(&text, gap->due);
        tb_text_str(&text, zh ? "请求补发。" : ".");
        return tb_text_done(&text, sentence);
    }
    tb_text_str(&text, zh ? "已请求补发:" : " Asked for: ");
    for (size_t i = 0; i < gap->ask_count; i++) {
        tb_text_str(&text, i == 0 ? "" : zh ? "、" : ", ");
        tb_text_bytes(&text, name_of(agent, &gap->asks[i].of, zh));
        tb_text_str(&text, zh ? "(" : " (");
        put_time(&text, gap->asks[i].at);
        tb_text_str(&text, zh ? ")" : ")");
    }
    tb_text_str(&text, zh ? "。" : ".");
    return tb_text_done(&text, sentence);
}

tb_err tb_trace_asked(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_gap_row *gap,
                      tb_local_trace_line *line)
{
    tb_err err = put_asks(agent, arena, gap, true, &line->why_zh);
    return err == TB_OK ? put_asks(agent, arena, gap, false, &line->why_en) : err;
}
