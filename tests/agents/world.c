#include "tests/agents/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/check_case.h"
#include "agents/clock.h"
#include "agents/cut_judge.h"
#include "agents/draft.h"
#include "agents/duties.h"
#include "agents/local.h"
#include "agents/migrate.h"
#include "agents/outbox.h"
#include "messages/digest.h"
#include "messages/parts.h"
#include "tests/store/failing.h"

#define MEMORY_BYTES (64u * 1024 * 1024)
#define AGENT_BYTES  TB_AGENT_ARENA_BYTES
#define QUOTA_BYTES  (64ull * 1024 * 1024)
#define START        1423453140000 /* 2015-02-09T11:39:00+08:00 */

/* ascending by id */
static const world_person usual[] = {
    {"bureau.11", "bureau", "11", "北京市通信管理局"},
    {"bureau.33", "bureau", "33", "浙江省通信管理局"},
    {"bureau.44", "bureau", "44", "广东省通信管理局"},
    {"cm.33", "operator", "33", "浙江移动"},
    {"cm.44", "operator", "44", "广东移动"},
    {"ct.44", "operator", "44", "广东电信"},
    {"headquarters", "headquarters", "", "专项办"},
    {"police.11", "police", "11", "北京市公安局"},
    {"police.33", "police", "33", "浙江省公安厅"},
    {"resale.1", "resale", "", "转售企业一"},
};

#define USUAL (sizeof usual / sizeof usual[0])

static tb_party party(const char *id)
{
    tb_party out;
    assert_true(tb_party_parse(tb_bytes_str(id), &out));
    return out;
}

static void load_campaign(world *w, const char *name)
{
    char path[512];
    char error[256] = "";
    assert_true(snprintf(path, sizeof path, "%s/%s", TB_SOURCE_DIR, name) > 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = malloc(1 << 20);
    assert_non_null(text);
    size_t size = fread(text, 1, 1 << 20, file);
    assert_int_equal(fclose(file), 0);
    if (tb_campaign_load(tb_bytes_of(text, size), &w->loaded, error, sizeof error) != TB_OK) {
        fail_msg("%s", error);
    }
    free(text);
    w->campaign = tb_campaign_loaded_get(w->loaded);
    w->campaigns = (tb_campaigns){&w->campaign, 1};
}

static void write_directory(world *w, const world_person *people, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        w->keys[i] = (tb_directory_key){.purpose = TB_PURPOSE_SEAL};
        w->parties[i] = (tb_directory_party){
            .id = party(people[i].id),
            .role = tb_bytes_str(people[i].role),
            .jurisdiction = tb_bytes_str(people[i].jurisdiction),
            .name_zh = tb_bytes_str(people[i].name),
            .name_en = tb_bytes_str(people[i].id),
            .state = TB_PARTY_ACTIVE,
            .keys = &w->keys[i],
            .key_count = 1,
        };
    }
    w->directory = (tb_directory){
        .version = 1,
        .exercise = true,
        .parties = w->parties,
        .party_count = count,
    };
}

static void write_segments(world *w)
{
    /* every 1380000... number is Guangdong's */
    w->run =
        (tb_segment_run){.first = 1380000, .count = 10000, .province = 44, .operator_code = 'M'};
    static tb_bytes city;
    city = tb_bytes_str("广州");
    w->segments = (tb_segments){
        .version = 7, .runs = &w->run, .run_count = 1, .cities = &city, .city_count = 1};
}

/* A run of the agent begins, by what is in its store. */
static void begin_run(world *w, world_agent *a)
{
    const tb_agent fresh = a->agent;
    tb_txn *txn;
    tb_refusal refused;
    tb_err err;
    do {
        a->agent = fresh;
        failing_start(a->store, &a->arena, &a->agent, sizeof a->agent);
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        err = tb_agent_start(&a->agent, txn, &w->random, &refused);
    } while (failing_again(txn, err));
    assert_ok(err);
    assert_int_equal(refused, TB_ACCEPTED);
    assert_ok(tb_store_commit(txn));
    link_up(w, a->id.text, true);
}

