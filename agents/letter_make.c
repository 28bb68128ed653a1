/* letter_make - the value of a letter (letter.h): its cases, their steps and values, in both
 * languages. */
#include "agents/chain.h"
#include "agents/letter.h"
#include "agents/queries.h"
#include "agents/tables/provinces.h"
#include "base/text.h"
#include "messages/table.h"

typedef struct making {
    const tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    const tb_party *recipient;
    const tb_provinces *provinces; /* NULL: not installed */
    tb_provinces table;
    /* the case in hand */
    tb_case_row row;
    tb_letter_entry *entry;
} making;

/* ---- words ---- */

static tb_letter_text words(const tb_label *label)
{
    return (tb_letter_text){tb_campaign_text(label->zh), tb_campaign_text(label->en)};
}

static tb_letter_text party_words(const tb_agent *agent, const tb_party *party)
{
    const tb_directory_party *found = tb_directory_find(agent->directory, party);
    tb_bytes id = tb_party_bytes(party);
    if (found == NULL) {
        return (tb_letter_text){id, id};
    }
    return (tb_letter_text){found->name_zh.size > 0 ? found->name_zh : id,
                            found->name_en.size > 0 ? found->name_en : id};
}

static tb_err put_day(tb_arena *arena, tb_time at, bool with_time, tb_letter_text *out)
{
    tb_civil c = tb_civil_of(at);
    tb_text zh;
    tb_text en;
    tb_text_init(&zh, arena, 64);
    tb_text_init(&en, arena, 32);
    tb_text_u64(&zh, (uint64_t)c.year);
    tb_text_str(&zh, "年");
    tb_text_u64(&zh, (uint64_t)c.month);
    tb_text_str(&zh, "月");
    tb_text_u64(&zh, (uint64_t)c.day);
    tb_text_str(&zh, "日");
    tb_text_u64(&en, (uint64_t)c.year);
    tb_text_char(&en, '-');
    tb_text_u64_wide(&en, (uint64_t)c.month, 2);
    tb_text_char(&en, '-');
    tb_text_u64_wide(&en, (uint64_t)c.day, 2);
    tb_text *both[] = {&zh, &en};
    for (size_t i = 0; with_time && i < 2; i++) {
        tb_text_char(both[i], ' ');
        tb_text_u64_wide(both[i], (uint64_t)c.hour, 2);
        tb_text_char(both[i], ':');
        tb_text_u64_wide(both[i], (uint64_t)c.minute, 2);
    }
    tb_err err = tb_text_done(&zh, &out->zh);
    return err == TB_OK ? tb_text_done(&en, &out->en) : err;
}

static tb_letter_text choice_words(const making *m, const tb_field_def *def, tb_bytes value)
{
    const tb_code_list *codes = tb_campaign_codes(m->row.view.campaign, def->choices);
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(codes->choices[i].id), value)) {
            return words(&codes->choices[i].title);
        }
    }
    return (tb_letter_text){value, value};
}

static tb_err value_words(making *m, const tb_field_def *def, tb_bytes value, tb_letter_text *out)
{
    tb_party party;
    tb_time time;
    *out = (tb_letter_text){value, value};
    switch (def->type) {
    case TB_FIELD_CHOICE:
        *out = choice_words(m, def, value);
        return TB_OK;
    case TB_FIELD_PROVINCE: {
        const tb_province *found =
            m->provinces == NULL ? NULL : tb_provinces_find(m->provinces, value);
        if (found != NULL) {
            *out = (tb_letter_text){found->name_zh, found->name_en};
        }
        return TB_OK;
    }
    case TB_FIELD_PARTY:
        if (tb_party_parse(value, &party)) {
            *out = party_words(m->agent, &party);
        }
        return TB_OK;
    case TB_FIELD_TIME:
        return tb_time_parse(value, &time) ? put_day(m->arena, time, true, out) : TB_OK;
    case TB_FIELD_FLAG: {
        bool yes = tb_bytes_equal(value, tb_bytes_str("1"));
        *out = (tb_letter_text){tb_bytes_str(yes ? "是" : "否"), tb_bytes_str(yes ? "yes" : "no")};
        return TB_OK;
    }
    case TB_FIELD_TEXT: {
        tb_err err = tb_mask_identity_numbers(value, m->arena, &out->zh);
        out->en = out->zh;
        return err;
    }
    case TB_FIELD_MSISDN:
    case TB_FIELD_ICCID:
    case TB_FIELD_USCC:
    case TB_FIELD_REG_NO:
    case TB_FIELD_DATE:
    case TB_FIELD_COUNT:
    case TB_FIELD_DIGEST:
    case TB_FIELD_CASE:
    case TB_FIELD_PERIOD:
    case TB_FIELD_FIGURES:
    case TB_FIELD_DECLARED:
    case TB_FIELD_NUMBER:
        return TB_OK;
    }
    TB_UNREACHABLE();
}

