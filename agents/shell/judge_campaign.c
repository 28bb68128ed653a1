/* judge_campaign - a signed definition is read before it is kept: what has a fault is refused with
 * it. */
#include "agents/shell/documents.h"

#include <stdio.h>

#include "agents/import/utf8.h"

#define DETAIL_BYTES 900
#define REASON_BYTES 400
_Static_assert(DETAIL_BYTES < TB_REASON_BYTES_MAX, "it fits an answer");
_Static_assert(2 * REASON_BYTES + TB_NAME_BYTES_MAX + 20 < DETAIL_BYTES, "both languages fit");

typedef struct first_finding {
    const tb_document *document;
    char text[DETAIL_BYTES];
} first_finding;

/* As much of a reason as fits, cut between two characters. */
static int size_of(const char *reason)
{
    size_t size = strnlen(reason, REASON_BYTES);
    while (size > 0 && !tb_utf8_valid(tb_bytes_of(reason, size))) {
        size--;
    }
    return (int)size;
}

static void take_first(void *context, const tb_campaign_finding *f)
{
    first_finding *first = context;
    if (first->text[0] != '\0') {
        return;
    }
    (void)snprintf(first->text, sizeof first->text, "%.*s:%u: %.*s / %.*s",
                   (int)first->document->name.size, (const char *)first->document->name.data,
                   f->line, size_of(f->reason.zh), f->reason.zh, size_of(f->reason.en),
                   f->reason.en);
}

bool tb_documents_judge_campaign(const tb_document *document,
                                 tb_arena *arena,
                                 tb_bytes *out_finding)
{
    first_finding first = {.document = document};
    unsigned faults = 0;
    tb_err err = tb_campaign_check_as(document->content, document->name, document->version,
                                      take_first, &first, &faults);
    if (err != TB_OK) {
        (void)snprintf(first.text, sizeof first.text, "%s", tb_err_text(err));
    }
    if (err == TB_OK && faults == 0) {
        return true;
    }
    if (tb_arena_copy(arena, tb_bytes_str(first.text), out_finding) != TB_OK) {
        *out_finding = (tb_bytes){0};
    }
    return false;
}
