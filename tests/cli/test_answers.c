/* Every command that asks, against an agent that answers in full: said in both languages and as
 * JSON. Then each of its questions in turn is refused, answered with something else, or with what
 * is no answer at all: the command says so, by its exit code as well, and leaves no half a file. */
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/cli.h"
#include "agents/cli/say.h"
#include "tests/cli/fake_agent.h"
#include "tests/test.h"

#define WORDS      24
#define WORD_BYTES 160
#define TEXT_BYTES (128u * 1024)
#define ID         "41414141414141414141414141414141"

static const struct {
    const char *line; /* OUT: a path where nothing is; IN: a file */
    int code;
    const char *says; /* in English, somewhere */
} commands[] = {
    {"status", 0, "Zhejiang (bureau.33)"},
    {"check", 1, "1 invariants are broken"},
    {"trace " ID, 0, "order the operator (overtaken)"},
    {"request " ID, 0, "accepted, to be reviewed"},
    {"notice list --in --limit 1 --after 6e", 0, "arrived"},
    {"notice list --out", 0, "more: --after 6e"},
    {"notice show bureau.33/3/7", 0, "refused"},
    {"case list --mine --stalled --limit 2 --after ff", 0, "1 of 17 cases"},
    {"case list --type notice --state verifying", 0, "being verified"},
    {"case list --field number --value 13800138000", 0, "frozen by a fork"},
    {"case show " ID, 0, "joint opinion, owed by each"},
    {"case acts " ID, 0, "nothing for this party to do"},
    {"case act " ID " result --head " ID ID, 0, "to be reviewed"},
    {"case open black-card number=13800138000 --action submit --lane urgent", 0, "to be reviewed"},
    {"case open black-card --type channel_case", 0, "to be reviewed"},
    {"case move " ID " --to 4", 0, "to be reviewed"},
    {"case paper " ID " answer --for ct.33 --ref 1号 --date 2015-03-02", 0, "to be reviewed"},
    {"case supervise " ID " ct.33 --by 2015-03-02 --text 请办理", 0, "to be reviewed"},
    {"case export " ID " --out OUT", 0, "give it only to who may read them"},
    {"case figure " ID " verified --limit 3 --after 06", 0, "counted now: 121"},
    {"due", 0, "lapsed, taken over"},
    {"due --mine --overdue --by ct.33 --limit 3 --after 02", 0, "lapsed, taken over"},
    {"due --explain " ID, 0, "weekend worked by the calendar"},
    {"due --digest", 0, "escalated to this party"},
    {"due --office show", 0, "08:30 to 24:00"},
    {"due --office 09:00-17:30", 0, "08:30 to 24:00"},
    {"unanswered", 0, "unanswered 42"},
    {"unanswered --by ct.33 --limit 5", 0, "waiting"},
    {"list list", 0, "less than a minute ago"},
    {"list show channel-blacklist --limit 2 --after " ID, 0, "removal still open"},
    {"list show channel-blacklist --entry " ID, 0, "removal still open"},
    {"list check channel-blacklist --uscc 91350100M000100Y43", 10, "listed"},
    {"list check channel-blacklist --uscc=91350100M000100Y43 --province 44", 10, "listed"},
    {"report list quarterly --period 2015-Q1 --campaign black-card", 0, "late, days: 3"},
    {"report draft quarterly 2015-Q1", 0, "threshold: rate at least 9/10"},
    {"report show " ID " --measure forwarded --group 44 --limit 5 --after 05", 0,
     "forward to the home bureau"},
    {"report file quarterly 2015-Q1", 0, "to be reviewed"},
    {"report accept " ID, 0, "to be reviewed"},
    {"report return " ID " --head " ID ID, 0, "to be reviewed"},
    {"report export " ID " --format csv", 0, "2015-Q1"},
    {"report export quarterly 2015-Q1 --format xlsx --out OUT", 0, ""},
    {"report export " ID " --signed --out OUT", 0, "give it only to who may read them"},
    {"report reconcile 2015-Q1", 0, "nothing of it is settled yet"},
    {"report reconcile 2015-Q1 --of ct.33 --with ct.33", 0, ""},
    {"quarantine list --limit 2 --after 71", 0, "dropped"},
    {"quarantine show bureau.33/3/7", 0, "attempts to apply it: 2"},
    {"quarantine retry bureau.33/3/7", 0, "refused by the rules"},
    {"quarantine drop bureau.33/3/7 --reason 重复", 0, "refused by the rules"},
    {"recover", 0, "incarnation 2 follows 1"},
    {"recover --reason 磁盘损坏", 0, "incarnation 2 follows 1"},
    {"recover --release " ID " --reason 时限将到", 0, "incarnation 2 follows 1"},
    {"account list", 0, "system user 1000"},
    {"account show wang.min", 0, "system user 1000"},
    {"account show nobody", 1, "there is no account"},
    {"account add wang.min --name 王敏 --post clerk,signer --phone 1 --user root --key-out OUT", 0,
     "system user 1000"},
    {"account change wang.min --user 1000", 0, "system user 1000"},
    {"account deputy wang.min --for zhao.lei --from 2015-05-01 --to 2015-05-03", 0, "zhao.lei"},
    {"account close wang.min", 0, "closed"},
    {"approve list --limit 2 --after 3", 0, "to be signed"},
    {"approve show 3", 0, "you may approve it"},
    {"approve approve 3", 0, "to be reviewed"},
    {"approve send-back 3 --reason 请补充", 0, "to be reviewed"},
    {"campaign list", 0, "black card"},
    {"campaign show black-card", 0, "being verified"},
    {"campaign automatic", 0, "pass on"},
    {"campaign automatic black-card relay off", 0, "pass on"},
    {"campaign close black-card --out OUT", 0, "cases are still open"},
    {"verify case " ID, 1, "do not rely on it"},
    {"verify report " ID, 1, "do not rely on it"},
    {"bundle export ct.33 --out OUT --number 1号 --encoding gb18030", 0, "bundle: "},
    {"bundle export ct.33 --out OUT --letter 3", 0, "bundle: "},
    {"bundle import IN", 0, "take the marks back"},
    {"key cut --out OUT", 0, ""},
    {"directory list", 0, "operator"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static struct {
    char folder[64];
    char out[80];
    fake_agent agent;
    FILE *printed;
    int before[2];
    char text[TEXT_BYTES];
    unsigned bad;
} now;

/* ---- running a command in this process ---- */

static void printing_starts(void)
{
    now.printed = tmpfile();
    assert_non_null(now.printed);
    for (int fd = 1; fd <= 2; fd++) {
        (void)fflush(fd == 1 ? stdout : stderr);
        now.before[fd - 1] = dup(fd);
        assert_true(dup2(fileno(now.printed), fd) >= 0);
    }
}

static void printing_ends(void)
{
    (void)fflush(stdout);
    for (int fd = 1; fd <= 2; fd++) {
        assert_true(dup2(now.before[fd - 1], fd) >= 0);
        (void)close(now.before[fd - 1]);
    }
    rewind(now.printed);
    now.text[fread(now.text, 1, sizeof now.text - 1, now.printed)] = '\0';
    (void)fclose(now.printed);
}

static tb_cli_noun *noun_of(const char *word)
{
    static const struct {
        const char *word;
        tb_cli_noun *noun;
    } nouns[] = {
        {"account", tb_cli_account},
        {"approve", tb_cli_approve},
        {"bundle", tb_cli_bundle},
        {"campaign", tb_cli_campaign},
        {"case", tb_cli_case},
        {"check", tb_cli_check},
        {"directory", tb_cli_directory},
        {"due", tb_cli_due},
        {"key", tb_cli_key},
        {"list", tb_cli_list},
        {"notice", tb_cli_notice},
        {"recover", tb_cli_recover},
        {"quarantine", tb_cli_quarantine},
        {"report", tb_cli_report},
        {"request", tb_cli_request},
        {"status", tb_cli_status},
        {"trace", tb_cli_trace},
        {"verify", tb_cli_verify},
        {"unanswered", tb_cli_unanswered},
        {"document", tb_cli_document},
    };
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(nouns[i].word, word) == 0) {
            return nouns[i].noun;
        }
    }
    fail_msg("%s is no noun", word);
    return NULL;
}

