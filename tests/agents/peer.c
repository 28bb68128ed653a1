#define _POSIX_C_SOURCE 200809L /* strtok_r */

#include "tests/agents/peer.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/check_case.h"
#include "agents/draft.h"
#include "agents/local.h"
#include "messages/merkle.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define BLOCK_BYTES (64u * 1024 * 1024)
#define APPLIED     "test applied"

static town *here;

static peer *peer_of(const tb_agent *agent)
{
    peer *all[] = {&here->a, &here->b, &here->c};
    for (size_t i = 0; i < 3; i++) {
        if (&all[i]->agent == agent) {
            return all[i];
        }
    }
    fail_msg("an agent of no town");
    return NULL;
}

/* ---- casework's stand-in ---- */

/* "RECIPIENT[,RECIPIENT] TEXT [GROUP=READER]...": an opening per GROUP=READER. */
static void read_wish(tb_agent *agent, tb_arena *arena, char *line, tb_outgoing *out)
{
    char *rest = NULL;
    char *to = strtok_r(line, " ", &rest);
    char *text = strtok_r(NULL, " ", &rest);
    tb_event *event = tb_arena_alloc(arena, sizeof *event);
    *event = sample_opening_event(arena);
    event->hub = agent->hub;
    event->actor = agent->self;
    event->account = tb_bytes_str(text);
    event->commitment_count = 0;
    event->commitments = tb_arena_array(arena, 8, sizeof *event->commitments);

    *out = (tb_outgoing){.lane = TB_LANE_NORMAL, .kind = TB_NOTICE_CASEWORK};
    out->readers = tb_arena_array(arena, 8, sizeof *out->readers);
    out->openings = tb_arena_array(arena, 8, sizeof *out->openings);
    char *more = NULL;
    for (char *one = strtok_r(to, ",", &more); one != NULL; one = strtok_r(NULL, ",", &more)) {
        tb_outgoing_reader *reader = &out->readers[out->reader_count++];
        reader->recipient = sample_party(one);
        reader->opens = tb_arena_array(arena, 8, sizeof(bool));
    }
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *reader_name = strchr(word, '=');
        if (strcmp(word, "urgent") == 0) {
            out->lane = TB_LANE_URGENT;
            continue;
        }
        *reader_name++ = '\0';
        tb_opening *opening = &out->openings[out->opening_count];
        tb_field field = {tb_bytes_str("number"), tb_bytes_str("17012345678")};
        opening->group = tb_bytes_str(word);
        memset(opening->random, 7, sizeof opening->random);
        assert_ok(tb_group_fields_encode(&field, 1, arena, &opening->content));
        event->commitments[event->commitment_count++] = (tb_commitment){
            opening->group, tb_commitment_of(opening, &agent->hub, &event->case_id)};
        for (size_t r = 0; r < out->reader_count; r++) {
            out->readers[r].opens[out->opening_count] =
                strcmp(out->readers[r].recipient.text, reader_name) == 0;
        }
        if (peer_of(agent)->lie) {
            opening->random[0] ^= 1;
        }
        out->opening_count++;
    }

    out->event_count = 1;
    out->events = tb_arena_array(arena, 1, sizeof *out->events);
    out->ids = tb_arena_array(arena, 1, sizeof *out->ids);
    assert_ok(tb_event_encode(event, arena, &out->events[0]));
    out->ids[0] = tb_event_id(out->events[0]);
    for (size_t i = 0; i < out->opening_count; i++) {
        out->openings[i].event = out->ids[0];
    }
}

tb_err tb_local_step(
    tb_agent *agent, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    char *line = tb_arena_alloc(tb_txn_arena(txn), input->bytes.size + 1);
    tb_outgoing outgoing;
    uint64_t notice = 0;
    (void)random;
    memcpy(line, input->bytes.data, input->bytes.size);
    read_wish(agent, tb_txn_arena(txn), line, &outgoing);
    tb_party to[8];
    for (size_t i = 0; i < outgoing.reader_count; i++) {
        to[i] = outgoing.readers[i].recipient;
    }
    if (!tb_link_ready(agent, txn, to, outgoing.reader_count)) {
        tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_INFO, "event=draft");
        return TB_OK;
    }
    return tb_outbox_add(agent, txn, &outgoing, &notice);
}

