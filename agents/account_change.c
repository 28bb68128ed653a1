/* account_change - an officer's verbs: accounts are added, changed, made deputies of, closed. */
#include "agents/accounts.h"

#include "agents/rows_case.h"

/* META: the newest number given. */
#define NEWEST "accounts"

typedef struct changing {
    tb_txn *txn;
    tb_now now;
    const tb_asker *asker;
    const tb_local_account *wanted;
    tb_account_row *all;
    size_t count;
} changing;

/* ---- what is asked ---- */

static bool name_good(tb_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool good =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!good) {
            return false;
        }
    }
    return name.size > 0 && name.size <= TB_NAME_BYTES_MAX;
}

/* The open account of a name, or NULL. */
static tb_account_row *open_account(const changing *c, tb_bytes name)
{
    for (size_t i = 0; i < c->count; i++) {
        if (tb_bytes_equal(c->all[i].name, name) && c->all[i].closed == 0) {
            return &c->all[i];
        }
    }
    return NULL;
}

/* What shows who somebody is must show one. */
static bool credentials_taken(const changing *c)
{
    const tb_local_account *wanted = c->wanted;
    for (size_t i = 0; i < c->count; i++) {
        const tb_account_row *row = &c->all[i];
        if (row->closed != 0 || tb_bytes_equal(row->name, wanted->name)) {
            continue;
        }
        if ((wanted->has_uid && row->has_uid && row->uid == wanted->uid) ||
            (wanted->has_key && row->has_key && memcmp(row->key, wanted->key, 32) == 0)) {
            return true;
        }
    }
    return false;
}

static bool other_officer(const changing *c, const tb_account_row *but)
{
    for (size_t i = 0; i < c->count; i++) {
        const tb_account_row *row = &c->all[i];
        if (row != but && row->closed == 0 && (row->posts & TB_POST_OFFICER) != 0) {
            return true;
        }
    }
    return false;
}

/* ---- the verbs ---- */

static void take_credentials(const tb_local_account *wanted, tb_account_row *row)
{
    if (wanted->has_uid) {
        row->has_uid = true;
        row->uid = wanted->uid;
    }
    if (wanted->has_key) {
        row->has_key = true;
        memcpy(row->key, wanted->key, sizeof row->key);
    }
}

static tb_err add(changing *c, tb_account_row *out, tb_refusal *out_refused)
{
    const tb_local_account *wanted = c->wanted;
    bool good = name_good(wanted->name) && wanted->title.size > 0 && wanted->posts != 0 &&
                (wanted->has_uid || wanted->has_key);
    bool taken = credentials_taken(c);
    for (size_t i = 0; i < c->count; i++) {
        taken = taken || tb_bytes_equal(c->all[i].name, wanted->name);
    }
    *out_refused = !good                         ? TB_REFUSED_ACCOUNT_MALFORMED
                   : taken                       ? TB_REFUSED_ACCOUNT_TAKEN
                   : c->count >= TB_ACCOUNTS_MAX ? TB_REFUSED_TOO_LARGE
                   : c->count == 0 && (wanted->posts & TB_POST_OFFICER) == 0
                       ? TB_REFUSED_FIRST_OFFICER
                       : TB_ACCEPTED;
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    tb_account_row row = {
        .name = wanted->name,
        .title = wanted->title,
        .phone = wanted->phone,
        .posts = wanted->posts,
        .made = c->now.real,
        .made_by = c->asker->known ? c->asker->row.name : c->asker->code,
    };
    take_credentials(wanted, &row);
    *out = row;
    return tb_counter_next(c->txn, NEWEST, &out->number);
}

static tb_refusal change(changing *c, tb_account_row *row)
{
    const tb_local_account *wanted = c->wanted;
    bool officer = (row->posts & TB_POST_OFFICER) != 0;
    if (credentials_taken(c)) {
        return TB_REFUSED_ACCOUNT_TAKEN;
    }
    if (officer && wanted->posts != 0 && (wanted->posts & TB_POST_OFFICER) == 0 &&
        !other_officer(c, row)) {
        return TB_REFUSED_LAST_OFFICER;
    }
    row->title = wanted->title.size > 0 ? wanted->title : row->title;
    row->phone = wanted->phone.size > 0 ? wanted->phone : row->phone;
    row->posts = wanted->posts != 0 ? wanted->posts : row->posts;
    take_credentials(wanted, row);
    return TB_ACCEPTED;
}

