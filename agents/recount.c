#include "agents/recount.h"

#define ENTRIES_MAX  300000u
#define GROUPS_MAX   4096u
#define GROUPS_BYTES (64u * 1024)
#define NO_GROUP     UINT16_MAX

/* What orders entries that are no amounts: a distinct value, or the bucket of hours. */
typedef struct weighed {
    uint8_t bytes[TB_DISTINCT_BYTES];
} weighed;

struct tb_recount_entry {
    uint32_t next; /* entry of the same measure, plus 1 */
    uint16_t group;
    tb_month month;
    uint64_t amount;
    weighed value;
};

/* ---- counting ---- */

static bool put_group(tb_recounted *r, tb_bytes group, uint16_t *out)
{
    for (size_t i = 0; i < r->group_count; i++) {
        if (tb_bytes_equal(r->groups[i], group)) {
            *out = (uint16_t)i;
            return true;
        }
    }
    if (r->group_count == GROUPS_MAX || group.size > GROUPS_BYTES - r->text_size) {
        return false;
    }
    memcpy(r->text + r->text_size, group.data, group.size);
    r->groups[r->group_count] = tb_bytes_of(r->text + r->text_size, group.size);
    r->text_size += group.size;
    *out = (uint16_t)r->group_count++;
    return true;
}

static weighed weigh(const tb_measured *row)
{
    weighed out = {{0}};
    if (row->kind == TB_MEASURED_DISTINCT) {
        memcpy(out.bytes, row->value, sizeof out.bytes);
        return out;
    }
    for (unsigned i = 0; i < 4; i++) {
        out.bytes[i] = (uint8_t)(row->bucket >> (24 - 8 * i));
    }
    return out;
}

static uint32_t bucket_of(const weighed *value)
{
    uint32_t out = 0;
    for (unsigned i = 0; i < 4; i++) {
        out = out << 8 | value->bytes[i];
    }
    return out;
}

/* False: there is no room for it. */
static bool put(tb_recounted *r, size_t measure, const tb_measured *row)
{
    uint16_t group = NO_GROUP;
    bool is_amount = row->kind == TB_MEASURED_AMOUNT;
    if (row->group.size > 0 && !put_group(r, row->group, &group)) {
        return false;
    }
    for (uint32_t at = is_amount ? r->first[measure] : 0; at != 0;) {
        tb_recount_entry *entry = &r->entries[at - 1];
        if (entry->group == group && entry->month == row->month) {
            entry->amount += row->amount;
            return true;
        }
        at = entry->next;
    }
    if (r->count == r->capacity) {
        return false;
    }
    r->entries[r->count++] =
        (tb_recount_entry){r->first[measure], group, row->month, row->amount, weigh(row)};
    r->first[measure] = (uint32_t)r->count;
    return true;
}

/* Of a measure of the definition that is counted by. */
static size_t place_of(const tb_campaign *campaign, tb_bytes measure)
{
    size_t place = 0;
    while (!tb_bytes_equal(tb_bytes_str(campaign->measures[place].id), measure)) {
        place++;
        TB_ASSERT(place < campaign->measure_count);
    }
    return place;
}

static tb_err count_case(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_recounted *r)
{
    const tb_recount_of *of = &r->of;
    tb_case_row row;
    tb_measured *list = NULL;
    size_t count = 0;
    bool certain;
    tb_err err = tb_case_load(agent, txn, id, &row);
    if (err == TB_OK &&
        (row.view.type == NULL || !tb_bytes_equal(row.campaign, tb_bytes_str(of->campaign->id)))) {
        return TB_OK;
    }
    if (err == TB_OK) {
        err = tb_measure_case(agent, txn, &row, of->campaign, of->as_of, false, &list, &count,
                              &certain);
    }
    if (err == TB_ERR_CORRUPT) {
        return TB_OK; /* what does not read makes up nothing, and the figure is told */
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (list[i].month >= of->first && list[i].month <= of->last) {
            r->whole &= put(r, place_of(of->campaign, list[i].measure), &list[i]);
        }
    }
    return err;
}

tb_err tb_recounted_init(tb_arena *arena, tb_recounted *out)
{
    *out = (tb_recounted){.arena = arena, .capacity = ENTRIES_MAX};
    out->entries = tb_arena_array(arena, ENTRIES_MAX, sizeof *out->entries);
    out->groups = tb_arena_array(arena, GROUPS_MAX, sizeof *out->groups);
    out->text = tb_arena_alloc(arena, GROUPS_BYTES);
    return out->entries == NULL || out->groups == NULL || out->text == NULL ? TB_ERR_LIMIT : TB_OK;
}

