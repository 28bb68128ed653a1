#include "broker/handlers.h"

bool tb_hub_transport(const tb_directory *directory, const tb_party *party, tb_key_id *out)
{
    const tb_directory_party *found = tb_directory_find(directory, party);
    if (found == NULL || found->state != TB_PARTY_ACTIVE) {
        return false;
    }
    const tb_directory_key *key = tb_directory_current(found, TB_PURPOSE_TRANSPORT);
    if (key == NULL || tb_directory_cut(directory, party, &key->id) != NULL) {
        return false;
    }

    *out = key->id;
    return true;
}

static tb_err newest_of(tb_broker *b,
                        const tb_document *document,
                        uint32_t *out_version,
                        tb_digest *out_digest,
                        bool *out_full)
{
    tb_hub_newest *list;
    size_t count;
    tb_err err = tb_hub_newest_list(b->running.txn, &list, &count);
    if (err != TB_OK) {
        return err;
    }

    *out_version = 0;
    *out_full = count == TB_VERSIONS_MAX;
    memset(out_digest, 0, sizeof *out_digest);
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind == document->kind && tb_bytes_equal(list[i].name, document->name)) {
            *out_version = list[i].version;
            *out_digest = list[i].digest;
            *out_full = false;
        }
    }
    return TB_OK;
}

