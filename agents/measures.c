#include "agents/measures.h"

#include "agents/link.h"
#include "base/pack.h"
#include "base/text.h"

#define META_NAME_MAX  (16 + TB_NAME_BYTES_MAX)
#define PROGRESS_FORM  1
#define PROGRESS_BYTES (1 + 4 + 1 + TB_CASE_ID_BYTES)

static bool counts_anything(const tb_campaign *campaign)
{
    for (unsigned i = 0; campaign != NULL && i < campaign->measure_count; i++) {
        if (campaign->measures[i].case_type != NULL) {
            return true;
        }
    }
    return false;
}

tb_err tb_measures_touch(const tb_agent *agent, tb_txn *txn, const tb_case_row *row)
{
    if (!counts_anything(tb_campaigns_newest(agent->campaigns, row->campaign))) {
        return TB_OK;
    }
    return tb_measure_stale_put(txn, &row->id);
}

tb_err tb_measures_touch_case(const tb_agent *agent, tb_txn *txn, const tb_case_id *id)
{
    tb_case_row row;
    tb_err err = tb_case_get(txn, id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return tb_measures_touch(agent, txn, &row);
}

/* ---- one case ---- */

int tb_measured_compare(const tb_measured *a, const tb_measured *b)
{
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    size_t least = a->measure.size < b->measure.size ? a->measure.size : b->measure.size;
    int order = memcmp(a->measure.data, b->measure.data, least);
    if (order != 0) {
        return order;
    }
    return a->measure.size == b->measure.size ? 0 : a->measure.size < b->measure.size ? -1 : 1;
}

tb_err tb_measured_event(tb_txn *txn,
                         tb_bytes measure,
                         const tb_measured_place *place,
                         tb_event_key *out_key,
                         tb_event_row *out)
{
    tb_measured row;
    tb_err err = tb_measured_get(txn, &place->case_id, place->number, measure, &row);
    if (err != TB_OK) {
        return err;
    }
    bool side = (place->number & TB_MEASURED_SIDE) != 0;
    err = tb_event_in_case(txn, &place->case_id, side ? TB_CLASS_SIDE : TB_CLASS_CHAIN,
                           side ? 0 : place->number, &row.event, out_key, out);
    return err == TB_OK && out->standing != TB_STANDING_EFFECTIVE ? TB_ERR_NOT_FOUND : err;
}

/* Rows that are no longer so go, then those that are new come: two events of one place never give
 * at once. */
static tb_err replace(tb_txn *txn,
                      tb_bytes campaign,
                      const tb_measured *old,
                      size_t old_count,
                      const tb_measured *now,
                      size_t now_count)
{
    bool *keeps = tb_arena_array(tb_txn_arena(txn), now_count + 1, sizeof *keeps);
    tb_err err = keeps == NULL ? TB_ERR_LIMIT : TB_OK;
    size_t at = 0;
    for (size_t i = 0; err == TB_OK && i < old_count; i++) {
        while (at < now_count && tb_measured_compare(&now[at], &old[i]) < 0) {
            at++;
        }
        if (at < now_count && tb_measured_equal(&now[at], &old[i])) {
            keeps[at++] = true;
        } else {
            err = tb_measured_drop(txn, campaign, &old[i]);
        }
    }
    for (size_t i = 0; err == TB_OK && i < now_count; i++) {
        if (!keeps[i]) {
            err = tb_measured_add(txn, campaign, &now[i]);
        }
    }
    return err;
}

/* A case whose campaign is not installed now keeps what it gave, and so does one that does not
 * read: it must not fail every turn for all others. The check of the store tells which it is. */
static tb_err count_anew(const tb_agent *agent, tb_txn *txn, const tb_case_id *id)
{
    tb_case_row row;
    tb_measured *old;
    tb_measured *now;
    size_t old_count;
    size_t now_count;
    bool certain;
    tb_err err = tb_case_load(agent, txn, id, &row);
    if (err != TB_OK || row.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? TB_OK : err;
    }
    const tb_campaign *newest = tb_campaigns_newest(agent->campaigns, row.campaign);
    err = tb_measured_of(txn, id, &old, &old_count);
    if (err == TB_OK) {
        err = tb_measure_case(agent, txn, &row, newest, NULL, true, &now, &now_count, &certain);
    }
    if (err == TB_ERR_CORRUPT) {
        return TB_OK;
    }
    return err == TB_OK ? replace(txn, row.campaign, old, old_count, now, now_count) : err;
}

tb_err tb_measures_settle(const tb_agent *agent, tb_txn *txn, size_t most)
{
    tb_case_id at = {{0}};
    tb_err err = tb_store_rows(txn, TB_TABLE_MEASURE_STALE) > 0 ? TB_OK : TB_ERR_NOT_FOUND;
    for (size_t i = 0; err == TB_OK && i < most; i++) {
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        err = tb_measure_stale_next(txn, &at, &at);
        if (err == TB_OK) {
            err = tb_measure_stale_del(txn, &at);
        }
        if (err == TB_OK) {
            err = count_anew(agent, txn, &at);
        }
        tb_arena_release(tb_txn_arena(txn), mark);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- a new definition ---- */

/* META "measured/CAMPAIGN": which version's measures are counted, and how far. */
typedef struct progress {
    uint32_t version;
    bool done;
    tb_case_id at;
} progress;

static tb_bytes progress_name(const tb_campaign *campaign, char buffer[META_NAME_MAX])
{
    tb_text text;
    tb_bytes name = {NULL, 0};
    tb_text_over(&text, buffer, META_NAME_MAX);
    tb_text_str(&text, "measured/");
    tb_text_str(&text, campaign->id);
    TB_ASSERT(tb_text_done(&text, &name) == TB_OK);
    return name;
}

static tb_err progress_get(tb_txn *txn, const tb_campaign *campaign, progress *out)
{
    char buffer[META_NAME_MAX];
    tb_bytes value;
    tb_reader r;
    tb_err err = tb_store_get(txn, TB_TABLE_META, progress_name(campaign, buffer), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    out->version = tb_get_u32(&r);
    out->done = tb_get_u8(&r) != 0;
    tb_get_raw(&r, out->at.bytes, TB_CASE_ID_BYTES);
    return tb_reader_done(&r) && form == PROGRESS_FORM ? TB_OK : TB_ERR_CORRUPT;
}

static tb_err progress_put(tb_txn *txn, const tb_campaign *campaign, const progress *p)
{
    char buffer[META_NAME_MAX];
    uint8_t value[PROGRESS_BYTES];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_u8(&w, PROGRESS_FORM);
    tb_put_u32(&w, p->version);
    tb_put_u8(&w, p->done);
    tb_put_raw(&w, p->at.bytes, TB_CASE_ID_BYTES);
    return tb_store_put(txn, TB_TABLE_META, progress_name(campaign, buffer),
                        tb_bytes_of(value, w.size));
}

/* *out_behind: its newest version's measures are not all counted; then *out says from where. */
static tb_err behind(tb_txn *txn, const tb_campaign *newest, progress *out, bool *out_behind)
{
    tb_err err = progress_get(txn, newest, out);
    if (err == TB_ERR_NOT_FOUND) { /* never counted here */
        *out = (progress){.version = newest->version};
        *out_behind = counts_anything(newest);
        return TB_OK;
    }
    if (err == TB_OK && out->version != newest->version) {
        *out = (progress){.version = newest->version};
    }
    *out_behind = err == TB_OK && !out->done;
    return err;
}

tb_err tb_measures_counted(tb_txn *txn, const tb_campaign *newest, bool *out)
{
    progress p;
    bool is_behind = true;
    tb_err err = behind(txn, newest, &p, &is_behind);
    *out = err == TB_OK && !is_behind;
    return err;
}

static tb_err
count_slice(const tb_agent *agent, tb_txn *txn, const tb_campaign *newest, progress *p)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < TB_MEASURE_SLICE; i++) {
        tb_case_row row;
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        err = tb_case_after(txn, &p->at, false, &p->at);
        if (err == TB_OK) {
            tb_err got = tb_case_get(txn, &p->at, &row);
            if (got == TB_OK && tb_bytes_equal(row.campaign, tb_bytes_str(newest->id))) {
                got = count_anew(agent, txn, &p->at);
            }
            err = got == TB_ERR_CORRUPT ? TB_OK : got;
        }
        tb_arena_release(tb_txn_arena(txn), mark);
    }
    if (err == TB_ERR_NOT_FOUND) {
        p->done = true;
        err = TB_OK;
    }
    return err == TB_OK ? progress_put(txn, newest, p) : err;
}

/* The first campaign that is behind, or NULL. */
static tb_err
first_behind(const tb_agent *agent, tb_txn *txn, const tb_campaign **out, progress *out_progress)
{
    *out = NULL;
    for (size_t i = 0; agent->campaigns != NULL && i < agent->campaigns->count; i++) {
        const tb_campaign *campaign = agent->campaigns->list[i];
        bool is_behind = false;
        if (tb_campaigns_newest(agent->campaigns, tb_bytes_str(campaign->id)) != campaign) {
            continue;
        }
        tb_err err = behind(txn, campaign, out_progress, &is_behind);
        if (err != TB_OK || is_behind) {
            *out = is_behind ? campaign : NULL;
            return err;
        }
    }
    return TB_OK;
}

static tb_err heed_directory(const tb_agent *agent, tb_txn *txn)
{
    static const tb_stream directories = {.lane = 0};
    return tb_measure_stamped(txn, &directories, 0, agent->directory->version);
}

tb_err tb_measures_tick(const tb_agent *agent, tb_txn *txn)
{
    const tb_campaign *campaign = NULL;
    progress p;
    tb_err err = heed_directory(agent, txn);
    if (agent->pending.count > 0 || agent->work != NULL) {
        return err; /* what was done in this turn is in a notice, and awaits its stamp, only at its
                       end */
    }
    if (err == TB_OK) {
        err = tb_measures_settle(agent, txn, TB_MEASURE_CASES_A_TURN);
    }
    if (err == TB_OK) {
        err = first_behind(agent, txn, &campaign, &p);
    }
    return err == TB_OK && campaign != NULL ? count_slice(agent, txn, campaign, &p) : err;
}

tb_err tb_measures_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    const tb_campaign *campaign = NULL;
    progress p;
    *out = 0;
    if (tb_store_rows(txn, TB_TABLE_MEASURE_STALE) > 0) {
        return TB_OK;
    }
    tb_err err = first_behind(agent, txn, &campaign, &p);
    return err == TB_OK && campaign == NULL ? TB_ERR_NOT_FOUND : err;
}

tb_err tb_measures_ready(const tb_agent *agent, tb_txn *txn, const tb_campaign *campaign, bool *out)
{
    progress p;
    bool is_behind;
    tb_err err = heed_directory(agent, txn);
    if (err == TB_OK) {
        err = tb_measures_settle(agent, txn, TB_MEASURE_CASES_A_TURN);
    }
    if (err == TB_OK) {
        err = behind(txn, campaign, &p, &is_behind);
    }
    if (err == TB_OK) {
        *out = !is_behind && tb_store_rows(txn, TB_TABLE_MEASURE_STALE) == 0;
    }
    return err;
}
