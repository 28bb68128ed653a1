#include "agents/outbox_work.h"

#include "base/grown.h"

#define LIST_START 16

tb_err tb_work_of(tb_step *step, tb_work **out)
{
    if (step->agent->work == NULL) {
        step->agent->work = tb_arena_alloc(step->arena, sizeof(tb_work));
    }
    if (step->agent->work == NULL) {
        return TB_ERR_LIMIT;
    }
    *out = step->agent->work;
    return TB_OK;
}

tb_err tb_work_room(tb_arena *arena, void **list, size_t count, size_t *capacity, size_t each)
{
    size_t wanted = count == 0 ? LIST_START : count + 1;
    void *grown = tb_arena_grown(arena, *list, count, wanted, capacity, each);
    *list = grown == NULL ? *list : grown;
    return grown == NULL ? TB_ERR_LIMIT : TB_OK;
}

tb_err tb_work_send(tb_step *step, const tb_stream *stream)
{
    tb_work *work;
    tb_err err = tb_work_of(step, &work);
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < work->sending_count; i++) {
        if (tb_stream_equal(&work->sending[i], stream)) {
            return TB_OK;
        }
    }
    void *list = work->sending;
    err = tb_work_room(step->arena, &list, work->sending_count, &work->sending_capacity,
                       sizeof *work->sending);
    if (err != TB_OK) {
        return err;
    }

    work->sending = list;
    work->sending[work->sending_count++] = *stream;
    return TB_OK;
}

tb_err tb_work_refuse(tb_step *step, const tb_refusing *refusing)
{
    tb_work *work;
    tb_err err = tb_work_of(step, &work);
    if (err != TB_OK) {
        return err;
    }
    void *list = work->refusing;
    err = tb_work_room(step->arena, &list, work->refusing_count, &work->refusing_capacity,
                       sizeof *work->refusing);
    if (err != TB_OK) {
        return err;
    }

    work->refusing = list;
    work->refusing[work->refusing_count++] = *refusing;
    return TB_OK;
}

static tb_taken *find_taken(const tb_work *work, const tb_stream *stream)
{
    for (size_t i = 0; work != NULL && i < work->taken_count; i++) {
        if (tb_stream_equal(&work->taken[i].stream, stream)) {
            return &work->taken[i];
        }
    }
    return NULL;
}

tb_err tb_work_taken(tb_step *step, const tb_stream *stream, tb_taken **out)
{
    tb_work *work;
    tb_err err = tb_work_of(step, &work);
    if (err != TB_OK) {
        return err;
    }
    *out = find_taken(work, stream);
    if (*out != NULL) {
        return TB_OK;
    }
    tb_taken taken = {.stream = *stream};
    err = tb_stream_in_get(step->txn, stream, &taken.row);
    taken.first = err == TB_ERR_NOT_FOUND;
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        err = tb_inbox_waits(step->txn, stream, &taken.queued);
    }
    if (err != TB_OK) {
        return err;
    }
    void *list = work->taken;
    err = tb_work_room(step->arena, &list, work->taken_count, &work->taken_capacity,
                       sizeof *work->taken);
    if (err != TB_OK) {
        return err;
    }

    work->taken = list;
    work->taken[work->taken_count] = taken;
    *out = &work->taken[work->taken_count++];
    return TB_OK;
}

/* The next row, and what this turn has made of it. */
static tb_err next_stored(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_party *sender,
                          tb_work_walk *walk,
                          tb_stream *out_stream,
                          tb_stream_in_row *out)
{
    if (walk->cursor.size == 0) { /* the keys begin with the sender */
        walk->cursor = tb_bytes_of(sender->text, TB_PARTY_BYTES);
    }
    tb_err err = tb_stream_in_next(txn, &agent->self, &walk->cursor, out_stream, out);
    if (err == TB_OK && !tb_party_equal(&out_stream->sender, sender)) {
        return TB_ERR_NOT_FOUND;
    }
    const tb_taken *taken = err == TB_OK ? find_taken(agent->work, out_stream) : NULL;
    if (taken != NULL && taken->moved && taken->row.number > out->number) {
        *out = taken->row;
    }
    return err;
}

tb_err tb_work_received(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_party *sender,
                        tb_work_walk *walk,
                        tb_stream *out_stream,
                        tb_stream_in_row *out)
{
    const tb_work *work = agent->work;
    if (!walk->stored) {
        tb_err err = next_stored(agent, txn, sender, walk, out_stream, out);
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
        walk->stored = true;
    }
    while (work != NULL && walk->taken < work->taken_count) {
        const tb_taken *taken = &work->taken[walk->taken++];
        if (!taken->first || taken->row.number == 0 ||
            !tb_party_equal(&taken->stream.sender, sender)) {
            continue;
        }
        tb_err err = tb_stream_in_get(txn, &taken->stream, out);
        if (err == TB_ERR_NOT_FOUND) { /* else put since, and named with the rows */
            *out_stream = taken->stream;
            *out = taken->row;
            return TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_ERR_NOT_FOUND;
}
