#include "tests/agents/world.h"

#include "agents/draft.h"
#include "agents/rows_recover.h"
#include "agents/rows_reseal.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const tb_local_traced *trace(world *w, const char *party, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(id)};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return &answer->traced;
}

static const tb_local_traced *trace_case(world *w, const char *party)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    return trace(w, party, hex);
}

static bool holds(tb_bytes text, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.size; i++) {
        if (memcmp(text.data + i, part, length) == 0) {
            return true;
        }
    }
    return false;
}

static tb_stream stream_to(world *w, tb_txn *txn, const char *from, const char *to)
{
    tb_stream stream = {
        .sender = who(w, from)->id, .recipient = who(w, to)->id, .lane = TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    return stream;
}

/* A transaction of the test's own at a party; the test commits it. */
static tb_txn *begin_at(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* What the link would have written: marks up to these numbers. */
static void mark(world *w, const char *from, const char *to, uint64_t stored, uint64_t arrived)
{
    tb_txn *txn = begin_at(w, from);
    tb_stream stream = stream_to(w, txn, from, to);
    tb_stream_out_row row = {.number = 9,
                             .stored = stored,
                             .arrived = arrived,
                             .active = w->clock,
                             .due = w->clock + 3000};
    assert_ok(tb_stream_out_put(txn, &stream, 0, &row));
    assert_ok(tb_store_commit(txn));
}

static void refuse(world *w, const char *from, const char *to, tb_refusal code)
{
    tb_txn *txn = begin_at(w, from);
    tb_stream stream = stream_to(w, txn, from, to);
    tb_refusal_row row = {.code = code, .lane = TB_LANE_NORMAL, .number = 1, .at = w->clock};
    assert_ok(tb_refusal_put(txn, &stream, 1, &row));
    assert_ok(tb_store_commit(txn));
}

static void a_notice_is_followed_from_the_outbox_to_the_answer(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    const tb_local_traced *traced = trace_case(w, "police.33");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].where, TB_WHERE_OUTBOX);
    assert_true(tb_bytes_equal(traced->lines[0].action, tb_bytes_str("submit")));

    mark(w, "police.33", "bureau.33", 1, 0);
    traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_STORED);
    assert_true(holds(traced->lines[0].why_zh, "浙江省通信管理局"));
    assert_true(holds(traced->lines[0].why_zh, "在平台等候"));
    assert_true(holds(traced->lines[0].why_zh, "2015-02-09 11:39"));
    assert_true(holds(traced->lines[0].why_en, "waiting at the hub since 2015-02-09"));

    mark(w, "police.33", "bureau.33", 1, 1);
    assert_int_equal(trace_case(w, "police.33")->lines[0].where, TB_WHERE_ARRIVED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_SIGNED_FOR);
    assert_true(holds(traced->lines[0].why_zh, "签收"));
}

/* Who was only told of a step has nothing to take on. */
static void a_copy_that_arrived_waits_for_nobody(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    mark(w, "bureau.33", "police.33", 1, 1);
    const tb_local_traced *traced = trace_case(w, "bureau.33");
    const tb_local_trace_line *copy = &traced->lines[traced->count - 1];
    assert_string_equal(copy->recipient.text, "police.33");
    assert_int_equal(copy->where, TB_WHERE_ARRIVED);
    assert_true(holds(copy->why_zh, "已抄送浙江省公安厅"));
    assert_true(holds(copy->why_en, "A copy arrived at "));
}

static void an_answer_is_the_last_receipt(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_traced *traced = trace_case(w, "bureau.44");
    bool answered = false;
    for (size_t i = 0; i < traced->count; i++) {
        const tb_local_trace_line *line = &traced->lines[i];
        if (tb_bytes_equal(line->action, tb_bytes_str("order")) &&
            strcmp(line->recipient.text, "cm.44") == 0) {
            answered = line->where == TB_WHERE_ANSWERED;
        }
    }
    assert_true(answered);
}

static void why_a_notice_waits_is_said_in_words(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    link_up(w, "police.33", false);
    assert_true(holds(trace_case(w, "police.33")->lines[0].why_zh, "连接未建立"));
    link_up(w, "police.33", true);
    refuse(w, "police.33", "bureau.33", TB_REFUSED_NOT_ACTIVE);
    const tb_local_traced *traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_REFUSED);
    assert_int_equal(traced->lines[0].code, TB_REFUSED_NOT_ACTIVE);
    assert_true(holds(traced->lines[0].why_zh, "未启用"));
    refuse(w, "police.33", "bureau.33", TB_REFUSED_EXPIRED);
    assert_int_equal(trace_case(w, "police.33")->lines[0].where, TB_WHERE_EXPIRED);
}