static tb_err append_applied(tb_txn *txn, tb_bytes text, const char *mark)
{
    tb_bytes before = {NULL, 0};
    tb_bytes key = tb_bytes_str(APPLIED);
    tb_err err = tb_store_get(txn, TB_TABLE_META, key, &before);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    size_t size = before.size + (before.size > 0) + strlen(mark) + text.size;
    char *after = tb_arena_alloc(tb_txn_arena(txn), size + 1);
    if (after == NULL) {
        return TB_ERR_LIMIT;
    }
    (void)snprintf(after, size + 1, "%.*s%s%s%.*s", (int)before.size, (const char *)before.data,
                   before.size > 0 ? " " : "", mark, (int)text.size, (const char *)text.data);
    return tb_store_put(txn, TB_TABLE_META, key, tb_bytes_of(after, size));
}

tb_err tb_apply_notice(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_incoming *incoming,
                       tb_effects *effects,
                       tb_refusal *out_refused,
                       tb_digest *out_event)
{
    peer *p = peer_of(agent);
    tb_err err = TB_OK;
    (void)now;
    (void)effects;
    *out_refused = TB_ACCEPTED;
    p->resends += incoming->has_resend ? 1 : 0;
    for (size_t i = 0; err == TB_OK && i < incoming->event_count; i++) {
        tb_bytes text = incoming->decoded[i].account;
        err = append_applied(txn, text, "");
        if (p->poison != NULL && tb_bytes_equal(text, tb_bytes_str(p->poison))) {
            return p->poison_err;
        }
        if (p->disliked != NULL && tb_bytes_equal(text, tb_bytes_str(p->disliked))) {
            *out_refused = TB_REFUSED_ROLE;
            *out_event = incoming->ids[i];
        }
    }
    for (size_t i = 0; err == TB_OK && i < incoming->opening_count; i++) {
        err = append_applied(txn, incoming->openings[i].group, "+");
    }
    for (size_t i = 0; err == TB_OK && i < incoming->passed_count; i++) {
        tb_event event;
        assert_int_equal(tb_event_decode(incoming->passed[i].event, tb_txn_arena(txn), &event),
                         TB_ACCEPTED);
        err = append_applied(txn, event.account, "^");
    }
    return err;
}

tb_err
tb_drafts_release(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    (void)txn;
    (void)now;
    (void)random;
    (void)effects;
    peer_of(agent)->releases++;
    return TB_OK;
}

tb_err tb_check_cases(const tb_agent *agent, tb_txn *txn, tb_faults *faults)
{
    (void)agent;
    (void)txn;
    (void)faults;
    return TB_OK;
}

tb_err tb_fault(tb_faults *faults, const char *what, tb_bytes about)
{
    (void)about;
    faults->list[faults->count++] = tb_bytes_str(what);
    return TB_OK;
}

/* ---- the town ---- */

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *key)
{
    tb_directory_key made = {purpose, *key, tb_key_id_of(purpose, key), 0};
    return made;
}

static tb_directory_party party_of(town *t, const char *id, const peer *p)
{
    tb_seal_pair transport;
    tb_seal_pair_make(&transport, &t->random);
    tb_directory_party party = {
        .id = sample_party(id),
        .role = tb_bytes_str("bureau"),
        .name_zh = tb_bytes_str("某单位"),
        .name_en = tb_bytes_str("A party"),
        .state = TB_PARTY_ACTIVE,
        .key_count = 3,
    };
    party.keys = tb_arena_array(&t->paper, 3, sizeof *party.keys);
    party.keys[0] = key_of(TB_PURPOSE_SIGN, &p->sign.public_key);
    party.keys[1] = key_of(TB_PURPOSE_SEAL, &p->seal.public_key);
    party.keys[2] = key_of(TB_PURPOSE_TRANSPORT, &transport.public_key);
    return party;
}

