/* ledger - what a person was told, kept outside the hub.
 *
 * A line is written and flushed to disk before the next notice is asked for; it is what the stores
 * are compared with at the end.
 */
#ifndef TB_KILL_LEDGER_H
#define TB_KILL_LEDGER_H

#include "tests/system/hub.h"

#define LEDGER_MAX        4096
#define LEDGER_TEXT_BYTES 32

typedef struct ledger_entry {
    sys_agent *from;
    sys_agent *to;
    char text[LEDGER_TEXT_BYTES]; /* names the notice: used once */
    tb_request_id request;
    bool answered;
} ledger_entry;

typedef struct ledger {
    int file;
    size_t count;
    ledger_entry entries[LEDGER_MAX];
} ledger;

void ledger_open(ledger *l, const sys_hub *hub);
void ledger_close(ledger *l);
/* A notice that is about to be asked for. */
ledger_entry *ledger_ask(ledger *l, sys_agent *from, sys_agent *to);
/* Asks for it, again under the same id; true once it is answered as accepted, which is written
 * down. False: no answer within the time. Anything else fails the test. */
bool ledger_try(ledger *l, ledger_entry *entry, int timeout_ms);
/* Notices asked for and not yet answered. */
size_t ledger_open_count(const ledger *l);
/* Every recipient holds each answered notice once and nothing else. */
void ledger_compare(const ledger *l, sys_hub *hub);

#endif
