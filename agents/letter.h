/* letter - 通报函: what is addressed to a party without a line, as an official letter on paper.
 *
 *     OFFLINE rows without letter --write--> LETTER row, the rows name it
 *     LETTER row --make--> tb_letter --page--> HTML for A4      --table--> CSV
 *
 * A letter lists cases: what was done on each, and the values that the sender holds and the
 * recipient may read by the campaign, as of the newest step the letter names. So it is the same
 * whenever it is printed again. Its words come from the campaign and the directory.
 */
#ifndef TB_LETTER_H
#define TB_LETTER_H

#include "agents/casework.h"
#include "agents/rows_offline.h"

/* Events of one letter; what is left is for the next one. */
#define TB_LETTER_ITEMS_MAX 200

typedef struct tb_letter_text {
    tb_bytes zh;
    tb_bytes en;
} tb_letter_text;

typedef struct tb_letter_value {
    tb_letter_text title;
    tb_letter_text value;
} tb_letter_value;

/* One case of a letter. */
typedef struct tb_letter_entry {
    tb_case_id case_id;
    tb_bytes campaign; /* id */
    tb_letter_text campaign_title;
    tb_letter_text type;    /* of the case */
    tb_letter_text actions; /* addressed to the recipient, oldest first, with their days */
    tb_letter_text newest;  /* the last of them, alone */
    tb_letter_text state;   /* after it */
    tb_letter_value *values;
    size_t value_count;
    /* while it is made */
    uint64_t upto; /* the newest step of the chain it shows */
} tb_letter_entry;

typedef struct tb_letter {
    tb_bytes document_no;
    tb_time at; /* civil */
    bool exercise;
    tb_letter_text sender;
    tb_letter_text recipient;
    tb_letter_entry *entries;
    size_t entry_count;
} tb_letter;

/* Gives the events that no letter lists yet the next letter. document_no empty: the sender's own
 * count of the year. Refused: unknown_party, letter_party, bundle_empty. */
tb_err tb_letter_write(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_write_letter *wish,
                       tb_local_answer *answer) TB_MUST_USE;
/* Page and table of a letter. Refused: unknown_party, unknown_letter, too_large. */
tb_err tb_letter_print(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_local_get_letter *wish,
                       tb_local_answer *answer) TB_MUST_USE;

/* letter_make.c: the letter's value out of the rows. */
tb_err tb_letter_make(const tb_agent *agent, tb_txn *txn, const tb_letter_row *row, tb_letter *out)
    TB_MUST_USE;

/* letter_page.c: a page of its own in HTML, for printing on A4: Chinese, then English, each with
 * the list. letter_table.c: the list as CSV, UTF-8 without mark, a column for each field.
 * TB_ERR_LIMIT: memory, or larger than max. */
tb_err
tb_letter_page(const tb_letter *letter, tb_arena *arena, size_t max, tb_bytes *out) TB_MUST_USE;
tb_err
tb_letter_table(const tb_letter *letter, tb_arena *arena, size_t max, tb_bytes *out) TB_MUST_USE;

#endif
