#include "agents/document_numbers.h"

#include "agents/campaign/document_number.h"
#include "agents/recovery.h"
#include "base/pack.h"

#define ROW_FORM 1
#define KEY_MAX  (2 * (TB_NAME_BYTES_MAX + 1) + 2)

static tb_bytes key_of(uint8_t *buffer, tb_bytes campaign, tb_bytes field, unsigned year)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_MAX);
    tb_put_raw(&w, campaign.data, campaign.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, field.data, field.size);
    tb_put_u8(&w, 0);
    tb_put_u16(&w, (uint16_t)year);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

/* The newest number given, 0 before the first. */
static tb_err newest(tb_txn *txn, tb_bytes campaign, tb_bytes field, unsigned year, uint32_t *out)
{
    uint8_t key[KEY_MAX];
    tb_bytes value;
    tb_reader r;
    *out = 0;
    tb_err err = tb_store_get(txn, TB_TABLE_NUMBERED, key_of(key, campaign, field, year), &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_reader_init(&r, value);
    bool known = tb_get_u8(&r) == ROW_FORM;
    *out = tb_get_u32(&r);
    return known && tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

static tb_err
raise_to(tb_txn *txn, tb_bytes campaign, tb_bytes field, unsigned year, uint32_t number)
{
    uint8_t key[KEY_MAX];
    uint8_t bytes[5];
    tb_writer w;
    tb_writer_init(&w, bytes, sizeof bytes);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u32(&w, number);
    return tb_store_put(txn, TB_TABLE_NUMBERED, key_of(key, campaign, field, year),
                        tb_bytes_of(bytes, w.size));
}

/* ---- giving one ---- */

/* What an off-line party wrote on paper bears that party's own number, which is typed. */
static bool bears_one(const tb_acting *a)
{
    return a->action != NULL && a->action->document_number != NULL &&
           tb_party_empty(&a->wish->paper.on_behalf);
}

static tb_err refuse(tb_acting *a, tb_refusal code)
{
    tb_bytes field = tb_bytes_str(a->action->document_number);
    a->objection = (tb_objection){.code = code, .detail_zh = field, .detail_en = field};
    return TB_OK;
}

tb_err tb_document_number_prepare(tb_acting *a)
{
    if (!bears_one(a)) {
        return TB_OK;
    }
    tb_bytes field = tb_bytes_str(a->action->document_number);
    if (tb_act_value(a->values, a->value_count, field, NULL)) {
        return refuse(a, TB_REFUSED_NUMBER_GIVEN);
    }
    tb_time at;
    uint32_t given;
    tb_bytes text;
    tb_err err = tb_acting_time(a, &at);
    if (err != TB_OK) {
        return err;
    }
    unsigned year = (unsigned)tb_civil_of(at).year;
    err = newest(a->txn, tb_bytes_str(a->row.view.campaign->id), field, year, &given);
    if (err == TB_OK && given >= TB_DOCUMENT_NUMBER_MAX) {
        return refuse(a, TB_REFUSED_NUMBERS_USED_UP);
    }
    if (err == TB_OK) {
        err = tb_document_number_write(year, given + 1, a->arena, &text);
    }
    return err == TB_OK ? tb_acting_add(a, field, text) : err;
}

tb_err tb_document_number_waits(const tb_acting *a, bool *out)
{
    *out = false;
    return bears_one(a) ? tb_recovery_active(a->txn, out) : TB_OK;
}

/* ---- what was given ---- */

static bool bears_ours(const tb_agent *agent, const tb_event *event)
{
    return tb_party_equal(&event->actor, &agent->self) && tb_party_empty(&event->on_behalf);
}

tb_err tb_document_number_note(const tb_agent *agent, tb_txn *txn, const tb_event *event)
{
    tb_err err = TB_OK;
    for (size_t i = 0; bears_ours(agent, event) && err == TB_OK && i < event->field_count; i++) {
        const tb_field *field = &event->fields[i];
        unsigned year;
        uint32_t number;
        uint32_t given;
        if (!tb_document_number_read(field->value, &year, &number)) {
            continue;
        }
        err = newest(txn, event->campaign, field->id, year, &given);
        if (err == TB_OK && number > given) {
            err = raise_to(txn, event->campaign, field->id, year, number);
        }
    }
    return err;
}

tb_err
tb_document_number_noted(const tb_agent *agent, tb_txn *txn, const tb_event *event, bool *out)
{
    tb_err err = TB_OK;
    *out = true;
    for (size_t i = 0; bears_ours(agent, event) && err == TB_OK && i < event->field_count; i++) {
        unsigned year;
        uint32_t number;
        uint32_t given;
        if (tb_document_number_read(event->fields[i].value, &year, &number)) {
            err = newest(txn, event->campaign, event->fields[i].id, year, &given);
            *out = *out && err == TB_OK && number <= given;
        }
    }
    return err;
}