static tb_document sign_directory(town *t, tb_directory *directory)
{
    tb_directory settled;
    tb_document document = {
        .kind = TB_DOCUMENT_DIRECTORY,
        .name = tb_bytes_str("directory"),
        .version = directory->version,
        .signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &t->authority.public_key),
    };
    assert_ok(tb_directory_encode(directory, &t->paper, &document.content));
    assert_int_equal(tb_directory_decode(document.content, &t->paper, &settled), TB_ACCEPTED);
    tb_document_sign(&document, &settled.hub, &t->authority);
    *directory = settled;
    return document;
}

static void make_directory(town *t)
{
    tb_seal_pair transport;
    tb_seal_pair_make(&transport, &t->random);
    tb_directory directory = {
        .version = 1,
        .made = TOWN_TIME,
        .fresh_until = TOWN_TIME + TB_NOTICE_LIFE_MS,
        .authority = key_of(TB_PURPOSE_AUTHORITY, &t->authority.public_key),
        .hub_keys = {key_of(TB_PURPOSE_SIGN, &t->hub_sign.public_key),
                     key_of(TB_PURPOSE_TRANSPORT, &transport.public_key)},
        .party_count = 3,
        .title_zh = tb_bytes_str("名录"),
        .title_en = tb_bytes_str("Directory"),
    };
    directory.parties = tb_arena_array(&t->paper, 3, sizeof *directory.parties);
    directory.parties[0] = party_of(t, "bureau.33", &t->a);
    directory.parties[1] = party_of(t, "ct.33", &t->b);
    directory.parties[2] = party_of(t, "hq", &t->c);
    t->document = sign_directory(t, &directory);
    t->directory = directory;
}

tb_document town_next_directory(town *t, tb_cut *cuts, size_t count, tb_directory *out)
{
    tb_directory next = t->directory;
    next.version++;
    next.predecessor = t->directory.digest;
    next.cuts = cuts;
    next.cut_count = count;
    tb_document document = sign_directory(t, &next);
    *out = next;
    return document;
}

static void seed(void *shell, uint8_t out_seed[32])
{
    (void)shell;
    tb_random_bytes(&here->random, out_seed, 32);
}

static void perform(void *shell, const tb_effects *effects)
{
    peer *p = shell;
    for (size_t i = 0; i < effects->count; i++) {
        const tb_effect *effect = &effects->list[i];
        size_t used = strlen(p->notes);
        switch (effect->kind) {
        case TB_EFFECT_SEND:
            assert_true(p->sent_count < PEER_SENT_MAX);
            assert_ok(tb_arena_copy(&here->paper, effect->bytes, &p->sent[p->sent_count++]));
            break;
        case TB_EFFECT_NOTE:
            if (used + effect->note.size + 2 < sizeof p->notes) {
                memcpy(p->notes + used, effect->note.data, effect->note.size);
                p->notes[used + effect->note.size] = '\n';
            }
            break;
        case TB_EFFECT_STOP:
            p->stopped = true;
            break;
        case TB_EFFECT_ANSWER:
        case TB_EFFECT_CUT:
        case TB_EFFECT_CHANGED:
        case TB_EFFECT_RELOAD:
            break;
        }
    }
}

void town_restart(town *t, peer *p)
{
    tb_random random;
    uint8_t bytes[32];
    tb_refusal refused = TB_REFUSED_MALFORMED;
    tb_txn *txn = NULL;
    seed(NULL, bytes);
    tb_random_seed(&random, bytes);
    tb_agent fresh = {.self = p->agent.self, .keys = p->agent.keys};
    p->agent = fresh;
    p->agent.hub = t->directory.hub;
    p->agent.directory = &t->directory;
    tb_arena_reset(&p->node.arena);
    assert_ok(tb_store_begin(p->store, &p->node.arena, &txn));
    assert_ok(tb_agent_start(&p->agent, txn, &random, &refused));
    assert_int_equal(refused, TB_ACCEPTED);
    tb_effects_reset(&p->node.effects);
    assert_ok(tb_document_install(&p->agent, txn, (tb_now){t->now, t->now}, &t->document,
                                  &p->node.effects, &refused));
    assert_int_equal(refused, TB_ACCEPTED);
    assert_ok(tb_store_commit(txn));
    peer_forget(p);
}

