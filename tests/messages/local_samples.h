/* local_samples - one request and one answer of every kind, with everything in them that they can
 * hold. */
#ifndef TB_LOCAL_SAMPLES_H
#define TB_LOCAL_SAMPLES_H

#include "messages/local.h"

/* The case they are about. */
tb_case_id local_case_id(void);
/* An account as listed, and as changed. */
tb_local_account local_account(void);
/* In the arena. */
tb_bytes encoded_request(tb_arena *arena, tb_request_kind kind);
tb_bytes encoded_answer(tb_arena *arena, tb_answer_kind kind);

#endif
