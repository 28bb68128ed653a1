#include "agents/letter.h"

#include "agents/offline.h"
#include "base/text.h"

/* Of page and table together: they fit one local answer. */
#define PAGE_BYTES_MAX  (640u * 1024)
#define TABLE_BYTES_MAX (256u * 1024)
#define COUNTER_NAME    "letters "

/* ---- writing ---- */

/* The sender's own word for its letters (发文机关代字, "粤通管函") is its attribute document_word;
 * without one its name stands there. */
static void put_word(const tb_agent *agent, tb_text *text)
{
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    tb_bytes word = {NULL, 0};
    if (self != NULL) {
        word = tb_directory_attribute(self, "document_word");
    }
    if (word.size > 0) {
        tb_text_bytes(text, word);
        return;
    }
    bool named = self != NULL && self->name_zh.size > 0;
    tb_text_bytes(text, named ? self->name_zh : tb_party_bytes(&agent->self));
    tb_text_str(text, "函");
}

/* 粤通管函〔2015〕3号 */
static tb_err count_document(const tb_agent *agent, tb_txn *txn, tb_time at, tb_bytes *out)
{
    char name[sizeof COUNTER_NAME + 8] = COUNTER_NAME;
    tb_civil civil = tb_civil_of(at);
    tb_text key;
    tb_text_over(&key, name + sizeof COUNTER_NAME - 1, 8);
    tb_text_u64_wide(&key, (uint64_t)civil.year, 4);
    name[sizeof COUNTER_NAME - 1 + key.size] = '\0';
    uint64_t number;
    tb_err err = tb_counter_next(txn, name, &number);
    if (err != TB_OK) {
        return err;
    }
    tb_text text;
    tb_text_init(&text, tb_txn_arena(txn), TB_TITLE_BYTES_MAX + 64);
    put_word(agent, &text);
    tb_text_str(&text, "〔");
    tb_text_u64(&text, (uint64_t)civil.year);
    tb_text_str(&text, "〕");
    tb_text_u64(&text, number);
    tb_text_str(&text, "号");
    return tb_text_done(&text, out);
}

/* Takes the first events without letter; *out_left counts those beyond. */
static tb_err
list_events(tb_txn *txn, const tb_letter_row *letter, uint32_t *out_items, uint32_t *out_left)
{
    tb_offline_row row;
    uint64_t at = 0;
    *out_items = 0;
    *out_left = 0;
    tb_err err = tb_offline_after(txn, &letter->recipient, at, &row);
    while (err == TB_OK) {
        at = row.number;
        if (row.letter == 0 && *out_items == TB_LETTER_ITEMS_MAX) {
            (*out_left)++;
        } else if (row.letter == 0) {
            (*out_items)++;
            row.letter = letter->letter;
            err = tb_offline_put(txn, &row);
        }
        if (err == TB_OK) {
            err = tb_offline_after(txn, &letter->recipient, at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err put_letter(tb_agent *agent,
                         tb_txn *txn,
                         tb_now now,
                         const tb_local_write_letter *wish,
                         tb_local_answer *answer)
{
    tb_letter_row row = {
        .recipient = wish->party, .document_no = wish->document_no, .at = now.civil};
    uint32_t left;
    tb_err err = tb_letter_newest(txn, &wish->party, &row.letter);
    row.letter++;
    if (err == TB_OK) {
        err = list_events(txn, &row, &row.items, &left);
    }
    if (err == TB_OK && row.items == 0) {
        answer->code = TB_REFUSED_BUNDLE_EMPTY;
        return TB_OK;
    }
    if (err == TB_OK && row.document_no.size == 0) {
        err = count_document(agent, txn, now.civil, &row.document_no);
    }
    if (err == TB_OK) {
        err = tb_letter_put(txn, &row);
    }
    if (err != TB_OK) {
        return err;
    }
    answer->kind = TB_ANSWER_WRITTEN;
    answer->written = (tb_local_written){row.letter, row.document_no, row.items, left};
    return TB_OK;
}

tb_err tb_letter_write(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_write_letter *wish,
                       tb_local_answer *answer)
{
    if (tb_directory_find(agent->directory, &wish->party) == NULL) {
        answer->code = TB_REFUSED_UNKNOWN_PARTY;
    } else if (!tb_offline_is(agent, &wish->party)) {
        answer->code = TB_REFUSED_LETTER_PARTY;
    } else if (tb_has_identity_number(wish->document_no)) {
        answer->code = TB_REFUSED_IDENTITY_NUMBER;
    } else if (tb_has_secret_mark(wish->document_no)) {
        answer->code = TB_REFUSED_SECRET_MARK;
    } else if (tb_store_above_watermark(txn)) {
        answer->code = TB_REFUSED_STORE_FULL;
    }
    return answer->code == TB_ACCEPTED ? put_letter(agent, txn, now, wish, answer) : TB_OK;
}

/* ---- printing ---- */

tb_err tb_letter_print(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_local_get_letter *wish,
                       tb_local_answer *answer)
{
    tb_letter_row row;
    tb_letter letter;
    tb_arena *arena = tb_txn_arena(txn);
    tb_err err = tb_letter_get(txn, &wish->party, wish->letter, &row);
    if (err == TB_ERR_NOT_FOUND) {
        answer->code = TB_REFUSED_UNKNOWN_LETTER;
        return TB_OK;
    }
    if (err == TB_OK) {
        err = tb_letter_make(agent, txn, &row, &letter);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_local_letter printed = {
        .letter = row.letter, .document_no = row.document_no, .items = row.items};
    err = tb_letter_page(&letter, arena, PAGE_BYTES_MAX, &printed.page);
    if (err == TB_OK) {
        err = tb_letter_table(&letter, arena, TABLE_BYTES_MAX, &printed.table);
    }
    if (err == TB_ERR_LIMIT) {
        answer->code = TB_REFUSED_TOO_LARGE;
        return TB_OK;
    }
    answer->kind = TB_ANSWER_LETTER;
    answer->letter = printed;
    return err;
}
