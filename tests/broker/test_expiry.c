/* Lives that end: refused when submitted, filled where they wait, and the sender is always told. */
#include "store/version.h"
#include "tests/broker/fixture.h"

#define LIFE TB_NOTICE_LIFE_MS

/* The parcel's headers expire at this time. */
static void expires_at(world *w, parcel *p, tb_time when, size_t only)
{
    for (size_t i = 0; i < p->groups[0].item_count; i++) {
        if (only == SIZE_MAX || only == i) {
            p->groups[0].items[i].header.expires = when;
        }
    }
    sign_again(w, at(w, A), p);
}

/* Makes a header as large as one may be. */
static void add_old_marks(world *w, tb_header *header)
{
    header->has_old = true;
    header->old_incarnation = header->incarnation;
    header->old_incarnation.counter = 0;
    header->old_mark_count = TB_OLD_MARKS_MAX;
    header->old_marks = tb_arena_array(&w->arena, TB_OLD_MARKS_MAX, sizeof *header->old_marks);
    for (size_t i = 0; i < TB_OLD_MARKS_MAX; i++) {
        header->old_marks[i] = (tb_old_mark){at(w, B)->id, TB_LANE_NORMAL, 1 + i, {{1}}};
    }
}

/* So many small notices from A to B, and to others, that end a second from now, linked and signed;
 * the group to B alone. */
static parcel brief(world *w, size_t to_count, size_t count, size_t with_old)
{
    const size_t to[] = {B, C, D, E};
    parcel p = make(w, at(w, A), to, to_count, TB_LANE_NORMAL, count, 1);
    p.group_count = 1;
    tb_item *items = p.groups[0].items;
    for (size_t i = 0; i < count; i++) {
        items[i].header.expires = w->now.real + 1000;
        if (i < with_old) {
            add_old_marks(w, &items[i].header);
        }
        for (size_t k = 0; i > 0 && k < to_count; k++) {
            items[i].header.entries[k].previous = items[i - 1].digest;
        }
        assert_ok(tb_header_encode(&items[i].header, &w->arena, &items[i].header_bytes));
        items[i].digest = tb_header_digest(items[i].header_bytes);
    }
    at(w, A)->out[B][TB_LANE_NORMAL - TB_LANE_FIRST].digest = items[count - 1].digest;
    sign_again(w, at(w, A), &p);
    return p;
}

static parcel stored(world *w, size_t count)
{
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, count);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    return p;
}

static void what_is_over_is_refused_at_its_edge_and_not_before(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    expires_at(w, &p, w->now.real + 1, SIZE_MAX);
    tick(w, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);

    parcel late = make_one(w, at(w, A), C, 1);
    expires_at(w, &late, w->now.real, SIZE_MAX);
    say_submit(w, at(w, A), &late);
    turn(w);
    tb_refused *refused = &expect(w, at(w, A), TB_FRAME_REFUSED)->refused;
    assert_int_equal(refused->code, TB_REFUSED_EXPIRED);
    assert_int_equal(refused->line.line.from, 1);
    assert_int_equal(tb_signed_line_verify(&refused->line, &w->directory.hub,
                                           &w->hub_sign.public_key, &w->broker.roots),
                     TB_ACCEPTED);
}

static void of_a_group_only_what_is_over_is_refused_and_it_comes_again_with_fillers(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    expires_at(w, &p, w->now.real - 1, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_refused *refused = &expect(w, at(w, A), TB_FRAME_REFUSED)->refused;
    assert_int_equal(refused->line.line.from, 3);
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);

    p.groups[0].items[2].refusal = &refused->line;
    p.groups[0].items[2].body = tb_bytes_of(NULL, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.lines[0].line.to, 3);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 3);
}

static void what_waits_beyond_its_life_arrives_as_a_number_without_content(void **state)
{
    world *w = *state;
    (void)stored(w, 2);
    tick(w, LIFE - 1);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    tick(w, TB_EXPIRY_SWEEP_MS);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 2);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);

    link_up(w, at(w, B));
    tb_frame *frame = expect(w, at(w, B), TB_FRAME_DELIVER);
    const tb_group *group = &frame->carry.groups[0];
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(group->items[i].refusal);
        assert_int_equal(group->items[i].refusal->line.code, TB_REFUSED_EXPIRED);
        assert_int_equal(group->items[i].body.size, 0);
    }
    assert_true(take(w, at(w, B), group, &frame->carry));
}

static void its_sender_is_told_even_after_the_number_was_taken(void **state)
{
    world *w = *state;
    (void)stored(w, 1);
    tick(w, LIFE);
    turn(w);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 1);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->refused_count, 1);
    assert_int_equal(welcome->refused[0].code, TB_REFUSED_EXPIRED);
    /* As long as a refusal by a recipient, and no longer. */
    tick(w, LIFE);
    turn(w);
    tick(w, 1000);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
}

