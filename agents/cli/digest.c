#include "agents/cli/digest.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

/* Duties listed; of more the first, and the page says that there are more. */
#define LISTED_MAX 500

/* Cases this party notified others of that are with others still, on all pages. */
static int count_unanswered(tb_client *client, uint64_t *out)
{
    tb_local_request request = {.kind = TB_REQUEST_UNANSWERED};
    static const tb_case_id end;
    int code;
    *out = 0;
    do {
        tb_local_answer answer;
        code = tb_client_get(client, &request, TB_ANSWER_UNANSWERED, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        *out += answer.unanswered.notified - answer.unanswered.answered - answer.unanswered.here;
        request.get_unanswered.after = answer.unanswered.next;
    } while (memcmp(request.get_unanswered.after.bytes, end.bytes, TB_CASE_ID_BYTES) != 0);
    return code;
}

static bool print(tb_book *book, const tb_local_duties *duties, size_t overdue, uint64_t unanswered)
{
    if (book->client->json) {
        json_t *o = tb_json_duties(duties);
        (void)json_object_set_new(o, "overdue", json_integer((json_int_t)overdue));
        (void)json_object_set_new(o, "unanswered", json_integer((json_int_t)unanswered));
        tb_json_print(o);
        return true;
    }
    (void)printf(_("overdue %zu, due by the end of tomorrow %zu, unanswered %" PRIu64 "\n"),
                 overdue, duties->count - overdue, unanswered);
    return tb_show_duties(book, duties);
}

int tb_due_digest(const tb_common *common)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    uint64_t unanswered = 0;
    size_t overdue = 0;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = count_unanswered(&client, &unanswered);
    request.duties.limit = LISTED_MAX;
    if (code == TB_EXIT_DONE) {
        code = tb_client_get(&client, &request, TB_ANSWER_DUTIES, &answer);
    }
    if (code == TB_EXIT_DONE) {
        tb_local_duties *duties = &answer.duties; /* by due time */
        tb_time end = tb_day_start(tb_day_of(duties->civil) + 2);
        size_t count = 0;
        while (count < duties->count && duties->lines[count].due < end) {
            overdue += duties->lines[count++].over;
        }
        if (count < duties->count) {
            duties->next = tb_bytes_of(NULL, 0);
        }
        duties->count = count;
        code = print(&book, duties, overdue, unanswered) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}
