#include "agents/draft.h"
#include "base/mutant.h"

#include "agents/passing.h"
#include "agents/requests.h"
#include "agents/rows_link.h"
#include "base/pack.h"

/* Drafts looked at in one turn: each may become an event and a notice. */
#define RELEASE_MAX 256
/* META: a release stopped at its bound behind this draft. */
#define UNFINISHED "drafts released up to"
#define NEWEST     "drafts"
/* META: drafts up to this number were here when the store was found to have gone back. */
#define OF_COPY "drafts of the copy up to"

/* ---- rows ---- */

static tb_bytes draft_key(uint64_t number, uint8_t buffer[8])
{
    tb_writer w;
    tb_writer_init(&w, buffer, 8);
    tb_put_u64(&w, number);
    return tb_bytes_of(buffer, 8);
}

static void put_approvals(tb_writer *w, const tb_wish *wish)
{
    tb_put_i64(w, wish->asked);
    tb_put_u32(w, (uint32_t)wish->approval_count);
    for (size_t i = 0; i < wish->approval_count; i++) {
        tb_put_u8(w, (uint8_t)wish->approvals[i].step);
        tb_put_bytes(w, wish->approvals[i].account);
        tb_put_bytes(w, wish->approvals[i].absent);
        tb_put_i64(w, wish->approvals[i].at);
    }
}

static tb_err get_approvals(tb_reader *r, tb_arena *arena, tb_wish *wish)
{
    wish->asked = tb_get_i64(r);
    uint32_t count = tb_get_u32(r);
    if (r->failed || count > TB_APPROVALS_MAX) {
        return TB_ERR_CORRUPT;
    }
    wish->approvals = tb_arena_array(arena, (size_t)count + 1, sizeof *wish->approvals);
    if (wish->approvals == NULL) {
        return TB_ERR_LIMIT;
    }
    wish->approval_count = count;
    for (uint32_t i = 0; i < count; i++) {
        wish->approvals[i].step = (tb_approval_step)tb_get_u8(r);
        wish->approvals[i].account = tb_get_bytes(r);
        wish->approvals[i].absent = tb_get_bytes(r);
        wish->approvals[i].at = tb_get_i64(r);
    }
    return TB_OK;
}

static tb_err draft_put(tb_txn *txn, const tb_draft_row *row)
{
    const tb_wish *wish = &row->wish;
    const tb_paper *paper = &wish->paper;
    size_t size = 1024 + paper->number.size + paper->date.size + wish->account.size +
                  wish->campaign.size + wish->case_type.size + wish->action.size + row->detail.size;
    for (size_t i = 0; i < wish->approval_count; i++) {
        size += 32 + wish->approvals[i].account.size + wish->approvals[i].absent.size;
    }
    for (size_t i = 0; i < wish->field_count; i++) {
        size += 8 + wish->fields[i].id.size + wish->fields[i].value.size;
    }
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), size);
    tb_put_u8(&w, (uint8_t)row->state);
    tb_put_i64(&w, row->made);
    tb_put_raw(&w, row->side.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, (uint32_t)row->code);
    tb_put_bytes(&w, row->detail);
    tb_put_raw(&w, wish->request.bytes, sizeof wish->request.bytes);
    tb_put_bytes(&w, wish->account);
    tb_put_u8(&w, wish->opens ? 1 : 0);
    tb_put_bytes(&w, wish->campaign);
    tb_put_bytes(&w, wish->case_type);
    tb_put_u8(&w, (uint8_t)wish->lane);
    tb_put_raw(&w, wish->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_bytes(&w, wish->action);
    tb_put_raw(&w, wish->head.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, (uint32_t)wish->field_count);
    for (size_t i = 0; i < wish->field_count; i++) {
        tb_put_bytes(&w, wish->fields[i].id);
        tb_put_bytes(&w, wish->fields[i].value);
    }
    tb_put_raw(&w, paper->on_behalf.text, TB_PARTY_BYTES);
    tb_put_bytes(&w, paper->number);
    tb_put_bytes(&w, paper->date);
    put_approvals(&w, wish);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }
    uint8_t key[8];
    return tb_store_put(txn, TB_TABLE_DRAFT, draft_key(row->number, key), value);
}

