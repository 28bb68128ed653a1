#include "tests/broker/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "messages/merkle.h"
#include "messages/seal.h"
#include "tests/store/failing.h"
#include "tests/test.h"

#define MEMORY_BYTES (192u * 1024 * 1024)
#define QUOTA_BYTES  (64ull * 1024 * 1024)
#define START_MS     INT64_C(1700000000000)

/* Making the world */

static tb_directory_key directory_key(tb_purpose purpose, const tb_public_key *key)
{
    tb_directory_key made = {.purpose = purpose, .key = *key, .not_before = START_MS};
    made.id = tb_key_id_of(purpose, key);
    return made;
}

static void make_party(world *w, size_t place, tb_directory_party *entry)
{
    party *p = &w->parties[place];
    p->id.text[0] = (char)('a' + place);
    tb_sign_pair_make(&p->sign, &w->random);
    tb_seal_pair_make(&p->seal, &w->random);
    tb_seal_pair_make(&p->transport, &w->random);
    p->sign_id = tb_key_id_of(TB_PURPOSE_SIGN, &p->sign.public_key);
    p->incarnation.counter = 1;
    tb_random_bytes(&w->random, p->incarnation.random, sizeof p->incarnation.random);

    entry->id = p->id;
    entry->role = tb_bytes_str("bureau");
    entry->name_zh = tb_bytes_str("局");
    entry->name_en = tb_bytes_str("bureau");
    entry->state = TB_PARTY_ACTIVE;
    entry->key_count = 3;
    entry->keys = tb_arena_array(&w->arena, 8, sizeof *entry->keys);
    entry->keys[0] = directory_key(TB_PURPOSE_SIGN, &p->sign.public_key);
    entry->keys[1] = directory_key(TB_PURPOSE_SEAL, &p->seal.public_key);
    entry->keys[2] = directory_key(TB_PURPOSE_TRANSPORT, &p->transport.public_key);
}

static void make_directory(world *w)
{
    tb_directory d = {.version = 1, .made = START_MS, .fresh_until = START_MS * 2};
    d.authority = directory_key(TB_PURPOSE_AUTHORITY, &w->authority.public_key);
    d.hub_keys.sign = directory_key(TB_PURPOSE_SIGN, &w->hub_sign.public_key);
    d.hub_keys.transport = directory_key(TB_PURPOSE_TRANSPORT, &w->hub_transport.public_key);
    d.title_zh = tb_bytes_str("演练");
    d.title_en = tb_bytes_str("exercise");
    d.parties = tb_arena_array(&w->arena, PARTIES, sizeof *d.parties);
    d.party_count = PARTIES;
    for (size_t i = 0; i < PARTIES; i++) {
        make_party(w, i, &d.parties[i]);
    }

    w->document.kind = TB_DOCUMENT_DIRECTORY;
    w->document.name = tb_bytes_str("directory");
    w->document.version = 1;
    assert_ok(tb_directory_encode(&d, &w->arena, &w->document.content));
    tb_digest none = {{0}};
    w->document.signer_key = d.authority.id;
    tb_document_sign(&w->document, &none, &w->authority);
    assert_int_equal(tb_directory_decode(w->document.content, &w->arena, &w->directory),
                     TB_ACCEPTED);
}

tb_document world_next_directory(world *w, tb_directory *changed)
{
    tb_document document = w->document;
    changed->version = w->directory.version + 1;
    changed->predecessor = w->directory.digest;
    document.version = changed->version;
    assert_ok(tb_directory_encode(changed, &w->arena, &document.content));
    tb_document_sign(&document, &w->directory.hub, &w->authority);
    return document;
}

/* The shell's half */

static void hear(world *w, const tb_effect *effect)
{
    assert_true(w->inbox_count < INBOX_MAX);
    letter *l = &w->inbox[w->inbox_count++];
    l->peer = effect->peer;
    l->frame = tb_arena_alloc(&w->arena, sizeof *l->frame);
    assert_non_null(l->frame);
    assert_int_equal(tb_frame_decode(effect->bytes, &w->arena, l->frame), TB_ACCEPTED);
}

static void note(world *w, const tb_effect *effect)
{
    size_t used = strlen(w->notes);
    if (used + effect->note.size + 2 < sizeof w->notes) {
        memcpy(w->notes + used, effect->note.data, effect->note.size);
        w->notes[used + effect->note.size] = '\n';
    }
}

