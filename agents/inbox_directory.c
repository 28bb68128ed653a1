/* inbox_directory - whether a group waits, untaken, for a directory that is not here.
 *
 * What a notice passes on may be signed under keys that only the directory named in its header has;
 * refused for that it would be lost to its case for good. So every group waits a minute for the
 * directory (freshness.h). After that it is taken as it can be read; but what cannot be read waits
 * on while the hub itself says, in its Welcome, that it has a newer directory: a hub that does as
 * it says gives it with the next Hello. A directory that only the sender names is waited for no
 * longer than the minute, or a sender could make up one and keep its recipient's credit for ever.
 */
#include "agents/freshness.h"
#include "agents/inbox.h"

/* Refused under our directory, and perhaps not under a newer one. */
static bool wants_directory(tb_refusal refused)
{
    return refused == TB_REFUSED_UNKNOWN_KEY || refused == TB_REFUSED_UNKNOWN_PARTY;
}

static tb_err is_unreadable(
    tb_step *step, const tb_group *group, size_t place, const tb_stream *stream, bool *out)
{
    const tb_item *item = &group->items[place];
    tb_arrived_notice notice = {
        .stream = *stream,
        .number = tb_group_number(group, place),
        .header = item->header,
        .header_bytes = item->header_bytes,
        .digest = item->digest,
        .body = item->body,
        .group = group,
        .place = place,
    };
    tb_incoming incoming;
    tb_refusal refused;
    tb_err err = tb_inbox_open(step, &notice, &incoming, &refused);
    if (err == TB_OK) {
        *out = wants_directory(refused);
    }
    return err;
}

tb_err
tb_inbox_awaits_directory(tb_step *step, const tb_taken *taken, const tb_group *group, bool *out)
{
    const tb_agent *agent = step->agent;
    uint32_t ours = agent->directory->version;
    tb_err err = tb_freshness_waits(step, &group->items[group->item_count - 1].header, out);
    if (agent->times.hub_directory <= ours) {
        return err;
    }
    for (size_t i = 0; err == TB_OK && !*out && i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        bool newer = item->header.directory_version > ours;
        if (newer && item->refusal == NULL && tb_group_number(group, i) > taken->row.number) {
            err = is_unreadable(step, group, i, &taken->stream, out);
        }
    }
    return err;
}
