/* directory_decode - a directory's content becomes a checked value: nothing in it names a party or
 * key that is not there, and no key serves twice. */
#include "messages/digest.h"
#include "messages/directory.h"
#include "messages/directory.pb-c.h"
#include "messages/directory_keys.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Directory wire_directory;
typedef Tongbao__Wire__Party wire_party;
typedef Tongbao__Wire__Key wire_key;
typedef Tongbao__Wire__HubKeys wire_hub_keys;
typedef Tongbao__Wire__Cut wire_cut;

static bool read_key(const wire_key *in, tb_directory_key *out)
{
    if (in == NULL || in->purpose < TB_PURPOSE_SIGN || in->purpose > TB_PURPOSE_AUTHORITY ||
        !tb_wire_fixed_not_zero(in->public_key, out->key.bytes, sizeof out->key) ||
        !tb_wire_time(in->not_before_ms, &out->not_before) ||
        !tb_wire_time(in->not_after_ms, &out->not_after) ||
        (out->not_after != 0 && out->not_after < out->not_before)) {
        return false;
    }
    out->purpose = (tb_purpose)in->purpose;
    out->id = tb_key_id_of(out->purpose, &out->key);
    return true;
}

static bool read_key_for(const wire_key *in, tb_purpose purpose, tb_directory_key *out)
{
    return read_key(in, out) && out->purpose == purpose;
}

static bool read_hub_keys(const wire_hub_keys *in, tb_hub_keys *out)
{
    return in != NULL && read_key_for(in->sign, TB_PURPOSE_SIGN, &out->sign) &&
           read_key_for(in->transport, TB_PURPOSE_TRANSPORT, &out->transport);
}

