/* notify - telling whoever supervises this process how it is (sd_notify); nothing when nobody does.
 */
#ifndef TB_NOTIFY_H
#define TB_NOTIFY_H

#include "base/base.h"

/* It serves now. */
void tb_notify_ready(void);
/* It ends because it was asked to. */
void tb_notify_stopping(void);
/* It is starting still, with long work; status is what it does. */
void tb_notify_starting(const char *status);

/* From the loop, before each sleep: says that it is alive when that is due, and how long it may
 * sleep at most until it has to say so again, at most ms. */
long tb_notify_alive(long ms);

#endif
