#include "messages/event.h"

#include "messages/case.pb-c.h"
#include "messages/event_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Event wire_event;

/* The opening event names no case and nothing before it; every other event names both. A side
 * event has no number in the chain. */
static bool well_formed(const tb_event *event)
{
    if (tb_case_zero(&event->case_id)) {
        return !tb_event_on_paper(event) && event->kind == TB_EVENT_CHAIN && event->number == 1 &&
               event->term == 1 && tb_digest_zero(&event->previous) && event->case_type.size > 0;
    }
    bool numbered = event->kind == TB_EVENT_SIDE ? event->number == 0 : event->number > 1;

    return numbered && (!tb_event_on_paper(event) || event->kind == TB_EVENT_CHAIN) &&
           event->term > 0 && !tb_digest_zero(&event->previous) && event->case_type.size == 0;
}

/* An off-line party's paper is named with its number and date, or not at all. */
static bool read_paper(const wire_event *in, tb_event *out)
{
    if (in->on_behalf.len == 0) {
        return in->paper_no.len == 0 && in->paper_date.len == 0;
    }
    return tb_wire_party(in->on_behalf, &out->on_behalf) &&
           !tb_party_equal(&out->on_behalf, &out->actor) && in->paper_no.len > 0 &&
           tb_wire_text(in->paper_no, TB_PAPER_NO_BYTES_MAX, &out->paper_no) &&
           tb_wire_name(in->paper_date, &out->paper_date);
}

static bool read_plain(const wire_event *in, tb_event *out)
{
    if (in->kind < TB_EVENT_CHAIN || in->kind > TB_EVENT_VERSION) {
        return false;
    }
    out->kind = (tb_event_kind)in->kind;
    out->suite = in->suite;
    out->term = in->term;
    out->campaign_version = in->campaign_version;
    out->directory_version = in->directory_version;
    return tb_wire_fixed(in->hub, out->hub.bytes, TB_DIGEST_BYTES) &&
           tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_fixed_or_zero(in->previous, out->previous.bytes, TB_DIGEST_BYTES) &&
           tb_wire_name_or_none(in->case_type, &out->case_type) &&
           tb_wire_name(in->campaign, &out->campaign) && in->campaign_version > 0 &&
           in->directory_version > 0 && tb_wire_party(in->actor, &out->actor) &&
           tb_wire_text(in->account, TB_ACCOUNT_BYTES_MAX, &out->account) &&
           tb_wire_name(in->action, &out->action) &&
           tb_wire_name_or_none(in->from_state, &out->from_state) &&
           tb_wire_name_or_none(in->to_state, &out->to_state) &&
           tb_wire_party(in->holder, &out->holder) && tb_wire_time(in->at_ms, &out->at) &&
           read_paper(in, out) && well_formed(out);
}