static void an_event_held_back_is_traced_as_such(void **state)
{
    world *w = *state;
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_traced *traced = trace_case(w, "bureau.33");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].where, TB_WHERE_HELD_BACK);
    assert_int_equal(traced->lines[0].code, TB_REFUSED_UNKNOWN_CAMPAIGN);
}

static void a_notice_is_found_by_its_name_and_by_its_event(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    char hex[2 * TB_DIGEST_BYTES + 1];
    tb_hex(w->answer.acted.event.bytes, TB_DIGEST_BYTES, hex);
    deliver_all(w);
    const tb_local_traced *traced = trace(w, "police.33", hex);
    assert_int_equal(traced->count, 1);
    assert_true(tb_bytes_equal(traced->lines[0].notice, tb_bytes_str("police.33/1/1")));
    assert_int_equal(trace(w, "police.33", "police.33/1/1")->count, 1);
    assert_int_equal(trace(w, "bureau.33", "police.33/1/1")->lines[0].where, TB_WHERE_ARRIVED);
    static const char *nothing[] = {"police.33/1/2", "police.33/9/1", "police.33", "/1/1",
                                    "police.33//1",  "police.33/1/",  "00",        ""};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(nothing[i])};
        assert_int_not_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    }
}

static void notices_are_listed_in_pages(void **state)
{
    world *w = *state;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    }
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_LIST_NOTICES};
    request.notices.limit = 2;
    size_t seen = 0;
    do {
        const tb_local_answer *answer = ask(w, "bureau.33", &request);
        assert_int_equal(answer->code, TB_ACCEPTED);
        for (size_t i = 0; i < answer->notices.count; i++) {
            assert_false(answer->notices.lines[i].out);
            assert_string_equal(answer->notices.lines[i].peer.text, "police.33");
        }
        seen += answer->notices.count;
        request.notices.after = answer->notices.next;
    } while (request.notices.after.size > 0);
    assert_int_equal(seen, 5);
    request.notices.limit = 0; /* as many as a page has */
    assert_int_equal(ask(w, "bureau.33", &request)->notices.count, 5);
    request.notices.out = true;
    assert_int_equal(ask(w, "bureau.33", &request)->notices.count, 0);
}

static void the_status_says_how_the_agent_is(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "close", ""), TB_REFUSED_ROLE);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_true(answer->status.linked);
    assert_true(answer->status.exercise);
    assert_int_equal(answer->status.cases, 1);
    assert_int_equal(answer->status.alarms, 1);
    assert_int_equal(answer->status.alarm_text_count, 1);
    assert_true(holds(answer->status.alarm_texts[0], "Refused to li: close."));
    assert_true(tb_bytes_equal(answer->status.name_zh, tb_bytes_str("浙江省公安厅")));
}

/* ---- what the link knows of a notice ---- */

/* The only line of police.33's only case; what the test wrote of it in its store is all there is.
 */
static const tb_local_trace_line *line_now(world *w)
{
    const tb_local_traced *traced = trace_case(w, "police.33");
    assert_int_equal(traced->count, 1);
    return &traced->lines[0];
}

static void set_fence(world *w, tb_refusal fence)
{
    tb_link_row row = {.state = TB_LINK_CONFIRMED, .fence = fence, .since = w->clock};
    tb_txn *txn = begin_at(w, "police.33");
    assert_ok(tb_link_put(txn, &row));
    assert_ok(tb_store_commit(txn));
}

static void what_keeps_a_notice_at_its_sender_is_said(void **state)
{
    world *w = *state;
    world_agent *police = who(w, "police.33");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    mark(w, "police.33", "bureau.33", 0, 0);
    assert_int_equal(line_now(w)->where, TB_WHERE_OUTBOX);
    assert_true(holds(line_now(w)->why_zh, "正在发往协同平台"));
    /* the hub says that it is full each time something is sent again */
    police->agent.times.hub_full = w->clock + 1000;
    assert_true(holds(line_now(w)->why_zh, "警戒线"));
    police->agent.times.hub_full = w->clock + 1000 - 2 * TB_RESEND_AFTER_MS;
    assert_true(holds(line_now(w)->why_en, "The hub's store is full"));
    police->agent.times.hub_full = w->clock + 1000 - 2 * TB_RESEND_AFTER_MS - 1;
    assert_true(holds(line_now(w)->why_zh, "正在发往协同平台"));
    police->agent.times.hub_full = w->clock + 1000 + 1; /* the clock went back */
    assert_true(holds(line_now(w)->why_zh, "正在发往协同平台"));
    tb_txn *txn = begin_at(w, "police.33");
    assert_ok(tb_closed_put(txn, &who(w, "bureau.33")->id, true));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(line_now(w)->code, TB_REFUSED_SHARE_USED);
    assert_true(holds(line_now(w)->why_zh, "接收配额已满"));
    set_fence(w, TB_REFUSED_TWO_COPIES);
    assert_true(holds(line_now(w)->why_zh, "已停止签发"));
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &who(w, "bureau.33")->id)) {
            w->parties[i].state = TB_PARTY_OFF_LINE;
            w->parties[i].name_zh = w->parties[i].name_en = tb_bytes_of(NULL, 0);
        }
    }
    assert_true(holds(line_now(w)->why_zh, "bureau.33是线下单位"));
    assert_true(holds(line_now(w)->why_en, "bureau.33 has no line"));
}