static void make_peer(town *t, peer *p, const char *id)
{
    tb_store_options options = {64u * 1024 * 1024, TB_STORE_AGENT};
    p->agent.self = sample_party(id);
    p->agent.keys.sign = &p->sign;
    p->agent.keys.sign_id = tb_key_id_of(TB_PURPOSE_SIGN, &p->sign.public_key);
    p->agent.keys.seal[0] = &p->seal;
    p->agent.keys.seal_id[0] = tb_key_id_of(TB_PURPOSE_SEAL, &p->seal.public_key);
    p->agent.keys.seal_count = 1;
    p->block = malloc(BLOCK_BYTES);
    assert_non_null(p->block);
    tb_arena_init(&p->node.arena, p->block, BLOCK_BYTES);
    assert_ok(tb_store_open(NULL, &options, &p->store));
    p->node.store = p->store;
    p->node.logic = &p->agent;
    p->node.step = tb_agent_step;
    p->node.close = tb_agent_close;
    p->node.forget = tb_agent_forget;
    p->node.shell = p;
    p->node.perform = perform;
    p->node.seed = seed;
    town_restart(t, p);
}

town *town_make(void)
{
    static const uint8_t start[32] = {42};
    town *t = calloc(1, sizeof *t);
    assert_non_null(t);
    here = t;
    t->block = malloc(BLOCK_BYTES);
    assert_non_null(t->block);
    tb_arena_init(&t->paper, t->block, BLOCK_BYTES);
    tb_random_seed(&t->random, start);
    t->now = TOWN_TIME;
    t->hub_run = (tb_incarnation){1, {9, 9, 9, 9, 9, 9, 9, 9}};
    tb_sign_pair_make(&t->hub_sign, &t->random);
    tb_sign_pair_make(&t->authority, &t->random);
    peer *all[] = {&t->a, &t->b, &t->c};
    for (size_t i = 0; i < 3; i++) {
        tb_sign_pair_make(&all[i]->sign, &t->random);
        tb_seal_pair_make(&all[i]->seal, &t->random);
    }
    make_directory(t);
    make_peer(t, &t->a, "bureau.33");
    make_peer(t, &t->b, "ct.33");
    make_peer(t, &t->c, "hq");
    return t;
}

void town_free(town *t)
{
    peer *all[] = {&t->a, &t->b, &t->c};
    for (size_t i = 0; i < 3; i++) {
        tb_store_close(all[i]->store);
        free(all[i]->block);
    }
    free(t->block);
    free(t);
    here = NULL;
}

/* ---- an agent ---- */

static void turn(town *t, peer *p, tb_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        inputs[i].now = (tb_now){t->now, t->now};
    }
    if (tb_turn(&p->node, inputs, count) != TB_OK) {
        assert_ok(tb_turn_each(&p->node, inputs, count));
    }
}

void peer_step(town *t, peer *p, tb_input_kind kind, tb_bytes bytes)
{
    tb_input input = {.kind = kind, .bytes = bytes};
    turn(t, p, &input, 1);
}

void peer_say(town *t, peer *p, const char *text)
{
    tb_input input = {.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str(text)};
    turn(t, p, &input, 1);
}

void peer_say_all(town *t, peer *p, const char *const *texts, size_t count)
{
    tb_input inputs[64];
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++) {
        inputs[i] = (tb_input){.kind = TB_INPUT_LOCAL, .peer = 1, .bytes = tb_bytes_str(texts[i])};
    }
    turn(t, p, inputs, count);
}

void peer_tick(town *t, peer *p, tb_time later)
{
    t->now += later;
    peer_step(t, p, TB_INPUT_TICK, tb_bytes_of(NULL, 0));
}

void peer_forget(peer *p)
{
    p->sent_count = 0;
    memset(p->notes, 0, sizeof p->notes);
}

static tb_frame frame_at(const town *t, const peer *p, size_t i)
{
    tb_frame frame;
    (void)t;
    tb_refusal refused = tb_frame_decode(p->sent[i], &here->paper, &frame);
    assert_int_equal(refused, TB_ACCEPTED);
    return frame;
}

