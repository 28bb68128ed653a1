#include "agents/paper.h"

#include "agents/held.h"
#include "agents/rows_link_keys.h"
#include "base/pack.h"
#include "messages/digest.h"

/* META: what was held back was placed under this version of the directory. */
#define PLACED "held placed under directory"
/* META: looking through it for a version has come as far as this event. */
#define LOOKED "held looked through for directory"

tb_digest tb_paper_directory(void)
{
    return tb_digest_of("tongbao missing directory", tb_bytes_of(NULL, 0));
}

static tb_refusal judge(const tb_directory *directory, const tb_event *event)
{
    const tb_directory_party *party = tb_directory_find(directory, &event->on_behalf);
    const tb_directory_party *signer = tb_directory_find(directory, &event->actor);
    if (party == NULL || party->state != TB_PARTY_OFF_LINE) {
        return TB_REFUSED_PAPER_PARTY;
    }
    return signer != NULL && signer->state == TB_PARTY_ACTIVE ? TB_ACCEPTED : TB_REFUSED_NOT_ACTIVE;
}

tb_err tb_paper_check(tb_apply *apply, const tb_event *event, bool *out_waits, bool *out_fine)
{
    uint32_t ours = apply->agent->directory->version;
    tb_document document;
    tb_directory named;
    *out_waits = event->directory_version > ours;
    *out_fine = event->directory_version == ours; /* the judge looks at it */
    if (*out_waits || *out_fine) {
        return TB_OK;
    }
    tb_err err = tb_document_at(apply->txn, TB_DOCUMENT_DIRECTORY, tb_bytes_str("directory"),
                                event->directory_version, &document);
    if (err == TB_ERR_NOT_FOUND) {
        *out_fine = true;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    size_t mark = tb_arena_mark(apply->arena);
    if (tb_directory_decode(document.content, apply->arena, &named) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_refusal code = judge(&named, event);
    tb_arena_release(apply->arena, mark);
    apply->objection = (tb_objection){.code = code};
    *out_fine = code == TB_ACCEPTED;
    return TB_OK;
}

tb_err tb_paper_due(const tb_agent *agent, tb_txn *txn, bool *out)
{
    uint64_t version;
    *out = false;
    if (tb_store_rows(txn, TB_TABLE_HELD) == 0 || tb_store_above_watermark(txn)) {
        return TB_OK;
    }
    tb_err err = tb_meta_number(txn, PLACED, &version);
    if (err == TB_OK) {
        *out = version != agent->directory->version;
    }
    return err;
}

/* ---- looking through what waits ---- */

/* Nothing yet, when what is kept is of another version. */
static tb_err looked_get(tb_txn *txn, uint32_t version, tb_digest *out)
{
    tb_bytes value;
    tb_reader r;
    *out = (tb_digest){{0}};
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(LOOKED), &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_reader_init(&r, value);
    uint32_t of = tb_get_u32(&r);
    tb_digest behind = tb_read_digest(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    if (of == version) {
        *out = behind;
    }
    return TB_OK;
}

static tb_err looked_put(tb_txn *txn, uint32_t version, const tb_digest *behind)
{
    uint8_t buffer[4 + TB_DIGEST_BYTES];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u32(&w, version);
    tb_put_raw(&w, behind->bytes, TB_DIGEST_BYTES);
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(LOOKED),
                        tb_bytes_of(buffer, sizeof buffer));
}

tb_err tb_paper_tick(tb_step *step)
{
    uint32_t version = step->agent->directory->version;
    tb_digest behind;
    bool due;
    bool done;
    tb_err err = tb_paper_due(step->agent, step->txn, &due);
    if (err != TB_OK || !due) {
        return err;
    }
    tb_apply apply = {.agent = step->agent,
                      .txn = step->txn,
                      .arena = step->arena,
                      .now = step->now,
                      .effects = step->effects};
    err = looked_get(step->txn, version, &behind);
    if (err == TB_OK) {
        err = tb_apply_directory(&apply, &behind, &done);
    }
    if (err != TB_OK) {
        return err;
    }
    return done ? tb_meta_number_put(step->txn, PLACED, version)
                : looked_put(step->txn, version, &behind);
}