static tb_refusal read_tables(const wire_event *in, tb_arena *arena, tb_event *out)
{
    if (in->n_tables > TB_VERSIONS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->table_count = in->n_tables;
    out->tables = tb_arena_array(arena, in->n_tables, sizeof *out->tables);
    if (out->tables == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_tables; i++) {
        out->tables[i].version = in->tables[i]->version;
        if (!tb_wire_name(in->tables[i]->name, &out->tables[i].name) ||
            in->tables[i]->version == 0) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_addressees(const wire_event *in, tb_arena *arena, tb_event *out)
{
    if (in->n_addressees > TB_ADDRESSEES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->addressee_count = in->n_addressees;
    out->addressees = tb_arena_array(arena, in->n_addressees, sizeof *out->addressees);
    if (out->addressees == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_addressees; i++) {
        const tb_party *party = &out->addressees[i];
        if (!tb_wire_party(in->addressees[i], &out->addressees[i]) ||
            (i > 0 && memcmp(party[-1].text, party->text, TB_PARTY_BYTES) >= 0)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_commitments(const wire_event *in, tb_arena *arena, tb_event *out)
{
    if (in->n_commitments > TB_GROUPS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->commitment_count = in->n_commitments;
    out->commitments = tb_arena_array(arena, in->n_commitments, sizeof *out->commitments);
    if (out->commitments == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_commitments; i++) {
        tb_commitment *read = &out->commitments[i];
        if (!tb_wire_name(in->commitments[i]->group, &read->group) ||
            !tb_wire_fixed(in->commitments[i]->digest, read->digest.bytes, TB_DIGEST_BYTES) ||
            (i > 0 && tb_wire_compare(read[-1].group, read->group) >= 0)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_lists(const wire_event *in, tb_arena *arena, tb_event *out)
{
    tb_refusal refusal = read_tables(in, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    refusal = read_addressees(in, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    refusal = read_commitments(in, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    out->field_count = in->n_fields;
    refusal = tb_wire_read_fields(in->fields, in->n_fields, arena, &out->fields);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    out->approval_count = in->n_approvals;
    refusal = tb_wire_read_approvals(in->approvals, in->n_approvals, arena, &out->approvals);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    out->seen_count = in->n_seen;
    return tb_wire_digests(in->seen, in->n_seen, TB_SEEN_MAX, arena, &out->seen);
}

static tb_refusal read_event(tb_bytes in, tb_arena *arena, tb_event *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__event__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_event *wire = (const wire_event *)message;
    if (wire->suite != TB_SUITE_1) {
        return TB_REFUSED_SUITE;
    }
    return read_plain(wire, out) ? read_lists(wire, arena, out) : TB_REFUSED_MALFORMED;
}

static tb_refusal check_canonical(tb_bytes in, tb_arena *arena, const tb_event *event)
{
    tb_bytes again;
    tb_arena scratch = tb_wire_scratch(arena, 0);
    if (tb_event_encode(event, &scratch, &again) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    return tb_bytes_equal(in, again) ? TB_ACCEPTED : TB_REFUSED_NOT_CANONICAL;
}

static tb_refusal decode(tb_bytes in, bool kept, tb_arena *arena, tb_event *out)
{
    if (in.size > TB_EVENT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_event event = {0};
    tb_refusal refusal = read_event(in, arena, &event);
    if (refusal == TB_ACCEPTED && !kept) {
        refusal = check_canonical(in, arena, &event);
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }
    *out = event;
    return TB_ACCEPTED;
}

tb_refusal tb_event_decode(tb_bytes in, tb_arena *arena, tb_event *out)
{
    return decode(in, false, arena, out);
}

tb_refusal tb_event_reread(tb_bytes in, tb_arena *arena, tb_event *out)
{
    return decode(in, true, arena, out);
}

static void write_plain(const tb_event *in, wire_event *out)
{
    out->suite = in->suite;
    out->hub = tb_wire_raw(in->hub.bytes, TB_DIGEST_BYTES);
    out->case_id = tb_wire_raw_or_none(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->kind = (uint32_t)in->kind;
    out->term = in->term;
    out->number = in->number;
    out->previous = tb_wire_raw_or_none(in->previous.bytes, TB_DIGEST_BYTES);
    out->case_type = tb_wire_of(in->case_type);
    out->campaign = tb_wire_of(in->campaign);
    out->campaign_version = in->campaign_version;
    out->directory_version = in->directory_version;
    out->actor = tb_wire_of_party(&in->actor);
    out->account = tb_wire_of(in->account);
    out->action = tb_wire_of(in->action);
    out->from_state = tb_wire_of(in->from_state);
    out->to_state = tb_wire_of(in->to_state);
    out->holder = tb_wire_of_party(&in->holder);
    out->at_ms = in->at;
    out->on_behalf = tb_wire_of_party(&in->on_behalf);
    out->paper_no = tb_wire_of(in->paper_no);
    out->paper_date = tb_wire_of(in->paper_date);
}

static bool write_tables(const tb_event *in, tb_arena *arena, wire_event *out)
{
    out->n_tables = in->table_count;
    out->tables =
        tb_wire_messages(&tongbao__wire__table_version__descriptor, in->table_count, arena);
    if (out->tables == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->table_count; i++) {
        out->tables[i]->name = tb_wire_of(in->tables[i].name);
        out->tables[i]->version = in->tables[i].version;
    }
    return true;
}

static bool write_addressees(const tb_event *in, tb_arena *arena, wire_event *out)
{
    out->n_addressees = in->addressee_count;
    out->addressees = tb_arena_array(arena, in->addressee_count, sizeof *out->addressees);
    if (out->addressees == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->addressee_count; i++) {
        const tb_party *party = &in->addressees[i];
        TB_ASSERT(i == 0 || memcmp(party[-1].text, party->text, TB_PARTY_BYTES) < 0);
        out->addressees[i] = tb_wire_of_party(party);
    }
    return true;
}

static bool write_commitments(const tb_event *in, tb_arena *arena, wire_event *out)
{
    out->n_commitments = in->commitment_count;
    out->commitments =
        tb_wire_messages(&tongbao__wire__commitment__descriptor, in->commitment_count, arena);
    if (out->commitments == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->commitment_count; i++) {
        const tb_commitment *commitment = &in->commitments[i];
        TB_ASSERT(i == 0 || tb_wire_compare(commitment[-1].group, commitment->group) < 0);
        out->commitments[i]->group = tb_wire_of(commitment->group);
        out->commitments[i]->digest = tb_wire_raw(commitment->digest.bytes, TB_DIGEST_BYTES);
    }
    return true;
}

tb_err tb_event_encode(const tb_event *event, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(well_formed(event));

    size_t mark = tb_arena_mark(arena);
    wire_event wire = TONGBAO__WIRE__EVENT__INIT;
    write_plain(event, &wire);
    wire.n_fields = event->field_count;
    wire.fields = tb_wire_write_fields(event->fields, event->field_count, arena);
    wire.n_seen = event->seen_count;
    wire.n_approvals = event->approval_count;
    wire.approvals = tb_wire_write_approvals(event->approvals, event->approval_count, arena);
    if (wire.fields == NULL || wire.approvals == NULL || !write_tables(event, arena, &wire) ||
        !write_addressees(event, arena, &wire) || !write_commitments(event, arena, &wire) ||
        !tb_wire_of_digests(event->seen, event->seen_count, arena, &wire.seen)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_EVENT_BYTES_MAX, arena, mark, out);
}
