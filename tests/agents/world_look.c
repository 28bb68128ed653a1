/* world_look - what a test of the world looks at: a party's answers, as text; what a sender keeps
 * of a letter and the hub says of it; and a case on its way. */
#include "tests/agents/world.h"

#include "messages/parts.h"

tb_local_duties duties_at(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    const tb_local_answer *answer = ask(w, id, &request);
    assert_int_equal(answer->kind, TB_ANSWER_DUTIES);
    return answer->duties;
}

tb_local_summary summary_at(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    if (answer->code == TB_REFUSED_UNKNOWN_CASE) {
        return (tb_local_summary){.number = 0};
    }
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->case_.summary;
}

static const char *text_of(world *w, tb_bytes bytes)
{
    char *text = tb_arena_alloc(&w->memory, bytes.size + 1);
    assert_non_null(text);
    if (bytes.size > 0) {
        memcpy(text, bytes.data, bytes.size);
    }
    return text;
}

const char *state_at(world *w, const char *id)
{
    return text_of(w, summary_at(w, id).state);
}

const char *holder_at(world *w, const char *id)
{
    tb_local_summary summary = summary_at(w, id);
    return text_of(w, tb_party_bytes(&summary.holder));
}

const char *value_at(world *w, const char *id, const char *field)
{
    tb_local_summary summary = summary_at(w, id);
    for (size_t i = 0; i < summary.field_count; i++) {
        if (tb_bytes_equal(summary.fields[i].id, tb_bytes_str(field))) {
            return text_of(w, summary.fields[i].value);
        }
    }
    return "";
}

uint64_t prove(world *w, const char *id, const letter *l)
{
    world_agent *a = who(w, id);
    tb_header header;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    tb_proof_row proof = {.header = l->header, .ids = l->ids, .id_count = l->id_count};
    proof.root.suite = 1;
    proof.root.tree = TB_TREE_HEADERS;
    proof.root.signer = a->id;
    proof.root.count = 1;
    proof.root.incarnation = header.incarnation;
    assert_ok(tb_proof_put(txn, &a->id, &header.incarnation, header.notice, &proof));
    assert_ok(tb_store_commit(txn));
    return header.notice;
}

tb_signed_line stamp_of(world *w, const letter *l, tb_time at)
{
    tb_header header;
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    const tb_entry *entry = tb_header_entry(&header, &l->to);
    tb_signed_line stamp = {
        .line = {.kind = TB_LINE_STORED,
                 .stream = {header.sender, header.incarnation, l->to, header.lane},
                 .from = entry->number,
                 .to = entry->number,
                 .digest = tb_header_digest(l->header),
                 .at = at},
        .root = {.suite = 1,
                 .tree = TB_TREE_LINES,
                 .signer = {"hub"},
                 .incarnation = header.incarnation,
                 .count = 1},
    };
    assert_ok(tb_line_encode(&stamp.line, &w->memory, &stamp.encoded));
    return stamp;
}

void stamp_first(world *w, const char *from, const char *to, tb_time at)
{
    world_agent *a = who(w, to);
    tb_txn *txn;
    tb_sign_pair pair;
    tb_signed_line *signed_line;
    tb_root root = {.suite = 1, .tree = TB_TREE_LINES};
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_line line = {.kind = TB_LINE_STORED, .from = 1, .to = 1, .at = at};
    line.stream =
        (tb_stream){.sender = who(w, from)->id, .recipient = a->id, .lane = TB_LANE_NORMAL};
    letter *l = &w->letters[0];
    tb_header header;
    assert_int_equal(tb_header_decode(l->header, &a->arena, &header), TB_ACCEPTED);
    line.stream.incarnation = header.incarnation;
    assert_true(tb_party_parse(tb_bytes_str("hub"), &root.signer));
    tb_sign_pair_make(&pair, &w->random);
    assert_ok(tb_lines_sign(&line, 1, &root, &a->agent.hub, &pair, &a->arena, &signed_line));
    assert_ok(tb_stamp_put(txn, signed_line));
    assert_ok(tb_store_commit(txn));
}

void order_for(world *w, const char *lead)
{
    assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
}

letter *answer_under_way(world *w, const char *lead)
{
    order_for(w, lead);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=wrong_home|action=none|"
                          "action_at=2015-02-09T12:00:00+08:00"),
                     TB_ACCEPTED);
    letter *answer = letter_to(w, "bureau.44");
    answer->gone = true;
    return answer;
}

tb_directory_party *party_at(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(w->directory.parties[i].id.text, id) == 0) {
            return &w->directory.parties[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

tb_event event_in(world *w, const letter *l)
{
    tb_bytes *events;
    size_t count;
    tb_event event;
    assert_int_equal(tb_part_events_decode(l->events, &w->memory, &events, &count), TB_ACCEPTED);
    assert_int_equal(count, 1);
    assert_int_equal(tb_event_decode(events[0], &w->memory, &event), TB_ACCEPTED);
    return event;
}

void put_event(world *w, letter *l, const tb_event *event)
{
    tb_bytes encoded;
    assert_ok(tb_event_encode(event, &w->memory, &encoded));
    assert_ok(tb_part_events_encode(&encoded, 1, &w->memory, &l->events));
    l->ids[0] = tb_event_id(encoded);
}