tb_err tb_draft_decode(uint64_t number, tb_bytes value, tb_arena *arena, tb_draft_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_draft_row row = {.number = number};
    tb_wish *wish = &row.wish;
    row.state = (tb_draft_state)tb_get_u8(&r);
    row.made = tb_get_i64(&r);
    tb_get_raw(&r, row.side.bytes, TB_DIGEST_BYTES);
    row.code = (tb_refusal)tb_get_u32(&r);
    row.detail = tb_get_bytes(&r);
    tb_get_raw(&r, wish->request.bytes, sizeof wish->request.bytes);
    wish->account = tb_get_bytes(&r);
    wish->opens = tb_get_u8(&r) != 0;
    wish->campaign = tb_get_bytes(&r);
    wish->case_type = tb_get_bytes(&r);
    wish->lane = (tb_lane)tb_get_u8(&r);
    tb_get_raw(&r, wish->case_id.bytes, TB_CASE_ID_BYTES);
    wish->action = tb_get_bytes(&r);
    tb_get_raw(&r, wish->head.bytes, TB_DIGEST_BYTES);
    uint32_t count = tb_get_u32(&r);
    if (r.failed || count > TB_FIELDS_MAX) {
        return TB_ERR_CORRUPT;
    }
    wish->fields = tb_arena_array(arena, (size_t)count + 1, sizeof *wish->fields);
    if (wish->fields == NULL) {
        return TB_ERR_LIMIT;
    }
    wish->field_count = count;
    for (uint32_t i = 0; i < count; i++) {
        wish->fields[i].id = tb_get_bytes(&r);
        wish->fields[i].value = tb_get_bytes(&r);
    }
    if (r.at < r.size) { /* a row of before ends here */
        tb_get_raw(&r, wish->paper.on_behalf.text, TB_PARTY_BYTES);
        wish->paper.number = tb_get_bytes(&r);
        wish->paper.date = tb_get_bytes(&r);
    }
    if (r.at < r.size) { /* likewise */
        tb_err err = get_approvals(&r, arena, wish);
        if (err != TB_OK) {
            return err;
        }
    }
    if (!tb_reader_done(&r) || row.state < TB_DRAFT_WAITING || row.state > TB_DRAFT_TO_SIGN) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_draft_next(tb_txn *txn, uint64_t after, tb_draft_row *out)
{
    uint8_t buffer[8];
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_DRAFT, tb_bytes_of(NULL, 0), draft_key(after, buffer),
                               &key, &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, key);
    uint64_t number = tb_get_u64(&r);
    return tb_reader_done(&r) ? tb_draft_decode(number, value, tb_txn_arena(txn), out)
                              : TB_ERR_CORRUPT;
}

tb_err tb_draft_del(tb_txn *txn, uint64_t number)
{
    uint8_t key[8];
    return tb_store_del(txn, TB_TABLE_DRAFT, draft_key(number, key));
}

/* ---- keeping ---- */

static tb_draft_state state_of(tb_approval_step waits)
{
    return waits == TB_STEP_REVIEW ? TB_DRAFT_TO_REVIEW
           : waits == TB_STEP_SIGN ? TB_DRAFT_TO_SIGN
                                   : TB_DRAFT_WAITING;
}

tb_approval_step tb_draft_waits(const tb_draft_row *row)
{
    return row->state == TB_DRAFT_TO_REVIEW ? TB_STEP_REVIEW
           : row->state == TB_DRAFT_TO_SIGN ? TB_STEP_SIGN
                                            : TB_STEP_MADE;
}

tb_err tb_draft_save(tb_txn *txn, const tb_draft_row *row)
{
    TB_ASSERT(row->number > 0);
    return draft_put(txn, row);
}

tb_err tb_draft_keep(
    tb_txn *txn, tb_now now, const tb_wish *wish, tb_approval_step waits, uint64_t *out_number)
{
    tb_draft_row row = {.state = state_of(waits), .made = now.real, .wish = *wish};
    tb_err err = tb_counter_next(txn, NEWEST, &row.number);
    if (err == TB_OK) {
        err = draft_put(txn, &row);
    }
    if (err == TB_OK) {
        *out_number = row.number;
    }
    return err;
}

tb_err tb_draft_side(tb_txn *txn, tb_now now, const tb_case_id *case_id, const tb_digest *side)
{
    tb_draft_row row = {.state = TB_DRAFT_WAITING, .made = now.real, .side = *side};
    row.wish.case_id = *case_id;
    tb_err err = tb_counter_next(txn, NEWEST, &row.number);
    return err == TB_OK ? draft_put(txn, &row) : err;
}

/* ---- release ---- */

typedef struct releasing {
    tb_agent *agent;
    tb_txn *txn;
    tb_now now;
    tb_random *random;
    tb_effects *effects;
} releasing;

tb_err tb_draft_tell(tb_txn *txn, const tb_draft_row *row, const tb_outcome *outcome)
{
    tb_local_answer answer = {.id = row->wish.request,
                              .code = outcome == NULL ? row->code : outcome->code,
                              .detail = outcome == NULL ? row->detail : outcome->detail};
    if (answer.code == TB_ACCEPTED) {
        answer.kind = TB_ANSWER_ACTED;
        answer.draft = outcome->draft || outcome->waits != TB_STEP_MADE;
        answer.acted = (tb_local_acted){.case_id = outcome->case_id,
                                        .event = outcome->event,
                                        .number = outcome->number,
                                        .state = outcome->state,
                                        .draft = answer.draft ? row->number : 0,
                                        .waits = outcome->waits};
    }
    return tb_request_follow(txn, &row->wish.request, &answer);
}