/* What it prints, to either side, is in now.text. */
static int say(const char *line, const char *option)
{
    static char words[WORDS][WORD_BYTES];
    char text[512];
    char *argv[WORDS + 1];
    int argc = 0;
    (void)snprintf(text, sizeof text, "%s --socket %s --timeout 60%s%s", line, now.agent.socket,
                   option == NULL ? "" : " ", option == NULL ? "" : option);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(argc < WORDS && strlen(word) < WORD_BYTES);
        strcpy(words[argc], strcmp(word, "OUT") == 0  ? now.out
                            : strcmp(word, "IN") == 0 ? TB_SOURCE_DIR "/README.md"
                                                      : word);
        argv[argc] = words[argc];
        argc++;
    }
    argv[argc] = NULL;
    printing_starts();
    int code = noun_of(argv[0])(argc, argv);
    printing_ends();
    if (now.agent.counts->seen == 0) {
        fail_msg("%s asks nothing: %s", line, now.text);
    }
    return code;
}

/* ---- what is left behind ---- */

static bool some_file;

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    some_file = some_file || type == FTW_F;
    return walk->level == 0 && strcmp(path, now.folder) == 0 ? 0 : remove(path);
}

/* Whether there was a file. */
static bool cleared(void)
{
    some_file = false;
    (void)nftw(now.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return some_file;
}

/* A letter that was written stays, and so does a key whose answer was lost. */
static bool keeps(const char *line)
{
    return strncmp(line, "bundle export", 13) == 0 || strncmp(line, "account add", 11) == 0;
}

/* All of them are told, before the test fails. */
#define bad(...) (print_error(__VA_ARGS__), now.bad++)

/* ---- the tests ---- */

static void every_command_tells_its_answer(void **state)
{
    (void)state;
    static char english[TEXT_BYTES];
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *line = commands[i].line;
        fake_agent_next(&now.agent, FAKE_RIGHT, 0);
        tb_say_init("en");
        int code = say(line, NULL);
        memcpy(english, now.text, sizeof english);
        bool wrote = cleared();
        if (code != commands[i].code || strstr(english, commands[i].says) == NULL) {
            bad("%s: exit code %d, not \"%s\": %s\n", line, code, commands[i].says, english);
        }
        if (wrote != (strstr(line, "OUT") != NULL)) {
            bad("%s: %s was written\n", line, wrote ? "a file" : "nothing");
        }
        fake_agent_next(&now.agent, FAKE_RIGHT, 0);
        tb_say_init("zh");
        code = say(line, NULL);
        (void)cleared();
        bool silent = strstr(line, "xlsx") != NULL;
        if (code != commands[i].code || (strcmp(english, now.text) == 0 && !silent)) {
            bad("%s in Chinese: exit code %d: %s\n", line, code, now.text);
        }
        fake_agent_next(&now.agent, FAKE_RIGHT, 0);
        code = say(line, "--json");
        (void)cleared();
        json_t *object = json_loads(now.text, JSON_DISABLE_EOF_CHECK, NULL);
        bool table = strstr(line, "--format") != NULL;
        if (code != commands[i].code || (code == 0 && object == NULL && !table)) {
            bad("%s as JSON: exit code %d: %s\n", line, code, now.text);
        }
        json_decref(object);
    }
    assert_int_equal(now.bad, 0);
}

