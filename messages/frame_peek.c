#include "messages/frame_peek.h"

#include "base/limits.h"

#include <string.h>

/* link.proto */
#define FRAME_SUBMIT  12
#define FRAME_DELIVER 14
#define CARRY_GROUPS  1
#define CARRY_BODIES  2
#define GROUP_ROOT    3
#define GROUP_ITEMS   6
#define ROOT_SIGNER   3
#define ROOT_ROOT     7
#define ITEM_REFUSAL  3
#define LINE_ROOT     1
/* Wire types of protobuf. */
#define VARINT    0
#define FIXED64   1
#define DELIMITED 2
#define FIXED32   5

static bool take_varint(tb_bytes *in, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && in->size > 0; shift += 7) {
        uint8_t byte = in->data[0];
        *in = tb_bytes_of(in->data + 1, in->size - 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

/* How many bytes of contents follow a tag; none behind a number. */
static bool take_length(tb_bytes *in, uint64_t wire_type, uint64_t *out)
{
    uint64_t number;
    switch (wire_type) {
    case VARINT:
        *out = 0;
        return take_varint(in, &number);
    case DELIMITED:
        return take_varint(in, out);
    case FIXED64:
        *out = 8;
        return true;
    case FIXED32:
        *out = 4;
        return true;
    default:
        return false;
    }
}

/* The next field; its bytes, which are empty for a number. False at the end, and where the decoder
 * would not read on either. Fields of kinds that link.proto does not have are passed over: the
 * decoder takes them, so nothing may hide behind them. */
static bool take_field(tb_bytes *in, uint64_t *out_number, tb_bytes *out)
{
    uint64_t tag;
    uint64_t size;
    if (!take_varint(in, &tag) || !take_length(in, tag & 7, &size) || size > in->size) {
        return false;
    }
    *out_number = tag >> 3;
    *out = tb_bytes_of(in->data, (size_t)size);
    *in = tb_bytes_of(in->data + size, in->size - (size_t)size);
    return true;
}

/* The first field of that number. */
static bool find(tb_bytes in, uint64_t number, tb_bytes *out)
{
    uint64_t at;
    while (take_field(&in, &at, out)) {
        if (at == number) {
            return true;
        }
    }
    return false;
}

static tb_party signer_of(tb_bytes group)
{
    tb_party party = {0};
    tb_bytes root;
    tb_bytes signer;
    if (find(group, GROUP_ROOT, &root) && find(root, ROOT_SIGNER, &signer) && signer.size > 0 &&
        signer.size < sizeof party.text) {
        memcpy(party.text, signer.data, signer.size);
    }
    return party;
}

size_t tb_frame_peek(tb_bytes frame, tb_peeked *out, size_t max)
{
    tb_bytes deliver;
    tb_bytes group;
    uint64_t number;
    size_t count = 0;
    if (!find(frame, FRAME_DELIVER, &deliver)) {
        return 0;
    }
    while (take_field(&deliver, &number, &group)) {
        if (number != CARRY_GROUPS) {
            continue;
        }
        tb_party sender = signer_of(group);
        if (count < max && (count == 0 || !tb_party_equal(&out[count - 1].sender, &sender))) {
            out[count++] = (tb_peeked){.sender = sender};
        }
        out[count - 1].bytes += group.size;
    }
    return count;
}

/* The one field of that number; of several, which the decoder would put together, nothing. */
static bool find_only(tb_bytes in, uint64_t number, tb_bytes *out)
{
    tb_bytes field;
    uint64_t at;
    size_t count = 0;
    *out = tb_bytes_of(NULL, 0);
    while (take_field(&in, &at, &field)) {
        if (at == number) {
            *out = ++count == 1 ? field : tb_bytes_of(NULL, 0);
        }
    }
    return count > 0;
}

/* What an item costs: a filler's line one verification, if it does not lie under the root of the
 * one before it. */
static size_t weigh_item(tb_bytes item, tb_bytes *root)
{
    tb_bytes line;
    tb_bytes signed_root;
    tb_bytes before = *root;
    if (!find_only(item, ITEM_REFUSAL, &line)) {
        return 1;
    }
    (void)find_only(line, LINE_ROOT, &signed_root);
    (void)find_only(signed_root, ROOT_ROOT, root);
    return root->size > 0 && tb_bytes_equal(*root, before) ? 1 : TB_FILLER_ITEMS;
}

static size_t weigh_group(tb_bytes group, tb_bytes *root)
{
    tb_bytes field;
    uint64_t number;
    size_t weight = 0;
    while (take_field(&group, &number, &field)) {
        weight += number == GROUP_ITEMS ? weigh_item(field, root) : 0;
    }
    return weight;
}

/* Items of all its groups, or bodies beside them where there are more. */
static size_t weigh(tb_bytes submit)
{
    tb_bytes field;
    tb_bytes root = {NULL, 0};
    uint64_t number;
    size_t items = 0;
    size_t bodies = 0;
    while (take_field(&submit, &number, &field)) {
        items += number == CARRY_GROUPS ? weigh_group(field, &root) : 0;
        bodies += number == CARRY_BODIES ? 1 : 0;
    }
    return items > bodies ? items : bodies;
}

/* A field that comes several times is one to the decoder, with the items of all. */
bool tb_frame_submits(tb_bytes frame, size_t *out_notices)
{
    tb_bytes field;
    uint64_t number;
    bool submits = false;
    *out_notices = 0;
    while (take_field(&frame, &number, &field)) {
        if (number == FRAME_SUBMIT) {
            submits = true;
            *out_notices += weigh(field);
        }
    }
    return submits;
}
