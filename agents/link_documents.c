/* link_documents - signed directories, campaigns and tables: kept when who may sign them did. */
#include "agents/link.h"

#include "agents/dispute.h"
#include "agents/outbox_work.h"
#include "base/pack.h"

#define DOCUMENT_KEY_MAX (4 + TB_NAME_BYTES_MAX + 1 + 4)

/* "kind:u32 name 0", and the version behind it. */
static tb_bytes document_prefix(uint8_t *buffer, tb_document_kind kind, tb_bytes name)
{
    tb_writer w;

    TB_ASSERT(name.size <= TB_NAME_BYTES_MAX);
    tb_writer_init(&w, buffer, DOCUMENT_KEY_MAX);
    tb_put_u32(&w, (uint32_t)kind);
    tb_put_raw(&w, name.data, name.size);
    tb_put_u8(&w, 0);
    return tb_bytes_of(buffer, w.size);
}

static tb_bytes
document_key(uint8_t *buffer, tb_document_kind kind, tb_bytes name, uint32_t version)
{
    tb_writer w;
    tb_bytes prefix = document_prefix(buffer, kind, name);

    tb_writer_init(&w, buffer + prefix.size, DOCUMENT_KEY_MAX - prefix.size);
    tb_put_u32(&w, version);
    return tb_bytes_of(buffer, prefix.size + w.size);
}

static tb_err decode(tb_txn *txn, tb_bytes value, tb_document *out)
{
    return tb_document_decode(value, tb_txn_arena(txn), out) == TB_ACCEPTED ? TB_OK
                                                                            : TB_ERR_CORRUPT;
}