static void a_sender_that_is_there_is_told_at_once(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    expires_at(w, &p, w->now.real + 1000, SIZE_MAX);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, 1000);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    bool told = false;
    for (size_t i = 0; i < w->inbox_count; i++) {
        told = told || w->inbox[i].frame->kind == TB_FRAME_REFUSED;
    }
    assert_true(told);
}

static void what_is_on_its_way_is_left_alone(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    expires_at(w, &p, w->now.real + 1000, SIZE_MAX);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, 2000);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    assert_int_equal(take_all(w, at(w, B)), 1);
}

static void many_rows_are_swept_in_slices_and_none_is_left(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    for (size_t i = 0; i < TB_EXPIRY_SLICE + 9; i++) {
        parcel p = make_one(w, at(w, A), B, 1);
        say_submit(w, at(w, A), &p);
        turn(w);
        forget_all(w);
    }
    tick(w, LIFE);
    turn(w);
    uint64_t first = rows(w, TB_TABLE_HUB_REFUSED);
    assert_true(first > 0 && first <= TB_EXPIRY_SLICE);
    for (size_t i = 0; i < 4; i++) {
        tick(w, 1000);
        turn(w);
    }
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), TB_EXPIRY_SLICE + 9);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), TB_EXPIRY_SLICE + 9);
}

/* Once as many have ended as one turn can hardly tell of. */
static void thousands_that_end_at_once_are_told_of_over_several_ticks(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    for (size_t i = 0; i < 6; i++) {
        parcel p = brief(w, 1, 900, 0);
        say_submit(w, at(w, A), &p);
        turn(w);
        forget_all(w);
    }
    size_t told = 0;
    tick(w, 1000);
    for (size_t i = 0; i < 10; i++) {
        turn(w);
        for (size_t k = 0; k < w->inbox_count; k++) {
            told += w->inbox[k].frame->kind == TB_FRAME_REFUSED ? 1 : 0;
        }
        forget_all(w);
        tick(w, 1000);
    }
    turn(w);
    assert_int_equal(told, 6 * 900);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 6 * 900);
}

/* Signed lines may be larger than what they take the place of. */
static void a_group_that_fillers_would_make_too_large_stays_what_it_was(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = brief(w, 4, TB_GROUP_ITEMS_MAX, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, 1000);
    turn(w);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), TB_GROUP_ITEMS_MAX);
}

/* In one turn the search finds an ended life and a Hello shows that it arrived long ago. */
static void what_turns_out_to_have_arrived_in_the_same_turn_is_not_filled(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    (void)stored(w, 1);
    size_t taken = 0;
    for (size_t i = 0; i < w->inbox_count; i++) {
        if (w->inbox[i].peer == at(w, B)->peer && w->inbox[i].frame->kind == TB_FRAME_DELIVER) {
            tb_carry *carry = &w->inbox[i].frame->carry;
            taken += take(w, at(w, B), &carry->groups[0], carry) ? 1 : 0;
        }
    }
    assert_int_equal(taken, 1);
    world_restart(w);
    tick(w, LIFE);
    say_hello(w, at(w, B));
    tb_line line = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, B), &line, 1, false);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
}

/* The lines would take the room that marks and trims need. */
static void above_the_watermark_nothing_is_filled(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    for (size_t i = 0; i < 4; i++) {
        parcel p = brief(w, 1, 100, 0);
        say_submit(w, at(w, A), &p);
        turn(w);
    }
    forget_all(w);
    tb_store_mem_limit(w->node.store, 200 * 1000);
    tick(w, 1000);
    turn(w);
    uint64_t told = rows(w, TB_TABLE_HUB_REFUSED);
    assert_true(told < 400);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 400);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

/* A hub on a copy of long ago holds what arrived since: it says nothing about it until its parties
 * had time to come and show their marks. */
static void a_hub_out_of_a_backup_waits_before_it_looks(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    (void)stored(w, 1);
    for (size_t i = 0; i < w->inbox_count; i++) {
        if (w->inbox[i].peer == at(w, B)->peer && w->inbox[i].frame->kind == TB_FRAME_DELIVER) {
            tb_carry *carry = &w->inbox[i].frame->carry;
            assert_true(take(w, at(w, B), &carry->groups[0], carry));
        }
    }
    tb_txn *txn = NULL;
    tb_arena_reset(&w->node.arena);
    assert_ok(tb_store_begin(w->node.store, &w->node.arena, &txn));
    assert_ok(tb_store_mark_restored(txn, w->now.real));
    assert_ok(tb_store_commit(txn));
    world_restart(w);
    tick(w, LIFE);
    turn(w);
    tick(w, 30000);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    link_up(w, at(w, B));
    tb_line line = arrived_line(w, at(w, B), A, TB_LANE_NORMAL);
    say_taken(w, at(w, B), &line, 1, false);
    turn(w);
    assert_int_equal(link_up(w, at(w, A))->refused_count, 0);

    /* What nobody showed is over when the pause is. */
    parcel p = make_one(w, at(w, A), B, 1);
    expires_at(w, &p, w->now.real + 1000, SIZE_MAX);
    w->inbox_count = 0;
    tb_frame bye = {.kind = TB_FRAME_BYE};
    say(w, at(w, B), &bye);
    say_submit(w, at(w, A), &p);
    turn(w);
    tick(w, TB_EXPIRY_SWEEP_MS);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
}