tb_err tb_recount(const tb_agent *agent,
                  tb_txn *txn,
                  const tb_recount_of *of,
                  uint64_t cases_max,
                  tb_recounted *out)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_case_id at = {{0}};
    tb_err err = TB_OK;
    TB_ASSERT(of->campaign->measure_count <= TB_MEASURES_MAX);
    out->whole = true;
    out->of = *of;
    if (of->as_of != NULL) {
        out->then = *of->as_of;
        out->of.as_of = &out->then;
    }
    out->count = out->group_count = out->text_size = 0;
    memset(out->first, 0, sizeof out->first);
    for (uint64_t i = 0; err == TB_OK && out->whole; i++) {
        size_t mark = tb_arena_mark(arena);
        err = tb_case_after(txn, &at, false, &at);
        if (err == TB_OK && i == cases_max) {
            out->whole = false;
        } else if (err == TB_OK) {
            err = count_case(agent, txn, &at, out);
        }
        tb_arena_release(arena, mark);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- asking ---- */

static bool is_of(const tb_recounted *r,
                  const tb_recount_entry *entry,
                  tb_bytes group,
                  tb_month first,
                  tb_month last)
{
    bool grouped = group.size == 0 ||
                   (entry->group != NO_GROUP && tb_bytes_equal(r->groups[entry->group], group));
    return grouped && entry->month >= first && entry->month <= last;
}

static uint32_t first_of(const tb_recounted *r, const tb_measure *measure)
{
    TB_ASSERT(r->whole);
    return r->first[place_of(r->of.campaign, tb_bytes_str(measure->id))];
}

static void sink(weighed *list, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && memcmp(&list[child], &list[child + 1], sizeof *list) < 0) {
            child++;
        }
        if (memcmp(&list[at], &list[child], sizeof *list) >= 0) {
            return;
        }
        weighed moved = list[at];
        list[at] = list[child];
        list[child] = moved;
        at = child;
    }
}

static void heap_sort(weighed *list, size_t count)
{
    for (size_t at = count / 2; at > 0; at--) {
        sink(list, at - 1, count);
    }
    for (size_t left = count; left > 1; left--) {
        weighed moved = list[0];
        list[0] = list[left - 1];
        list[left - 1] = moved;
        sink(list, 0, left - 1);
    }
}

/* What the entries weigh, ascending; the caller gives the memory back. */
static tb_err gather(const tb_recounted *r,
                     const tb_measure *measure,
                     tb_bytes group,
                     tb_month first,
                     tb_month last,
                     weighed **out,
                     size_t *out_count)
{
    size_t count = 0;
    for (uint32_t at = first_of(r, measure); at != 0; at = r->entries[at - 1].next) {
        count += is_of(r, &r->entries[at - 1], group, first, last);
    }
    weighed *list = tb_arena_array(r->arena, count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    count = 0;
    for (uint32_t at = first_of(r, measure); at != 0; at = r->entries[at - 1].next) {
        if (is_of(r, &r->entries[at - 1], group, first, last)) {
            list[count++] = r->entries[at - 1].value;
        }
    }
    heap_sort(list, count);
    *out = list;
    *out_count = count;
    return TB_OK;
}

tb_err tb_recounted_total(const tb_recounted *r,
                          const tb_measure *measure,
                          tb_bytes group,
                          tb_month first,
                          tb_month last,
                          uint64_t *out)
{
    weighed *list;
    size_t count;
    size_t mark = tb_arena_mark(r->arena);
    *out = 0;
    if (measure->distinct == NULL) {
        for (uint32_t at = first_of(r, measure); at != 0; at = r->entries[at - 1].next) {
            const tb_recount_entry *entry = &r->entries[at - 1];
            *out += is_of(r, entry, group, first, last) ? entry->amount : 0;
        }
        return TB_OK;
    }
    tb_err err = gather(r, measure, group, first, last, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        *out += i == 0 || memcmp(&list[i - 1], &list[i], sizeof *list) != 0;
    }
    tb_arena_release(r->arena, mark);
    return err;
}

tb_err tb_recounted_hours(const tb_recounted *r,
                          const tb_measure *measure,
                          tb_bytes group,
                          tb_month first,
                          tb_month last,
                          uint64_t *out_count,
                          uint32_t *out_bucket)
{
    weighed *list;
    size_t count;
    size_t mark = tb_arena_mark(r->arena);
    tb_err err = gather(r, measure, group, first, last, &list, &count);
    if (err == TB_OK) {
        bool median = measure->hours.stat == TB_STAT_MEDIAN;
        *out_count = count;
        *out_bucket = count == 0 ? 0 : bucket_of(&list[median ? (count - 1) / 2 : count - 1]);
    }
    tb_arena_release(r->arena, mark);
    return err;
}

/* By bytes; a group before those it begins. */
static bool is_before(tb_bytes a, tb_bytes b)
{
    size_t least = a.size < b.size ? a.size : b.size;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    return order != 0 ? order < 0 : a.size < b.size;
}

tb_err tb_recounted_group_next(const tb_recounted *r,
                               const tb_measure *measure,
                               tb_bytes group,
                               tb_bytes *out)
{
    bool found = false;
    for (uint32_t at = first_of(r, measure); at != 0; at = r->entries[at - 1].next) {
        uint16_t place = r->entries[at - 1].group;
        if (place != NO_GROUP && is_before(group, r->groups[place]) &&
            (!found || is_before(r->groups[place], *out))) {
            *out = r->groups[place];
            found = true;
        }
    }
    return found ? TB_OK : TB_ERR_NOT_FOUND;
}