static void start_agent(world *w, size_t i)
{
    world_agent *a = &w->agents[i];
    tb_store_options options = {.quota_bytes = QUOTA_BYTES, .kind = TB_STORE_AGENT};
    a->id = w->parties[i].id;
    assert_ok(tb_store_open("", &options, &a->store));
    void *block = malloc(AGENT_BYTES);
    assert_non_null(block);
    tb_arena_init(&a->arena, block, AGENT_BYTES);
    a->effects = calloc(1, sizeof *a->effects);
    assert_non_null(a->effects);
    a->agent = (tb_agent){
        .self = a->id,
        .hub = {{7}},
        .directory = &w->directory,
        .campaigns = &w->campaigns,
        .segments = &w->segments,
    };
    begin_run(w, a);
}

void world_restart(world *w, const char *party)
{
    world_agent *a = who(w, party);
    const tb_agent before = a->agent;
    a->agent = (tb_agent){
        .self = before.self,
        .keys = before.keys,
        .hub = before.hub,
        .directory = before.directory,
        .campaigns = before.campaigns,
        .segments = before.segments,
        .calendar = before.calendar,
        .directories = before.directories,
    };
    tb_arena_reset(&a->arena);
    begin_run(w, a);
}

static void start_agents(world *w, const world_person *people, size_t count)
{
    assert_true(count <= WORLD_AGENTS);
    write_directory(w, people, count);
    w->agent_count = count;
    for (size_t i = 0; i < count; i++) {
        start_agent(w, i);
    }
}

static void end_agents(world *w)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        tb_store_close(w->agents[i].store);
        free(w->agents[i].arena.block);
        free(w->agents[i].effects);
        w->agents[i] = (world_agent){.store = NULL};
    }
}

int world_setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    void *block = malloc(MEMORY_BYTES);
    assert_non_null(block);
    tb_arena_init(&w->memory, block, MEMORY_BYTES);
    static const uint8_t seed[32] = {1, 2, 3};
    tb_random_seed(&w->random, seed);
    w->clock = START;
    load_campaign(w, "ops/campaigns/black-card.yaml");
    write_segments(w);
    start_agents(w, usual, USUAL);
    *state = w;
    return 0;
}

int world_teardown(void **state)
{
    world *w = *state;
    end_agents(w);
    tb_campaign_loaded_free(w->loaded);
    free(w->memory.block);
    free(w);
    return 0;
}