/* Without anybody named the account is nobody's deputy any more. */
static tb_refusal deputy(changing *c, tb_account_row *row)
{
    const tb_local_account *wanted = c->wanted;
    int64_t from = 0;
    int64_t to = 0;
    if (wanted->absent.size > 0 &&
        (tb_bytes_equal(wanted->absent, row->name) || open_account(c, wanted->absent) == NULL ||
         !tb_day_parse(wanted->from, &from) || !tb_day_parse(wanted->to, &to) || to < from ||
         to < tb_day_of(c->now.civil))) {
        return TB_REFUSED_DEPUTY;
    }
    row->absent = wanted->absent;
    row->from = from;
    row->to = to;
    return TB_ACCEPTED;
}

static tb_refusal close_one(changing *c, tb_account_row *row)
{
    if ((row->posts & TB_POST_OFFICER) != 0 && !other_officer(c, row)) {
        return TB_REFUSED_LAST_OFFICER;
    }
    row->closed = c->now.real;
    return TB_ACCEPTED;
}

static tb_refusal alter(changing *c, tb_account_change what, tb_account_row *row)
{
    switch (what) {
    case TB_ACCOUNT_CHANGE:
        return change(c, row);
    case TB_ACCOUNT_DEPUTY:
        return deputy(c, row);
    case TB_ACCOUNT_CLOSE:
        return close_one(c, row);
    case TB_ACCOUNT_ADD:
        break;
    }
    TB_UNREACHABLE();
}

/* ---- as people see it ---- */

static tb_err day_text(tb_arena *arena, int64_t day, tb_bytes *out)
{
    char *text = tb_arena_alloc(arena, TB_TIME_TEXT);
    if (text == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_time_print(tb_day_start(day), text);
    *out = tb_bytes_of(text, 10); /* the date of it */
    return TB_OK;
}

static tb_err show(tb_arena *arena, const tb_account_row *row, tb_local_account *out)
{
    *out = (tb_local_account){
        .name = row->name,
        .title = row->title,
        .phone = row->phone,
        .posts = row->posts,
        .has_uid = row->has_uid,
        .uid = row->uid,
        .has_key = row->has_key,
        .absent = row->absent,
        .made = row->made,
        .made_by = row->made_by,
        .closed = row->closed,
    };
    memcpy(out->key, row->key, sizeof out->key);
    tb_err err = tb_account_code(arena, row, &out->code);
    if (err == TB_OK && row->absent.size > 0) {
        err = day_text(arena, row->from, &out->from);
    }
    return err == TB_OK && row->absent.size > 0 ? day_text(arena, row->to, &out->to) : err;
}

static tb_err answer_with(tb_txn *txn, const tb_account_row *row, tb_local_answer *answer)
{
    answer->kind = TB_ANSWER_ACCOUNTS;
    answer->accounts.count = 1;
    answer->accounts.lines = tb_arena_alloc(tb_txn_arena(txn), sizeof *answer->accounts.lines);
    return answer->accounts.lines == NULL ? TB_ERR_LIMIT
                                          : show(tb_txn_arena(txn), row, answer->accounts.lines);
}

tb_err tb_account_change_one(tb_txn *txn,
                             tb_now now,
                             const tb_asker *asker,
                             const tb_local_change_account *wanted,
                             tb_local_answer *answer)
{
    changing c = {.txn = txn, .now = now, .asker = asker, .wanted = &wanted->account};
    tb_account_row row = {.number = 0};
    tb_err err = tb_accounts_all(txn, &c.all, &c.count);
    if (err != TB_OK) {
        return err;
    }
    if (wanted->what == TB_ACCOUNT_ADD) {
        err = add(&c, &row, &answer->code);
    } else {
        tb_account_row *found = open_account(&c, c.wanted->name);
        answer->code = found == NULL ? TB_REFUSED_UNKNOWN_ACCOUNT : alter(&c, wanted->what, found);
        row = found == NULL ? row : *found;
    }
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    err = tb_account_put(txn, &row);
    return err == TB_OK ? answer_with(txn, &row, answer) : err;
}

tb_err tb_query_accounts(tb_txn *txn, tb_local_answer *answer)
{
    tb_account_row *all;
    size_t count;
    tb_local_accounts accounts = {.count = 0};
    tb_err err = tb_accounts_all(txn, &all, &count);
    if (err != TB_OK) {
        return err;
    }
    accounts.lines = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *accounts.lines);
    if (accounts.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = show(tb_txn_arena(txn), &all[i], &accounts.lines[accounts.count++]);
    }
    answer->kind = TB_ANSWER_ACCOUNTS;
    answer->accounts = accounts;
    return err;
}
