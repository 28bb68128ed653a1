/* account_key - the file by which a person shows an agent which account is his.
 *
 *     tongbao-account 1
 *     name wang.min
 *     key <public, 64 hex digits> <secret, 128 hex digits>
 *
 * Created with rights 0600, never overwritten, and not read when group or others may read it.
 */
#ifndef TB_ACCOUNT_KEY_H
#define TB_ACCOUNT_KEY_H

#include "base/limits.h"
#include "messages/keys.h"

typedef struct tb_account_key {
    char name[TB_ACCOUNT_BYTES_MAX + 1];
    tb_sign_pair pair;
} tb_account_key;

/* Makes a key for the account and writes its file. False after saying why. */
bool tb_account_key_make(const char *path, const char *name, tb_account_key *out);
/* False after saying why. */
bool tb_account_key_read(const char *path, tb_account_key *out);
void tb_account_key_wipe(tb_account_key *key);

#endif
