/* check_measure - that rows, totals and a full recount of every case agree.
 *
 * MEASURED is compared with what each case gives now. The three tables that are sums over MEASURED
 * are compared by a sum of their own: every unit of every total is weighed with a digest of its
 * place, so that two tables agree in one pass when, but for a chance of 2^-64, every total does.
 */
#include "agents/check_rows.h"
#include "agents/measures.h"
#include "agents/rows_recounting.h"
#include "messages/digest.h"

typedef struct check {
    const tb_agent *agent;
    tb_txn *txn;
    tb_faults *faults;
    uint64_t rows;     /* of MEASURED */
    uint64_t wanted;   /* weighed totals, by what MEASURED says */
    uint64_t totals;   /* by MEASURE, months of what is no distinct value */
    uint64_t distinct; /* by MEASURED, distinct values */
    uint64_t years;    /* by MEASURE_DISTINCT */
    uint64_t spans;    /* by MEASURE, spans of distinct values */
    uint64_t appear;   /* by MEASURE_DISTINCT, where a value appears in a span */
} check;

static const tb_bytes nothing = {NULL, 0};

static uint64_t weight(const char *what, tb_bytes place)
{
    uint64_t out;
    tb_digest digest = tb_digest_of(what, place);
    memcpy(&out, digest.bytes, sizeof out);
    return out;
}

static tb_err fault_if(check *c, bool wrong, const char *what, tb_bytes about)
{
    return wrong ? tb_fault(c->faults, what, about) : TB_OK;
}

static tb_err each(check *c, tb_table table, tb_row_look *look)
{
    return tb_check_rows(c->txn, c->faults, table, nothing, look, c);
}

/* ---- MEASURED against a recount ---- */

