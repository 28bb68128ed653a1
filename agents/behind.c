/* behind - what a counted figure opens to: its events, a page at a time. */
#include "agents/effective.h"
#include "agents/reports.h"

#define PAGE_DEFAULT 100

static tb_err open_place(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_behind_wish *wish,
                         const tb_measured_place *place,
                         tb_local_behind *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_event event;
    bool known;
    bool side = (place->number & TB_MEASURED_SIDE) != 0;
    tb_err err = tb_measured_event(txn, wish->measure, place, &key, &row);
    if (err == TB_OK) {
        err = tb_chain_decode(txn, &row, &event);
    }
    if (err == TB_OK) {
        *out = (tb_local_behind){.case_id = place->case_id,
                                 .event = key.event,
                                 .number = side ? 0 : place->number,
                                 .action = event.action,
                                 .amount = place->amount,
                                 .group = place->group};
        err = tb_effective_time(agent, txn, &row, event.at, &out->at, &known);
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

tb_err tb_behind_list(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_behind_wish *wish,
                      tb_local_behind **out,
                      size_t *out_count,
                      tb_bytes *out_next)
{
    size_t limit = wish->limit == 0 ? PAGE_DEFAULT : wish->limit;
    limit = limit > TB_DRILL_PAGE_MAX ? TB_DRILL_PAGE_MAX : limit;
    tb_local_behind *list = tb_arena_array(tb_txn_arena(txn), limit, sizeof *list);
    tb_bytes cursor = wish->after;
    size_t count = 0;
    tb_err err = list == NULL ? TB_ERR_LIMIT : TB_OK;
    *out_next = tb_bytes_of(NULL, 0);
    if (err == TB_OK && cursor.size == 0) {
        err = tb_measured_in_from(txn, wish->campaign, wish->measure, wish->first, &cursor);
    }
    while (err == TB_OK) {
        tb_measured_place place;
        if (count == limit) {
            *out_next = cursor;
            break;
        }
        err = tb_measured_in_next(txn, wish->campaign, wish->measure, wish->last, &cursor, &place);
        if (err == TB_OK && (wish->group.size == 0 || tb_bytes_equal(wish->group, place.group))) {
            err = open_place(agent, txn, wish, &place, &list[count]);
            count += err == TB_OK;
        }
    }
    *out = list;
    *out_count = count;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}
