/* ledger - see ledger.h. */
#include "tests/kill/ledger.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

void ledger_open(ledger *l, const sys_hub *hub)
{
    char path[SYS_PATH];
    memset(l, 0, sizeof *l);
    sys_path(hub, path, "ledger");
    l->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(l->file >= 0);
}

void ledger_close(ledger *l)
{
    (void)close(l->file);
}

/* On disk before anything else happens: a line that is there was promised. */
static void write_down(const ledger *l, const char *what, const ledger_entry *entry)
{
    char line[200];
    int size = snprintf(line, sizeof line, "%s %s %s %s\n", what, entry->from->name,
                        entry->to->name, entry->text);
    assert_int_equal(write(l->file, line, (size_t)size), size);
    assert_int_equal(fdatasync(l->file), 0);
}

ledger_entry *ledger_ask(ledger *l, sys_agent *from, sys_agent *to)
{
    assert_true(l->count < LEDGER_MAX);
    ledger_entry *entry = &l->entries[l->count++];
    entry->from = from;
    entry->to = to;
    (void)snprintf(entry->text, sizeof entry->text, "notice %zu", l->count);
    assert_int_equal(getrandom(entry->request.bytes, sizeof entry->request.bytes, 0),
                     sizeof entry->request.bytes);
    write_down(l, "asked", entry);
    return entry;
}

bool ledger_try(ledger *l, ledger_entry *entry, int timeout_ms)
{
    tb_client *client = &entry->from->client;
    tb_field fields[2] = {{tb_bytes_str("to"), tb_bytes_str(entry->to->party)},
                          {tb_bytes_str("text"), tb_bytes_str(entry->text)}};
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str("relay");
    request.open.case_type = tb_bytes_str("note");
    request.open.fields = fields;
    request.open.field_count = 2;
    tb_local_answer answer;
    int patience = client->timeout_ms;
    tb_arena_reset(&client->arena);
    client->has_id = true;
    client->id = entry->request;
    client->timeout_ms = timeout_ms;
    tb_asked asked = tb_client_ask(client, &request, &answer);
    client->timeout_ms = patience;
    if (asked == TB_ASKED_NOTHING) {
        return false;
    }

    assert_int_equal(asked, TB_ASKED_ANSWERED);
    if (answer.code != TB_ACCEPTED) {
        fail_msg("%s was refused \"%s\": %s", entry->from->name, entry->text,
                 tb_refusal_key(answer.code));
    }
    entry->answered = true;
    write_down(l, "answered", entry);
    return true;
}

size_t ledger_open_count(const ledger *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++) {
        count += l->entries[i].answered ? 0 : 1;
    }
    return count;
}

/* ---- comparing ---- */

/* How often each notice stands at one agency, by its place in the ledger. */
typedef struct tally {
    unsigned times[LEDGER_MAX];
    size_t strangers; /* cases that are in no line of the ledger */
} tally;

static void count_case(const ledger *l, tally *t, const tb_local_summary *summary)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        char text[LEDGER_TEXT_BYTES];
        size_t number = 0;
        const tb_bytes *value = &summary->fields[i].value;
        (void)snprintf(text, sizeof text, "%.*s", (int)value->size, (const char *)value->data);
        if (sscanf(text, "notice %zu", &number) == 1 && number >= 1 && number <= l->count) {
            t->times[number - 1]++;
            return;
        }
    }
    t->strangers++;
}

static void count_all(const ledger *l, tally *t, sys_agent *agent)
{
    uint8_t after[64];
    size_t size = 0;
    memset(t, 0, sizeof *t);
    do {
        tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
        request.list.after = tb_bytes_of(after, size);
        const tb_local_answer *answer = sys_ask(agent, &request);
        assert_int_equal(answer->kind, TB_ANSWER_CASES);
        for (size_t i = 0; i < answer->cases.count; i++) {
            count_case(l, t, &answer->cases.cases[i]);
        }
        size = answer->cases.next.size;
        assert_true(size <= sizeof after);
        memcpy(after, answer->cases.next.data == NULL ? after : answer->cases.next.data, size);
    } while (size > 0);
}

void ledger_compare(const ledger *l, sys_hub *hub)
{
    static tally t;
    for (size_t a = 0; a < hub->agent_count; a++) {
        sys_agent *agent = &hub->agents[a];
        count_all(l, &t, agent);
        assert_int_equal(t.strangers, 0);
        for (size_t i = 0; i < l->count; i++) {
            const ledger_entry *entry = &l->entries[i];
            unsigned due = entry->from == agent || entry->to == agent ? 1 : 0;
            if (t.times[i] != due) {
                fail_msg("%s holds \"%s\" from %s to %s %u times", agent->name, entry->text,
                         entry->from->name, entry->to->name, t.times[i]);
            }
        }
    }
}
