#include "messages/bundle.h"

#include <sodium.h>

#include "base/pack.h"
#include "messages/digest.h"
#include "messages/link.pb-c.h"
#include "messages/link_wire.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Bundle wire_bundle;
typedef Tongbao__Wire__BundleFile wire_file;
typedef Tongbao__Wire__SignedLine wire_line;

#define MAGIC        "TBBUNDL1"
#define MAGIC_BYTES  8
#define DOMAIN       "tongbao bundle"
#define SIGNED_BYTES (14 + 4 + TB_DIGEST_BYTES + 2 * TB_PARTY_BYTES + TB_DIGEST_BYTES)

_Static_assert(sizeof(MAGIC) - 1 == MAGIC_BYTES, "the beginning is counted above");
_Static_assert(sizeof(DOMAIN) - 1 == 14, "the domain is counted above");
_Static_assert(TB_BUNDLE_BYTES_MAX + 1024 < TB_LOCAL_BYTES_MAX, "a bundle fits a local message");

/* ---- the signature ---- */

static void signed_bytes(const tb_bundle *bundle, uint8_t out[SIGNED_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, out, SIGNED_BYTES);
    tb_put_raw(&w, DOMAIN, sizeof(DOMAIN) - 1);
    tb_put_u32(&w, TB_SUITE_1);
    tb_put_raw(&w, bundle->hub.bytes, TB_DIGEST_BYTES);
    tb_put_raw(&w, bundle->sender.text, TB_PARTY_BYTES);
    tb_put_raw(&w, bundle->recipient.text, TB_PARTY_BYTES);
    tb_put_raw(&w, bundle->digest.bytes, TB_DIGEST_BYTES);
    TB_ASSERT(!w.overflow && w.size == SIGNED_BYTES);
}

bool tb_bundle_verify(const tb_bundle *bundle, const tb_public_key *key)
{
    uint8_t message[SIGNED_BYTES];
    signed_bytes(bundle, message);
    return crypto_sign_verify_detached(bundle->signature, message, sizeof message, key->bytes) == 0;
}

/* ---- reading ---- */

