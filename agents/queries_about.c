#include "agents/queries.h"

#include "agents/answers.h"
#include "agents/calendar_years.h"
#include "base/pack.h"

#define DOCUMENT_KEY_MAX (4 + TB_NAME_BYTES_MAX + 1 + 4)

/* ---- what may be done ---- */

static tb_bytes type_name(tb_field_type type)
{
    switch (type) {
    case TB_FIELD_MSISDN:
        return tb_bytes_str("msisdn");
    case TB_FIELD_ICCID:
        return tb_bytes_str("iccid");
    case TB_FIELD_USCC:
        return tb_bytes_str("uscc");
    case TB_FIELD_REG_NO:
        return tb_bytes_str("reg-no");
    case TB_FIELD_PROVINCE:
        return tb_bytes_str("province");
    case TB_FIELD_PARTY:
        return tb_bytes_str("party");
    case TB_FIELD_TIME:
        return tb_bytes_str("time");
    case TB_FIELD_DATE:
        return tb_bytes_str("date");
    case TB_FIELD_COUNT:
        return tb_bytes_str("count");
    case TB_FIELD_TEXT:
        return tb_bytes_str("text");
    case TB_FIELD_CHOICE:
        return tb_bytes_str("choice");
    case TB_FIELD_DIGEST:
        return tb_bytes_str("digest");
    case TB_FIELD_FLAG:
        return tb_bytes_str("flag");
    case TB_FIELD_CASE:
        return tb_bytes_str("case");
    case TB_FIELD_PERIOD:
        return tb_bytes_str("period");
    case TB_FIELD_FIGURES:
        return tb_bytes_str("figures");
    case TB_FIELD_DECLARED:
        return tb_bytes_str("declared");
    case TB_FIELD_NUMBER:
        return tb_bytes_str("document-number");
    }
    TB_UNREACHABLE();
}

static tb_err show_choices(tb_arena *arena,
                           const tb_campaign *campaign,
                           const tb_field_def *def,
                           tb_local_field_line *out)
{
    const tb_code_list *codes =
        def->choices == NULL ? NULL : tb_campaign_codes(campaign, def->choices);
    if (codes == NULL) {
        return TB_OK;
    }
    out->choices = tb_arena_array(arena, codes->choice_count + 1u, sizeof *out->choices);
    if (out->choices == NULL) {
        return TB_ERR_LIMIT;
    }
    for (unsigned i = 0; i < codes->choice_count; i++) {
        out->choices[out->choice_count++] = tb_campaign_text(codes->choices[i].id);
    }
    return TB_OK;
}

static tb_err show_action(tb_arena *arena,
                          const tb_campaign *campaign,
                          const tb_case_type *type,
                          const tb_action *action,
                          tb_refusal code,
                          tb_local_act_line *out)
{
    tb_local_act_line line = {
        .action = tb_campaign_text(action->id),
        .title_zh = tb_campaign_text(action->title.zh),
        .title_en = tb_campaign_text(action->title.en),
        .code = code,
    };
    line.fields = tb_arena_array(arena, action->field_count + 1u, sizeof *line.fields);
    if (line.fields == NULL) {
        return TB_ERR_LIMIT;
    }
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_field_def *def =
            tb_case_type_field(type, tb_campaign_text(action->fields[i].field));
        TB_ASSERT(def != NULL);
        tb_local_field_line *field = &line.fields[line.field_count++];
        field->id = tb_campaign_text(def->id);
        field->type = type_name(def->type);
        field->title_zh = tb_campaign_text(def->title.zh);
        field->title_en = tb_campaign_text(def->title.en);
        field->required = action->fields[i].required && def->compute == TB_COMPUTE_NONE;
        tb_err err = show_choices(arena, campaign, def, field);
        if (err != TB_OK) {
            return err;
        }
    }
    *out = line;
    return TB_OK;
}

/* What the case itself forbids now, whoever asks: the judge knows the campaign alone. row is NULL
 * for what would open a case. */
