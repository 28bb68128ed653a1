/* The pages about people: accounts, approval, what waits for an answer. */
#include "agents/cli/help.h"

#include <string.h>

#include "agents/cli/say.h"

#define N_(text) text

static const char account_page[] = N_(
    "tongbao account list\n"
    "tongbao account show ACCOUNT\n"
    "tongbao account add ACCOUNT --name NAME --post POSTS [--phone PHONE]\n"
    "                    (--user USER | --key-out FILE)\n"
    "tongbao account change ACCOUNT [--name NAME] [--post POSTS] [--phone PHONE]\n"
    "                    [--user USER] [--key-out FILE]\n"
    "tongbao account deputy ACCOUNT --for ABSENT --from DAY --to DAY   without --for: no longer\n"
    "tongbao account close ACCOUNT\n"
    "\n"
    "While there is no account, whoever may open the agent's socket may act: as in an exercise.\n"
    "The first account must be an officer's. From then on only accounts act; looking needs none.\n"
    "POSTS are separated by commas:\n"
    "  clerk      acts on cases          reviewer   reviews acts before they are made\n"
    "  signer     signs them             officer    accounts, documents, recovery, dropping\n"
    "\n"
    "A person shows who he is by the system user who runs the command (--user: his name or\n"
    "number), or by the key file that --key-out makes: hand it to him, and he names it with\n"
    "--account-key FILE or TONGBAO_ACCOUNT_KEY. --as ACCOUNT says which account is meant.\n"
    "\n"
    "A deputy reviews and signs for who is absent, on the days named, first and last included; it\n"
    "is shown that he did. A closed account stays in the list: its code is in what it made.\n"
    "\n"
    "examples:\n"
    "  tongbao account add zhao.lei --name 赵磊 --post officer --user zhaolei\n"
    "  tongbao account add wang.min --name 王敏 --post clerk,reviewer --key-out wang.min.key\n"
    "  tongbao account deputy wang.min --for zhao.lei --from 2015-05-01 --to 2015-05-03\n");

static const char approve_page[] = N_(
    "tongbao approve list [--limit N] [--after NUMBER]\n"
    "tongbao approve show NUMBER\n"
    "tongbao approve approve NUMBER\n"
    "tongbao approve send-back NUMBER --reason TEXT\n"
    "\n"
    "Some acts are made by one account and must be reviewed (审核) or signed (签发) by others of\n"
    "this party before they count; the campaign says which. Until then only this party sees them.\n"
    "Nobody approves what he made or approved already. With the last approval the act is judged\n"
    "again on the case as it then stands: if the case has changed, it goes back to its author.\n"
    "\n"
    "examples:\n"
    "  tongbao approve list\n"
    "  tongbao approve send-back 7 --reason 请补充关停依据\n");

static const char unanswered_page[] = N_(
    "tongbao unanswered [--by PARTY [--limit N]]\n"
    "\n"
    "What this party notified others of and has not been answered: how many cases it opened or\n"
    "handed on, how many were answered or are back with it, and of the rest how old they are and\n"
    "who has them now, the most first. A case is answered once an action that the campaign shows\n"
    "as \"answered\" has reached this party, or it is closed. Days are those of the calendar, "
    "today\n"
    "is 0. With --by PARTY only what that party has, and its oldest cases one by one.\n"
    "\n"
    "examples:\n"
    "  tongbao unanswered\n"
    "  tongbao unanswered --by bureau.44\n");

const char *tb_help_people(const char *noun)
{
    return strcmp(noun, "account") == 0      ? account_page
           : strcmp(noun, "approve") == 0    ? approve_page
           : strcmp(noun, "unanswered") == 0 ? unanswered_page
                                             : NULL;
}
