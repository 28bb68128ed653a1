/* pages - exported evidence in the hands of a test: read into pages, bent, and signed again by its
 * maker; and the work it is exported from.
 */
#ifndef TB_SYSTEM_PAGES_H
#define TB_SYSTEM_PAGES_H

#include "tests/system/hub.h"

#include "messages/event.h"
#include "messages/evidence.h"

#define POLICE "police.11"
#define BUREAU "bureau.11"
#define HQ     "hq"

#define PAGES_MAX 16

/* What is read or bent lives until the next file is read. */
extern tb_arena pages_arena;

/* The file as bytes, in memory of its own; and one written. */
uint8_t *pages_bytes(const char *path, size_t *out_size);
void pages_write_bytes(const char *path, const void *data, size_t size);
/* The one page of a small export; and all of a larger one, decoded behind what was read before when
 * also. */
tb_evidence_page pages_only(const char *path);
size_t pages_all(const char *path, bool also, tb_evidence_page pages[PAGES_MAX]);
/* Signed again by their maker, each behind the one before as it is now. */
void pages_write(const sys_hub *hub, const char *path, tb_evidence_page *pages, size_t count);

/* One bit of a copy. */
tb_bytes pages_bent(tb_bytes in, size_t at);
tb_passed pages_event(const tb_evidence_page *page, size_t at);
void pages_put_event(tb_evidence_page *page, size_t at, const tb_passed *passed);

/* Whether the last command printed this. */
bool pages_prints(const sys_hub *hub, const char *text);

/* Two leads of the police, one answered by the bureau, and so many more; the quarter is filed, and
 * taken by headquarters. */
typedef struct worked {
    sys_hub *hub;
    sys_agent *police;
    sys_agent *bureau;
    sys_agent *hq;
    tb_case_id answered;
    tb_case_id other;
    tb_case_id report;
} worked;
worked pages_work(sys_hub *hub, unsigned more);
/* noun: "report", or "case" of the answered lead. */
void pages_export(worked *w, sys_agent *agent, const char *noun, const char *path);

#endif