static tb_err
not_now(tb_txn *txn, const tb_case_row *row, const tb_possible *possible, tb_refusal *out)
{
    bool unasked = false;
    bool allowed = row != NULL && possible->code == TB_ACCEPTED;
    tb_err err = allowed ? tb_answer_unasked(txn, row, possible->action, &unasked) : TB_OK;
    bool moves = possible->action->kind == TB_ACTION_CHAIN;
    *out = allowed && row->view.frozen && moves ? TB_REFUSED_FROZEN
           : unasked                            ? TB_REFUSED_CONDITION
                                                : possible->code;
    return err;
}

static tb_err add_possible(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_case_view *view,
                           const tb_case_row *row,
                           tb_local_acts *acts)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_possible *list;
    size_t count;
    tb_err err = tb_judge_possible(view, agent->directory, &agent->self, arena, &list, &count);
    if (err != TB_OK) {
        return err;
    }
    tb_local_act_line *lines = tb_arena_array(arena, acts->count + count + 1, sizeof *lines);
    if (lines == NULL) {
        return TB_ERR_LIMIT;
    }
    if (acts->count > 0) {
        memcpy(lines, acts->lines, acts->count * sizeof *lines);
    }
    acts->lines = lines;
    for (size_t i = 0; i < count; i++) {
        tb_refusal code = TB_ACCEPTED;
        err = not_now(txn, row, &list[i], &code);
        if (err == TB_OK) {
            err = show_action(arena, view->campaign, view->type, list[i].action, code,
                              &lines[acts->count]);
        }
        if (err != TB_OK) {
            return err;
        }
        acts->count++;
    }
    return TB_OK;
}

static tb_err acts_to_open(const tb_agent *agent, tb_now now, tb_txn *txn, tb_local_acts *acts)
{
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        const tb_campaign *campaign = agent->campaigns->list[i];
        if (tb_campaigns_newest(agent->campaigns, tb_bytes_str(campaign->id)) != campaign) {
            continue;
        }
        for (unsigned t = 0; t < campaign->case_type_count; t++) {
            tb_case_view view = {
                .campaign = campaign, .type = &campaign->case_types[t], .at = now.civil};
            tb_err err = add_possible(agent, txn, &view, NULL, acts);
            if (err != TB_OK) {
                return err;
            }
        }
    }
    return TB_OK;
}

tb_err tb_query_acts(
    const tb_agent *agent, tb_now now, tb_txn *txn, const tb_case_id *id, tb_local_answer *answer)
{
    tb_local_acts acts = {0};
    tb_err err;
    if (tb_case_zero(id)) {
        err = acts_to_open(agent, now, txn, &acts);
    } else {
        tb_case_row row;
        err = tb_case_load(agent, txn, id, &row);
        if (err == TB_ERR_NOT_FOUND) {
            answer->code = TB_REFUSED_UNKNOWN_CASE;
            return TB_OK;
        }
        if (err == TB_OK && row.view.type == NULL) {
            answer->code = TB_REFUSED_UNKNOWN_CAMPAIGN;
            return TB_OK;
        }
        if (err == TB_OK) {
            row.view.at = now.civil > row.at ? now.civil : row.at;
            err = add_possible(agent, txn, &row.view, &row, &acts);
        }
    }
    if (err != TB_OK) {
        return err;
    }
    answer->kind = TB_ANSWER_ACTS;
    answer->acts = acts;
    return TB_OK;
}

/* ---- who takes part ---- */

tb_err tb_query_directory(const tb_agent *agent, tb_txn *txn, tb_local_answer *answer)
{
    tb_arena *arena = tb_txn_arena(txn);
    const tb_directory *directory = agent->directory;
    tb_local_parties parties = {.version = directory->version};
    parties.lines = tb_arena_array(arena, directory->party_count + 1, sizeof *parties.lines);
    if (parties.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_directory_party *party = &directory->parties[i];
        tb_local_party_line *line = &parties.lines[parties.count++];
        line->id = party->id;
        line->role = party->role;
        line->jurisdiction = party->jurisdiction;
        line->name_zh = party->name_zh;
        line->name_en = party->name_en;
        line->state = (uint32_t)party->state;
        line->parent = party->parent;
        line->attributes =
            tb_arena_array(arena, party->attribute_count + 1, sizeof *line->attributes);
        if (line->attributes == NULL) {
            return TB_ERR_LIMIT;
        }
        for (size_t a = 0; a < party->attribute_count; a++) {
            line->attributes[line->attribute_count++] =
                (tb_field){party->attributes[a].name, party->attributes[a].value};
        }
    }
    answer->kind = TB_ANSWER_PARTIES;
    answer->parties = parties;
    return TB_OK;
}

