#include "broker/letter_name.h"

#include "base/text.h"
#include "broker/rows_stream.h"

tb_err
tb_letter_name_print(tb_arena *arena, const tb_stream *stream, uint64_t number, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, 2 * TB_PARTY_BYTES + 64);
    tb_text_bytes(&text, tb_party_bytes(&stream->sender));
    tb_text_char(&text, '/');
    tb_text_u64(&text, stream->incarnation.counter);
    tb_text_char(&text, '/');
    tb_text_bytes(&text, tb_party_bytes(&stream->recipient));
    tb_text_char(&text, '/');
    tb_text_u64(&text, (uint64_t)stream->lane);
    tb_text_char(&text, '/');
    tb_text_u64(&text, number);
    return tb_text_done(&text, out);
}

typedef struct letter_name {
    tb_party sender;
    tb_party recipient;
    uint64_t counter;
    uint64_t lane;
    uint64_t number;
} letter_name;

/* The part before the next '/', or the rest; false at the end. */
static bool next_part(tb_bytes *text, tb_bytes *out)
{
    size_t size = 0;
    if (text->size == 0) {
        return false;
    }
    while (size < text->size && text->data[size] != '/') {
        size++;
    }
    *out = tb_bytes_of(text->data, size);
    size_t used = size < text->size ? size + 1 : size;
    *text = tb_bytes_of(text->data + used, text->size - used);
    return true;
}

static bool next_number(tb_bytes *text, uint64_t *out)
{
    tb_bytes part;
    uint64_t value = 0;
    if (!next_part(text, &part) || part.size == 0) {
        return false;
    }
    for (size_t i = 0; i < part.size; i++) {
        if (part.data[i] < '0' || part.data[i] > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(part.data[i] - '0');
    }
    *out = value;
    return true;
}

static bool next_party(tb_bytes *text, tb_party *out)
{
    tb_bytes part;
    return next_part(text, &part) && tb_party_parse(part, out);
}

static bool parse_id(tb_bytes text, letter_name *out)
{
    return next_party(&text, &out->sender) && next_number(&text, &out->counter) &&
           next_party(&text, &out->recipient) && next_number(&text, &out->lane) &&
           next_number(&text, &out->number) && text.size == 0;
}

/* The stream of that name; incarnations are named by their counter. */
static tb_err find_stream(tb_txn *txn, const letter_name *name, tb_stream *out)
{
    tb_stream *after = NULL;
    tb_err err;
    while ((err = tb_hub_stream_from(txn, &name->sender, after, out)) == TB_OK) {
        if (out->incarnation.counter == name->counter && (uint64_t)out->lane == name->lane &&
            tb_party_equal(&out->recipient, &name->recipient)) {
            return TB_OK;
        }
        after = out;
    }
    return err;
}

tb_err tb_letter_name_find(tb_txn *txn, tb_bytes id, tb_stream *out_stream, uint64_t *out_number)
{
    letter_name name;
    if (!parse_id(id, &name)) {
        return TB_ERR_NOT_FOUND;
    }
    *out_number = name.number;
    return find_stream(txn, &name, out_stream);
}