static tb_err stale(check *c, const tb_case_id *id, bool *out)
{
    tb_bytes none;
    tb_err err = tb_store_get(c->txn, TB_TABLE_MEASURE_STALE,
                              tb_bytes_of(id->bytes, TB_CASE_ID_BYTES), &none);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* *out_same stays true where nothing can be said: stale, not counted yet, or no campaign here. */
static tb_err compare(check *c, const tb_case_id *id, bool *out_same)
{
    tb_case_row row;
    tb_measured *kept;
    tb_measured *now;
    size_t kept_count;
    size_t now_count = 0;
    bool certain = true;
    bool is_stale = false;
    bool ready = false;
    *out_same = true;
    tb_err err = tb_case_load(c->agent, c->txn, id, &row);
    if (err == TB_OK) {
        err = stale(c, id, &is_stale);
    }
    if (err != TB_OK || is_stale || row.view.type == NULL) {
        return err;
    }
    const tb_campaign *newest = tb_campaigns_newest(c->agent->campaigns, row.campaign);
    err = tb_measures_counted(c->txn, newest, &ready);
    if (err == TB_OK && ready) {
        err = tb_measured_of(c->txn, id, &kept, &kept_count);
    }
    if (err != TB_OK || !ready) {
        return err;
    }
    err = tb_measure_case(c->agent, c->txn, &row, newest, NULL, false, &now, &now_count, &certain);
    if (err != TB_OK || !certain) {
        return err;
    }
    *out_same = kept_count == now_count;
    for (size_t i = 0; *out_same && i < now_count; i++) {
        *out_same = tb_measured_equal(&kept[i], &now[i]);
    }
    return TB_OK;
}

static tb_err recount(void *context, tb_bytes key, tb_bytes value)
{
    check *c = context;
    tb_case_id id;
    bool same = true;
    (void)value;
    if (key.size != TB_CASE_ID_BYTES) {
        return tb_fault(c->faults, "a CASE row has no case's key", key);
    }
    memcpy(id.bytes, key.data, sizeof id.bytes);
    tb_err err = compare(c, &id, &same);
    if (tb_fault_is(err)) {
        return tb_fault(c->faults, "a case's figures cannot be counted anew", key);
    }
    return err == TB_OK ? fault_if(c, !same, "a case's figures differ from a full recount", key)
                        : err;
}

/* ---- totals ---- */

static tb_err weigh_group(check *c, tb_bytes campaign, const tb_measured *row, tb_bytes group)
{
    tb_bytes place;
    bool distinct = row->kind == TB_MEASURED_DISTINCT;
    tb_err err =
        tb_measure_key(tb_txn_arena(c->txn), campaign, row->measure, group, row->month, row->month,
                       row->kind == TB_MEASURED_HOURS ? row->bucket : 0, &place);
    if (err != TB_OK) {
        return err;
    }
    if (!distinct) {
        c->wanted += weight("total", place) * row->amount;
        return TB_OK;
    }
    tb_bytes parts[] = {place, tb_bytes_of(row->value, TB_DISTINCT_BYTES)};
    tb_digest digest = tb_digest_parts("distinct", parts, 2);
    c->distinct += weight("year", tb_bytes_of(digest.bytes, TB_DIGEST_BYTES));
    return TB_OK;
}

static tb_err weigh_row(void *context, tb_bytes key, tb_bytes value)
{
    check *c = context;
    tb_measured row;
    tb_case_row owner;
    tb_err err = tb_measured_decode(key, value, &row);
    if (err == TB_OK) {
        err = tb_case_get(c->txn, &row.case_id, &owner);
    }
    if (err != TB_OK) {
        return err == TB_ERR_CORRUPT || err == TB_ERR_NOT_FOUND
                   ? tb_fault(c->faults, "a MEASURED row does not decode or has no case", key)
                   : err;
    }
    c->rows++;
    err = weigh_group(c, owner.campaign, &row, nothing);
    return err == TB_OK && row.group.size > 0 ? weigh_group(c, owner.campaign, &row, row.group)
                                              : err;
}

/* Whether a measure's rows count distinct values is said by MEASURE_DISTINCT having the name. */
static tb_err is_distinct(check *c, tb_bytes name, bool *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(c->txn, TB_TABLE_MEASURE_DISTINCT, name, name, &key, &value);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Totals of figures that are counted anew (recounting.h) follow from no row but that one's. */
static bool is_recount(tb_bytes key)
{
    return key.size > 0 && key.data[0] == TB_RECOUNTING_SIGN;
}

static tb_err check_recount(check *c, tb_bytes key)
{
    tb_recounting_row row;
    const uint8_t *end = memchr(key.data, 0, key.size);
    size_t size = end == NULL ? key.size : (size_t)(end - key.data);
    tb_err err = tb_recounting_named(c->txn, tb_bytes_of(key.data, size), &row);
    return err == TB_ERR_NOT_FOUND
               ? tb_fault(c->faults, "totals are left of a recount that is over", key)
               : err;
}

static tb_err weigh_total(void *context, tb_bytes key, tb_bytes value)
{
    check *c = context;
    if (is_recount(key)) {
        return check_recount(c, key);
    }
    tb_bytes names[3];
    tb_month first;
    tb_month last;
    uint32_t bucket;
    bool distinct = false;
    uint64_t total = 0;
    tb_err err = tb_measure_key_read(key, &names[0], &names[1], &names[2], &first, &last, &bucket);
    if (err != TB_OK || value.size != 8) {
        return tb_fault(c->faults, "a MEASURE row does not decode", key);
    }
    for (int i = 0; i < 8; i++) {
        total = total << 8 | value.data[i];
    }
    err = is_distinct(c, tb_bytes_of(key.data, key.size - 8), &distinct);
    if (err != TB_OK) {
        return err;
    }
    if (distinct) {
        c->spans += weight("span", key) * total;
    } else {
        c->totals += weight("total", key) * total;
    }
    return fault_if(c, total == 0, "a MEASURE row with nothing in it", key);
}

static tb_err weigh_year(void *context, tb_bytes key, tb_bytes value)
{
    check *c = context;
    if (is_recount(key)) {
        return check_recount(c, key);
    }
    tb_bytes name;
    tb_bytes which;
    uint16_t year;
    uint32_t counts[12];
    tb_err err = tb_measure_distinct_read(key, value, &name, &which, &year, counts);
    if (err != TB_OK) {
        return tb_fault(c->faults, "a MEASURE_DISTINCT row does not decode", key);
    }
    for (size_t i = 0; i < TB_SPANS; i++) {
        uint8_t place[TB_KEY_BYTES_MAX];
        const tb_span *span = &tb_measure_spans[i];
        tb_month first = (tb_month)(year * 12 + span->first);
        tb_month last = (tb_month)(year * 12 + span->last);
        const uint8_t tail[8] = {(uint8_t)(first >> 8), (uint8_t)first, (uint8_t)(last >> 8),
                                 (uint8_t)last};
        memcpy(place, name.data, name.size);
        memcpy(place + name.size, tail, sizeof tail);
        tb_bytes at = tb_bytes_of(place, name.size + sizeof tail);
        uint64_t in_span = 0;
        for (unsigned m = span->first; m <= span->last; m++) {
            in_span += counts[m];
        }
        c->appear += in_span > 0 ? weight("span", at) : 0;
        if (span->first == span->last) {
            tb_bytes parts[] = {at, which};
            tb_digest digest = tb_digest_parts("distinct", parts, 2);
            c->years += weight("year", tb_bytes_of(digest.bytes, TB_DIGEST_BYTES)) * in_span;
        }
    }
    return TB_OK;
}

tb_err tb_check_measures(const tb_agent *agent, tb_txn *txn, tb_faults *faults)
{
    check c = {.agent = agent, .txn = txn, .faults = faults};
    tb_err err = each(&c, TB_TABLE_CASE, recount);
    if (err == TB_OK) {
        err = each(&c, TB_TABLE_MEASURED, weigh_row);
    }
    if (err == TB_OK) {
        err = each(&c, TB_TABLE_MEASURE, weigh_total);
    }
    if (err == TB_OK) {
        err = each(&c, TB_TABLE_MEASURE_DISTINCT, weigh_year);
    }
    if (err == TB_OK) {
        err = fault_if(&c, c.rows != tb_store_rows(txn, TB_TABLE_MEASURED_IN),
                       "MEASURED and MEASURED_IN differ in number", nothing);
    }
    if (err == TB_OK) {
        err =
            fault_if(&c, c.wanted != c.totals, "totals differ from the events they count", nothing);
    }
    if (err == TB_OK) {
        err = fault_if(&c, c.distinct != c.years,
                       "counts of distinct values differ from the events they count", nothing);
    }
    return err == TB_OK ? fault_if(&c, c.spans != c.appear,
                                   "totals of distinct values differ from their years", nothing)
                        : err;
}
