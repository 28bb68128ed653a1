#include "agents/shell/gather.h"

/* What of the flow still counts. A clock that was set back, or far ahead, forgets it. */
static size_t flow_at(const tb_gather *gather, tb_time now)
{
    tb_time past = now - gather->last;
    if (past < 0 || past >= TB_GATHER_PAST_MS) {
        return 0;
    }
    return gather->flow - gather->flow * (size_t)past / TB_GATHER_PAST_MS;
}

void tb_gather_note(tb_gather *gather, tb_time now, size_t bytes)
{
    gather->flow = flow_at(gather, now) + bytes;
    gather->last = now;
}

tb_time tb_gather_wait(const tb_gather *gather, tb_time now)
{
    if (flow_at(gather, now) <= TB_GATHER_FLOW) {
        return 0;
    }
    tb_time since = (now - gather->moment) % TB_GATHER_MS;
    return TB_GATHER_MS - (since < 0 ? since + TB_GATHER_MS : since);
}
