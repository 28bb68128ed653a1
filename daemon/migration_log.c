#include "daemon/migration_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "daemon/notify.h"

#define ROWS_BETWEEN 50000

const char *tb_migration_log_why(tb_err err)
{
    switch (err) {
    case TB_ERR_FULL:
        return "the quota is too small to migrate in; start with a larger --quota";
    case TB_ERR_VERSION:
        return "this program cannot migrate from so old a schema; run the version between first";
    default:
        return tb_err_text(err);
    }
}

void tb_migration_log_news(void *context, const tb_migration_news *news)
{
    tb_migration_log *log = context;
    uint32_t to = news->from + 1;
    if (!log->begun) {
        fprintf(stderr, "level=info event=migrate from=%" PRIu32 " to=%" PRIu32 "\n", news->from,
                to);
        log->begun = true;
        log->next = ROWS_BETWEEN;
    }
    if (news->done) {
        fprintf(stderr,
                "level=%s event=migrated from=%" PRIu32 " to=%" PRIu32 " rows=%" PRIu64
                " left_out=%" PRIu64 "\n",
                news->left_out > 0 ? "warn" : "info", news->from, to, news->rows, news->left_out);
        *log = (tb_migration_log){0};
        return;
    }
    tb_notify_starting("migrating the store");
    if (news->rows >= log->next) {
        fprintf(stderr, "level=info event=migrating from=%" PRIu32 " rows=%" PRIu64 "\n",
                news->from, news->rows);
        log->next = news->rows + ROWS_BETWEEN;
    }
}