/* The newest version of a name. */
static tb_err newest(tb_txn *txn, tb_document_kind kind, tb_bytes name, tb_document *out)
{
    uint8_t prefix_buffer[DOCUMENT_KEY_MAX];
    uint8_t upto_buffer[DOCUMENT_KEY_MAX];
    tb_bytes prefix = document_prefix(prefix_buffer, kind, name);
    tb_bytes upto = document_key(upto_buffer, kind, name, UINT32_MAX);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_last(txn, TB_TABLE_DOCUMENT, prefix, upto, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    return decode(txn, value, out);
}

tb_err tb_document_at(
    tb_txn *txn, tb_document_kind kind, tb_bytes name, uint32_t version, tb_document *out)
{
    uint8_t buffer[DOCUMENT_KEY_MAX];
    tb_bytes value;
    tb_err err =
        tb_store_get(txn, TB_TABLE_DOCUMENT, document_key(buffer, kind, name, version), &value);
    if (err != TB_OK) {
        return err;
    }
    return decode(txn, value, out);
}

/* ---- install ---- */

/* Same kind, name and version as what is here. *out_refused says what that means. */
static tb_err judge_known(tb_agent *agent,
                          const tb_document *document,
                          const tb_document *here,
                          tb_effects *effects,
                          tb_refusal *out_refused)
{
    tb_digest ours = tb_document_digest(here);
    tb_digest theirs = tb_document_digest(document);
    if (document->version < here->version || tb_digest_equal(&ours, &theirs)) {
        *out_refused = TB_ACCEPTED;
        return TB_OK;
    }

    *out_refused = TB_REFUSED_DIRECTORY_OLD;
    if (document->version != here->version || document->kind != TB_DOCUMENT_DIRECTORY ||
        !tb_document_verify(document, &agent->hub, &agent->directory->authority.key)) {
        return TB_OK;
    }
    /* Two directories of one version, both signed: nobody can say whose keys count. */
    tb_effect stop = {.kind = TB_EFFECT_STOP, .level = TB_LEVEL_ERROR};
    stop.note =
        tb_bytes_str("event=stop code=directory_old two directories of one version are signed");
    return tb_effects_add(effects, &stop);
}

/* A table, or a campaign, whose definition must have no fault: signed elsewhere with an older
 * command or another program, it would fail here where nobody expects it. */
static void judge_other(const tb_agent *agent,
                        tb_arena *arena,
                        const tb_document *document,
                        tb_refusal *out_refused,
                        tb_bytes *out_detail)
{
    *out_refused = tb_directory_accept_document(agent->directory, document);
    if (*out_refused == TB_ACCEPTED && document->kind == TB_DOCUMENT_CAMPAIGN &&
        agent->judge_campaign != NULL && !agent->judge_campaign(document, arena, out_detail)) {
        *out_refused = TB_REFUSED_CAMPAIGN_FAULTY;
    }
}

/* The directory that the next one follows: the one in use, or a newer one that is kept since this
 * turn and comes into use when it ends. It may name who signs the next. */
static tb_err followed(const tb_agent *agent,
                       tb_arena *arena,
                       const tb_document *document,
                       const tb_document *newest,
                       const tb_directory **out)
{
    *out = agent->directory;
    if (document->kind != TB_DOCUMENT_DIRECTORY || newest->version <= agent->directory->version) {
        return TB_OK;
    }
    tb_directory *taken = tb_arena_alloc(arena, sizeof *taken);
    if (taken == NULL) {
        return TB_ERR_LIMIT;
    }
    *out = taken;
    return tb_directory_decode(newest->content, arena, taken) == TB_ACCEPTED ? TB_OK
                                                                             : TB_ERR_CORRUPT;
}

/* Of a directory *out is it, decoded; NULL for any other document, and for the very one in use. */
static tb_err judge_new(tb_agent *agent,
                        const tb_directory *before,
                        tb_arena *arena,
                        const tb_document *document,
                        bool is_first,
                        tb_directory **out,
                        tb_refusal *out_refused,
                        tb_bytes *out_detail)
{
    *out = NULL;
    if (document->kind != TB_DOCUMENT_DIRECTORY) {
        judge_other(agent, arena, document, out_refused, out_detail);
        return TB_OK;
    }
    tb_digest digest = tb_document_digest(document);
    if (is_first && tb_digest_equal(&digest, &agent->directory->digest)) {
        *out_refused = TB_ACCEPTED;
        return TB_OK;
    }
    tb_directory *next = tb_arena_alloc(arena, sizeof *next);
    if (next == NULL) {
        return TB_ERR_LIMIT;
    }
    *out_refused = tb_directory_decode(document->content, arena, next);
    if (*out_refused == TB_ACCEPTED) {
        *out_refused = tb_directory_accept(before, next, document);
    }
    *out = next;
    return TB_OK;
}

tb_err tb_document_keep(tb_txn *txn, const tb_document *document)
{
    uint8_t buffer[DOCUMENT_KEY_MAX];
    tb_bytes value;
    tb_err err = tb_document_encode(document, tb_txn_arena(txn), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_bytes key = document_key(buffer, document->kind, document->name, document->version);
    return tb_store_put(txn, TB_TABLE_DOCUMENT, key, value);
}

/* Cases are judged by the version they are pinned to, so one that was missed may still be put in.
 */
static tb_err missed(tb_txn *txn, const tb_document *document, bool *out)
{
    uint8_t buffer[DOCUMENT_KEY_MAX];
    tb_bytes value;
    *out = false;
    if (document->kind != TB_DOCUMENT_CAMPAIGN) {
        return TB_OK;
    }
    tb_bytes key = document_key(buffer, document->kind, document->name, document->version);
    tb_err err = tb_store_get(txn, TB_TABLE_DOCUMENT, key, &value);
    *out = err == TB_ERR_NOT_FOUND;
    return *out ? TB_OK : err;
}

tb_err tb_document_install(tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           const tb_document *document,
                           tb_effects *effects,
                           tb_refusal *out_refused,
                           tb_bytes *out_detail)
{
    tb_document here;
    (void)now;
    *out_detail = (tb_bytes){0};
    if (document->name.size > TB_NAME_BYTES_MAX || document->content.size > TB_DOCUMENT_BYTES_MAX) {
        *out_refused = TB_REFUSED_TOO_LARGE;
        return TB_OK;
    }
    tb_err err = newest(txn, document->kind, document->name, &here);
    bool fills = false;
    if (err == TB_OK && document->version <= here.version) {
        err = missed(txn, document, &fills);
        if (err == TB_OK && !fills) {
            return judge_known(agent, document, &here, effects, out_refused);
        }
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_directory *next;
    tb_refusal refused;
    const tb_directory *before = agent->directory;
    bool is_first = err == TB_ERR_NOT_FOUND;
    err = is_first ? TB_OK : followed(agent, tb_txn_arena(txn), document, &here, &before);
    if (err == TB_OK) {
        err = judge_new(agent, before, tb_txn_arena(txn), document, is_first, &next, &refused,
                        out_detail);
    }
    if (err != TB_OK) {
        return err;
    }
    if (refused == TB_ACCEPTED) {
        tb_effect reload = {.kind = TB_EFFECT_RELOAD};
        err = tb_document_keep(txn, document);
        if (err == TB_OK && next != NULL) {
            err = tb_dispute_begin(txn, before, next);
        }
        if (err == TB_OK) {
            err = tb_effects_add(effects, &reload);
        }
        if (err != TB_OK) {
            return err;
        }
        tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_INFO,
                        "event=document_installed kind=%u version=%u", (uint64_t)document->kind,
                        (uint64_t)document->version);
    }
    *out_refused = refused;
    return TB_OK;
}

/* ---- what is here, what the hub lacks ---- */

tb_err tb_document_next(tb_txn *txn, tb_bytes *cursor, tb_document *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_DOCUMENT, all, all, &key, &value)
                     : tb_store_next(txn, TB_TABLE_DOCUMENT, all, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    err = decode(txn, value, out);
    *cursor = err == TB_OK ? key : *cursor;
    return err;
}

/* The newest version of the first name behind *cursor, which moves, in the buffer at, past every
 * version of it. */
static tb_err
next_name(tb_txn *txn, uint8_t at[DOCUMENT_KEY_MAX], tb_bytes *cursor, tb_document *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_DOCUMENT, all, all, &key, &value)
                     : tb_store_next(txn, TB_TABLE_DOCUMENT, all, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    if (key.size < 4 + 1 + 4) {
        return TB_ERR_CORRUPT;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_document_kind kind = (tb_document_kind)tb_get_u32(&r);
    tb_bytes name = tb_bytes_of(key.data + 4, key.size - 9);
    if (name.size > TB_NAME_BYTES_MAX) {
        return TB_ERR_CORRUPT;
    }
    tb_bytes other;
    tb_bytes unread;
    tb_bytes prefix = tb_bytes_of(key.data, key.size - 4);
    err = tb_store_next(txn, TB_TABLE_DOCUMENT, prefix, key, &other, &unread);
    if (err == TB_OK) {
        err = newest(txn, kind, name, out);
    } else if (err == TB_ERR_NOT_FOUND) { /* most have this one version */
        err = decode(txn, value, out);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    *cursor = document_key(at, kind, name, UINT32_MAX);
    return TB_OK;
}

/* Of a document that may be long only this is kept in the turn's memory. */
static tb_err
next_version(tb_txn *txn, uint8_t at[DOCUMENT_KEY_MAX], tb_bytes *cursor, tb_version *out)
{
    uint8_t name[TB_NAME_BYTES_MAX];
    tb_document document;
    tb_arena *arena = tb_txn_arena(txn);
    size_t mark = tb_arena_mark(arena);
    tb_err err = next_name(txn, at, cursor, &document);
    if (err != TB_OK || document.name.size > sizeof name) {
        return err == TB_OK ? TB_ERR_CORRUPT : err;
    }
    size_t size = document.name.size;
    if (size > 0) {
        memcpy(name, document.name.data, size);
    }
    *out = (tb_version){.kind = (uint32_t)document.kind,
                        .version = document.version,
                        .digest = tb_document_digest(&document)};
    tb_arena_release(arena, mark);
    return tb_arena_copy(arena, tb_bytes_of(name, size), &out->name);
}

tb_err tb_documents_here(tb_txn *txn, tb_version **out, size_t *out_count)
{
    uint8_t at[DOCUMENT_KEY_MAX];
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    size_t count = 0;
    tb_version *list = tb_arena_array(tb_txn_arena(txn), TB_VERSIONS_MAX, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }

    while (err == TB_OK && count < TB_VERSIONS_MAX) {
        err = next_version(txn, at, &cursor, &list[count]);
        count += err == TB_OK;
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

static bool hub_has(const tb_version *theirs, size_t count, const tb_version *ours)
{
    for (size_t i = 0; i < count; i++) {
        if (theirs[i].kind == ours->kind && tb_bytes_equal(theirs[i].name, ours->name)) {
            return theirs[i].version >= ours->version;
        }
    }
    return false;
}

tb_err tb_documents_offer(tb_step *step, const tb_version *theirs, size_t count)
{
    tb_version *ours;
    size_t our_count = 0;
    tb_err err = tb_documents_here(step->txn, &ours, &our_count);
    for (size_t i = 0; err == TB_OK && i < our_count; i++) {
        if (hub_has(theirs, count, &ours[i])) {
            continue;
        }
        tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
        err = newest(step->txn, (tb_document_kind)ours[i].kind, ours[i].name, &frame.document);
        if (err == TB_OK) {
            err = tb_link_send(step, &frame);
        }
    }
    return err;
}

tb_err tb_document_announce(tb_step *step, const tb_document *document)
{
    tb_link_row link;
    tb_err err = tb_link_get(step->txn, &link);
    if (err != TB_OK || link.state != TB_LINK_CONFIRMED) {
        return err;
    }

    tb_frame frame = {.kind = TB_FRAME_DOCUMENT, .document = *document};
    return tb_link_send(step, &frame);
}
