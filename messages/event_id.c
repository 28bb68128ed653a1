/* event_id - the names that follow from an event's bytes, and what it commits to (event.h). */
#include "messages/digest.h"
#include "messages/event.h"

tb_digest tb_event_id(tb_bytes encoded)
{
    return tb_digest_of("tongbao event", encoded);
}

tb_case_id tb_event_opens(tb_time at, const tb_digest *event_id)
{
    tb_case_id id;

    for (size_t i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)((uint64_t)at >> (40 - 8 * i));
    }
    memcpy(id.bytes + 6, event_id->bytes, TB_CASE_ID_BYTES - 6);
    return id;
}

tb_case_id tb_event_case(const tb_event *event, const tb_digest *event_id)
{
    return tb_case_zero(&event->case_id) ? tb_event_opens(event->at, event_id) : event->case_id;
}

bool tb_event_on_paper(const tb_event *event)
{
    return !tb_party_empty(&event->on_behalf);
}

const tb_party *tb_event_author(const tb_event *event)
{
    return tb_event_on_paper(event) ? &event->on_behalf : &event->actor;
}

tb_digest tb_events_digest(const tb_digest *ids, size_t count)
{
    return tb_digest_of("tongbao events", tb_bytes_of(ids, count * sizeof *ids));
}

tb_digest
tb_commitment_of(const tb_opening *opening, const tb_digest *hub, const tb_case_id *case_id)
{
    TB_ASSERT(opening->group.size <= UINT8_MAX);

    uint8_t length = (uint8_t)opening->group.size;
    tb_bytes parts[] = {
        tb_bytes_of(opening->random, sizeof opening->random),
        tb_bytes_of(hub->bytes, TB_DIGEST_BYTES),
        tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES),
        tb_bytes_of(&length, 1),
        opening->group,
        opening->content,
    };
    return tb_digest_parts("tongbao commitment", parts, sizeof parts / sizeof parts[0]);
}

bool tb_opening_matches(const tb_opening *opening, const tb_event *event)
{
    for (size_t i = 0; i < event->commitment_count; i++) {
        if (tb_bytes_equal(event->commitments[i].group, opening->group)) {
            tb_digest digest = tb_commitment_of(opening, &event->hub, &event->case_id);
            return tb_digest_equal(&digest, &event->commitments[i].digest);
        }
    }
    return false;
}