static void perform(void *shell, const tb_effects *effects)
{
    world *w = shell;
    for (size_t i = 0; i < effects->count; i++) {
        const tb_effect *effect = &effects->list[i];
        if (effect->kind == TB_EFFECT_SEND && !w->lose) {
            hear(w, effect);
        }
        if (effect->kind == TB_EFFECT_ANSWER) {
            assert_ok(tb_arena_copy(&w->arena, effect->bytes, &w->answer));
        }
        if (effect->kind == TB_EFFECT_NOTE) {
            note(w, effect);
        }
        w->cuts += effect->kind == TB_EFFECT_CUT ? 1 : 0;
        w->reloads += effect->kind == TB_EFFECT_RELOAD ? 1 : 0;
    }
}

static void seed(void *shell, uint8_t out_seed[32])
{
    world *w = shell;
    tb_random_bytes(&w->random, out_seed, 32);
}

static void open_store(world *w)
{
    tb_store_options options = {QUOTA_BYTES, TB_STORE_BROKER};
    assert_ok(tb_store_open("", &options, &w->node.store));
}

static void start(world *w)
{
    tb_broker_limits limits = w->broker.limits;
    memset(&w->broker, 0, sizeof w->broker);
    w->broker.hub = w->directory.hub;
    w->broker.sign = &w->hub_sign;
    w->broker.sign_id = tb_key_id_of(TB_PURPOSE_SIGN, &w->hub_sign.public_key);
    w->broker.directory = &w->directory;
    w->broker.limits = limits;
    w->broker.speaks = tb_protocol_spoken();

    tb_txn *txn = NULL;
    tb_refusal refused;
    tb_err err;
    do {
        refused = TB_ACCEPTED;
        tb_arena_reset(&w->node.arena);
        failing_start(w->node.store, &w->node.arena, &w->broker, sizeof w->broker);
        assert_ok(tb_store_begin(w->node.store, &w->node.arena, &txn));
        err = tb_broker_start(&w->broker, txn, &w->document, &w->random, &refused);
    } while (failing_again(txn, err));
    assert_ok(err);
    assert_int_equal(refused, TB_ACCEPTED);
    assert_ok(tb_store_commit(txn));
    w->inbox_count = 0;
}

world *world_open(void)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->memory = malloc(MEMORY_BYTES);
    assert_non_null(w->memory);
    tb_arena_init(&w->arena, w->memory, MEMORY_BYTES - TB_BROKER_ARENA_BYTES);
    tb_arena_init(&w->node.arena, w->memory + MEMORY_BYTES - TB_BROKER_ARENA_BYTES,
                  TB_BROKER_ARENA_BYTES);
    uint8_t fixed[32] = {7};
    tb_random_seed(&w->random, fixed);
    tb_sign_pair_make(&w->authority, &w->random);
    tb_sign_pair_make(&w->hub_sign, &w->random);
    tb_seal_pair_make(&w->hub_transport, &w->random);
    make_directory(w);
    w->now = (tb_now){START_MS, START_MS};
    w->next_peer = 1;
    w->broker.limits.share_bytes = TB_SHARE_BYTES;
    w->broker.limits.credit_bytes = TB_CREDIT_BYTES;
    w->node.logic = &w->broker;
    w->node.step = tb_broker_step;
    w->node.close = tb_broker_close;
    w->node.forget = tb_broker_forget;
    w->node.shell = w;
    w->node.perform = perform;
    w->node.seed = seed;
    open_store(w);
    start(w);
    return w;
}

void world_close(world *w)
{
    tb_store_close(w->node.store);
    free(w->memory);
    free(w);
}

void world_limits(world *w, uint64_t share_bytes, uint64_t credit_bytes)
{
    w->broker.limits.share_bytes = share_bytes;
    w->broker.limits.credit_bytes = credit_bytes;
}

void world_restart(world *w)
{
    start(w);
}

void world_lose_store(world *w)
{
    tb_store_close(w->node.store);
    open_store(w);
    start(w);
}