/* One question answered wrongly; whether it was reached. What keeps a command from its answer is
 * told. A name that cannot be asked for is shown by its id: then nothing is wrong. */
static bool with_a_wrong_answer(size_t i, fake_wrong wrong, unsigned at, int *out_code)
{
    const char *line = commands[i].line;
    fake_agent_next(&now.agent, wrong, at);
    *out_code = say(line, at % 2 == 0 ? "--json" : NULL);
    bool left = cleared() && !keeps(line);
    bool failed = *out_code != commands[i].code;
    bool known = *out_code >= 0 && *out_code <= TB_EXIT_INTERNAL;
    if (failed && (!known || now.text[0] == '\0' || left)) {
        bad("%s, question %u, wrong in manner %d: exit code %d%s: %s\n", line, at, wrong, *out_code,
            left ? ", and a file is left" : "", now.text);
    }
    return now.agent.counts->seen >= at;
}

static void what_is_answered_wrongly_is_told(void **state)
{
    (void)state;
    static const int codes[] = {0, TB_EXIT_REFUSED, TB_EXIT_INTERNAL, TB_EXIT_INTERNAL, 0};
    tb_say_init("en");
    for (size_t i = 0; i < COMMANDS; i++) {
        for (fake_wrong wrong = FAKE_REFUSES; wrong <= FAKE_EMPTY; wrong++) {
            bool told = wrong == FAKE_EMPTY; /* which need not be wrong */
            int code;
            for (unsigned at = 1; with_a_wrong_answer(i, wrong, at, &code); at++) {
                told = told || code == codes[wrong] ||
                       (code == TB_EXIT_REFUSED && commands[i].code == 0);
            }
            /* `request` takes the answer to any question. */
            bool any = wrong == FAKE_OTHER && strncmp(commands[i].line, "request", 7) == 0;
            if (!told && !any) {
                bad("%s, wrong in manner %d: never told\n", commands[i].line, wrong);
            }
        }
    }
    assert_int_equal(now.bad, 0);
}

static int set_up(void **state)
{
    (void)state;
    static const fake_plan plan = {.samples = true,
                                   .campaign = TB_SOURCE_DIR "/ops/campaigns/black-card.yaml",
                                   .segments = TB_BINARY_DIR "/tables/segments.table",
                                   .provinces = TB_BINARY_DIR "/tables/provinces.table"};
    (void)snprintf(now.folder, sizeof now.folder, "/tmp/tongbao-test-XXXXXX");
    if (mkdtemp(now.folder) == NULL) {
        return -1;
    }
    (void)snprintf(now.out, sizeof now.out, "%s/out", now.folder);
    now.bad = 0;
    fake_agent_start(&now.agent, &plan);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_agent_end(&now.agent);
    (void)cleared();
    return rmdir(now.folder);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    ASKED(every_command_tells_its_answer),
    ASKED(what_is_answered_wrongly_is_told),
};

TB_RUN("cli/answers", tests)
