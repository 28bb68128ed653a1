#include "messages/directory.h"
#include "base/mutant.h"
#include "messages/wire.h"

const tb_directory_party *tb_directory_find(const tb_directory *directory, const tb_party *id)
{
    size_t low = 0;
    size_t high = directory->party_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const tb_directory_party *party = &directory->parties[middle];
        int order = memcmp(id->text, party->id.text, TB_PARTY_BYTES);
        if (order == 0) {
            return party;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const tb_directory_key *tb_directory_current(const tb_directory_party *party, tb_purpose purpose)
{
    for (size_t i = party->key_count; i > 0; i--) {
        if (party->keys[i - 1].purpose == purpose) {
            return &party->keys[i - 1];
        }
    }
    return NULL;
}

const tb_directory_key *tb_directory_key_of(const tb_directory_party *party, const tb_key_id *id)
{
    for (size_t i = 0; i < party->key_count; i++) {
        if (tb_key_id_equal(&party->keys[i].id, id)) {
            return &party->keys[i];
        }
    }
    return NULL;
}

const tb_directory_key *
tb_directory_signing_key(const tb_directory *directory, const tb_party *party, const tb_key_id *id)
{
    const tb_directory_party *found = tb_directory_find(directory, party);
    const tb_directory_key *key = found == NULL ? NULL : tb_directory_key_of(found, id);
    return key != NULL && key->purpose == TB_PURPOSE_SIGN ? key : NULL;
}

const tb_directory_party *tb_directory_speaker(const tb_directory *directory,
                                               const tb_public_key *transport)
{
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_directory_party *party = &directory->parties[i];
        const tb_directory_key *key = tb_directory_current(party, TB_PURPOSE_TRANSPORT);
        if (key != NULL && memcmp(key->key.bytes, transport->bytes, sizeof key->key) == 0) {
            return tb_directory_cut(directory, &party->id, &key->id) == NULL ? party : NULL;
        }
    }
    return NULL;
}

tb_bytes tb_directory_attribute(const tb_directory_party *party, const char *name)
{
    for (size_t i = 0; i < party->attribute_count; i++) {
        if (tb_bytes_equal(party->attributes[i].name, tb_bytes_str(name))) {
            return party->attributes[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

const tb_directory_key *tb_directory_hub_key(const tb_directory *directory, const tb_key_id *id)
{
    if (tb_key_id_equal(&directory->hub_keys.sign.id, id)) {
        return &directory->hub_keys.sign;
    }
    if (directory->has_spare && tb_key_id_equal(&directory->spare.sign.id, id)) {
        return &directory->spare.sign;
    }
    return NULL;
}

const tb_directory_key *
tb_directory_hub_key_at(const tb_directory *directory, const tb_key_id *id, tb_time at)
{
    const tb_directory_key *key = tb_directory_hub_key(directory, id);
    for (size_t i = 0; i < directory->former_count && key == NULL; i++) {
        const tb_former_hub_keys *former = &directory->former[i];
        if (tb_key_id_equal(&former->keys.sign.id, id) && at <= former->until) {
            key = &former->keys.sign;
        }
    }
    return key;
}

const tb_cut *
tb_directory_cut(const tb_directory *directory, const tb_party *party, const tb_key_id *key)
{
    for (size_t i = 0; i < directory->cut_count; i++) {
        const tb_cut *cut = &directory->cuts[i];
        if (tb_party_equal(&cut->party, party) && tb_key_id_equal(&cut->key, key)) {
            return cut;
        }
    }
    return NULL;
}

bool tb_directory_line_counts(const tb_directory *directory,
                              const tb_party *party,
                              const tb_key_id *key,
                              tb_time at)
{
    const tb_cut *cut = tb_directory_cut(directory, party, key);
    return cut == NULL || (cut->reason != TB_CUT_STOLEN && at <= cut->at);
}

uint64_t tb_directory_good_until(const tb_directory *directory,
                                 const tb_party *party,
                                 const tb_key_id *key,
                                 const tb_incarnation *incarnation,
                                 const tb_party *recipient,
                                 tb_lane lane)
{
    const tb_cut *cut = tb_directory_cut(directory, party, key);
    if (cut == NULL || TB_MUTANT(CUT_IGNORED)) {
        return UINT64_MAX;
    }

    for (size_t i = 0; i < cut->mark_count; i++) {
        const tb_cut_mark *mark = &cut->marks[i];
        if (mark->lane == lane && tb_party_equal(&mark->recipient, recipient) &&
            tb_incarnation_compare(&mark->incarnation, incarnation) == 0) {
            return mark->number;
        }
    }
    return 0;
}

bool tb_directory_expired_counts(const tb_directory *directory,
                                 const tb_key_id *key,
                                 const tb_stream *stream,
                                 uint64_t number,
                                 tb_time at)
{
    return tb_directory_line_counts(directory, &stream->sender, key, at) ||
           number <= tb_directory_good_until(directory, &stream->sender, key, &stream->incarnation,
                                             &stream->recipient, stream->lane);
}

bool tb_directory_in_service(const tb_directory *directory, const tb_party *id)
{
    const tb_directory_party *party = tb_directory_find(directory, id);
    if (party == NULL || party->state == TB_PARTY_ENDED) {
        return false;
    }
    if (party->state == TB_PARTY_OFF_LINE) {
        return true; /* it signs nothing: its answers are entered on paper */
    }
    bool signs = false;
    bool cut = false;
    for (size_t i = 0; i < party->key_count; i++) {
        if (party->keys[i].purpose == TB_PURPOSE_SIGN) {
            bool gone = tb_directory_cut(directory, id, &party->keys[i].id) != NULL;
            signs = signs || !gone;
            cut = cut || gone;
        }
    }
    return signs || !cut;
}

/* Id, key and signature of the one key that may sign this document. */
static tb_refusal
signed_by(const tb_document *document, const tb_digest *hub, const tb_directory_key *key)
{
    if (!tb_key_id_equal(&document->signer_key, &key->id)) {
        return TB_REFUSED_NOT_AUTHORITY;
    }
    return tb_document_verify(document, hub, &key->key) ? TB_ACCEPTED : TB_REFUSED_SIGNATURE;
}

/* The document is the directory it was decoded from. */
static bool same(const tb_directory *directory, const tb_document *document)
{
    tb_digest digest = tb_document_digest(document);

    return document->kind == TB_DOCUMENT_DIRECTORY && document->version == directory->version &&
           tb_bytes_equal(document->name, tb_bytes_str("directory")) &&
           tb_digest_equal(&digest, &directory->digest);
}

tb_refusal tb_directory_accept(const tb_directory *current,
                               const tb_directory *next,
                               const tb_document *document)
{
    static const tb_digest no_hub;

    if (!same(next, document)) {
        return TB_REFUSED_MALFORMED;
    }
    if (current == NULL) {
        return next->version == 1 ? signed_by(document, &no_hub, &next->authority)
                                  : TB_REFUSED_NOT_AUTHORITY;
    }
    if (!tb_digest_equal(&next->hub, &current->hub) || next->exercise != current->exercise) {
        return TB_REFUSED_WRONG_HUB;
    }
    if (next->version <= current->version ||
        (next->version == current->version + 1 &&
         !tb_digest_equal(&next->predecessor, &current->digest))) {
        return TB_REFUSED_DIRECTORY_OLD;
    }

    const tb_directory_key *key =
        current->has_next_authority ? &current->next_authority : &current->authority;
    if (!tb_key_id_equal(&next->authority.id, &key->id)) {
        return TB_REFUSED_NOT_AUTHORITY;
    }
    return signed_by(document, &current->hub, key);
}

/* The signing key of a party that may sign this kind, or NULL. */
static const tb_directory_key *signer_key(const tb_directory *directory,
                                          const tb_document *document,
                                          const tb_directory_party **out_party)
{
    for (size_t i = 0; i < directory->signer_count; i++) {
        if (directory->signers[i].kind != document->kind) {
            continue;
        }
        const tb_directory_party *party =
            tb_directory_find(directory, &directory->signers[i].party);
        TB_ASSERT(party != NULL);
        const tb_directory_key *key = tb_directory_key_of(party, &document->signer_key);
        if (key != NULL && key->purpose == TB_PURPOSE_SIGN) {
            *out_party = party;
            return key;
        }
    }
    return NULL;
}

int tb_upheld_compare(const tb_upheld_document *a, const tb_upheld_document *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    int order = tb_wire_compare(a->name, b->name);
    if (order == 0 && a->version != b->version) {
        order = a->version < b->version ? -1 : 1;
    }
    return order;
}

/* Very few are named, so that looking at each is quick. */
static bool stands(const tb_directory *directory, const tb_document *document)
{
    const tb_upheld_document wanted = {document->kind, document->name, document->version,
                                       tb_document_digest(document)};
    for (size_t i = 0; i < directory->upheld_count; i++) {
        if (tb_upheld_compare(&directory->upheld[i], &wanted) == 0) {
            return tb_digest_equal(&directory->upheld[i].digest, &wanted.digest);
        }
    }
    return false;
}

tb_refusal tb_directory_accept_document(const tb_directory *directory, const tb_document *document)
{
    if (document->kind == TB_DOCUMENT_DIRECTORY) {
        return TB_REFUSED_NOT_AUTHORITY;
    }
    if (stands(directory, document)) {
        return TB_ACCEPTED;
    }
    if (tb_key_id_equal(&document->signer_key, &directory->authority.id)) {
        return signed_by(document, &directory->hub, &directory->authority);
    }

    const tb_directory_party *party = NULL;
    const tb_directory_key *key = signer_key(directory, document, &party);
    if (key == NULL) {
        return TB_REFUSED_NOT_AUTHORITY;
    }
    if (tb_directory_cut(directory, &party->id, &key->id) != NULL) {
        return TB_REFUSED_KEY_REVOKED;
    }
    return signed_by(document, &directory->hub, key);
}