/* Sessions whose transport key the directory no longer names as current. */
static tb_err cut_revoked(tb_broker *b)
{
    tb_running *t = &b->running;
    tb_party id;
    memset(&id, 0, sizeof id);
    tb_hub_session session;
    tb_err err = tb_hub_session_after(t->txn, &id, &id, &session);
    while (err == TB_OK) {
        tb_live_party *party;
        err = tb_running_party(b, &id, &party);
        if (err != TB_OK) {
            return err;
        }
        tb_key_id key;
        bool stays = tb_hub_transport(t->directory, &id, &key) &&
                     memcmp(&key, &party->session.key, sizeof key) == 0;
        if (party->linked && !stays) {
            uint64_t peer = party->session.peer;
            err = tb_hub_dismiss(b, party, peer, TB_REFUSED_KEY_REVOKED);
            if (err != TB_OK) {
                return err;
            }
            tb_effect cut = {TB_EFFECT_CUT, peer, {NULL, 0}, TB_LEVEL_WARN, {NULL, 0}};
            err = tb_effects_add(t->effects, &cut);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_hub_session_after(t->txn, &id, &id, &session);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Who was off-line and is not any more: senders were told Closed and have kept its notices. */
static tb_err welcome_joined(tb_broker *b, const tb_directory *before)
{
    const tb_directory *now = b->running.directory;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < now->party_count; i++) {
        const tb_directory_party *party = &now->parties[i];
        const tb_directory_party *was = tb_directory_find(before, &party->id);
        if (party->state == TB_PARTY_ACTIVE && was != NULL && was->state == TB_PARTY_OFF_LINE) {
            err = tb_hub_share_joined(b, &party->id);
        }
    }
    return err;
}

static tb_err use_directory(tb_broker *b, const tb_directory *directory)
{
    tb_running *t = &b->running;
    const tb_directory *before = t->directory;
    t->directory = directory;
    t->directory_taken = true;
    tb_effect reload = {TB_EFFECT_RELOAD, 0, {NULL, 0}, TB_LEVEL_INFO, {NULL, 0}};
    tb_err err = tb_effects_add(t->effects, &reload);
    if (err != TB_OK) {
        return err;
    }

    err = cut_revoked(b);
    return err == TB_OK ? welcome_joined(b, before) : err;
}

static tb_err frame_of(tb_broker *b, const tb_document *document, tb_document_frame **out)
{
    tb_running *t = &b->running;
    tb_document_frame *made = tb_arena_alloc(t->arena, sizeof *made);
    if (made == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = TB_FRAME_DOCUMENT;
    frame.document = *document;
    tb_err err = tb_running_encode(b, &frame, &made->frame);
    if (err != TB_OK) {
        return err;
    }
    made->kind = document->kind;
    made->name = document->name;
    made->version = document->version;
    made->next = NULL;
    /* In the order they came: one directory may name who signs the next. */
    tb_document_frame **end = &t->documents;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = made;
    *out = made;
    return TB_OK;
}

static tb_err keep(tb_broker *b, tb_live_party *from, const tb_document *document)
{
    tb_running *t = &b->running;
    tb_err err = tb_hub_document_put(t->txn, document);
    if (err != TB_OK) {
        return err;
    }

    tb_document_frame *made;
    err = frame_of(b, document, &made);
    if (err != TB_OK) {
        return err;
    }
    made->spread = true;
    made->from = from->id;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                    "event=document_taken kind=%u version=%u party=%p", (uint64_t)document->kind,
                    (uint64_t)document->version, &from->id);
    return TB_OK;
}

static tb_err
refuse(tb_broker *b, tb_live_party *from, tb_refusal code, const tb_document *document)
{
    tb_digest digest = tb_document_digest(document);
    tb_bytes none = {NULL, 0};
    tb_err err = tb_hub_raise(b, &from->id, code, tb_bytes_of(digest.bytes, TB_DIGEST_BYTES), none);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_refuse_plainly(b, from, code, none);
}

/* Whether a newer document is good; for a directory *out is it, decoded. */
static tb_err
judge(tb_broker *b, const tb_document *document, tb_directory **out, tb_refusal *out_refused)
{
    tb_running *t = &b->running;
    if (document->name.size > TB_NAME_BYTES_MAX) {
        *out_refused = TB_REFUSED_TOO_LARGE;
        return TB_OK;
    }
    if (document->kind != TB_DOCUMENT_DIRECTORY) {
        *out_refused = tb_directory_accept_document(t->directory, document);
        return TB_OK;
    }

    tb_directory *next = tb_arena_alloc(t->arena, sizeof *next);
    if (next == NULL) {
        return TB_ERR_LIMIT;
    }
    *out_refused = tb_directory_decode(document->content, t->arena, next);
    if (*out_refused == TB_ACCEPTED) {
        *out_refused = tb_directory_accept(t->directory, next, document);
    }
    *out = next;
    return TB_OK;
}

tb_err tb_hub_document_taken(tb_broker *b, tb_live_party *from, const tb_document *document)
{
    uint32_t version;
    tb_digest digest;
    bool full;
    tb_err err = newest_of(b, document, &version, &digest, &full);
    if (err != TB_OK) {
        return err;
    }
    if (document->version < version) {
        return TB_OK;
    }
    if (document->version == version) {
        tb_digest shown = tb_document_digest(document);
        return tb_digest_equal(&shown, &digest)
                   ? TB_OK
                   : refuse(b, from, TB_REFUSED_DIRECTORY_OLD, document);
    }

    tb_directory *next = NULL;
    tb_refusal refused;
    err = judge(b, document, &next, &refused);
    if (err != TB_OK) {
        return err;
    }
    if (refused == TB_ACCEPTED && (full || !tb_running_room(b, document->content.size))) {
        refused = TB_REFUSED_STORE_FULL;
    }
    if (refused != TB_ACCEPTED) {
        return refuse(b, from, refused, document);
    }
    err = keep(b, from, document);
    if (err != TB_OK || next == NULL) {
        return err;
    }
    return use_directory(b, next);
}

static tb_err frame_for(tb_broker *b, const tb_hub_newest *newest, tb_bytes *out)
{
    for (const tb_document_frame *f = b->running.documents; f != NULL; f = f->next) {
        if (f->kind == newest->kind && f->version == newest->version &&
            tb_bytes_equal(f->name, newest->name)) {
            *out = f->frame;
            return TB_OK;
        }
    }

    tb_document document;
    tb_err err =
        tb_hub_document(b->running.txn, newest->kind, newest->name, newest->version, &document);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    tb_document_frame *made;
    err = frame_of(b, &document, &made);
    if (err != TB_OK) {
        return err;
    }
    *out = made->frame;
    return TB_OK;
}

static bool is_behind(const tb_hello *hello, const tb_hub_newest *newest)
{
    for (size_t i = 0; i < hello->document_count; i++) {
        const tb_version *held = &hello->documents[i];
        if (held->kind == (uint32_t)newest->kind && tb_bytes_equal(held->name, newest->name)) {
            return held->version < newest->version;
        }
    }
    return true;
}

tb_err tb_hub_documents_for(tb_broker *b, tb_live_party *party, const tb_hello *hello)
{
    tb_hub_newest *list;
    size_t count;
    tb_err err = tb_hub_newest_list(b->running.txn, &list, &count);
    if (err != TB_OK) {
        return err;
    }

    for (size_t i = 0; i < count; i++) {
        if (!is_behind(hello, &list[i])) {
            continue;
        }
        tb_bytes frame;
        err = frame_for(b, &list[i], &frame);
        if (err != TB_OK) {
            return err;
        }
        err = tb_effects_send(b->running.effects, party->session.peer, frame);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err spread(tb_broker *b, const tb_document_frame *document)
{
    tb_party id;
    memset(&id, 0, sizeof id);
    tb_hub_session session;
    tb_err err = tb_hub_session_after(b->running.txn, &id, &id, &session);
    while (err == TB_OK) {
        if (!tb_party_equal(&id, &document->from)) {
            err = tb_effects_send(b->running.effects, session.peer, document->frame);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_hub_session_after(b->running.txn, &id, &id, &session);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_hub_documents_close(tb_broker *b)
{
    for (const tb_document_frame *f = b->running.documents; f != NULL; f = f->next) {
        if (!f->spread) {
            continue;
        }
        tb_err err = spread(b, f);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}
