/* tongbao account - 账号: who of this party's people may ask its agent to act. */
#include <pwd.h>
#include <stdio.h>

#include "agents/cli/account_key.h"
#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

typedef struct wanted {
    const char *name;
    const char *title;
    const char *phone;
    const char *posts;
    const char *user;
    const char *key_out;
    const char *absent;
    const char *from;
    const char *to;
} wanted;

static int ask(const tb_common *common, tb_local_request *request, const char *only)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = tb_client_get(&client, request, TB_ANSWER_ACCOUNTS, &answer);
    if (code == TB_EXIT_DONE && only != NULL) {
        tb_local_accounts *all = &answer.accounts;
        size_t kept = 0;
        for (size_t i = 0; i < all->count; i++) {
            if (tb_bytes_equal(all->lines[i].name, tb_bytes_str(only))) {
                all->lines[kept++] = all->lines[i];
            }
        }
        all->count = kept;
        if (kept == 0) {
            tb_say_error(_("there is no account \"%s\"; see: tongbao account list"), only);
            code = TB_EXIT_REFUSED;
        }
    }
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_accounts(&answer.accounts));
    } else if (code == TB_EXIT_DONE && !tb_show_accounts(&book, &answer.accounts)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

static int list(const tb_common *common, const char *only)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACCOUNTS};
    return ask(common, &request, only);
}

/* "clerk,signer" */
static bool read_posts(const char *text, uint32_t *out)
{
    char word[16];
    for (const char *at = text; at != NULL && *at != '\0';) {
        size_t size = strcspn(at, ",");
        uint32_t bit = 0;
        if (size > 0 && size < sizeof word) {
            memcpy(word, at, size);
            word[size] = '\0';
            bit = tb_post_of(word);
        }
        if (bit == 0) {
            tb_say_error(
                _("--post takes clerk, reviewer, signer and officer, separated by commas"));
            return false;
        }
        *out |= bit;
        at += size + (at[size] == ',');
    }
    return true;
}

/* A system user's name or number. */
static bool read_user(const char *text, tb_local_account *out)
{
    long uid = 0;
    struct passwd entry;
    struct passwd *who = NULL;
    char room[4096];
    if (getpwnam_r(text, &entry, room, sizeof room, &who) == 0 && who != NULL) {
        uid = (long)who->pw_uid;
    } else if (!tb_arguments_number("user", text, 0, UINT32_MAX, &uid)) {
        return false;
    }
    out->has_uid = true;
    out->uid = (uint32_t)uid;
    return true;
}

static tb_bytes given(const char *text)
{
    return text == NULL ? tb_bytes_of(NULL, 0) : tb_bytes_str(text);
}

/* The key file is made first: were the agent's answer lost, the key would be there all the same. */
static int change(const tb_common *common, tb_account_change what, const wanted *w)
{
    tb_local_request request = {.kind = TB_REQUEST_CHANGE_ACCOUNT};
    tb_local_account *account = &request.change_account.account;
    tb_account_key key;
    request.change_account.what = what;
    account->name = tb_bytes_str(w->name);
    account->title = given(w->title);
    account->phone = given(w->phone);
    account->absent = given(w->absent);
    account->from = given(w->from);
    account->to = given(w->to);
    if (!read_posts(w->posts, &account->posts) ||
        (w->user != NULL && !read_user(w->user, account))) {
        return TB_EXIT_USAGE;
    }
    if (w->key_out != NULL) {
        if (!tb_account_key_make(w->key_out, w->name, &key)) {
            return TB_EXIT_INTERNAL;
        }
        account->has_key = true;
        memcpy(account->key, key.pair.public_key.bytes, sizeof account->key);
        tb_account_key_wipe(&key);
    }
    int code = ask(common, &request, NULL);
    if (code == TB_EXIT_REFUSED && w->key_out != NULL) {
        (void)remove(w->key_out); /* nobody knows it */
    }
    return code;
}

int tb_cli_account(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    wanted w = {.name = NULL};
    const tb_option known[] = {{"name", NULL, &w.title},      {"phone", NULL, &w.phone},
                               {"post", NULL, &w.posts},      {"user", NULL, &w.user},
                               {"key-out", NULL, &w.key_out}, {"for", NULL, &w.absent},
                               {"from", NULL, &w.from},       {"to", NULL, &w.to}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("account");
        return TB_EXIT_DONE;
    }
    const char *verb = words.count == 0 ? "" : words.list[0];
    w.name = words.count == 2 ? words.list[1] : NULL;
    if (strcmp(verb, "list") == 0 && words.count == 1) {
        return list(&common, NULL);
    }
    if (strcmp(verb, "show") == 0 && w.name != NULL) {
        return list(&common, w.name);
    }
    if (strcmp(verb, "add") == 0 && w.name != NULL) {
        return change(&common, TB_ACCOUNT_ADD, &w);
    }
    if (strcmp(verb, "change") == 0 && w.name != NULL) {
        return change(&common, TB_ACCOUNT_CHANGE, &w);
    }
    if (strcmp(verb, "deputy") == 0 && w.name != NULL) {
        return change(&common, TB_ACCOUNT_DEPUTY, &w);
    }
    if (strcmp(verb, "close") == 0 && w.name != NULL) {
        return change(&common, TB_ACCOUNT_CLOSE, &w);
    }
    return tb_help_wrong("account",
                         _("account takes: list, or show, add, change, deputy or close with an "
                           "ACCOUNT"));
}