/* ---- campaigns ---- */

/* Days are those of China; the last is the campaign's to its end. */
static tb_when when_is(const tb_campaign *campaign, tb_time civil)
{
    char now[TB_TIME_TEXT];
    tb_time_print(civil, now);
    now[10] = '\0'; /* the day of it */
    return campaign->from != NULL && strcmp(now, campaign->from) < 0 ? TB_WHEN_BEFORE
           : campaign->to != NULL && strcmp(now, campaign->to) > 0   ? TB_WHEN_OVER
                                                                     : TB_WHEN_RUNNING;
}

tb_err
tb_query_campaigns(const tb_agent *agent, tb_txn *txn, tb_time civil, tb_local_answer *answer)
{
    const tb_campaigns *all = agent->campaigns;
    tb_local_campaigns campaigns = {0};
    campaigns.lines = tb_arena_array(tb_txn_arena(txn), all->count + 1, sizeof *campaigns.lines);
    if (campaigns.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < all->count; i++) {
        const tb_campaign *campaign = all->list[i];
        tb_bytes lacking;
        tb_err err = tb_calendar_lacking(campaign, agent->calendar, tb_txn_arena(txn), &lacking);
        if (err != TB_OK) {
            return err;
        }
        campaigns.lines[campaigns.count++] = (tb_local_campaign_line){
            .id = tb_campaign_text(campaign->id),
            .version = campaign->version,
            .title_zh = tb_campaign_text(campaign->title.zh),
            .title_en = tb_campaign_text(campaign->title.en),
            .from = tb_campaign_text(campaign->from),
            .to = tb_campaign_text(campaign->to),
            .newest = tb_campaigns_newest(all, tb_campaign_text(campaign->id)) == campaign,
            .when = when_is(campaign, civil),
            .calendar_lacks = lacking,
        };
    }
    answer->kind = TB_ANSWER_CAMPAIGNS;
    answer->campaigns = campaigns;
    return TB_OK;
}

/* ---- documents ---- */

static tb_err find_document(tb_txn *txn, const tb_local_get_document *wanted, tb_bytes *out)
{
    uint8_t buffer[DOCUMENT_KEY_MAX];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u32(&w, (uint32_t)wanted->kind);
    tb_put_raw(&w, wanted->name.data, wanted->name.size);
    tb_put_u8(&w, 0);
    tb_bytes prefix = tb_bytes_of(buffer, w.size);
    tb_put_u32(&w, wanted->version == 0 ? UINT32_MAX : wanted->version);
    if (w.overflow) {
        return TB_ERR_NOT_FOUND;
    }
    tb_bytes key = tb_bytes_of(buffer, w.size);
    if (wanted->version != 0) {
        return tb_store_get(txn, TB_TABLE_DOCUMENT, key, out);
    }
    tb_bytes found;
    return tb_store_last(txn, TB_TABLE_DOCUMENT, prefix, key, &found, out);
}

tb_err tb_query_document(tb_txn *txn, const tb_local_get_document *wanted, tb_local_answer *answer)
{
    tb_bytes stored;
    tb_err err = find_document(txn, wanted, &stored);
    if (err == TB_ERR_NOT_FOUND) {
        answer->code = TB_REFUSED_REQUEST;
        answer->detail = wanted->name;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (tb_document_decode(stored, tb_txn_arena(txn), &answer->content) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    answer->kind = TB_ANSWER_CONTENT;
    return TB_OK;
}