world_agent *who(world *w, const char *id)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        if (strcmp(w->agents[i].id.text, id) == 0) {
            return &w->agents[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

/* ---- a turn ---- */

static tb_txn *look_at(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    tb_effects_reset(a->effects);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* A turn; from here to again() calls may fail on purpose. What an agent did last it keeps in
 * memory, and what it sends may be lost, so that goes back with the attempt. */
static tb_txn *begin(world_agent *a)
{
    a->before = a->agent;
    failing_start(a->store, &a->arena, &a->agent, sizeof a->agent);
    return look_at(a);
}

/* Whether it failed on purpose and is to be run again. */
static bool again(world_agent *a, tb_txn *txn, tb_err err)
{
    bool failed = failing_again(txn, err);
    if (failed) {
        a->agent = a->before;
    }
    return failed;
}

static tb_bytes keep(world *w, tb_bytes bytes)
{
    tb_bytes copy;
    assert_ok(tb_arena_copy(&w->memory, bytes, &copy));
    return copy;
}

tb_err world_migrate(world_agent *a, tb_migration_tell *tell, void *context)
{
    tb_err err;
    failing_many(true);
    do {
        failing_start(a->store, &a->arena, &a->agent, sizeof a->agent);
        err = tb_migrate(a->store, &a->arena, tb_agent_migrations, tb_agent_migration_count, tell,
                         context);
    } while (failing_again(NULL, err));
    failing_many(false);
    return err;
}

/* The header a notice would have, and the proof that would be kept of it. */
static tb_bytes head_notice(world *w, world_agent *a, tb_txn *txn, const tb_pending_notice *notice)
{
    const tb_outgoing *outgoing = &notice->outgoing;
    tb_entry entries[TB_ENTRIES_MAX];
    tb_header header = {
        .suite = 1,
        .hub = a->agent.hub,
        .sender = a->id,
        .notice = notice->notice,
        .lane = outgoing->lane,
        .kind = outgoing->kind,
        .made = w->clock,
        .expires = w->clock + TB_NOTICE_LIFE_MS,
        .directory_version = w->directory.version,
        .events = tb_events_digest(outgoing->ids, outgoing->event_count),
        .entries = entries,
        .entry_count = outgoing->reader_count,
    };
    assert_ok(tb_meta_incarnation(txn, &header.incarnation));
    for (size_t i = 0; i < outgoing->reader_count; i++) {
        entries[i] =
            (tb_entry){.recipient = outgoing->readers[i].recipient, .number = notice->notice};
        entries[i].previous.bytes[0] = notice->notice > 1;
    }
    tb_bytes encoded;
    assert_ok(tb_header_encode(&header, &w->memory, &encoded));
    tb_proof_row proof = {
        .header = encoded, .ids = outgoing->ids, .id_count = outgoing->event_count};
    proof.root.suite = 1;
    proof.root.tree = TB_TREE_HEADERS;
    proof.root.signer = a->id;
    proof.root.count = 1;
    proof.root.incarnation = header.incarnation;
    if (proof.id_count > 0) {
        assert_ok(tb_proof_put(txn, &a->id, &header.incarnation, notice->notice, &proof));
    }
    return encoded;
}

static void write_letters(world *w, world_agent *a, tb_txn *txn)
{
    for (size_t n = 0; n < a->agent.pending.count; n++) {
        const tb_pending_notice *notice = &a->agent.pending.list[n];
        const tb_outgoing *outgoing = &notice->outgoing;
        tb_bytes header = head_notice(w, a, txn, notice);
        for (size_t r = 0; r < outgoing->reader_count; r++) {
            const tb_outgoing_reader *reader = &outgoing->readers[r];
            tb_opening *open =
                tb_arena_array(&w->memory, outgoing->opening_count + 1, sizeof *open);
            size_t open_count = 0;
            for (size_t i = 0; i < outgoing->opening_count; i++) {
                if (reader->opens[i]) {
                    open[open_count++] = outgoing->openings[i];
                }
            }
            assert_true(w->letter_count < WORLD_LETTERS);
            letter *l = &w->letters[w->letter_count++];
            *l = (letter){.to = reader->recipient,
                          .header = header,
                          .resend = outgoing->kind == TB_NOTICE_RESEND,
                          .asks = keep(w, outgoing->resend)};
            assert_ok(tb_part_events_encode(outgoing->events, outgoing->event_count, &w->memory,
                                            &l->events));
            assert_ok(tb_part_openings_encode(open, open_count, &w->memory, &l->openings));
            assert_ok(tb_part_passed_encode(reader->passed, reader->passed_count, &w->memory,
                                            &l->passed));
            l->ids = tb_arena_array(&w->memory, outgoing->event_count + 1, sizeof *l->ids);
            if (outgoing->event_count > 0) {
                memcpy(l->ids, outgoing->ids, outgoing->event_count * sizeof *l->ids);
            }
            l->id_count = outgoing->event_count;
        }
    }
    if (a->agent.pending.last_notice != 0) {
        assert_ok(tb_meta_number_put(txn, "notice", a->agent.pending.last_notice));
    }
    tb_agent_forget(&a->agent);
}

void world_end(world *w, world_agent *a, tb_txn *txn)
{
    write_letters(w, a, txn);
    assert_ok(tb_store_commit(txn));
}

/* ---- asking ---- */

const tb_local_answer *ask(world *w, const char *id, tb_local_request *request)
{
    world_agent *a = who(w, id);
    tb_bytes encoded;
    if (request->account.size == 0) {
        request->account = tb_bytes_str("li");
    }
    assert_ok(tb_local_request_encode(request, &w->memory, &encoded));
    if (w->secret != NULL) {
        assert_ok(tb_local_request_prove(encoded, w->secret, &w->memory, &encoded));
    }
    w->clock += 1000;
    tb_input input = {
        .kind = TB_INPUT_LOCAL, .now = {w->clock, w->clock}, .peer = 3, .bytes = encoded};
    input.person = w->person;
    tb_txn *txn;
    tb_err err;
    do {
        txn = begin(a);
        err = tb_local_step(&a->agent, txn, &input, &w->random, a->effects);
    } while (again(a, txn, err));
    assert_ok(err);
    bool answered = false;
    for (size_t i = 0; i < a->effects->count; i++) {
        if (a->effects->list[i].kind == TB_EFFECT_ANSWER) {
            assert_false(answered);
            answered = true;
            assert_int_equal(a->effects->list[i].peer, 3);
            assert_int_equal(
                tb_local_answer_decode(keep(w, a->effects->list[i].bytes), &w->memory, &w->answer),
                TB_ACCEPTED);
        }
    }
    assert_true(answered);
    world_end(w, a, txn);
    return &w->answer;
}

void turn_with(world *w, const char *id, tb_err (*run)(tb_step *step))
{
    world_agent *a = who(w, id);
    tb_txn *txn = look_at(a); /* the test's own step: it does not fail */
    tb_step step;
    assert_ok(
        tb_step_make(&a->agent, txn, (tb_now){w->clock, w->clock}, &w->random, a->effects, &step));
    assert_ok(run(&step));
    world_end(w, a, txn);
}

void turn_of(world *w, const char *id, tb_err (*run)(tb_step *step))
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_err err;
    do {
        tb_step step;
        txn = begin(a);
        err = tb_step_make(&a->agent, txn, (tb_now){w->clock, w->clock}, &w->random, a->effects,
                           &step);
        err = err == TB_OK ? run(&step) : err;
    } while (again(a, txn, err));
    assert_ok(err);
    world_end(w, a, txn);
}

size_t fields_of(world *w, const char *text, tb_field **out)
{
    tb_bytes all = keep(w, tb_bytes_str(text));
    tb_field *fields = tb_arena_array(&w->memory, TB_FIELDS_MAX, sizeof *fields);
    assert_non_null(fields);
    size_t count = 0;
    for (size_t at = 0; at < all.size;) {
        size_t equals = at;
        while (all.data[equals] != '=') {
            equals++;
            assert_true(equals < all.size);
        }
        size_t stop = equals;
        while (stop < all.size && all.data[stop] != '|') {
            stop++;
        }
        fields[count].id = tb_bytes_of(all.data + at, equals - at);
        fields[count++].value = tb_bytes_of(all.data + equals + 1, stop - equals - 1);
        at = stop + 1;
    }
    *out = fields;
    return count;
}

static void next_id(world *w, tb_local_request *request)
{
    w->requests++;
    memcpy(request->id.bytes, &w->requests, sizeof w->requests);
}

void world_campaign(world *w, const char *file)
{
    tb_campaign_loaded_free(w->loaded);
    load_campaign(w, file);
}

void world_people(world *w, const world_person *people, size_t count)
{
    end_agents(w);
    start_agents(w, people, count);
}

void world_sweep(world *w)
{
    assert_int_equal(lying(w), 0);
    w->letter_count = 0;
    tb_arena_reset(&w->memory);
}

tb_refusal opens(world *w, const char *id, const char *fields)
{
    return opens_type(w, id, "notice", fields);
}

tb_refusal opens_type(world *w, const char *id, const char *type, const char *fields)
{
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    next_id(w, &request);
    request.open.campaign = tb_bytes_str(w->campaign->id);
    request.open.case_type = tb_bytes_str(type);
    request.open.field_count = fields_of(w, fields, &request.open.fields);
    const tb_local_answer *answer = ask(w, id, &request);
    if (answer->code == TB_ACCEPTED && !answer->draft) {
        w->case_id = answer->acted.case_id;
    }
    return answer->code;
}

tb_refusal
acts_on(world *w, const char *id, const char *action, const char *fields, const tb_digest *head)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    next_id(w, &request);
    request.act.case_id = w->case_id;
    request.act.action = tb_bytes_str(action);
    request.act.head = *head;
    request.act.field_count = fields_of(w, fields, &request.act.fields);
    return ask(w, id, &request)->code;
}

tb_refusal acts(world *w, const char *id, const char *action, const char *fields)
{
    static const tb_digest any;
    return acts_on(w, id, action, fields, &any);
}

/* ---- letters ---- */

/* What the inbox says of each event of a resend. */
static void judge_cuts(world *w, const world_agent *a, tb_incoming *incoming)
{
    incoming->beyond_cut =
        tb_arena_array(&w->memory, incoming->passed_count + 1, sizeof *incoming->beyond_cut);
    for (size_t i = 0; i < incoming->passed_count; i++) {
        tb_header header;
        tb_digest digest = tb_header_digest(incoming->passed[i].header);
        assert_int_equal(tb_header_decode(incoming->passed[i].header, &w->memory, &header),
                         TB_ACCEPTED);
        incoming->beyond_cut[i] = !tb_cut_passed_counts(
            &w->directory, &a->id, &incoming->header->sender, &header, &digest, NULL);
    }
}

/* Opened and proved as the inbox does, then applied. */
static tb_err take_in(world *w, world_agent *a, tb_txn *txn, const letter *l)
{
    tb_header header;
    tb_incoming incoming = {
        .header_bytes = l->header, .header = &header, .has_resend = l->resend, .resend = l->asks};
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    assert_int_equal(
        tb_part_events_decode(l->events, &w->memory, &incoming.events, &incoming.event_count),
        TB_ACCEPTED);
    assert_int_equal(tb_part_openings_decode(l->openings, &w->memory, &incoming.openings,
                                             &incoming.opening_count),
                     TB_ACCEPTED);
    assert_int_equal(
        tb_part_passed_decode(l->passed, &w->memory, &incoming.passed, &incoming.passed_count),
        TB_ACCEPTED);
    if (l->resend) {
        judge_cuts(w, a, &incoming);
    }
    incoming.ids = l->ids;
    incoming.decoded =
        tb_arena_array(&w->memory, incoming.event_count + 1, sizeof *incoming.decoded);
    for (size_t i = 0; i < incoming.event_count; i++) {
        assert_int_equal(tb_event_decode(incoming.events[i], &w->memory, &incoming.decoded[i]),
                         TB_ACCEPTED);
    }
    for (size_t i = 0; i < incoming.opening_count; i++) {
        for (size_t e = 0; e < incoming.event_count; e++) {
            if (tb_digest_equal(&incoming.openings[i].event, &incoming.ids[e])) {
                assert_true(tb_opening_matches(&incoming.openings[i], &incoming.decoded[e]));
            }
        }
    }
    tb_proof_row proof = {.header = l->header, .ids = l->ids, .id_count = l->id_count};
    proof.root.suite = 1;
    proof.root.tree = TB_TREE_HEADERS;
    proof.root.signer = header.sender;
    proof.root.count = 1;
    proof.root.incarnation = header.incarnation;
    tb_err err = TB_OK;
    if (proof.id_count > 0) {
        err = tb_proof_put(txn, &header.sender, &header.incarnation, header.notice, &proof);
    }
    tb_now now = {w->clock, w->clock};
    tb_digest event;
    if (err != TB_OK) {
        return err;
    }
    return tb_apply_notice(&a->agent, txn, now, &incoming, a->effects, &a->refused, &event);
}

tb_refusal deliver(world *w, letter *l)
{
    world_agent *a = who(w, l->to.text);
    tb_txn *txn;
    tb_err err;
    size_t mark = tb_arena_mark(&w->memory);
    l->gone = true;
    do {
        tb_arena_release(&w->memory, mark);
        txn = begin(a);
        err = take_in(w, a, txn, l);
    } while (again(a, txn, err));
    assert_ok(err);
    world_end(w, a, txn);
    return a->refused;
}

/* With faults awake, every call on the way to it fails once. */
static void look_for_the_deadline(world_agent *a)
{
    tb_txn *txn;
    tb_time at;
    tb_err err;
    if (!failing_awake()) {
        return;
    }
    do {
        txn = begin(a);
        err = tb_agent_deadline(&a->agent, txn, &at);
    } while (again(a, txn, err));
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
}

void tick(world *w, const char *id, tb_time later)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_err err;
    w->clock += later;
    tb_input input = {.kind = TB_INPUT_TICK, .now = {w->clock, w->clock}};
    do {
        txn = begin(a);
        err = tb_agent_step(&a->agent, txn, &input, &w->random, a->effects);
    } while (again(a, txn, err));
    assert_ok(err);
    world_end(w, a, txn);
    look_for_the_deadline(a);
}

