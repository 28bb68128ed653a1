/* directory_encode - the canonical content of a directory (directory.h). */
#include "messages/directory.h"
#include "messages/directory.pb-c.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Directory wire_directory;
typedef Tongbao__Wire__Party wire_party;
typedef Tongbao__Wire__Key wire_key;
typedef Tongbao__Wire__HubKeys wire_hub_keys;
typedef Tongbao__Wire__Cut wire_cut;

static void write_key(const tb_directory_key *in, wire_key *out)
{
    out->purpose = (uint32_t)in->purpose;
    out->public_key = tb_wire_raw(in->key.bytes, sizeof in->key);
    out->not_before_ms = in->not_before;
    out->not_after_ms = in->not_after;
}

static wire_key *write_new_key(const tb_directory_key *in, tb_arena *arena)
{
    wire_key *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }

    tongbao__wire__key__init(out);
    write_key(in, out);
    return out;
}

static wire_hub_keys *write_hub_keys(const tb_hub_keys *in, tb_arena *arena)
{
    wire_hub_keys *out = tb_arena_alloc(arena, sizeof *out);
    if (out == NULL) {
        return NULL;
    }

    tongbao__wire__hub_keys__init(out);
    out->sign = write_new_key(&in->sign, arena);
    out->transport = write_new_key(&in->transport, arena);
    return out->sign != NULL && out->transport != NULL ? out : NULL;
}

static bool write_lists(const tb_directory_party *in, tb_arena *arena, wire_party *out)
{
    out->n_keys = in->key_count;
    out->keys = tb_wire_messages(&tongbao__wire__key__descriptor, in->key_count, arena);
    out->n_attributes = in->attribute_count;
    out->attributes =
        tb_wire_messages(&tongbao__wire__attribute__descriptor, in->attribute_count, arena);
    if (out->keys == NULL || out->attributes == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->key_count; i++) {
        write_key(&in->keys[i], out->keys[i]);
    }
    for (size_t i = 0; i < in->attribute_count; i++) {
        out->attributes[i]->name = tb_wire_of(in->attributes[i].name);
        out->attributes[i]->value = tb_wire_of(in->attributes[i].value);
    }
    return true;
}

static bool write_parties(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->n_parties = in->party_count;
    out->parties = tb_wire_messages(&tongbao__wire__party__descriptor, in->party_count, arena);
    if (out->parties == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->party_count; i++) {
        const tb_directory_party *party = &in->parties[i];
        wire_party *wire = out->parties[i];
        wire->id = tb_wire_of_party(&party->id);
        wire->role = tb_wire_of(party->role);
        wire->jurisdiction = tb_wire_of(party->jurisdiction);
        wire->parent = tb_wire_of_party(&party->parent);
        wire->name_zh = tb_wire_of(party->name_zh);
        wire->name_en = tb_wire_of(party->name_en);
        wire->state = (uint32_t)party->state;
        if (!write_lists(party, arena, wire)) {
            return false;
        }
    }
    return true;
}

static bool write_cut(const tb_cut *in, tb_arena *arena, wire_cut *out)
{
    out->party = tb_wire_of_party(&in->party);
    out->key = tb_wire_raw(in->key.bytes, sizeof in->key);
    out->at_ms = in->at;
    out->reason = (uint32_t)in->reason;
    out->n_marks = in->mark_count;
    out->marks = tb_wire_messages(&tongbao__wire__cut_mark__descriptor, in->mark_count, arena);
    if (out->marks == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->mark_count; i++) {
        const tb_cut_mark *mark = &in->marks[i];
        if (!tb_wire_of_incarnation(&mark->incarnation, arena, &out->marks[i]->incarnation)) {
            return false;
        }
        out->marks[i]->recipient = tb_wire_of_party(&mark->recipient);
        out->marks[i]->lane = (uint32_t)mark->lane;
        out->marks[i]->number = mark->number;
        out->marks[i]->digest = tb_wire_raw(mark->digest.bytes, TB_DIGEST_BYTES);
    }
    return true;
}

static bool write_cuts(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->n_cuts = in->cut_count;
    out->cuts = tb_wire_messages(&tongbao__wire__cut__descriptor, in->cut_count, arena);
    if (out->cuts == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->cut_count; i++) {
        if (!write_cut(&in->cuts[i], arena, out->cuts[i])) {
            return false;
        }
    }
    return true;
}

static bool write_signers(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->n_signers = in->signer_count;
    out->signers = tb_wire_messages(&tongbao__wire__signer__descriptor, in->signer_count, arena);
    if (out->signers == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->signer_count; i++) {
        out->signers[i]->kind = (uint32_t)in->signers[i].kind;
        out->signers[i]->party = tb_wire_of_party(&in->signers[i].party);
    }
    return true;
}

static bool write_former(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->n_former_hub_keys = in->former_count;
    out->former_hub_keys =
        tb_wire_messages(&tongbao__wire__former_hub_keys__descriptor, in->former_count, arena);
    if (out->former_hub_keys == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->former_count; i++) {
        Tongbao__Wire__FormerHubKeys *wire = out->former_hub_keys[i];
        wire->keys = write_hub_keys(&in->former[i].keys, arena);
        wire->until_ms = in->former[i].until;
        wire->reason = (uint32_t)in->former[i].reason;
        if (wire->keys == NULL) {
            return false;
        }
    }
    return true;
}

static bool write_upheld(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->n_upheld = in->upheld_count;
    out->upheld =
        tb_wire_messages(&tongbao__wire__upheld_document__descriptor, in->upheld_count, arena);
    if (out->upheld == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->upheld_count; i++) {
        const tb_upheld_document *document = &in->upheld[i];
        out->upheld[i]->kind = (uint32_t)document->kind;
        out->upheld[i]->name = tb_wire_of(document->name);
        out->upheld[i]->version = document->version;
        out->upheld[i]->digest = tb_wire_raw(document->digest.bytes, TB_DIGEST_BYTES);
    }
    return true;
}

static bool write_plain(const tb_directory *in, tb_arena *arena, wire_directory *out)
{
    out->version = in->version;
    if (in->version > 1) {
        out->predecessor = tb_wire_raw(in->predecessor.bytes, TB_DIGEST_BYTES);
        out->hub = tb_wire_raw(in->hub.bytes, TB_DIGEST_BYTES);
    }
    out->exercise = in->exercise;
    out->made_ms = in->made;
    out->fresh_until_ms = in->fresh_until;
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->authority = write_new_key(&in->authority, arena);
    out->hub_keys = write_hub_keys(&in->hub_keys, arena);
    if (in->has_next_authority) {
        out->next_authority = write_new_key(&in->next_authority, arena);
    }
    if (in->has_spare) {
        out->spare_hub_keys = write_hub_keys(&in->spare, arena);
    }
    return out->authority != NULL && out->hub_keys != NULL &&
           in->has_next_authority == (out->next_authority != NULL) &&
           in->has_spare == (out->spare_hub_keys != NULL);
}

tb_err tb_directory_encode(const tb_directory *directory, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    wire_directory wire = TONGBAO__WIRE__DIRECTORY__INIT;

    if (!write_plain(directory, arena, &wire) || !write_parties(directory, arena, &wire) ||
        !write_cuts(directory, arena, &wire) || !write_signers(directory, arena, &wire) ||
        !write_former(directory, arena, &wire) || !write_upheld(directory, arena, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_DOCUMENT_BYTES_MAX, arena, mark, out);
}
