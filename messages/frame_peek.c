#include "messages/frame_peek.h"

#include <string.h>

/* link.proto */
#define FRAME_DELIVER  14
#define DELIVER_GROUPS 1
#define GROUP_ROOT     3
#define ROOT_SIGNER    3
/* Wire types of protobuf. */
#define VARINT    0
#define DELIMITED 2

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

/* The next field; its bytes, which are empty for a number. False at the end, and where it does not
 * read: link.proto has no other kind of field. */
static bool take_field(tb_bytes *in, uint64_t *out_number, tb_bytes *out)
{
    uint64_t tag;
    uint64_t value;
    if (!take_varint(in, &tag) || !take_varint(in, &value)) {
        return false;
    }
    *out_number = tag >> 3;
    *out = tb_bytes_of(NULL, 0);
    if ((tag & 7) == VARINT) {
        return true;
    }
    if ((tag & 7) != DELIMITED || value > in->size) {
        return false;
    }
    *out = tb_bytes_of(in->data, (size_t)value);
    *in = tb_bytes_of(in->data + value, in->size - (size_t)value);
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
        if (number != DELIVER_GROUPS) {
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