letter *letter_to(world *w, const char *id)
{
    for (size_t i = 0; i < w->letter_count; i++) {
        if (!w->letters[i].gone && strcmp(w->letters[i].to.text, id) == 0) {
            return &w->letters[i];
        }
    }
    return NULL;
}

size_t lying(const world *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->letter_count; i++) {
        count += !w->letters[i].gone;
    }
    return count;
}

void deliver_all(world *w)
{
    for (size_t i = 0; i < w->letter_count; i++) {
        if (!w->letters[i].gone) {
            assert_int_equal(deliver(w, &w->letters[i]), TB_ACCEPTED);
        }
    }
}

void link_up(world *w, const char *id, bool up)
{
    world_agent *a = who(w, id);
    tb_link_row row = {.state = up ? TB_LINK_CONFIRMED : TB_LINK_DOWN, .since = w->clock};
    tb_now now = {w->clock, w->clock};
    tb_txn *txn;
    tb_err err;
    do {
        txn = begin(a);
        err = tb_link_put(txn, &row);
        if (err == TB_OK && up) {
            err = tb_drafts_release(&a->agent, txn, now, &w->random, a->effects);
        }
    } while (again(a, txn, err));
    assert_ok(err);
    world_end(w, a, txn);
}

void store_full(world *w, const char *id, bool full)
{
    uint64_t used;
    uint64_t quota;
    world_agent *a = who(w, id);
    tb_txn *txn = look_at(a);
    tb_store_usage(txn, &used, &quota);
    tb_store_abort(txn);
    tb_store_mem_limit(a->store, full ? used + used / 10 : QUOTA_BYTES);
}