/* A line about police.33's first notice to bureau.33, signed by nobody in particular. */
static tb_signed_line *line_of(world *w, tb_txn *txn, tb_line_kind kind, tb_time at)
{
    world_agent *a = who(w, "police.33");
    tb_sign_pair pair;
    tb_signed_line *signed_line;
    tb_root root = {.suite = 1, .tree = TB_TREE_LINES, .signer = a->id};
    tb_line line = {.kind = kind, .from = kind == TB_LINE_STORED, .to = 1, .at = at};
    line.stream = stream_to(w, txn, "police.33", "bureau.33");
    tb_sign_pair_make(&pair, &w->random);
    assert_ok(tb_lines_sign(&line, 1, &root, &a->agent.hub, &pair, &a->arena, &signed_line));
    return signed_line;
}

static void since_when_a_notice_is_where_it_is_says_who_signed_for_it(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    /* the hub's stamp is here; the row of the stream does not have its mark yet */
    mark(w, "police.33", "bureau.33", 0, 0);
    tb_txn *txn = begin_at(w, "police.33");
    assert_ok(tb_stamp_put(txn, line_of(w, txn, TB_LINE_STORED, 1423456700000)));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(line_now(w)->where, TB_WHERE_STORED);
    assert_true(line_now(w)->since == 1423456700000);
    txn = begin_at(w, "police.33");
    tb_stream stream = stream_to(w, txn, "police.33", "bureau.33");
    tb_stream_out_row row = {.number = 1, .stored = 1, .arrived = 1};
    assert_ok(tb_signed_line_encode(line_of(w, txn, TB_LINE_ARRIVED, 1423456799000),
                                    &who(w, "police.33")->arena, &row.arrived_line));
    assert_ok(tb_stream_out_put(txn, &stream, w->clock + 3000, &row));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(line_now(w)->where, TB_WHERE_ARRIVED);
    assert_true(line_now(w)->since == 1423456799000);
}

/* Of the time a store does not remember, what was shown when the party came back says where it is.
 */
static void a_stream_of_the_time_before_recovery_is_where_its_marks_say(void **state)
{
    world *w = *state;
    static const struct {
        uint64_t base;
        uint64_t arrived;
        tb_where where;
    } rows[] = {{0, 0, TB_WHERE_OUTBOX}, {1, 0, TB_WHERE_STORED}, {1, 1, TB_WHERE_ARRIVED}};
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_lost_row lost = {.base = rows[i].base, .arrived = rows[i].arrived};
        tb_txn *txn = begin_at(w, "police.33");
        tb_stream stream = stream_to(w, txn, "police.33", "bureau.33");
        assert_ok(tb_lost_put(txn, &who(w, "police.33")->id, &stream, &lost));
        assert_ok(tb_store_commit(txn));
        assert_int_equal(line_now(w)->where, rows[i].where);
    }
}

static void what_was_refused_is_shown_as_what_became_of_it(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    mark(w, "police.33", "bureau.33", 1, 1);
    refuse(w, "police.33", "bureau.33", TB_REFUSED_CANNOT_APPLY);
    assert_int_equal(line_now(w)->where, TB_WHERE_QUARANTINED);
    assert_true(holds(line_now(w)->why_zh, "已隔离存放"));
    refuse(w, "police.33", "bureau.33", TB_REFUSED_APPLIED_LATER);
    assert_int_equal(line_now(w)->where, TB_WHERE_ARRIVED); /* like any other */
    refuse(w, "police.33", "bureau.33", TB_REFUSED_KEY_RETIRED);
    assert_int_equal(line_now(w)->where, TB_WHERE_REFUSED); /* nothing is in its place yet */
}

