#include "broker/shell/parts.h"

#include "messages/frame_peek.h"

void tb_parts_begin(tb_parts *parts, tb_time now)
{
    parts->now = now;
    parts->count = 0;
}

/* Less than so many ms ago. */
static bool within(const tb_parts *parts, const tb_part *part, tb_time ms)
{
    tb_time past = parts->now - part->at;
    return part->party.text[0] != 0 && past >= 0 && past < ms;
}

static void note_submit(tb_parts *parts, const tb_party *party)
{
    if (!tb_party_equal(&parts->newest.party, party)) {
        parts->other = parts->newest;
        parts->newest.party = *party;
    }
    parts->newest.at = parts->now;
}

/* Whether somebody else submits. */
static bool others_submit(const tb_parts *parts, const tb_party *party)
{
    bool is_newest = tb_party_equal(&parts->newest.party, party);
    return within(parts, is_newest ? &parts->other : &parts->newest, TB_SUBMITS_MS);
}

static const tb_read_part *find(const tb_parts *parts, const tb_party *party)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (tb_party_equal(&parts->read[i].party, party)) {
            return &parts->read[i];
        }
    }
    return NULL;
}

static void add(tb_parts *parts, const tb_party *party, size_t bytes)
{
    const tb_read_part *found = find(parts, party);
    TB_ASSERT(found != NULL || parts->count < TB_BATCH_MAX);

    size_t place = found == NULL ? parts->count++ : (size_t)(found - parts->read);
    tb_read_part *part = &parts->read[place];
    if (found == NULL) {
        *part = (tb_read_part){.party = *party};
    }
    part->frames++;
    part->bytes += bytes;
}

static bool had_its_part(const tb_parts *parts, const tb_party *party, bool shared)
{
    const tb_read_part *part = find(parts, party);
    size_t bytes = shared ? TB_PARTY_BYTES_SHARED : TB_PARTY_BYTES_A_TURN;
    if (part == NULL) {
        /* As many parties as frames are taken; whose frame was put off has had its part, too. */
        return parts->count == TB_BATCH_MAX;
    }
    return part->frames >= TB_PARTY_FRAMES_A_TURN || part->bytes >= bytes;
}

/* The party's place, or that of whoever had a large frame longest ago. */
static tb_part *place_of(tb_parts *parts, const tb_party *party)
{
    tb_part *oldest = &parts->large[0];
    for (size_t i = 0; i < TB_PARTS_LARGE; i++) {
        if (tb_party_equal(&parts->large[i].party, party)) {
            return &parts->large[i];
        }
        oldest = parts->large[i].at < oldest->at ? &parts->large[i] : oldest;
    }
    return oldest;
}

/* A large frame costs others several times what they need for a notice: so seldom, that hardly any
 * meets one. */
static bool put_off(tb_parts *parts, const tb_party *party)
{
    tb_part *place = place_of(parts, party);
    if (tb_party_equal(&place->party, party) && within(parts, place, TB_LARGE_EVERY_MS)) {
        return true;
    }
    *place = (tb_part){*party, parts->now};
    return false;
}

tb_part_verdict tb_parts_judge(tb_parts *parts, const tb_party *party, tb_bytes frame)
{
    size_t notices;
    bool submits = tb_frame_submits(frame, &notices);
    bool shared = others_submit(parts, party);
    if (had_its_part(parts, party, shared)) {
        return TB_PART_KEEP;
    }
    add(parts, party, frame.size);
    if (submits) {
        note_submit(parts, party);
    }
    bool large = notices > TB_FRAME_ITEMS_MAX;
    return shared && large && put_off(parts, party) ? TB_PART_DROP : TB_PART_TAKE;
}

bool tb_parts_behind(const tb_parts *parts, const tb_party *party)
{
    const tb_read_part *part = find(parts, party);
    return part != NULL && part->bytes >= TB_PARTY_BYTES_SHARED && others_submit(parts, party);
}