size_t peer_count(const town *t, const peer *p, tb_frame_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < p->sent_count; i++) {
        count += frame_at(t, p, i).kind == kind ? 1 : 0;
    }
    return count;
}

tb_frame peer_frame(town *t, const peer *p, tb_frame_kind kind, size_t nth)
{
    for (size_t i = 0; i < p->sent_count; i++) {
        tb_frame frame = frame_at(t, p, i);
        if (frame.kind == kind && nth-- == 0) {
            return frame;
        }
    }
    fail_msg("no such frame of kind %d among %zu", (int)kind, p->sent_count);
    return (tb_frame){.kind = kind};
}

static tb_txn *look(town *t, peer *p)
{
    tb_txn *txn = NULL;
    assert_ok(tb_store_begin_read(p->store, &t->paper, &txn));
    return txn;
}

const char *peer_applied(town *t, peer *p)
{
    tb_bytes value = {NULL, 0};
    tb_txn *txn = look(t, p);
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(APPLIED), &value);
    char *text = tb_arena_alloc(&t->paper, value.size + 1);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    if (err == TB_OK) {
        memcpy(text, value.data, value.size);
    }
    tb_store_abort(txn);
    return text;
}

bool peer_noted(const peer *p, const char *text)
{
    return strstr(p->notes, text) != NULL;
}

uint64_t peer_rows(town *t, peer *p, tb_table table)
{
    tb_txn *txn = look(t, p);
    uint64_t rows = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return rows;
}