/* What stands in the place of police.33's first notice; 0: nothing new was needed. */
static void put_anew(world *w, uint64_t notice)
{
    tb_txn *txn = begin_at(w, "police.33");
    tb_stream stream = stream_to(w, txn, "police.33", "bureau.33");
    tb_reseal_key key = {stream.incarnation, 1, stream.recipient};
    tb_resealed_row anew = {stream.incarnation, notice, w->clock};
    assert_ok(tb_resealed_put(txn, &key, &anew));
    assert_ok(tb_store_commit(txn));
}

static void a_notice_sealed_anew_is_followed_in_the_one_that_took_its_place(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    tb_case_id first = w->case_id;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    w->case_id = first;
    refuse(w, "police.33", "bureau.33", TB_REFUSED_KEY_RETIRED);
    put_anew(w, 2);
    const tb_local_trace_line *line = line_now(w);
    assert_int_equal(line->where, TB_WHERE_OUTBOX);
    assert_true(tb_bytes_equal(line->notice, tb_bytes_str("police.33/1/2")));
    assert_true(holds(line->why_zh, "对方更换密钥"));
    assert_true(holds(line->why_en, "sealed anew at 2"));
    put_anew(w, 0);
    assert_int_equal(line_now(w)->where, TB_WHERE_REFUSED);
    put_anew(w, 3); /* which is not here */
    assert_int_equal(line_now(w)->where, TB_WHERE_REFUSED);
}

/* ---- drafts ---- */

static void draft_is(world *w, tb_draft_state what, tb_refusal code)
{
    tb_draft_row row;
    tb_txn *txn = begin_at(w, "bureau.33");
    assert_ok(tb_draft_next(txn, 0, &row));
    row.state = what;
    row.code = code;
    assert_ok(tb_draft_save(txn, &row));
    assert_ok(tb_store_commit(txn));
}

static const tb_local_trace_line *draft_line(world *w)
{
    const tb_local_traced *traced = trace_case(w, "bureau.33");
    assert_int_equal(traced->lines[traced->count - 1].where, TB_WHERE_DRAFT);
    return &traced->lines[traced->count - 1];
}

static void why_a_draft_waits_is_said_in_words(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    link_up(w, "bureau.33", false);
    tb_case_id lead = w->case_id;
    assert_int_equal(opens(w, "bureau.33",
                           "number=13800004567|source=inspection|offence=other|reported_at=2015-02-"
                           "09T11:39:00+08:00"),
                     TB_ACCEPTED); /* of another case, which is not here yet */
    w->case_id = lead;
    assert_true(trace_case(w, "bureau.33")->count == 1);
    tb_txn *txn = begin_at(w, "bureau.33");
    tb_draft_row opening;
    assert_ok(tb_draft_next(txn, 0, &opening));
    assert_ok(tb_draft_del(txn, opening.number));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(holds(draft_line(w)->why_zh, "连接后办件未变即自动发出"));
    assert_true(holds(draft_line(w)->title_zh, "受理"));
    draft_is(w, TB_DRAFT_TO_REVIEW, TB_ACCEPTED);
    assert_true(holds(draft_line(w)->why_zh, "待审核"));
    draft_is(w, TB_DRAFT_TO_SIGN, TB_ACCEPTED);
    assert_true(holds(draft_line(w)->why_en, "waits to be signed"));
    draft_is(w, TB_DRAFT_RETURNED, TB_REFUSED_HOLDS);
    assert_true(holds(draft_line(w)->why_zh, "已退回经办人"));
    draft_is(w, TB_DRAFT_WAITING, TB_ACCEPTED);
    txn = begin_at(w, "bureau.33");
    tb_link_row link = {.state = TB_LINK_CONFIRMED, .fence = TB_REFUSED_TWO_COPIES};
    assert_ok(tb_link_put(txn, &link));
    assert_ok(tb_store_commit(txn));
    assert_true(holds(draft_line(w)->why_zh, "已停止签发"));
    txn = begin_at(w, "bureau.33");
    link.fence = TB_ACCEPTED;
    assert_ok(tb_link_put(txn, &link));
    tb_recovery_row recovery = {.state = TB_RECOVERY_ASKING};
    assert_ok(tb_recovery_put(txn, &recovery));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(draft_line(w)->code, TB_REFUSED_RECOVERING);
    draft_is(w, TB_DRAFT_RETURNED, TB_REFUSED_HOLDS);
    assert_int_equal(draft_line(w)->code, TB_REFUSED_HOLDS);
}