static tb_refusal read_keys(const wire_party *in, tb_arena *arena, tb_directory_party *out)
{
    if (in->n_keys > TB_PARTY_KEYS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->key_count = in->n_keys;
    out->keys = tb_arena_array(arena, in->n_keys, sizeof *out->keys);
    if (out->keys == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_keys; i++) {
        if (!read_key(in->keys[i], &out->keys[i]) || out->keys[i].purpose == TB_PURPOSE_AUTHORITY) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_attributes(const wire_party *in, tb_arena *arena, tb_directory_party *out)
{
    if (in->n_attributes > TB_ATTRIBUTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->attribute_count = in->n_attributes;
    out->attributes = tb_arena_array(arena, in->n_attributes, sizeof *out->attributes);
    if (out->attributes == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_attributes; i++) {
        tb_attribute *attribute = &out->attributes[i];
        if (!tb_wire_name(in->attributes[i]->name, &attribute->name) ||
            !tb_wire_text(in->attributes[i]->value, TB_TITLE_BYTES_MAX, &attribute->value) ||
            (i > 0 && tb_wire_compare(attribute[-1].name, attribute->name) >= 0)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

/* Who is active can sign, be sealed to and connect. */
static bool equipped(const tb_directory_party *party)
{
    return party->state != TB_PARTY_ACTIVE ||
           (tb_directory_current(party, TB_PURPOSE_SIGN) != NULL &&
            tb_directory_current(party, TB_PURPOSE_SEAL) != NULL &&
            tb_directory_current(party, TB_PURPOSE_TRANSPORT) != NULL);
}

static tb_refusal read_party(const wire_party *in, tb_arena *arena, tb_directory_party *out)
{
    if (in->state < TB_PARTY_ACTIVE || in->state > TB_PARTY_ENDED ||
        !tb_wire_party(in->id, &out->id) || !tb_wire_name(in->role, &out->role) ||
        !tb_wire_name_or_none(in->jurisdiction, &out->jurisdiction) ||
        !tb_wire_party_or_none(in->parent, &out->parent) ||
        !tb_wire_text(in->name_zh, TB_TITLE_BYTES_MAX, &out->name_zh) ||
        !tb_wire_text(in->name_en, TB_TITLE_BYTES_MAX, &out->name_en) ||
        tb_bytes_equal(tb_party_bytes(&out->id), tb_bytes_str(TB_HUB_PARTY))) {
        return TB_REFUSED_MALFORMED;
    }

    out->state = (tb_party_state)in->state;
    tb_refusal refusal = read_keys(in, arena, out);
    if (refusal == TB_ACCEPTED) {
        refusal = read_attributes(in, arena, out);
    }
    if (refusal == TB_ACCEPTED && !equipped(out)) {
        return TB_REFUSED_MALFORMED;
    }
    return refusal;
}

static tb_refusal read_parties(const wire_directory *in, tb_arena *arena, tb_directory *out)
{
    if (in->n_parties > TB_PARTIES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->party_count = in->n_parties;
    out->parties = tb_arena_array(arena, in->n_parties, sizeof *out->parties);
    if (out->parties == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_parties; i++) {
        tb_directory_party *party = &out->parties[i];
        tb_refusal refusal = read_party(in->parties[i], arena, party);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
        if (i > 0 && memcmp(party[-1].id.text, party->id.text, TB_PARTY_BYTES) >= 0) {
            return TB_REFUSED_MALFORMED;
        }
    }
    for (size_t i = 0; i < out->party_count; i++) {
        const tb_directory_party *party = &out->parties[i];
        if (!tb_party_empty(&party->parent) && (tb_party_equal(&party->parent, &party->id) ||
                                                tb_directory_find(out, &party->parent) == NULL)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static bool known(const tb_directory *directory, const tb_party *party)
{
    return tb_bytes_equal(tb_party_bytes(party), tb_bytes_str(TB_HUB_PARTY)) ||
           tb_directory_find(directory, party) != NULL;
}

static tb_refusal read_cut_marks(const wire_cut *in, tb_arena *arena, tb_cut *out)
{
    if (in->n_marks > TB_CUT_MARKS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->mark_count = in->n_marks;
    out->marks = tb_arena_array(arena, in->n_marks, sizeof *out->marks);
    if (out->marks == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_marks; i++) {
        tb_cut_mark *mark = &out->marks[i];
        if (!tb_wire_incarnation(in->marks[i]->incarnation, &mark->incarnation) ||
            !tb_wire_party(in->marks[i]->recipient, &mark->recipient) ||
            !tb_wire_lane(in->marks[i]->lane, &mark->lane) ||
            !tb_wire_number(in->marks[i]->number, &mark->number) ||
            !tb_wire_fixed(in->marks[i]->digest, mark->digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

/* One cut per key: two would contradict each other. */
static bool cut_before(const tb_directory *directory, size_t count, const tb_cut *cut)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_party_equal(&directory->cuts[i].party, &cut->party) &&
            tb_key_id_equal(&directory->cuts[i].key, &cut->key)) {
            return true;
        }
    }
    return false;
}

static tb_refusal read_cuts(const wire_directory *in, tb_arena *arena, tb_directory *out)
{
    if (in->n_cuts > TB_CUTS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->cut_count = in->n_cuts;
    out->cuts = tb_arena_array(arena, in->n_cuts, sizeof *out->cuts);
    if (out->cuts == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_cuts; i++) {
        const wire_cut *wire = in->cuts[i];
        tb_cut *cut = &out->cuts[i];
        if (!tb_wire_party(wire->party, &cut->party) || !known(out, &cut->party) ||
            !tb_wire_fixed(wire->key, cut->key.bytes, sizeof cut->key) ||
            !tb_wire_time(wire->at_ms, &cut->at) || wire->reason < TB_CUT_ROTATION ||
            wire->reason > TB_CUT_STOLEN || cut_before(out, i, cut)) {
            return TB_REFUSED_MALFORMED;
        }
        cut->reason = (tb_cut_reason)wire->reason;
        tb_refusal refusal = read_cut_marks(wire, arena, cut);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_former(const wire_directory *in, tb_arena *arena, tb_directory *out)
{
    if (in->n_former_hub_keys > TB_FORMER_HUB_KEYS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->former_count = in->n_former_hub_keys;
    out->former = tb_arena_array(arena, in->n_former_hub_keys, sizeof *out->former);
    if (out->former == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_former_hub_keys; i++) {
        const Tongbao__Wire__FormerHubKeys *wire = in->former_hub_keys[i];
        tb_former_hub_keys *former = &out->former[i];
        if (!read_hub_keys(wire->keys, &former->keys) ||
            !tb_wire_time(wire->until_ms, &former->until) || wire->reason < TB_CUT_ROTATION ||
            wire->reason > TB_CUT_STOLEN) {
            return TB_REFUSED_MALFORMED;
        }
        former->reason = (tb_cut_reason)wire->reason;
    }
    return TB_ACCEPTED;
}

static tb_refusal read_signers(const wire_directory *in, tb_arena *arena, tb_directory *out)
{
    if (in->n_signers > TB_SIGNERS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->signer_count = in->n_signers;
    out->signers = tb_arena_array(arena, in->n_signers, sizeof *out->signers);
    if (out->signers == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_signers; i++) {
        tb_document_signer *signer = &out->signers[i];
        uint32_t kind = in->signers[i]->kind;
        /* The directory itself is the authority's alone. */
        if ((kind != TB_DOCUMENT_CAMPAIGN && kind != TB_DOCUMENT_TABLE) ||
            !tb_wire_party(in->signers[i]->party, &signer->party) ||
            tb_directory_find(out, &signer->party) == NULL) {
            return TB_REFUSED_MALFORMED;
        }
        signer->kind = (tb_document_kind)kind;
    }
    return TB_ACCEPTED;
}

static tb_refusal read_upheld(const wire_directory *in, tb_arena *arena, tb_directory *out)
{
    if (in->n_upheld > TB_UPHELD_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    out->upheld_count = in->n_upheld;
    out->upheld = tb_arena_array(arena, in->n_upheld, sizeof *out->upheld);
    if (out->upheld == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_upheld; i++) {
        const Tongbao__Wire__UpheldDocument *wire = in->upheld[i];
        tb_upheld_document *document = &out->upheld[i];
        /* Directories follow one another; none stands by being named. */
        if ((wire->kind != TB_DOCUMENT_CAMPAIGN && wire->kind != TB_DOCUMENT_TABLE) ||
            wire->version == 0 || !tb_wire_name(wire->name, &document->name) ||
            !tb_wire_fixed(wire->digest, document->digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
        document->kind = (tb_document_kind)wire->kind;
        document->version = wire->version;
        if (i > 0 && tb_upheld_compare(&document[-1], document) >= 0) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static bool read_plain(const wire_directory *in, tb_directory *out)
{
    bool first = in->version == 1;

    out->version = in->version;
    out->exercise = in->exercise != 0;
    out->has_next_authority = in->next_authority != NULL;
    out->has_spare = in->spare_hub_keys != NULL;
    return in->version > 0 && first == (in->predecessor.len == 0) && first == (in->hub.len == 0) &&
           tb_wire_fixed_or_zero(in->predecessor, out->predecessor.bytes, TB_DIGEST_BYTES) &&
           tb_wire_fixed_or_zero(in->hub, out->hub.bytes, TB_DIGEST_BYTES) &&
           tb_wire_time(in->made_ms, &out->made) &&
           tb_wire_time(in->fresh_until_ms, &out->fresh_until) && out->made <= out->fresh_until &&
           read_key_for(in->authority, TB_PURPOSE_AUTHORITY, &out->authority) &&
           (!out->has_next_authority ||
            read_key_for(in->next_authority, TB_PURPOSE_AUTHORITY, &out->next_authority)) &&
           read_hub_keys(in->hub_keys, &out->hub_keys) &&
           (!out->has_spare || read_hub_keys(in->spare_hub_keys, &out->spare)) &&
           tb_wire_text(in->title_zh, TB_TITLE_BYTES_MAX, &out->title_zh) &&
           tb_wire_text(in->title_en, TB_TITLE_BYTES_MAX, &out->title_en);
}

static tb_refusal read_directory(tb_bytes content, tb_arena *arena, tb_directory *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal =
        tb_wire_unpack(&tongbao__wire__directory__descriptor, content, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_directory *wire = (const wire_directory *)message;
    if (!read_plain(wire, out)) {
        return TB_REFUSED_MALFORMED;
    }
    refusal = read_former(wire, arena, out);
    if (refusal == TB_ACCEPTED) {
        refusal = read_parties(wire, arena, out);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = tb_directory_keys_unique(out, arena);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_cuts(wire, arena, out);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_signers(wire, arena, out);
    }
    if (refusal == TB_ACCEPTED) {
        refusal = read_upheld(wire, arena, out);
    }
    return refusal;
}

tb_refusal tb_directory_decode(tb_bytes content, tb_arena *arena, tb_directory *out)
{
    if (content.size > TB_DOCUMENT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_directory directory = {0};
    tb_refusal refusal = read_directory(content, arena, &directory);
    if (refusal == TB_ACCEPTED) {
        tb_bytes again;
        tb_arena scratch = tb_wire_scratch(arena, 0);
        if (tb_directory_encode(&directory, &scratch, &again) != TB_OK) {
            refusal = TB_REFUSED_TOO_LARGE;
        } else if (!tb_bytes_equal(content, again)) {
            refusal = TB_REFUSED_NOT_CANONICAL;
        }
    }
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }

    directory.digest = tb_digest_of("tongbao document", content);
    if (directory.version == 1) {
        directory.hub = directory.digest;
    }
    *out = directory;
    return TB_ACCEPTED;
}
