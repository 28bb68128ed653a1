/* authority - the folder of signed directory versions, and what the authority does to it.
 *
 *     DIR/directory.1.doc   the first version: hub keys, exercise flag, no parties; its digest is
 * the hub id DIR/directory.2.doc   every later one, signed by the authority key the one before
 * names
 *
 * The folder holds no secrets and may be copied to every party. Opening it verifies the whole
 * chain. A change is made on a copy of the newest version and published as the next; a file once
 * written is never changed. Texts and arrays of a change live in the caller's arena.
 */
#ifndef TB_AUTHORITY_H
#define TB_AUTHORITY_H

#include "keyfile/keyfile.h"
#include "messages/directory.h"

/* A version says how long it may be relied on without a newer one. */
#define TB_FRESH_MS (365ll * 24 * 3600 * 1000)

typedef struct tb_authority {
    char folder[512];
    uint8_t *blocks[2]; /* versions are verified one against the next: two are held */
    tb_arena arenas[2];
    size_t newest; /* which of the two */
    tb_directory directory;
    tb_document document;
    tb_bytes encoded; /* of the document, as in its file */
} tb_authority;

/* What the first version says. */
typedef struct tb_hub_plan {
    bool exercise;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_public_key sign;
    tb_public_key transport;
    bool has_spare;
    tb_public_key spare_sign;
    tb_public_key spare_transport;
} tb_hub_plan;

/* One row of an enrolment. Of a party that is already there, what is empty stays as it is. */
typedef struct tb_enrolment {
    tb_party id;
    tb_bytes role;
    tb_bytes jurisdiction;
    tb_party parent;
    tb_bytes name_zh;
    tb_bytes name_en;
    tb_attribute *attributes;
    size_t attribute_count;
    tb_party_state state;
    bool has_request;
    tb_key_request request;
    tb_time keys_until; /* planned end of the keys in the request; 0: none */
} tb_enrolment;

/* Ends with tb_authority_close. */
bool tb_authority_open(const char *folder, tb_authority *out, tb_problem *problem) TB_MUST_USE;
void tb_authority_close(tb_authority *authority);
/* The file of the newest version. */
#define TB_AUTHORITY_PATH 600
void tb_authority_path(const tb_authority *authority, char out[TB_AUTHORITY_PATH]);

/* Makes the folder and the first version in it. */
bool tb_authority_init(const char *folder,
                       const tb_hub_plan *plan,
                       const tb_keyfile *keys,
                       tb_time now,
                       tb_arena *arena,
                       tb_problem *problem) TB_MUST_USE;

/* The newest version as the beginning of the next. */
tb_directory tb_authority_next(const tb_authority *authority, tb_time now);
/* Adds or changes parties. A new signing key joins the earlier ones, other keys replace theirs. */
bool tb_authority_enrol(tb_directory *next,
                        tb_enrolment *list,
                        size_t count,
                        tb_arena *arena,
                        tb_problem *problem) TB_MUST_USE;
/* Cuts one key of a party. Without marks nothing signed with the key counts any longer. */
bool tb_authority_revoke(tb_directory *next,
                         const tb_cut *cut,
                         tb_arena *arena,
                         tb_problem *problem) TB_MUST_USE;
/* The party's new keys in the place of all it has, which are cut: one version, so that there is no
 * moment without keys and none with both. cut->key is not looked at; cut->marks are those of the
 * signing keys. */
bool tb_authority_rotate(tb_directory *next,
                         const tb_cut *cut,
                         const tb_key_request *request,
                         tb_time keys_until,
                         tb_arena *arena,
                         tb_problem *problem) TB_MUST_USE;
/* The spare becomes the hub's keys; what the hub signed up to until under the former ones stays
 * true. spare is the next one, or NULL when there is none yet. */
bool tb_authority_use_spare(tb_directory *next,
                            tb_cut_reason reason,
                            tb_time until,
                            const tb_hub_keys *spare,
                            tb_arena *arena,
                            tb_problem *problem) TB_MUST_USE;
/* Names signed campaigns and tables that stand from now on, whatever becomes of the key they were
 * signed with. Each must have been good by a version of the folder; the thief of a key signs what
 * was good once as well, so that whoever names a document has looked at it. The documents live as
 * long as next. */
bool tb_authority_uphold(tb_authority *authority,
                         tb_directory *next,
                         const tb_document *documents,
                         size_t count,
                         tb_arena *arena,
                         tb_problem *problem) TB_MUST_USE;
/* From the version after next on, this authority key signs; next itself is the last of the one
 * before. */
bool tb_authority_replace(tb_directory *next,
                          const tb_keyfile *successor,
                          tb_problem *problem) TB_MUST_USE;
/* Signs and writes the next version; authority then stands at it. */
bool tb_authority_publish(tb_authority *authority,
                          const tb_directory *next,
                          const tb_keyfile *keys,
                          tb_arena *arena,
                          tb_problem *problem) TB_MUST_USE;

/* A signed campaign or table for this hub, encoded. */
bool tb_authority_sign(const tb_authority *authority,
                       const tb_keyfile *keys,
                       tb_document *document,
                       tb_arena *arena,
                       tb_bytes *out,
                       tb_problem *problem) TB_MUST_USE;

#endif
