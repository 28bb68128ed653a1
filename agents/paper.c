#include "agents/paper.h"

#include "agents/held.h"
#include "messages/digest.h"

/* META: what was held back was placed under this version of the directory. */
#define PLACED "held placed under directory"

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

tb_err tb_paper_tick(tb_step *step)
{
    bool due;
    tb_err err = tb_paper_due(step->agent, step->txn, &due);
    if (err != TB_OK || !due) {
        return err;
    }
    tb_apply apply = {.agent = step->agent,
                      .txn = step->txn,
                      .arena = step->arena,
                      .now = step->now,
                      .effects = step->effects};
    err = tb_held_resume(&apply);
    return err == TB_OK ? tb_meta_number_put(step->txn, PLACED, step->agent->directory->version)
                        : err;
}
