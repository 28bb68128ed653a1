/* keyfile - the file that holds the secret keys of one party, of the hub, or of the authority.
 *
 *     tongbao-key 1
 *     party bureau.33
 *     sign <public, 64 hex digits> <secret, 64 hex digits>
 *     seal ...
 *     transport ...
 *
 * A party and the hub (party "hub") have sign, seal and transport; the authority (party
 * "authority") has one line `authority`. The file is created with rights 0600, never overwritten,
 * and not read when group or others may read it. Secrets are kept in locked memory that is wiped on
 * release, and are in no other place: not in buffers of stdio, not in logs.
 */
#ifndef TB_KEYFILE_H
#define TB_KEYFILE_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "keyfile/problem.h"
#include "messages/key_request.h"
#include "messages/keys.h"

#define TB_AUTHORITY_PARTY "authority"

/* Lives in locked memory. Which pairs are filled: see tb_keyfile. */
typedef struct tb_key_secrets {
    tb_sign_pair sign; /* of the authority: its authority key */
    tb_seal_pair seal;
    tb_seal_pair transport;
} tb_key_secrets;

typedef struct tb_keyfile {
    tb_party party;
    bool is_authority; /* only secrets->sign is filled */
    bool is_locked;    /* false: the system did not let us lock the memory (RLIMIT_MEMLOCK) */
    tb_key_secrets *secrets;
} tb_keyfile;

/* A stream of random bytes seeded from the kernel. False: libsodium does not start. */
bool tb_random_kernel(tb_random *out, tb_problem *problem) TB_MUST_USE;

/* New keys for a party; for "authority" an authority key. Ends with tb_keyfile_wipe. */
bool tb_keyfile_make(const tb_party *party, tb_random *random, tb_keyfile *out, tb_problem *problem)
    TB_MUST_USE;
bool tb_keyfile_write(const tb_keyfile *keys, const char *path, tb_problem *problem) TB_MUST_USE;
/* Ends with tb_keyfile_wipe. */
bool tb_keyfile_read(const char *path, tb_keyfile *out, tb_problem *problem) TB_MUST_USE;
/* Whether a file begins as a key file does. */
bool tb_keyfile_looks_like(const char *path);

/* Overwrites and gives back the secrets; harmless when there are none. */
void tb_keyfile_wipe(tb_keyfile *keys);

tb_key_id tb_keyfile_sign_id(const tb_keyfile *keys);
tb_key_id tb_keyfile_seal_id(const tb_keyfile *keys);
tb_key_id tb_keyfile_transport_id(const tb_keyfile *keys);

/* The request that enrols these keys, packed; not for the authority's. */
bool tb_keyfile_request(const tb_keyfile *keys,
                        tb_time now,
                        tb_arena *arena,
                        tb_bytes *out,
                        tb_problem *problem) TB_MUST_USE;

#endif