static tb_refusal read_lines(
    wire_line *const *in, size_t count, tb_line_kind kind, tb_arena *arena, tb_signed_line **out)
{
    if (count > TB_BUNDLE_LINES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_signed_line *lines = tb_arena_array(arena, count + 1, sizeof *lines);
    if (lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        tb_refusal refusal = tb_wire_read_line(in[i], &lines[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
        if (lines[i].line.kind != kind) {
            return TB_REFUSED_MALFORMED;
        }
    }
    *out = lines;
    return TB_ACCEPTED;
}

static tb_refusal read_groups(const wire_bundle *in, tb_arena *arena, tb_carry *out)
{
    if (in->n_groups > TB_FRAME_GROUPS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->group_count = in->n_groups;
    out->groups = tb_arena_array(arena, in->n_groups + 1, sizeof *out->groups);
    if (out->groups == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_groups; i++) {
        tb_refusal refusal = tb_wire_read_group(in->groups[i], arena, &out->groups[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    out->body_count = in->n_bodies;
    return tb_wire_read_bodies(in->bodies, in->n_bodies, arena, &out->bodies);
}

static tb_refusal read_bundle(tb_bytes packed, tb_arena *arena, tb_bundle *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__bundle__descriptor, packed, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    const wire_bundle *in = (const wire_bundle *)message;
    if (!tb_wire_fixed(in->hub, out->hub.bytes, TB_DIGEST_BYTES) ||
        !tb_wire_party(in->sender, &out->sender) ||
        !tb_wire_party(in->recipient, &out->recipient) || !tb_wire_time(in->made_ms, &out->made)) {
        return TB_REFUSED_MALFORMED;
    }
    refusal = read_groups(in, arena, &out->carry);
    if (refusal == TB_ACCEPTED) {
        out->mark_count = in->n_marks;
        refusal = read_lines(in->marks, in->n_marks, TB_LINE_ARRIVED, arena, &out->marks);
    }
    if (refusal == TB_ACCEPTED) {
        out->refusal_count = in->n_refusals;
        refusal = read_lines(in->refusals, in->n_refusals, TB_LINE_REFUSED, arena, &out->refusals);
    }
    if (refusal == TB_ACCEPTED) {
        out->stamp_count = in->n_stamps;
        refusal = read_lines(in->stamps, in->n_stamps, TB_LINE_STORED, arena, &out->stamps);
    }
    return refusal;
}

static tb_refusal read_file(tb_bytes file, tb_arena *arena, tb_bundle *out)
{
    ProtobufCMessage *message = NULL;
    if (file.size < MAGIC_BYTES || file.size > TB_BUNDLE_BYTES_MAX ||
        memcmp(file.data, MAGIC, MAGIC_BYTES) != 0) {
        return TB_REFUSED_MALFORMED;
    }
    tb_bytes packed = tb_bytes_of(file.data + MAGIC_BYTES, file.size - MAGIC_BYTES);
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__bundle_file__descriptor, packed, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    const wire_file *in = (const wire_file *)message;
    if (!tb_wire_fixed(in->key, out->key.bytes, sizeof out->key) ||
        !tb_wire_fixed(in->signature, out->signature, sizeof out->signature)) {
        return TB_REFUSED_MALFORMED;
    }
    tb_bytes bundle = tb_bytes_of(in->bundle.data, in->bundle.len);
    out->digest = tb_digest_of(DOMAIN, bundle);
    return read_bundle(bundle, arena, out);
}

tb_refusal tb_bundle_decode(tb_bytes file, tb_arena *arena, tb_bundle *out)
{
    size_t mark = tb_arena_mark(arena);
    tb_bundle bundle = {.mark_count = 0};
    if (read_file(file, arena, &bundle) != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return TB_REFUSED_BUNDLE_CORRUPT;
    }
    *out = bundle;
    return TB_ACCEPTED;
}

/* ---- writing ---- */

static bool write_lines(const tb_signed_line *in, size_t count, tb_arena *arena, wire_line ***out)
{
    TB_ASSERT(count <= TB_BUNDLE_LINES_MAX);
    wire_line **lines = tb_wire_messages(&tongbao__wire__signed_line__descriptor, count, arena);
    for (size_t i = 0; lines != NULL && i < count; i++) {
        if (!tb_wire_write_line(&in[i], arena, lines[i])) {
            return false;
        }
    }
    *out = lines;
    return lines != NULL;
}

static bool write_groups(const tb_carry *in, tb_arena *arena, wire_bundle *out)
{
    out->n_groups = in->group_count;
    out->groups = tb_wire_messages(&tongbao__wire__group__descriptor, in->group_count, arena);
    for (size_t i = 0; out->groups != NULL && i < in->group_count; i++) {
        if (!tb_wire_write_group(&in->groups[i], arena, out->groups[i])) {
            return false;
        }
    }
    out->n_bodies = in->body_count;
    return out->groups != NULL &&
           tb_wire_write_bodies(in->bodies, in->body_count, arena, &out->bodies);
}

static tb_err pack_bundle(const tb_bundle *bundle, tb_arena *arena, tb_bytes *out)
{
    wire_bundle wire = TONGBAO__WIRE__BUNDLE__INIT;
    wire.hub = tb_wire_raw(bundle->hub.bytes, TB_DIGEST_BYTES);
    wire.sender = tb_wire_of_party(&bundle->sender);
    wire.recipient = tb_wire_of_party(&bundle->recipient);
    wire.made_ms = bundle->made;
    wire.n_marks = bundle->mark_count;
    wire.n_refusals = bundle->refusal_count;
    wire.n_stamps = bundle->stamp_count;
    if (!write_groups(&bundle->carry, arena, &wire) ||
        !write_lines(bundle->marks, bundle->mark_count, arena, &wire.marks) ||
        !write_lines(bundle->refusals, bundle->refusal_count, arena, &wire.refusals) ||
        !write_lines(bundle->stamps, bundle->stamp_count, arena, &wire.stamps)) {
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack(&wire.base, TB_BUNDLE_BYTES_MAX, arena, out);
}

static tb_err pack_file(const tb_bundle *bundle, tb_bytes packed, tb_arena *arena, tb_bytes *out)
{
    wire_file wire = TONGBAO__WIRE__BUNDLE_FILE__INIT;
    wire.bundle = tb_wire_of(packed);
    wire.key = tb_wire_raw(bundle->key.bytes, sizeof bundle->key);
    wire.signature = tb_wire_raw(bundle->signature, sizeof bundle->signature);
    tb_bytes inside;
    tb_err err = tb_wire_pack(&wire.base, TB_BUNDLE_BYTES_MAX - MAGIC_BYTES, arena, &inside);
    if (err != TB_OK) {
        return err;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, MAGIC_BYTES + inside.size);
    tb_put_raw(&w, MAGIC, MAGIC_BYTES);
    tb_put_raw(&w, inside.data, inside.size);
    return tb_writer_bytes(&w, out);
}

tb_err tb_bundle_encode(tb_bundle *bundle, const tb_sign_pair *pair, tb_arena *arena, tb_bytes *out)
{
    tb_bytes packed;
    uint8_t message[SIGNED_BYTES];
    tb_err err = pack_bundle(bundle, arena, &packed);
    if (err != TB_OK) {
        return err;
    }
    bundle->digest = tb_digest_of(DOMAIN, packed);
    signed_bytes(bundle, message);
    crypto_sign_detached(bundle->signature, NULL, message, sizeof message, pair->secret);
    return pack_file(bundle, packed, arena, out);
}