/* ---- time ---- */

void at_time(world *w, const char *id, const char *time)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    assert_true(tb_time_parse(tb_bytes_str(time), &request.time));
    assert_int_equal(ask(w, id, &request)->code, TB_ACCEPTED);
}

void judge_due(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_step step;
    tb_now now;
    w->clock += TB_DUTY_QUIET_MS;
    tb_txn *txn;
    tb_err err;
    do {
        txn = begin(a);
        err = tb_clock_now(&a->agent, txn, w->clock, &now);
        if (err == TB_OK) {
            err = tb_step_make(&a->agent, txn, now, &w->random, a->effects, &step);
        }
        if (err == TB_OK) {
            err = tb_duties_tick(&step);
        }
    } while (again(a, txn, err));
    assert_ok(err);
    world_end(w, a, txn);
    look_for_the_deadline(a);
}

/* ---- looking ---- */

uint64_t alarms_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn = look_at(a);
    uint64_t count = tb_store_rows(txn, TB_TABLE_ALARM);
    tb_store_abort(txn);
    return count;
}

/* Duties followed the chain step by step; made anew along it they are the same. Nothing is kept. */
static void check_duties(world_agent *a)
{
    if (!a->agent.directory->exercise) {
        return; /* a stamp that came since dates them anew */
    }
    tb_txn *txn = look_at(a);
    tb_case_id id = {{0}};
    size_t mark = tb_arena_mark(&a->arena);
    while (tb_case_after(txn, &id, false, &id) == TB_OK) {
        tb_arena_release(&a->arena, mark); /* one case at a time, however many there are */
        tb_case_row row;
        tb_path path;
        tb_duty_row *followed;
        tb_duty_row *anew;
        size_t count;
        size_t again;
        assert_ok(tb_case_load(&a->agent, txn, &id, &row));
        if (row.view.type == NULL) {
            continue;
        }
        assert_ok(tb_chain_to_head(txn, &row, &path));
        assert_ok(tb_duties_of(txn, &id, &followed, &count));
        uint64_t said = tb_store_rows(txn, TB_TABLE_DUTY_SAID);
        assert_ok(tb_duties_anew(&a->agent, txn, &path, &row));
        assert_ok(tb_duties_of(txn, &id, &anew, &again));
        assert_int_equal(count, again);
        assert_int_equal(said, tb_store_rows(txn, TB_TABLE_DUTY_SAID));
        for (size_t i = 0; i < count; i++) {
            assert_true(tb_digest_equal(&followed[i].key.from, &anew[i].key.from));
            assert_true(tb_bytes_equal(followed[i].key.duty, anew[i].key.duty));
            assert_int_equal(followed[i].state, anew[i].state);
            assert_int_equal(followed[i].due, anew[i].due);
            assert_int_equal(followed[i].ended, anew[i].ended);
            assert_true(tb_digest_equal(&followed[i].end, &anew[i].end));
            assert_true(tb_digest_equal(&followed[i].lapse, &anew[i].lapse));
        }
    }
    tb_store_abort(txn);
}

void check_world(world *w)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        world_agent *a = &w->agents[i];
        tb_txn *txn;
        tb_bytes list[TB_CHECK_FAULTS_MAX];
        tb_faults faults;
        tb_err err;
        do {
            txn = begin(a);
            faults = (tb_faults){.arena = &a->arena, .list = list};
            err = tb_check_cases(&a->agent, txn, &faults);
        } while (again(a, txn, err));
        assert_ok(err);
        for (size_t f = 0; f < faults.count; f++) {
            print_error("%s: %.*s\n", a->id.text, (int)list[f].size, (const char *)list[f].data);
        }
        assert_int_equal(faults.count, 0);
        tb_store_abort(txn);
        check_duties(a);
    }
}