static void of_more_steps_than_fit_the_first_are_shown(void **state)
{
    world *w = *state;
    const unsigned count = failing_awake() ? 2 : 513;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    link_up(w, "bureau.33", false);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(acts(w, "bureau.33", "remark", "comment=noted"), TB_ACCEPTED);
        if (i % 64 == 0) {
            world_sweep(w);
        }
    }
    assert_int_equal(trace_case(w, "bureau.33")->count, failing_awake() ? 1 + count : 512);
}

/* ---- held back, and loose ---- */

static void of_what_is_missing_it_is_said_when_it_was_asked_for_and_of_whom(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    tb_digest first = w->answer.acted.event;
    letter *opening = letter_to(w, "bureau.33");
    opening->gone = true;
    assert_int_equal(acts(w, "police.33", "remark", "comment=more"), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_traced *traced = trace_case(w, "bureau.33");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].code, TB_REFUSED_PREDECESSOR);
    assert_true(holds(traced->lines[0].why_zh, "请求补发"));
    assert_true(traced->lines[0].last_attempt == 0);
    tb_gap_row gap;
    tb_txn *txn = begin_at(w, "bureau.33");
    assert_ok(tb_gap_get(txn, &first, &gap));
    tb_time kept = gap.due;
    gap.asks[0] = (tb_gap_ask){.of = who(w, "police.33")->id, .at = w->clock};
    gap.asks[1] = (tb_gap_ask){.of = {"gone.99"}, .at = w->clock + 60000};
    gap.ask_count = 2;
    assert_ok(tb_gap_put(txn, &first, kept, &gap));
    assert_ok(tb_store_commit(txn));
    traced = trace_case(w, "bureau.33");
    assert_true(holds(traced->lines[0].why_zh, "已请求补发:浙江省公安厅("));
    assert_true(holds(traced->lines[0].why_zh, ")、gone.99("));
    assert_true(holds(traced->lines[0].why_en, ", gone.99 ("));
    assert_true(traced->lines[0].last_attempt == gap.asks[1].at);
}

static void an_event_addressed_to_nobody_is_known_and_is_in_no_notice(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33",
                           "number=13900001234|source=police_case|offence=other|reported_at=2015-"
                           "02-09T11:39:00+08:00"), /* nobody's number */
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "remark", "comment=noted"), TB_ACCEPTED);
    char hex[2 * TB_DIGEST_BYTES + 1];
    tb_hex(w->answer.acted.event.bytes, TB_DIGEST_BYTES, hex);
    assert_int_equal(trace(w, "bureau.33", hex)->count, 0);
}

static void a_notice_that_brings_no_event_of_its_own_is_followed_too(void **state)
{
    world *w = *state;
    tb_proof_row proof;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    tb_txn *txn = begin_at(w, "police.33");
    tb_stream stream = stream_to(w, txn, "police.33", "bureau.33");
    assert_ok(tb_proof_get(txn, &stream.sender, &stream.incarnation, 1, &proof));
    proof.id_count = 0;
    assert_ok(tb_proof_put(txn, &stream.sender, &stream.incarnation, 1, &proof));
    assert_ok(tb_store_commit(txn));
    const tb_local_traced *traced = trace(w, "police.33", "police.33/1/1");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].action.size, 0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_notice_is_followed_from_the_outbox_to_the_answer),
    IN_A_WORLD(a_copy_that_arrived_waits_for_nobody),
    IN_A_WORLD(an_answer_is_the_last_receipt),
    IN_A_WORLD(why_a_notice_waits_is_said_in_words),
    IN_A_WORLD(an_event_held_back_is_traced_as_such),
    IN_A_WORLD(a_notice_is_found_by_its_name_and_by_its_event),
    IN_A_WORLD(notices_are_listed_in_pages),
    IN_A_WORLD(the_status_says_how_the_agent_is),
    IN_A_WORLD(what_keeps_a_notice_at_its_sender_is_said),
    IN_A_WORLD(since_when_a_notice_is_where_it_is_says_who_signed_for_it),
    IN_A_WORLD(a_stream_of_the_time_before_recovery_is_where_its_marks_say),
    IN_A_WORLD(what_was_refused_is_shown_as_what_became_of_it),
    IN_A_WORLD(a_notice_sealed_anew_is_followed_in_the_one_that_took_its_place),
    IN_A_WORLD(why_a_draft_waits_is_said_in_words),
    IN_A_WORLD(of_more_steps_than_fit_the_first_are_shown),
    IN_A_WORLD(of_what_is_missing_it_is_said_when_it_was_asked_for_and_of_whom),
    IN_A_WORLD(an_event_addressed_to_nobody_is_known_and_is_in_no_notice),
    IN_A_WORLD(a_notice_that_brings_no_event_of_its_own_is_followed_too),
};

TB_RUN("trace", tests)
