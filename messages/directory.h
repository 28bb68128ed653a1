/* directory - 单位名录: who takes part, with which keys, and where revoked keys are cut (design
 * §6). */
#ifndef TB_DIRECTORY_H
#define TB_DIRECTORY_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/document.h"
#include "messages/keys.h"

typedef enum tb_party_state {
    TB_PARTY_ACTIVE = 1,
    TB_PARTY_OFF_LINE = 2, /* 线下办理 */
    TB_PARTY_ENDED = 3,
} tb_party_state;

typedef struct tb_directory_key {
    tb_purpose purpose;
    tb_public_key key;
    tb_key_id id;
    tb_time not_before;
    tb_time not_after; /* planned end, 0: none; warned of, and ended by a cut alone */
} tb_directory_key;

typedef struct tb_attribute {
    tb_bytes name;
    tb_bytes value;
} tb_attribute;

typedef struct tb_directory_party {
    tb_party id;
    tb_bytes role;
    tb_bytes jurisdiction;
    tb_party parent;
    tb_bytes name_zh;
    tb_bytes name_en;
    tb_party_state state;
    tb_directory_key *keys; /* the last of a purpose is the current one */
    size_t key_count;
    tb_attribute *attributes; /* ascending by name */
    size_t attribute_count;
} tb_directory_party;

typedef struct tb_cut_mark {
    tb_incarnation incarnation;
    tb_party recipient;
    tb_lane lane;
    uint64_t number;
    tb_digest digest;
} tb_cut_mark;

typedef enum tb_cut_reason {
    TB_CUT_ROTATION = 1,
    TB_CUT_LOST = 2,
    TB_CUT_STOLEN = 3,
} tb_cut_reason;

typedef struct tb_cut {
    tb_party party;
    tb_key_id key;
    tb_time at;
    tb_cut_reason reason;
    tb_cut_mark *marks;
    size_t mark_count;
} tb_cut;

typedef struct tb_document_signer {
    tb_document_kind kind;
    tb_party party;
} tb_document_signer;

/* A document that stands, whatever becomes of the key it was signed with. Documents have no number
 * in a stream and no time that a thief could not write: so the authority names those that count. */
typedef struct tb_upheld_document {
    tb_document_kind kind;
    tb_bytes name;
    uint32_t version;
    tb_digest digest;
} tb_upheld_document;

typedef struct tb_hub_keys {
    tb_directory_key sign;
    tb_directory_key transport;
} tb_hub_keys;

/* Keys the hub had before: what it signed under them up to a time stays true, beyond it nothing. A
 * line of the hub has no number in a stream, so that its own time decides. */
typedef struct tb_former_hub_keys {
    tb_hub_keys keys;
    tb_time until;
    tb_cut_reason reason;
} tb_former_hub_keys;

typedef struct tb_directory {
    uint32_t version;
    tb_digest digest;      /* of the content this was decoded from */
    tb_digest predecessor; /* zero in the first */
    tb_digest hub;         /* the hub id: in the first directory its own digest */
    bool exercise;
    tb_time made;
    tb_time fresh_until;
    tb_directory_key authority;
    bool has_next_authority;
    tb_directory_key next_authority;
    tb_hub_keys hub_keys;
    bool has_spare;
    tb_hub_keys spare;
    tb_directory_party *parties; /* ascending by id */
    size_t party_count;
    tb_cut *cuts;
    size_t cut_count;
    tb_document_signer *signers;
    size_t signer_count;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_former_hub_keys *former; /* oldest first */
    size_t former_count;
    tb_upheld_document *upheld; /* ascending by kind, name, version */
    size_t upheld_count;
} tb_directory;

/* The order in which a directory names upheld documents; 0: the same document. */
int tb_upheld_compare(const tb_upheld_document *a, const tb_upheld_document *b);

tb_refusal tb_directory_decode(tb_bytes content, tb_arena *arena, tb_directory *out) TB_MUST_USE;
/* hub, digest are not written from the struct: digest follows from the content, hub is written
 * unless version is 1. */
tb_err
tb_directory_encode(const tb_directory *directory, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

/* Binary search; NULL when absent. */
const tb_directory_party *tb_directory_find(const tb_directory *directory, const tb_party *id);
/* Whether a case may be handed to a party, or stay with it: it is off-line, and reached by letter,
 * or active and not all its signing keys are cut. */
bool tb_directory_in_service(const tb_directory *directory, const tb_party *id);
/* The current key of a purpose, or NULL. */
const tb_directory_key *tb_directory_current(const tb_directory_party *party, tb_purpose purpose);
const tb_directory_key *tb_directory_key_of(const tb_directory_party *party, const tb_key_id *id);
/* The signing key of that id, or NULL: nobody is called so, or it has no such key to sign with. */
const tb_directory_key *
tb_directory_signing_key(const tb_directory *directory, const tb_party *party, const tb_key_id *id);
/* The party whose current, uncut transport key this is, or NULL: who speaks on a connection. */
const tb_directory_party *tb_directory_speaker(const tb_directory *directory,
                                               const tb_public_key *transport);
/* The value of an attribute, or empty. */
tb_bytes tb_directory_attribute(const tb_directory_party *party, const char *name);
/* The hub's or spare's signing key by id, or NULL: what a hub may be started with. */
const tb_directory_key *tb_directory_hub_key(const tb_directory *directory, const tb_key_id *id);
/* The key under which the hub could sign at a time: its own, the spare, or a former one up to its
 * end; else NULL. */
const tb_directory_key *
tb_directory_hub_key_at(const tb_directory *directory, const tb_key_id *id, tb_time at);

/* Where a key is cut, or NULL. */
const tb_cut *
tb_directory_cut(const tb_directory *directory, const tb_party *party, const tb_key_id *key);
/* Whether what this key signed at a time, without a number in a stream of its own (a mark, a
 * refusal), counts: always when it is not cut, up to the cut's time when the key was only replaced
 * or lost, never when it was stolen: whoever has it can write any time. */
bool tb_directory_line_counts(const tb_directory *directory,
                              const tb_party *party,
                              const tb_key_id *key,
                              tb_time at);
/* Whether a sender's own word that a notice of its expired counts in the notice's place: as any
 * line does, and up to a cut of its key as the number itself does. */
bool tb_directory_expired_counts(const tb_directory *directory,
                                 const tb_key_id *key,
                                 const tb_stream *stream,
                                 uint64_t number,
                                 tb_time at);
/* The highest good number of a stream under a key: UINT64_MAX when the key is not cut, 0 when the
 * cut does not name the stream. */
uint64_t tb_directory_good_until(const tb_directory *directory,
                                 const tb_party *party,
                                 const tb_key_id *key,
                                 const tb_incarnation *incarnation,
                                 const tb_party *recipient,
                                 tb_lane lane);

/* Whether next may replace current: version + 1 or later, hub and predecessor chain, signed by the
 * key current names. current NULL: the first one, signed by its own authority key. */
tb_refusal tb_directory_accept(const tb_directory *current,
                               const tb_directory *next,
                               const tb_document *document) TB_MUST_USE;
/* Whether a campaign or table is one the directory names as upheld, whoever signed it, or is
 * signed by somebody the directory allows. */
tb_refusal tb_directory_accept_document(const tb_directory *directory,
                                        const tb_document *document) TB_MUST_USE;

#endif
