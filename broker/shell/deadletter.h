/* deadletter - `tongbao-broker deadletter list|show|retry`: asks the running hub over its local
 * socket. */
#ifndef TB_BROKER_DEADLETTER_H
#define TB_BROKER_DEADLETTER_H

/* argv[1] is "deadletter". 0 done; 1 refused, the sentence says why; TB_EXIT_USAGE; TB_EXIT_LISTEN
 * when no hub answers. */
int tb_deadletter_main(int argc, char **argv);
/* The verb's lines for the hub's own help. */
const char *tb_deadletter_help(void);

#endif