tb_stream_out_row peer_stream_out(town *t, peer *p, const char *recipient)
{
    tb_stream_out_row row;
    tb_txn *txn = look(t, p);
    tb_stream stream = {p->agent.self, {0}, sample_party(recipient), TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    assert_ok(tb_stream_out_get(txn, &stream, &row));
    tb_store_abort(txn);
    return row;
}

tb_link_row peer_link(town *t, peer *p)
{
    tb_link_row row;
    tb_txn *txn = look(t, p);
    assert_ok(tb_link_get(txn, &row));
    tb_store_abort(txn);
    return row;
}

tb_refusal peer_alarm(town *t, peer *p)
{
    tb_alarm_row row = {.code = TB_ACCEPTED};
    uint64_t number = 0;
    tb_txn *txn = look(t, p);
    tb_err err = tb_alarm_last(txn, UINT64_MAX, &number, &row);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
    return row.code;
}

void peer_check(town *t, peer *p)
{
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_txn *txn = look(t, p);
    assert_ok(tb_agent_check(&p->agent, txn, &faults, &count));
    for (size_t i = 0; i < count; i++) {
        print_error("%.*s\n", (int)faults[i].size, (const char *)faults[i].data);
    }
    assert_int_equal(count, 0);
    tb_store_abort(txn);
}

/* ---- the hub ---- */

tb_stream town_stream(const peer *from, const char *to)
{
    tb_stream stream = {from->agent.self, {0}, sample_party(to), TB_LANE_NORMAL};
    peer *p = peer_of(&from->agent);
    tb_txn *txn = look(here, p);
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    tb_store_abort(txn);
    return stream;
}

void town_send(town *t, peer *p, tb_frame *frame)
{
    tb_bytes bytes;
    frame->protocol = TB_PROTOCOL;
    if (tb_digest_zero(&frame->hub)) {
        frame->hub = t->directory.hub;
    }
    assert_ok(tb_frame_encode(frame, &t->paper, &bytes));
    peer_step(t, p, TB_INPUT_FRAME, bytes);
}

void town_link(town *t, peer *p)
{
    tb_frame welcome = {.kind = TB_FRAME_WELCOME};
    peer_step(t, p, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    welcome.welcome.protocol = TB_PROTOCOL;
    welcome.welcome.hub_incarnation = t->hub_run;
    tb_version *version = tb_arena_alloc(&t->paper, sizeof *version);
    *version = (tb_version){TB_DOCUMENT_DIRECTORY, tb_bytes_str("directory"), t->directory.version,
                            t->directory.digest};
    welcome.welcome.documents = version;
    welcome.welcome.document_count = 1;
    town_send(t, p, &welcome);
}

static tb_signed_line sign_line(town *t,
                                const tb_line *line,
                                const char *id,
                                const tb_incarnation *run,
                                const tb_sign_pair *pair)
{
    tb_signed_line *made;
    tb_root root = {
        .suite = TB_SUITE_1,
        .tree = TB_TREE_LINES,
        .signer = sample_party(id),
        .key = tb_key_id_of(TB_PURPOSE_SIGN, &pair->public_key),
        .incarnation = *run,
    };
    assert_ok(tb_lines_sign(line, 1, &root, &t->directory.hub, pair, &t->paper, &made));
    return made[0];
}

tb_signed_line town_line(town *t, const tb_line *line)
{
    return sign_line(t, line, TB_HUB_PARTY, &t->hub_run, &t->hub_sign);
}

tb_signed_line town_line_by(town *t, const tb_line *line, const peer *signer)
{
    tb_stream stream = town_stream(signer, "hq");
    return sign_line(t, line, signer->agent.self.text, &stream.incarnation, &signer->sign);
}

tb_line town_stored_line(town *t, const tb_group *group)
{
    tb_line line = {
        .kind = TB_LINE_STORED,
        .stream = tb_group_stream(group),
        .from = tb_group_number(group, 0),
        .to = tb_group_number(group, group->item_count - 1),
        .digest = group->items[group->item_count - 1].digest,
        .at = t->now,
    };
    return line;
}

tb_line town_arrived_line(town *t, const tb_group *group)
{
    tb_line line = town_stored_line(t, group);
    line.kind = TB_LINE_ARRIVED;
    line.from = 0;
    return line;
}

static void send_lines(town *t, peer *p, tb_signed_line *lines, size_t count, bool again)
{
    tb_frame frame = {.kind = TB_FRAME_STORED};
    frame.lines.lines = lines;
    frame.lines.count = count;
    frame.lines.again = again;
    town_send(t, p, &frame);
}

void town_store(town *t, peer *p, const tb_group *group)
{
    tb_line line = town_stored_line(t, group);
    tb_signed_line stored = town_line(t, &line);
    send_lines(t, p, &stored, 1, false);
}

tb_frame town_delivery(town *t, const tb_frame *submitted, const peer *p)
{
    tb_frame frame = {.kind = TB_FRAME_DELIVER};
    tb_group *groups = tb_arena_array(&t->paper, submitted->carry.group_count, sizeof *groups);
    frame.carry.bodies = submitted->carry.bodies;
    frame.carry.body_count = submitted->carry.body_count;
    frame.carry.groups = groups;
    for (size_t i = 0; i < submitted->carry.group_count; i++) {
        tb_group group = submitted->carry.groups[i];
        if (!tb_party_equal(&group.recipient, &p->agent.self)) {
            continue;
        }
        tb_line line = town_stored_line(t, &group);
        group.has_stamp = true;
        group.stamp = town_line(t, &line);
        groups[frame.carry.group_count++] = group;
    }
    return frame;
}

void town_deliver(town *t, const tb_frame *submitted, peer *p)
{
    tb_frame frame = town_delivery(t, submitted, p);
    town_send(t, p, &frame);
}

void town_relay(town *t, peer *from, peer *to)
{
    for (size_t i = 0; i < from->sent_count; i++) {
        tb_frame frame = frame_at(t, from, i);
        if (frame.kind != TB_FRAME_SUBMIT) {
            continue;
        }
        for (size_t g = 0; g < frame.carry.group_count; g++) {
            if (tb_party_equal(&frame.carry.groups[g].recipient, &to->agent.self)) {
                town_store(t, from, &frame.carry.groups[g]);
            }
        }
        tb_frame delivery = town_delivery(t, &frame, to);
        if (delivery.carry.group_count > 0) {
            town_send(t, to, &delivery);
        }
    }
    for (size_t i = 0; i < to->sent_count; i++) {
        tb_frame frame = frame_at(t, to, i);
        if (frame.kind == TB_FRAME_TAKEN) {
            send_lines(t, from, frame.lines.lines, frame.lines.count, false);
        }
        if (frame.kind == TB_FRAME_REFUSED) {
            town_send(t, from, &frame);
        }
    }
    peer_forget(from);
    peer_forget(to);
}
