#define _GNU_SOURCE /* qsort_r */

#include "store/store_lmdb_late.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * TB_LATE_ROWS_MAX)

bool tb_late_make(tb_late *late)
{
    size_t rows = TB_LATE_ROWS_MAX * sizeof *late->rows;
    size_t slots = SLOTS * sizeof *late->slots;
    size_t order = TB_LATE_ROWS_MAX * sizeof *late->order;

    *late = (tb_late){.bytes = calloc(1, TB_LATE_BYTES_MAX + rows + slots + order)};
    if (late->bytes == NULL) {
        return false;
    }
    late->rows = (tb_late_row *)(void *)(late->bytes + TB_LATE_BYTES_MAX);
    late->slots = (uint32_t *)(void *)(late->bytes + TB_LATE_BYTES_MAX + rows);
    late->order = late->slots + SLOTS;
    return true;
}

void tb_late_free(tb_late *late)
{
    free(late->bytes);
}

static tb_late_row *row_at(const tb_late *late, uint32_t row)
{
    return &late->rows[row - 1];
}

tb_bytes tb_late_key(const tb_late *late, uint32_t row)
{
    return tb_bytes_of(late->bytes + row_at(late, row)->key_at, row_at(late, row)->key_size);
}

tb_bytes tb_late_stored(const tb_late *late, uint32_t row)
{
    return tb_bytes_of(late->bytes + row_at(late, row)->stored_at, row_at(late, row)->stored_size);
}

static uint32_t find(const tb_late *late, tb_table table, tb_bytes key, uint64_t hash)
{
    uint32_t row = late->slots[hash % SLOTS];
    while (row != 0 && (row_at(late, row)->table != (uint32_t)table ||
                        !tb_bytes_equal(tb_late_key(late, row), key))) {
        row = row_at(late, row)->in_slot;
    }
    return row;
}

uint8_t *tb_late_put(tb_late *late, tb_table table, tb_bytes key, uint64_t hash, size_t stored_size)
{
    uint32_t row = find(late, table, key, hash);
    size_t needed = stored_size + (row == 0 ? key.size : 0);

    if (stored_size > TB_LATE_STORED_BYTES_MAX || needed > TB_LATE_BYTES_MAX - late->used ||
        (row == 0 && late->count == TB_LATE_ROWS_MAX)) {
        return NULL;
    }
    if (row == 0) {
        uint32_t slot = (uint32_t)(hash % SLOTS);
        row = ++late->count;
        *row_at(late, row) = (tb_late_row){
            .key_at = late->used,
            .key_size = (uint32_t)key.size,
            .slot = slot,
            .in_slot = late->slots[slot],
            .in_table = late->newest[table],
            .table = (uint32_t)table,
        };
        late->slots[slot] = row;
        late->newest[table] = row;
        memcpy(late->bytes + late->used, key.data, key.size);
        late->used += (uint32_t)key.size;
    }
    row_at(late, row)->stored_at = late->used;
    row_at(late, row)->stored_size = (uint32_t)stored_size;
    late->used += (uint32_t)stored_size;
    return late->bytes + row_at(late, row)->stored_at;
}

bool tb_late_get(
    const tb_late *late, tb_table table, tb_bytes key, uint64_t hash, tb_bytes *out_stored)
{
    uint32_t row = find(late, table, key, hash);

    if (row != 0) {
        *out_stored = tb_late_stored(late, row);
    }
    return row != 0;
}

static int compare(const void *a, const void *b, void *late)
{
    tb_bytes key_a = tb_late_key(late, *(const uint32_t *)a);
    tb_bytes key_b = tb_late_key(late, *(const uint32_t *)b);
    size_t both = key_a.size < key_b.size ? key_a.size : key_b.size;
    int by_bytes = memcmp(key_a.data, key_b.data, both);
    return by_bytes != 0 ? by_bytes : (key_a.size > key_b.size) - (key_a.size < key_b.size);
}

uint32_t tb_late_sort(tb_late *late, tb_table table)
{
    uint32_t *order = late->order + TB_LATE_ROWS_MAX;
    uint32_t count = 0;
    bool rising = true;

    /* From the back, so that the first put stands first. */
    for (uint32_t row = late->newest[table]; row != 0; row = row_at(late, row)->in_table) {
        *--order = row;
        rising = rising && (count == 0 || compare(order, order + 1, late) < 0);
        count++;
    }
    memmove(late->order, order, count * sizeof *order);
    if (!rising) {
        qsort_r(late->order, count, sizeof *late->order, compare, late);
    }
    return count;
}

void tb_late_drop(tb_late *late, tb_table table)
{
    bool empty = true;

    /* What has no table is found by nobody. */
    for (uint32_t row = late->newest[table]; row != 0; row = row_at(late, row)->in_table) {
        row_at(late, row)->table = TB_TABLE_COUNT;
    }
    late->newest[table] = 0;
    for (size_t i = 0; i < TB_TABLE_COUNT && empty; i++) {
        empty = late->newest[i] == 0;
    }
    if (empty) {
        tb_late_reset(late);
    }
}

void tb_late_reset(tb_late *late)
{
    for (uint32_t row = 1; row <= late->count; row++) {
        late->slots[row_at(late, row)->slot] = 0;
    }
    memset(late->newest, 0, sizeof late->newest);
    late->count = 0;
    late->used = 0;
}