/* The tick's turn is aborted by what came with it, or by the disk: nobody was told. */
static void what_an_aborted_tick_filled_is_filled_by_the_next(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    (void)stored(w, 2);
    tick(w, LIFE);
    tb_store_mem_fail_commit(w->node.store, 1, TB_ERR_FULL);
    assert_int_equal(turn_err(w), TB_ERR_FULL);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 0);
    tick(w, 0);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 2);
}

/* Its sender had filled the first, the second is as good as ever, the third ends at the hub. */
static void of_a_group_that_waits_only_what_is_over_is_filled(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    expires_at(w, &p, w->now.real + 1000, 2);
    tb_line line = {.kind = TB_LINE_REFUSED,
                    .stream = tb_group_stream(&p.groups[0]),
                    .from = 1,
                    .digest = p.groups[0].items[0].digest,
                    .at = w->now.real,
                    .code = TB_REFUSED_EXPIRED};
    tb_signed_line own = sign_line(w, at(w, A), &line);
    p.groups[0].items[0].refusal = &own;
    p.groups[0].items[0].body = tb_bytes_of(NULL, 0);
    tick(w, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, TB_EXPIRY_SWEEP_MS);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    link_up(w, at(w, B));
    tb_frame *frame = expect(w, at(w, B), TB_FRAME_DELIVER);
    const tb_item *items = frame->carry.groups[0].items;
    assert_string_equal(items[0].refusal->root.signer.text, "a");
    assert_null(items[1].refusal);
    assert_true(items[1].body.size > 0);
    assert_string_equal(items[2].refusal->root.signer.text, TB_HUB_PARTY);
    assert_true(take(w, at(w, B), &frame->carry.groups[0], &frame->carry));
}

/* A body that is for several stays beside the group as long as one item of it needs it. */
static void a_shared_body_is_delivered_beside_what_was_filled(void **state)
{
    world *w = *state;
    const size_t to[] = {B, C};
    link_up(w, at(w, A));
    parcel p = make(w, at(w, A), to, 2, TB_LANE_NORMAL, 2, 300);
    p.group_count = 1;
    expires_at(w, &p, w->now.real + 1000, 0);
    tb_item *items = p.groups[0].items;
    assert_ok(tb_header_encode(&items[0].header, &w->arena, &items[0].header_bytes));
    items[0].digest = tb_header_digest(items[0].header_bytes);
    items[1].header.entries[0].previous = items[0].digest;
    assert_ok(tb_header_encode(&items[1].header, &w->arena, &items[1].header_bytes));
    items[1].digest = tb_header_digest(items[1].header_bytes);
    at(w, A)->out[B][TB_LANE_NORMAL - TB_LANE_FIRST].digest = items[1].digest;
    sign_again(w, at(w, A), &p);
    tick(w, 0);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect(w, at(w, A), TB_FRAME_STORED);
    tick(w, TB_EXPIRY_SWEEP_MS);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_REFUSED), 1);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 2);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(what_an_aborted_tick_filled_is_filled_by_the_next),
    WORLD_TEST(a_hub_out_of_a_backup_waits_before_it_looks),
    WORLD_TEST(above_the_watermark_nothing_is_filled),
    WORLD_TEST(thousands_that_end_at_once_are_told_of_over_several_ticks),
    WORLD_TEST(a_group_that_fillers_would_make_too_large_stays_what_it_was),
    WORLD_TEST(what_turns_out_to_have_arrived_in_the_same_turn_is_not_filled),
    WORLD_TEST(what_is_over_is_refused_at_its_edge_and_not_before),
    WORLD_TEST(of_a_group_only_what_is_over_is_refused_and_it_comes_again_with_fillers),
    WORLD_TEST(what_waits_beyond_its_life_arrives_as_a_number_without_content),
    WORLD_TEST(its_sender_is_told_even_after_the_number_was_taken),
    WORLD_TEST(a_sender_that_is_there_is_told_at_once),
    WORLD_TEST(what_is_on_its_way_is_left_alone),
    WORLD_TEST(many_rows_are_swept_in_slices_and_none_is_left),
    WORLD_TEST(of_a_group_that_waits_only_what_is_over_is_filled),
    WORLD_TEST(a_shared_body_is_delivered_beside_what_was_filled),
};

TB_RUN("broker/expiry", tests)
