#include "broker/broker.h"

#include "broker/handlers.h"
#include "store/version.h"

#define META_HUB         "hub"
#define META_COUNTER     "incarnation.counter"
#define META_INCARNATION "incarnation.random"

/* Due rows looked at in one tick; what is left is due at once. */
#define DUE_SLICE 256
/* No due row but that of an old refusal lies further ahead; one that does was written before the
 * clock went back. */
#define DUE_AHEAD_MS TB_SILENT_MS

static tb_err start_incarnation(tb_broker *broker, tb_txn *txn, tb_random *random)
{
    tb_err err = tb_hub_number(txn, META_COUNTER, &broker->incarnation.counter);
    if (err != TB_OK) {
        return err;
    }
    if (broker->incarnation.counter != 0) {
        tb_bytes bytes;
        err = tb_hub_bytes(txn, META_INCARNATION, &bytes);
        if (err != TB_OK || bytes.size != sizeof broker->incarnation.random) {
            return err == TB_OK || err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        memcpy(broker->incarnation.random, bytes.data, bytes.size);
        return TB_OK;
    }

    broker->incarnation.counter = 1;
    tb_random_bytes(random, broker->incarnation.random, sizeof broker->incarnation.random);
    err = tb_hub_number_put(txn, META_COUNTER, 1);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_bytes_put(
        txn, META_INCARNATION,
        tb_bytes_of(broker->incarnation.random, sizeof broker->incarnation.random));
}

/* Sessions belong to one run: their connections ended with it. */
static tb_err end_sessions(tb_txn *txn)
{
    tb_party id;
    memset(&id, 0, sizeof id);
    tb_hub_session session;
    tb_err err = tb_hub_session_after(txn, &id, &id, &session);
    while (err == TB_OK) {
        err = tb_due_del(txn, session.due, TB_DUE_SESSION, tb_bytes_of(id.text, TB_PARTY_BYTES));
        if (err != TB_OK) {
            return err;
        }
        err = tb_hub_session_del(txn, &id);
        if (err != TB_OK) {
            return err;
        }
        err = tb_hub_session_after(txn, &id, &id, &session);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err check_hub(tb_broker *broker, tb_txn *txn, tb_refusal *out_refused)
{
    tb_bytes hub = tb_bytes_of(broker->hub.bytes, TB_DIGEST_BYTES);
    tb_bytes held;
    tb_err err = tb_hub_bytes(txn, META_HUB, &held);
    if (err == TB_ERR_NOT_FOUND) {
        return tb_hub_bytes_put(txn, META_HUB, hub);
    }
    if (err == TB_OK && !tb_bytes_equal(held, hub)) {
        *out_refused = TB_REFUSED_WRONG_HUB;
    }
    return err;
}

/* Into an empty store: the first directory, or a later one that its own authority signed. That this
 * is the right authority is the word of who gave us the file. */
static tb_refusal trust_first(const tb_directory *directory, const tb_document *document)
{
    if (directory->version == 1) {
        return tb_directory_accept(NULL, directory, document);
    }
    if (document->version != directory->version) {
        return TB_REFUSED_MALFORMED;
    }
    bool authority = tb_key_id_equal(&document->signer_key, &directory->authority.id);
    return authority && tb_document_verify(document, &directory->hub, &directory->authority.key)
               ? TB_ACCEPTED
               : TB_REFUSED_NOT_AUTHORITY;
}

/* The document at hand against the store's: the first one, a newer one, or one to be left aside. */
static tb_err install(tb_txn *txn, const tb_document *document, tb_refusal *out_refused)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_directory *next = tb_arena_alloc(arena, sizeof *next);
    tb_directory *current = tb_arena_alloc(arena, sizeof *current);
    if (next == NULL || current == NULL) {
        return TB_ERR_LIMIT;
    }
    *out_refused = tb_directory_decode(document->content, arena, next);
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }

    tb_document held;
    tb_err err = tb_broker_directory(txn, &held);
    if (err == TB_ERR_NOT_FOUND) {
        *out_refused = trust_first(next, document);
        return *out_refused == TB_ACCEPTED ? tb_hub_document_put(txn, document) : TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (document->version <= held.version) {
        return TB_OK;
    }
    if (tb_directory_decode(held.content, arena, current) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    *out_refused = tb_directory_accept(current, next, document);
    return *out_refused == TB_ACCEPTED ? tb_hub_document_put(txn, document) : TB_OK;
}

tb_err tb_broker_start(tb_broker *broker,
                       tb_txn *txn,
                       const tb_document *directory,
                       tb_random *random,
                       tb_refusal *out_refused)
{
    TB_ASSERT(directory->kind == TB_DOCUMENT_DIRECTORY);

    tb_refusal refused = TB_ACCEPTED;
    tb_err err = check_hub(broker, txn, &refused);
    if (err == TB_OK && refused == TB_ACCEPTED) {
        err = install(txn, directory, &refused);
    }
    if (err == TB_OK && refused == TB_ACCEPTED) {
        err = start_incarnation(broker, txn, random);
    }
    if (err == TB_OK && refused == TB_ACCEPTED) {
        err = end_sessions(txn);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_time restored;
    err = tb_store_restored(txn, &restored);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_broker_forget(broker);
    broker->expiry = (tb_expiry_sweep){.waited = err == TB_ERR_NOT_FOUND};
    *out_refused = refused;
    return TB_OK;
}

tb_err tb_broker_directory(tb_txn *txn, tb_document *out)
{
    tb_hub_newest *list;
    size_t count;
    tb_err err = tb_hub_newest_list(txn, &list, &count);
    if (err != TB_OK) {
        return err;
    }

    for (size_t i = 0; i < count; i++) {
        if (list[i].kind == TB_DOCUMENT_DIRECTORY) {
            return tb_hub_document(txn, TB_DOCUMENT_DIRECTORY, list[i].name, list[i].version, out);
        }
    }
    return TB_ERR_NOT_FOUND;
}

/* Frames of a party that has a session on this connection. */
static tb_err in_session(tb_broker *b, tb_live_party *party, const tb_frame *frame)
{
    switch (frame->kind) {
    case TB_FRAME_SUBMIT:
        return tb_hub_submit(b, party, &frame->carry);
    case TB_FRAME_TAKEN:
        return tb_hub_taken(b, party, &frame->lines);
    case TB_FRAME_REFUSED:
        return tb_hub_notice_refused(b, party, &frame->refused);
    case TB_FRAME_DOCUMENT:
        return tb_hub_document_taken(b, party, &frame->document);
    case TB_FRAME_BYE:
        return tb_hub_forget_session(b, party);
    case TB_FRAME_BEAT:
        return TB_OK;
    case TB_FRAME_HELLO:
        TB_UNREACHABLE();
    case TB_FRAME_WELCOME:
    case TB_FRAME_STORED:
    case TB_FRAME_DELIVER:
    case TB_FRAME_CLOSED:
    case TB_FRAME_OPEN:
        /* What only a hub says. */
        return tb_hub_dismiss(b, party, party->session.peer, TB_REFUSED_MALFORMED);
    }
    TB_UNREACHABLE();
}

static tb_err
undecoded(tb_broker *b, tb_live_party *party, const tb_input *input, tb_refusal refused)
{
    tb_bytes start = input->bytes;
    if (start.size > TB_HEADER_BYTES_MAX) {
        start.size = TB_HEADER_BYTES_MAX;
    }
    tb_bytes none = {NULL, 0};
    tb_err err = tb_hub_raise(b, &party->id, refused, start, none);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_dismiss(b, party, input->peer, refused);
}

/* Heard of: written at most once a second, so that a busy session does not cost a row per frame. */
static void hear(tb_broker *b, tb_live_party *party)
{
    tb_time now = b->running.now.real;
    if (now - party->session.heard >= 1000 || now < party->session.heard) {
        party->session.heard = now;
        party->changed = true;
    }
}

static tb_err frame(tb_broker *b, const tb_input *input)
{
    tb_running *t = &b->running;
    tb_key_id key;
    if (!tb_hub_transport(t->directory, &input->party, &key)) {
        tb_effects_note(t->effects, t->arena, TB_LEVEL_WARN, "event=frame_dropped party=%p peer=%u",
                        &input->party, input->peer);
        return TB_OK;
    }
    tb_live_party *party;
    tb_err err = tb_running_party(b, &input->party, &party);
    if (err != TB_OK) {
        return err;
    }

    bool alone = t->arena->used < t->arena->size / 4;
    tb_frame *decoded = tb_arena_alloc(t->arena, sizeof *decoded);
    if (decoded == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_refusal refused = tb_frame_decode(input->bytes, t->arena, decoded);
    if (refused == TB_REFUSED_TOO_LARGE && !alone) {
        /* Perhaps its neighbours used up the turn's memory: by itself it will show. */
        return TB_ERR_LIMIT;
    }
    if (refused == TB_ACCEPTED && !tb_digest_equal(&decoded->hub, &b->hub)) {
        refused = TB_REFUSED_WRONG_HUB;
    }
    if (refused != TB_ACCEPTED) {
        return undecoded(b, party, input, refused);
    }
    tb_running_civil(b, decoded->civil);
    if (decoded->kind == TB_FRAME_HELLO) {
        return tb_hub_hello(b, party, input->peer, &decoded->hello);
    }
    if (!party->linked || party->session.peer != input->peer) {
        return decoded->kind == TB_FRAME_BYE
                   ? TB_OK
                   : tb_hub_dismiss(b, party, input->peer, TB_REFUSED_NO_SESSION);
    }
    hear(b, party);
    return in_session(b, party, decoded);
}

/* A row that is none of ours must not be the first for ever. */
static bool well_formed(const tb_due *due)
{
    switch (due->kind) {
    case TB_DUE_SESSION:
        return due->size == TB_PARTY_BYTES;
    case TB_DUE_TRIM:
        return due->size == TB_STREAM_KEY_BYTES;
    case TB_DUE_REFUSED:
        return due->size == TB_STREAM_KEY_BYTES + 8;
    }
    return false;
}

static tb_err due_now(tb_broker *b, const tb_due *due)
{
    tb_running *t = &b->running;
    tb_err err = tb_due_del(t->txn, due->at, due->kind, tb_bytes_of(due->key, due->size));
    if (err != TB_OK) {
        return err;
    }
    if (!well_formed(due)) {
        tb_effects_note(t->effects, t->arena, TB_LEVEL_ERROR, "event=due_corrupt kind=%u",
                        (uint64_t)due->kind);
        return TB_OK;
    }

    switch (due->kind) {
    case TB_DUE_SESSION:
        return tb_hub_session_due(b, due);
    case TB_DUE_TRIM:
        return tb_hub_trim_due(b, due);
    case TB_DUE_REFUSED:
        return tb_hub_refused_due(b, due);
    }
    TB_UNREACHABLE();
}

static tb_err tick(tb_broker *b)
{
    tb_running *t = &b->running;
    tb_time now = t->now.real;
    tb_due due;
    tb_err swept = tb_hub_expiry_tick(b);
    if (swept != TB_OK) {
        return swept;
    }
    for (size_t i = 0; i < DUE_SLICE; i++) {
        tb_err err = tb_due_first(t->txn, &due);
        if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
        bool clock_went_back = due.kind == TB_DUE_SESSION && due.at > now + DUE_AHEAD_MS;
        if (due.at > now && !clock_went_back) {
            return TB_OK;
        }
        err = due_now(b, &due);
        if (err == TB_ERR_CORRUPT) {
            /* What cannot be read must not hold up what else is due. */
            tb_effects_note(t->effects, t->arena, TB_LEVEL_ERROR, "event=due_corrupt kind=%u",
                            (uint64_t)due.kind);
            err = TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_broker_step(
    void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    tb_broker *b = logic;
    (void)random;
    tb_err err = tb_running_enter(b, txn, input->now, effects);
    if (err != TB_OK) {
        return err;
    }

    switch (input->kind) {
    case TB_INPUT_FRAME:
        return frame(b, input);
    case TB_INPUT_TICK:
        return tick(b);
    case TB_INPUT_GONE: {
        tb_live_party *party;
        err = tb_running_party(b, &input->party, &party);
        if (err != TB_OK || !party->linked || party->session.peer != input->peer) {
            return err;
        }
        return tb_hub_forget_session(b, party);
    }
    case TB_INPUT_LOCAL:
        return tb_hub_local(b, input);
    case TB_INPUT_LINK:
        return TB_OK;
    }
    TB_UNREACHABLE();
}

tb_err tb_broker_close(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    typedef tb_err part_fn(tb_broker *);
    /* Marks before Welcome, which shows them; Welcome before what follows it; sessions last, when
     * all have changed. */
    static part_fn *const parts[] = {tb_hub_marks_close,     tb_hub_welcome_close,
                                     tb_hub_documents_close, tb_hub_stored_close,
                                     tb_hub_deliver_close,   tb_hub_sessions_close};
    tb_broker *b = logic;
    (void)random;
    tb_err err = tb_running_enter(b, txn, now, effects);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && err == TB_OK; i++) {
        err = parts[i](b);
    }
    if (err == TB_OK && b->running.civil_moved) {
        err = tb_running_keep_civil(b);
    }
    return err;
}

void tb_broker_forget(void *logic)
{
    tb_broker *b = logic;
    memset(&b->running, 0, sizeof b->running);
}

tb_err tb_broker_deadline(tb_broker *broker, tb_txn *txn, tb_time *out)
{
    (void)broker;
    tb_due due;
    tb_err err = tb_due_first(txn, &due);
    if (err != TB_OK) {
        return err;
    }

    *out = due.at;
    return TB_OK;
}