/* ---- values ---- */

/* The newest value of each field, by its place in the case type. */
typedef struct newest {
    tb_bytes *values;
    const tb_case_type *type;
} newest;

static void set_values(newest *n, const tb_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (unsigned f = 0; f < n->type->field_count; f++) {
            if (tb_bytes_equal(fields[i].id, tb_bytes_str(n->type->fields[f].id))) {
                n->values[f] = fields[i].value;
            }
        }
    }
}

/* What the sender could open of an event and the recipient may read. */
static tb_err set_openings(making *m, newest *n, const tb_event_key *event, uint32_t readable)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(m->txn, event, &openings, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_field *fields;
        size_t field_count;
        if ((tb_case_group_bit(&m->row.view, openings[i].group) & readable) == 0) {
            continue;
        }
        if (tb_group_fields_decode(openings[i].content, m->arena, &fields, &field_count) !=
            TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        set_values(n, fields, field_count);
    }
    return err;
}

static tb_err read_values(making *m, newest *n)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    uint32_t readable = tb_case_readable(m->agent, &m->row.view, m->recipient);
    tb_err err = tb_event_first(m->txn, &m->row.id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        if (row.standing == TB_STANDING_EFFECTIVE && key.number <= m->entry->upto) {
            tb_event event;
            err = tb_chain_decode(m->txn, &row, &event);
            if (err == TB_OK) {
                set_values(n, event.fields, event.field_count);
                err = set_openings(m, n, &key, readable);
            }
        }
        if (err == TB_OK) {
            err = tb_event_next(m->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err put_values(making *m)
{
    const tb_case_type *type = m->row.view.type;
    newest n = {tb_arena_array(m->arena, type->field_count + 1u, sizeof *n.values), type};
    tb_letter_entry *entry = m->entry;
    entry->values = tb_arena_array(m->arena, type->field_count + 1u, sizeof *entry->values);
    if (n.values == NULL || entry->values == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = read_values(m, &n);
    for (unsigned f = 0; err == TB_OK && f < type->field_count; f++) {
        const tb_field_def *def = &type->fields[f];
        if (n.values[f].size == 0) {
            continue;
        }
        tb_letter_value *value = &entry->values[entry->value_count++];
        value->title = words(&def->title);
        err = value_words(m, def, n.values[f], &value->value);
    }
    return err;
}

/* ---- steps ---- */

/* "下达核查指令(2015年3月5日)"; of a paper answer also whose paper it was. */
static tb_err
step_words(making *m, const tb_event *event, const tb_letter_text *action, tb_letter_text *out)
{
    tb_letter_text day;
    tb_text zh;
    tb_text en;
    tb_err err = put_day(m->arena, event->at, false, &day);
    if (err != TB_OK) {
        return err;
    }
    size_t room = action->zh.size + action->en.size + event->paper_no.size + 256;
    tb_text_init(&zh, m->arena, room);
    tb_text_init(&en, m->arena, room);
    tb_text_bytes(&zh, action->zh);
    tb_text_str(&zh, "（");
    tb_text_bytes(&zh, day.zh);
    tb_text_bytes(&en, action->en);
    tb_text_str(&en, " (");
    tb_text_bytes(&en, day.en);
    if (tb_event_on_paper(event)) {
        tb_text_str(&zh, "，线下办理，来文");
        tb_text_bytes(&zh, event->paper_no);
        tb_text_str(&en, ", on paper, document ");
        tb_text_bytes(&en, event->paper_no);
    }
    tb_text_str(&zh, "）");
    tb_text_char(&en, ')');
    err = tb_text_done(&zh, &out->zh);
    return err == TB_OK ? tb_text_done(&en, &out->en) : err;
}

static tb_err append(tb_arena *arena, tb_bytes *list, const char *between, tb_bytes next)
{
    tb_text text;
    if (list->size == 0) {
        *list = next;
        return TB_OK;
    }
    tb_text_init(&text, arena, list->size + strlen(between) + next.size);
    tb_text_bytes(&text, *list);
    tb_text_str(&text, between);
    tb_text_bytes(&text, next);
    return tb_text_done(&text, list);
}

/* One event the letter lists joins its case's entry. */
static tb_err add_step(making *m, const tb_digest *id)
{
    tb_event_key key;
    tb_event_row stored;
    tb_event event;
    tb_letter_text step;
    tb_err err = tb_offline_event(m->txn, &m->entry->case_id, id, &key, &stored);
    if (err == TB_OK) {
        err = tb_chain_decode(m->txn, &stored, &event);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_letter_entry *entry = m->entry;
    const tb_case_type *type = m->row.view.type;
    const tb_action *action = tb_case_type_action(type, event.action);
    const tb_state *state = tb_case_type_state(type, event.to_state);
    entry->newest =
        action != NULL ? words(&action->title) : (tb_letter_text){event.action, event.action};
    if (state != NULL) {
        entry->state = words(&state->title);
    }
    if (event.kind != TB_EVENT_SIDE && event.number > entry->upto) {
        entry->upto = event.number;
    }
    err = step_words(m, &event, &entry->newest, &step);
    if (err == TB_OK) {
        err = append(m->arena, &entry->actions.zh, "；", step.zh);
    }
    return err == TB_OK ? append(m->arena, &entry->actions.en, "; ", step.en) : err;
}

/* ---- the letter ---- */

static tb_letter_entry *entry_of(tb_letter *letter, const tb_case_id *id)
{
    for (size_t i = 0; i < letter->entry_count; i++) {
        if (tb_case_equal(&letter->entries[i].case_id, id)) {
            return &letter->entries[i];
        }
    }
    tb_letter_entry *entry = &letter->entries[letter->entry_count++];
    *entry = (tb_letter_entry){.case_id = *id};
    return entry;
}

static tb_err load_case(making *m, const tb_case_id *id, bool *out_found)
{
    tb_err err = tb_case_load(m->agent, m->txn, id, &m->row);
    *out_found = err == TB_OK && m->row.view.type != NULL;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err add_rows(making *m, const tb_letter_row *row, tb_letter *letter)
{
    tb_offline_row listed;
    bool found;
    tb_err err = tb_offline_after(m->txn, m->recipient, 0, &listed);
    while (err == TB_OK) {
        uint64_t at = listed.number;
        if (listed.letter == row->letter) {
            err = load_case(m, &listed.case_id, &found);
            if (err == TB_OK && found) {
                m->entry = entry_of(letter, &listed.case_id);
                err = add_step(m, &listed.event);
            }
        }
        if (err == TB_OK) {
            err = tb_offline_after(m->txn, m->recipient, at, &listed);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err fill_entry(making *m)
{
    bool found;
    tb_err err = load_case(m, &m->entry->case_id, &found);
    if (err != TB_OK || !found) {
        return err;
    }
    m->entry->campaign = m->row.campaign;
    m->entry->campaign_title = words(&m->row.view.campaign->title);
    m->entry->type = words(&m->row.view.type->title);
    return put_values(m);
}

static tb_err find_provinces(making *m)
{
    tb_local_get_document wanted = {.kind = TB_DOCUMENT_TABLE,
                                    .name = tb_bytes_str(TB_TABLE_PROVINCES)};
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_err err = tb_query_document(m->txn, &wanted, &answer);
    if (err == TB_OK && answer.code == TB_ACCEPTED &&
        tb_provinces_decode(answer.content.content, m->arena, &m->table) == TB_ACCEPTED) {
        m->provinces = &m->table;
    }
    return err;
}

tb_err tb_letter_make(const tb_agent *agent, tb_txn *txn, const tb_letter_row *row, tb_letter *out)
{
    making *m = tb_arena_alloc(tb_txn_arena(txn), sizeof *m);
    tb_letter letter = {
        .document_no = row->document_no,
        .at = row->at,
        .exercise = agent->directory->exercise,
        .sender = party_words(agent, &agent->self),
        .recipient = party_words(agent, &row->recipient),
    };
    if (m == NULL) {
        return TB_ERR_LIMIT;
    }
    *m = (making){
        .agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .recipient = &row->recipient};
    letter.entries = tb_arena_array(m->arena, TB_LETTER_ITEMS_MAX + 1, sizeof *letter.entries);
    if (letter.entries == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = find_provinces(m);
    if (err == TB_OK) {
        err = add_rows(m, row, &letter);
    }
    for (size_t i = 0; err == TB_OK && i < letter.entry_count; i++) {
        m->entry = &letter.entries[i];
        err = fill_entry(m);
    }
    if (err == TB_OK) {
        *out = letter;
    }
    return err;
}
