/* old_keys - sealing keys this party has retired: kept to open what was sealed before, then gone.
 *
 * A retired key is one the directory cuts. It is needed while a notice sealed to it may still come
 * (the longest notice life behind the cut) and while one that came waits unopened; then its secret
 * is destroyed, so that whoever gets hold of this machine later opens nothing of before.
 */
#ifndef TB_OLD_KEYS_H
#define TB_OLD_KEYS_H

#include "agents/link.h"

/* Asks the shell to destroy what is not needed any more. An effect that was lost is asked again. */
tb_err tb_old_keys_tick(tb_step *step) TB_MUST_USE;
/* When the next one ends; TB_ERR_NOT_FOUND when none has an end yet. */
tb_err tb_old_keys_due(const tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif
