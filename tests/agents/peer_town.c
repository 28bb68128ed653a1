/* peer_town - the town and its hub, which signs what the test wants it to have seen. */
#include "tests/agents/peer.h"

#include <stdlib.h>

#include "messages/event.h"
#include "messages/merkle.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

#define BLOCK_BYTES (64u * 1024 * 1024)

static town *here;

peer *town_peer(const tb_agent *agent)
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

town *town_here(void)
{
    return here;
}

/* ---- the town ---- */

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *key)
{
    tb_directory_key made = {purpose, *key, tb_key_id_of(purpose, key), 0, 0};
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
        .fresh_until = TOWN_TIME + TOWN_FRESH_MS,
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
        case TB_EFFECT_DESTROY:
            p->destroyed++;
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
    tb_refusal installed = TB_REFUSED_MALFORMED;
    const tb_agent fresh = {.self = p->agent.self,
                            .keys = p->agent.keys,
                            .hub = t->directory.hub,
                            .directory = &t->directory};
    tb_err err;
    do {
        p->agent = fresh;
        failing_start(p->store, &p->node.arena, &p->agent, sizeof p->agent);
        tb_arena_reset(&p->node.arena);
        tb_effects_reset(&p->node.effects);
        assert_ok(tb_store_begin(p->store, &p->node.arena, &txn));
        err = tb_agent_start(&p->agent, txn, &random, &refused);
        tb_bytes detail;
        if (err == TB_OK) {
            err = tb_document_install(&p->agent, txn, (tb_now){t->now, t->now}, &t->document,
                                      &p->node.effects, &installed, &detail);
        }
    } while (failing_again(txn, err));
    assert_ok(err);
    assert_int_equal(refused, TB_ACCEPTED);
    assert_int_equal(installed, TB_ACCEPTED);
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

/* ---- the hub ---- */

tb_stream town_stream(const peer *from, const char *to)
{
    tb_stream stream = {from->agent.self, {0}, sample_party(to), TB_LANE_NORMAL};
    peer *p = town_peer(&from->agent);
    tb_txn *txn = peer_look(here, p);
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

void town_link_all(town *t)
{
    peer *const all[] = {&t->a, &t->b, &t->c};
    for (size_t i = 0; i < 3; i++) {
        town_link(t, all[i]);
        peer_forget(all[i]);
    }
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

tb_passed town_prove(town *t, tb_bytes event, tb_bytes header)
{
    tb_header like;
    tb_tree tree;
    tb_passed passed = {.event = event, .id_count = 1};
    passed.ids = tb_arena_array(&t->paper, 1, sizeof *passed.ids);
    passed.ids[0] = tb_event_id(event);
    assert_int_equal(tb_header_decode(header, &t->paper, &like), TB_ACCEPTED);
    like.events = tb_events_digest(passed.ids, 1);
    assert_ok(tb_header_encode(&like, &t->paper, &passed.header));
    tb_digest digest = tb_header_digest(passed.header);
    assert_ok(tb_tree_build(&digest, 1, &t->paper, &tree));
    passed.root = (tb_root){.suite = TB_SUITE_1,
                            .tree = TB_TREE_HEADERS,
                            .signer = like.sender,
                            .key = like.signing_key,
                            .incarnation = like.incarnation,
                            .count = 1,
                            .root = tree.root};
    tb_root_sign(&passed.root, &t->directory.hub, &t->a.sign);
    return passed;
}

tb_passed town_passed(town *t, const peer *p)
{
    tb_passed passed;
    assert_int_equal(tb_passed_decode(p->passed, &t->paper, &passed), TB_ACCEPTED);
    return passed;
}

void town_deliver(town *t, const tb_frame *submitted, peer *p)
{
    tb_frame frame = town_delivery(t, submitted, p);
    town_send(t, p, &frame);
}

void town_relay(town *t, peer *from, peer *to)
{
    for (size_t i = 0; i < from->sent_count; i++) {
        tb_frame frame = peer_frame_at(t, from, i);
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
        tb_frame frame = peer_frame_at(t, to, i);
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