static tb_err release_side(releasing *r, const tb_draft_row *row)
{
    tb_case_row owner;
    tb_err err = tb_case_load(r->agent, r->txn, &row->wish.case_id, &owner);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    bool ready = false;
    if (owner.view.type != NULL) {
        err = tb_link_ready(r->agent, r->txn, &owner.view.holder, 1, &ready);
    }
    if (err != TB_OK || !ready) {
        return err;
    }
    if (!tb_party_equal(&owner.view.holder, &r->agent->self)) {
        err = tb_pass_side(r->agent, r->txn, &owner, &row->side);
    }
    return err == TB_OK ? tb_draft_del(r->txn, row->number) : err;
}

static tb_err give_back(releasing *r, tb_draft_row *row, const tb_outcome *outcome)
{
    row->state = TB_DRAFT_RETURNED;
    row->code = outcome->code;
    row->detail = outcome->detail;
    tb_effects_note(r->effects, tb_txn_arena(r->txn), TB_LEVEL_WARN,
                    "event=draft_returned number=%u code=%u", row->number, (uint64_t)outcome->code);
    return draft_put(r->txn, row);
}

tb_err tb_drafts_went_back(tb_txn *txn)
{
    uint64_t newest;
    tb_err err = tb_meta_number(txn, NEWEST, &newest);
    return err == TB_OK && newest > 0 ? tb_meta_number_put(txn, OF_COPY, newest) : err;
}

static tb_err act_again(releasing *r, tb_draft_row *row, tb_outcome *outcome)
{
    uint64_t of_copy;
    tb_err err = tb_meta_number(r->txn, OF_COPY, &of_copy);
    if (err != TB_OK) {
        return err;
    }
    row->wish.of_copy = row->number <= of_copy;
    err = tb_act(r->agent, r->txn, r->now, r->random, &row->wish, r->effects, outcome);
    if (err == TB_OK && outcome->draft && TB_MUTANT(DRAFT_DROPPED)) {
        return tb_draft_del(r->txn, row->number);
    }
    if (err != TB_OK || (outcome->draft && row->state == TB_DRAFT_WAITING)) {
        return err;
    }
    err = tb_draft_tell(r->txn, row, outcome);
    if (err != TB_OK) {
        return err;
    }
    if (outcome->code != TB_ACCEPTED) {
        return give_back(r, row, outcome);
    }
    if (outcome->draft || outcome->waits != TB_STEP_MADE) {
        row->state = state_of(outcome->waits);
        return draft_put(r->txn, row);
    }
    return tb_draft_del(r->txn, row->number);
}

tb_err tb_draft_again(tb_agent *agent,
                      tb_txn *txn,
                      tb_now now,
                      tb_random *random,
                      tb_effects *effects,
                      tb_draft_row *row,
                      tb_outcome *out)
{
    releasing r = {agent, txn, now, random, effects};
    return act_again(&r, row, out);
}

static tb_err release_one(releasing *r, tb_draft_row *row)
{
    if (row->state == TB_DRAFT_RETURNED) {
        bool old = r->now.real - row->made > TB_DRAFT_KEPT_MS;
        return old ? tb_draft_del(r->txn, row->number) : TB_OK;
    }
    if (tb_draft_waits(row) != TB_STEP_MADE) {
        return TB_OK; /* for people */
    }
    tb_outcome outcome;
    return tb_digest_zero(&row->side) ? act_again(r, row, &outcome) : release_side(r, row);
}

/* The drafts behind a number. One whose recipient is closed stays and stands in nobody's way. */
static tb_err release_from(releasing *r, uint64_t at)
{
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < RELEASE_MAX; i++) {
        tb_draft_row row;
        err = tb_draft_next(r->txn, at, &row);
        if (err == TB_OK) {
            at = row.number;
            err = release_one(r, &row);
        }
    }
    if (err == TB_ERR_NOT_FOUND) {
        at = 0;
        err = TB_OK;
    }
    return err == TB_OK ? tb_meta_number_put(r->txn, UNFINISHED, at) : err;
}

tb_err
tb_drafts_release(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    if (tb_store_rows(txn, TB_TABLE_DRAFT) == 0) {
        return TB_OK;
    }
    bool ready;
    tb_err err = tb_link_ready(agent, txn, NULL, 0, &ready);
    if (err != TB_OK || !ready) {
        return err;
    }
    uint64_t at;
    err = tb_meta_number(txn, UNFINISHED, &at);
    releasing r = {agent, txn, now, random, effects};
    return err == TB_OK ? release_from(&r, at) : err;
}

tb_err
tb_drafts_resume(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    uint64_t at;
    tb_err err = tb_meta_number(txn, UNFINISHED, &at);
    return err == TB_OK && at > 0 ? tb_drafts_release(agent, txn, now, random, effects) : err;
}