void world_reload(world *w)
{
    tb_txn *txn = NULL;
    tb_arena_reset(&w->node.arena);
    assert_ok(tb_store_begin_read(w->node.store, &w->arena, &txn));
    assert_ok(tb_broker_directory(txn, &w->document));
    tb_store_abort(txn);
    assert_int_equal(tb_directory_decode(w->document.content, &w->arena, &w->directory),
                     TB_ACCEPTED);
}

/* Turns */

void say_bytes(world *w, const party *from, tb_bytes bytes)
{
    assert_true(w->input_count < INPUTS_MAX);
    w->inputs[w->input_count++] = (tb_input){.kind = TB_INPUT_FRAME,
                                             .now = w->now,
                                             .peer = from->peer,
                                             .party = from->id,
                                             .bytes = bytes};
}

void say(world *w, const party *from, tb_frame *frame)
{
    tb_bytes bytes;
    frame->protocol = frame->kind == TB_FRAME_HELLO ? frame->hello.protocol_min : TB_PROTOCOL;
    frame->hub = w->directory.hub;
    assert_ok(tb_frame_encode(frame, &w->arena, &bytes));
    say_bytes(w, from, bytes);
}

void tick(world *w, tb_time later_ms)
{
    w->now.real += later_ms;
    w->now.civil += later_ms;
    assert_true(w->input_count < INPUTS_MAX);
    w->inputs[w->input_count++] = (tb_input){.kind = TB_INPUT_TICK, .now = w->now};
}

static void check(world *w)
{
    tb_txn *txn;
    tb_bytes *faults;
    size_t count;
    tb_err err;
    do {
        failing_start(w->node.store, &w->node.arena, &w->broker, sizeof w->broker);
        tb_arena_reset(&w->node.arena);
        assert_ok(tb_store_begin_read(w->node.store, &w->node.arena, &txn));
        err = tb_broker_check(&w->broker, txn, &faults, &count);
    } while (failing_again(txn, err));
    assert_ok(err);
    for (size_t i = 0; i < count; i++) {
        print_error("fault: %.*s\n", (int)faults[i].size, (const char *)faults[i].data);
    }
    assert_int_equal(count, 0);
    tb_store_abort(txn);
}

tb_err turn_err(world *w)
{
    tb_err err;
    do {
        failing_start(w->node.store, &w->node.arena, &w->broker, sizeof w->broker);
        err = tb_turn(&w->node, w->inputs, w->input_count);
    } while (failing_again(NULL, err));
    w->input_count = 0;
    return err;
}

void turn(world *w)
{
    assert_ok(turn_err(w));
    check(w);
}

uint64_t rows(world *w, tb_table table)
{
    tb_txn *txn = NULL;
    tb_arena_reset(&w->node.arena);
    assert_ok(tb_store_begin_read(w->node.store, &w->node.arena, &txn));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

/* What the hub sent */

tb_frame *expect(world *w, const party *to, tb_frame_kind kind)
{
    for (size_t i = 0; i < w->inbox_count; i++) {
        if (w->inbox[i].peer == to->peer) {
            tb_frame *frame = w->inbox[i].frame;
            assert_int_equal(frame->kind, kind);
            w->inbox_count--;
            memmove(&w->inbox[i], &w->inbox[i + 1], (w->inbox_count - i) * sizeof w->inbox[0]);
            return frame;
        }
    }
    fail_msg("nothing was sent to %s", to->id.text);
    return NULL;
}

tb_bye *expect_bye(world *w, const party *to, tb_refusal code)
{
    tb_bye *bye = &expect(w, to, TB_FRAME_BYE)->bye;
    assert_int_equal(bye->code, code);
    return bye;
}

void expect_nothing(world *w, const party *to)
{
    for (size_t i = 0; i < w->inbox_count; i++) {
        if (w->inbox[i].peer == to->peer) {
            fail_msg("%s was sent a frame of kind %d", to->id.text, (int)w->inbox[i].frame->kind);
        }
    }
}

void forget_all(world *w)
{
    w->inbox_count = 0;
}

bool noted(const world *w, const char *text)
{
    return strstr(w->notes, text) != NULL;
}

size_t place_of(const world *w, const tb_party *id)
{
    for (size_t i = 0; i < PARTIES; i++) {
        if (tb_party_equal(&w->parties[i].id, id)) {
            return i;
        }
    }
    fail_msg("no such party");
    return 0;
}
