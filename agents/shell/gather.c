#include "agents/shell/gather.h"

/* What of the flow still counts. A clock that was set back, or far ahead, forgets it. */
static size_t flow_at(const tb_flow *flow, tb_time now)
{
    tb_time past = now - flow->last;
    if (past < 0 || past >= TB_GATHER_PAST_MS) {
        return 0;
    }
    return flow->bytes - flow->bytes * (size_t)past / TB_GATHER_PAST_MS;
}

static void add(tb_flow *flow, tb_time now, size_t bytes)
{
    flow->bytes = flow_at(flow, now) + bytes;
    flow->last = now;
}

/* The sender's place, or that of whoever was heard of longest ago. */
static tb_flow *place_of(tb_gather *gather, const tb_party *sender)
{
    tb_flow *oldest = &gather->of[0];
    for (size_t i = 0; i < TB_GATHER_SENDERS; i++) {
        tb_flow *flow = &gather->of[i];
        if (flow->bytes > 0 && tb_party_equal(&flow->sender, sender)) {
            return flow;
        }
        if (flow->bytes == 0 || (oldest->bytes > 0 && flow->last < oldest->last)) {
            oldest = flow;
        }
    }
    *oldest = (tb_flow){.sender = *sender};
    return oldest;
}

bool tb_gather_note(tb_gather *gather, tb_time now, const tb_party *sender, size_t bytes)
{
    tb_flow *flow = place_of(gather, sender);
    bool calm = flow_at(flow, now) <= TB_GATHER_FLOW;
    add(flow, now, bytes);
    add(&gather->all, now, bytes);
    return calm;
}

tb_time tb_gather_wait(const tb_gather *gather, tb_time now)
{
    size_t flow = flow_at(&gather->all, now);
    tb_time every = flow > TB_GATHER_LARGE   ? TB_GATHER_LONG_MS
                    : flow > TB_GATHER_SMALL ? TB_GATHER_MS
                                             : TB_GATHER_SHORT_MS;
    tb_time since = (now - gather->moment % every) % every;
    return every - (since < 0 ? since + every : since);
}
