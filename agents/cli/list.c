/* list - 名单: the lists here, what is on one, and the gate. */
#include "agents/cli/list.h"

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/import/utf8.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX   200
/* What `list check` understands besides the fields of the list. */
static const char *const own_options[] = {"json",  "help",     "socket", "request-id", "account",
                                          "time",  "timeout",  "lang",   "entry",      "after",
                                          "limit", "province", "file",   "out",        "h"};

static bool means(const tb_list_def *list, tb_bytes text)
{
    return tb_bytes_equal(tb_bytes_str(list->id), text) ||
           tb_utf8_same(tb_bytes_str(list->title.zh), text) ||
           tb_utf8_same(tb_bytes_str(list->title.en), text);
}

const tb_list_def *tb_list_named(tb_book *book,
                                 tb_bytes text,
                                 const tb_campaign **out_campaign,
                                 const tb_case_type **out_type)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    tb_local_answer answer;
    if (tb_client_ask(book->client, &request, &answer) != TB_ASKED_ANSWERED ||
        answer.kind != TB_ANSWER_CAMPAIGNS) {
        return NULL;
    }
    for (size_t i = 0; i < answer.campaigns.count; i++) {
        const tb_campaign *campaign = tb_book_campaign_of(book, answer.campaigns.lines[i].id);
        for (unsigned l = 0; campaign != NULL && l < campaign->list_count; l++) {
            if (means(&campaign->lists[l], text)) {
                *out_campaign = campaign;
                *out_type =
                    tb_campaign_case_type(campaign, tb_bytes_str(campaign->lists[l].case_type));
                return *out_type != NULL ? &campaign->lists[l] : NULL;
            }
        }
    }
    return NULL;
}

/* ---- verbs ---- */

static int list_all(tb_book *book, const tb_list_asked *asked)
{
    (void)asked;
    tb_local_request request = {.kind = TB_REQUEST_LIST_LISTS};
    tb_local_answer answer;
    int code = tb_client_get(book->client, &request, TB_ANSWER_LISTS, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (book->client->json) {
        tb_json_print(tb_json_lists(&answer.lists));
        return TB_EXIT_DONE;
    }
    return tb_show_lists_here(book, &answer.lists) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

static int show(tb_book *book, const tb_list_asked *asked)
{
    const tb_campaign *campaign = NULL;
    const tb_case_type *type = NULL;
    long limit = LIMIT_USUAL;
    uint8_t after[TB_CASE_ID_BYTES];
    if (asked->words.count != 2) {
        return tb_help_wrong("list", _("which list? They are in: tongbao list list"));
    }
    if (asked->limit != NULL && !tb_arguments_number("limit", asked->limit, 1, LIMIT_MAX, &limit)) {
        return TB_EXIT_USAGE;
    }
    tb_bytes name = tb_bytes_str(asked->words.list[1]);
    const tb_list_def *list = tb_list_named(book, name, &campaign, &type);
    tb_local_request request = {.kind = TB_REQUEST_SHOW_LIST};
    request.show_list.list = list != NULL ? tb_bytes_str(list->id) : name;
    request.show_list.limit = (uint32_t)limit;
    if (asked->entry != NULL && !tb_arguments_id(asked->entry, request.show_list.entry.bytes)) {
        return TB_EXIT_USAGE;
    }
    if (asked->after != NULL) {
        if (!tb_arguments_id(asked->after, after)) {
            return TB_EXIT_USAGE;
        }
        request.show_list.after = tb_bytes_of(after, sizeof after);
    }
    tb_local_answer answer;
    int code = tb_client_get(book->client, &request, TB_ANSWER_SHOWN_LIST, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (book->client->json) {
        tb_json_print(tb_json_shown_list(&answer.shown_list));
        return TB_EXIT_DONE;
    }
    return tb_show_list(book, &answer.shown_list) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

typedef int verb(tb_book *book, const tb_list_asked *asked);

/* NULL: there is no such verb. */
static verb *verb_of(const tb_words *words)
{
    const char *name = words->count > 0 ? words->list[0] : "";
    if (strcmp(name, "list") == 0 && words->count == 1) {
        return list_all;
    }
    if (strcmp(name, "show") == 0) {
        return show;
    }
    return strcmp(name, "check") == 0 ? tb_list_check : NULL;
}

/* ---- options that are fields ---- */

static bool is_own(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof own_options / sizeof own_options[0]; i++) {
        if (strlen(own_options[i]) == size && memcmp(own_options[i], name, size) == 0) {
            return true;
        }
    }
    return false;
}

/* "--agent-code X" and "--agent-code=X" become the word "agent_code=X": which fields there are only
 * the list itself knows. Words live in the arena. */
static bool fields_to_words(tb_arena *arena, int argc, char **argv, char **out, int *out_count)
{
    int count = 0;
    for (int i = 0; i < argc; i++) {
        const char *name = argv[i] + 2;
        bool option = i > 0 && strncmp(argv[i], "--", 2) == 0 && argv[i][2] != '\0';
        size_t size = option ? strcspn(name, "=") : 0;
        if (!option || is_own(name, size)) {
            out[count++] = argv[i];
            if (option && name[size] == '\0' && i + 1 < argc && strcmp(name, "json") != 0 &&
                strcmp(name, "help") != 0) {
                out[count++] = argv[++i]; /* its value, whatever it looks like */
            }
            continue;
        }
        bool joined = name[size] == '=';
        if (!joined && i + 1 == argc) {
            tb_say_error(_("--%s needs a value"), name);
            return false;
        }
        const char *value = joined ? name + size + 1 : argv[++i];
        char *word = tb_arena_alloc(arena, size + strlen(value) + 2);
        if (word == NULL) {
            tb_say_error(_("not enough memory"));
            return false;
        }
        for (size_t c = 0; c < size; c++) {
            word[c] = name[c] == '-' ? '_' : name[c];
        }
        word[size] = '=';
        memcpy(word + size + 1, value, strlen(value) + 1);
        out[count++] = word;
    }
    *out_count = count;
    return true;
}

int tb_cli_list(int argc, char **argv)
{
    static uint8_t memory[64 * 1024];
    char *words[2 * TB_WORDS_MAX];
    tb_arena arena;
    tb_arena_init(&arena, memory, sizeof memory);
    tb_list_asked asked = {0};
    const tb_option known[] = {{"entry", NULL, &asked.entry},       {"after", NULL, &asked.after},
                               {"limit", NULL, &asked.limit},       {"file", NULL, &asked.file},
                               {"province", NULL, &asked.province}, {"out", NULL, &asked.out}};
    int count = 0;
    if (argc > TB_WORDS_MAX) {
        tb_say_error(_("too many words"));
        return TB_EXIT_USAGE;
    }
    if (!fields_to_words(&arena, argc, argv, words, &count) ||
        !tb_arguments_read(count, words, known, sizeof known / sizeof known[0], &asked.common,
                           &asked.words)) {
        return TB_EXIT_USAGE;
    }
    if (asked.common.help) {
        tb_help_print("list");
        return TB_EXIT_DONE;
    }
    verb *run = verb_of(&asked.words);
    if (run == NULL) {
        return tb_help_wrong("list", _("list takes list, show or check"));
    }
    tb_client client;
    tb_book book;
    int code = tb_client_open(&asked.common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = run(&book, &asked);
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}
