#include "agents/cli/help.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/say.h"

/* Marks a text for translation where it stands; help_of translates it. */
#define N_(text) text

static const char overview[] = N_(
    "tongbao - work cases together with other agencies, through your own agent\n"
    "\n"
    "  tongbao import black-card FILE     numbers from a table, each a case of its own\n"
    "  tongbao case list|show|acts|act|open|move|paper|supervise|figure|export\n"
    "                                     cases, and what is done on them\n"
    "  tongbao bundle export|import       by removable media; letters to off-line parties\n"
    "  tongbao report list|draft|file|show|accept|return|revise|reconcile|settle|export\n"
    "                                     what is owed for a period\n"
    "  tongbao verify case|report ID, or FILE   proves signatures, stamps and commitments again\n"
    "  tongbao due [--overdue]            what is owed on cases, by whom, to whom, by when\n"
    "  tongbao list list|show|check       lists, what is on one, and whether somebody may be "
    "appointed\n"
    "  tongbao unanswered [--by PARTY]    what was notified and not answered, by age and party\n"
    "  tongbao trace ID                   where a notice is, for every recipient, and why\n"
    "  tongbao notice list|show           what was sent and received\n"
    "  tongbao quarantine list|show|retry|drop   notices that could not be applied\n"
    "  tongbao status                     the agent, its link and its store\n"
    "  tongbao request ID                 what became of a request that was not answered\n"
    "  tongbao campaign list|show|check|explain|graph|diff|set|adopt|automatic|publish|close\n"
    "                                     what a campaign says\n"
    "  tongbao document install|sign      signed documents: directory, campaigns, tables\n"
    "  tongbao directory ...              who takes part (for the authority)\n"
    "  tongbao key make|request|show|cut  this party's own keys\n"
    "  tongbao account list|add|change|deputy|close   who of this party may act here\n"
    "  tongbao approve list|show|approve|send-back    acts to be reviewed or signed\n"
    "  tongbao recover                    an agent that was stopped: its store is not the newest\n"
    "  tongbao check                      walks every invariant of the agent's store\n"
    "  tongbao version\n"
    "  tongbao NOUN --help                more about one of them\n"
    "\n"
    "Options of every command:\n"
    "  --socket PATH      the agent's socket (or TONGBAO_SOCKET; else /run/tongbao/agent.sock)\n"
    "  --json             one JSON object with stable keys instead of text\n"
    "  --request-id ID    the id of this act, 32 hex digits; repeated, it never acts twice\n"
    "  --as ACCOUNT       who acts (or TONGBAO_ACCOUNT; else the system user of this process)\n"
    "  --account-key FILE the key that shows it (or TONGBAO_ACCOUNT_KEY); see: tongbao account\n"
    "  --timeout SECONDS  how long to wait for the agent (else 10)\n"
    "  --time TIME        exercises only: the time at which this happens\n"
    "  --lang zh|en       the language of what is printed\n"
    "\n"
    "Exit codes: 0 done; 1 refused, the sentence says why; 2 the command is wrong; 3 the agent\n"
    "cannot be reached or it is not known whether it acted; 4 a file, memory or the program;\n"
    "of list check besides: 10 listed, 11 possible.\n");
static const char case_page[] = N_(
    "tongbao case list [--state STATE] [--mine] [--field FIELD --value VALUE] [--limit N]\n"
    "                  [--type TYPE] [--stalled] [--after MARK]\n"
    "tongbao case show CASE             what is known of a case, and every step so far\n"
    "tongbao case acts CASE             what this party may do on it now, and with which fields\n"
    "tongbao case act CASE ACTION [FIELD=VALUE ...] [--head HEAD]\n"
    "tongbao case open CAMPAIGN [FIELD=VALUE ...] [--type TYPE] [--action ACTION]\n"
    "                  [--lane urgent|normal|bulk]\n"
    "tongbao case export CASE --out FILE   all that proves it, to be checked without an agent\n"
    "tongbao case figure CASE FIELD [--limit N] [--after MARK]   the events a counted figure stands "
    "on\n"
    "tongbao case move CASE --to VERSION   judge it by a newer version of its campaign from now "
    "on\n"
    "tongbao case supervise CASE PARTY --by DAY --text TEXT   call upon it to report back\n"
    "tongbao case paper CASE ACTION --for PARTY --ref NUMBER --date YYYY-MM-DD [FIELD=VALUE ...]\n"
    "\n"
    "--stalled lists the cases that may have to be taken over: their holder is out of service, "
    "they\n"
    "are frozen by a fork, or a duty lapsed.\n"
    "CASE is the id the lists print. States, actions, fields and values may be written as people\n"
    "write them: by their titles, a province or party by its name, a time as 2015-02-09 11:39.\n"
    "With --head HEAD (case show prints it) the act is refused if the case has moved on since you\n"
    "looked.\n"
    "\n"
    "Figures that the campaign has counted (of an evaluation, say) are filled in by the agent as the\n"
    "act is made, and typed in by nobody. case show tells the score sheet that follows from them:\n"
    "judged unrounded, and a threshold includes itself.\n"
    "\n"
    "case paper enters what an off-line party answered on paper: PARTY is that party, NUMBER and\n"
    "the date are those of its document (来文文号). Only the party that handed it the case can, "
    "and\n"
    "everybody on the case sees that it was done on paper (线下办理), and who entered it.\n"
    "\n"
    "examples:\n"
    "  tongbao case list --mine --state submitted\n"
    "  tongbao case act 014ae7f0... accept\n"
    "  tongbao case act 014ae7f0... result verify_result=无法查清身份\n"
    "  tongbao case open black-card number=17012345678 source=公安办案 offence=通讯信息诈骗\n"
    "      reported_at='2015-02-09 11:39'\n");

static const char notice_page[] = N_(
    "tongbao notice list [--in] [--out] [--limit N] [--after MARK]\n"
    "tongbao notice show NOTICE         where one notice is; NOTICE is party/incarnation/number\n"
    "\n"
    "examples:\n"
    "  tongbao notice list --out\n"
    "  tongbao notice show bureau.44/1/17\n");

static const char bundle_page[] = N_(
    "tongbao bundle export PARTY --out DIR [--number NUMBER] [--letter N] [--encoding "
    "utf-8|gb18030]\n"
    "tongbao bundle import FILE\n"
    "\n"
    "export writes into DIR what PARTY has not taken yet, as bundle files for removable media,\n"
    "with our marks, refusals and the hub's stamps; it may also travel by the hub: it takes\n"
    "effect once. To a party that is off-line it writes a letter besides (通报函): a page to\n"
    "print on A4 and its list as CSV, with what that party may read. NUMBER is the letter's own\n"
    "(发文字号), else the agent counts. --letter N prints an earlier letter again.\n"
    "\n"
    "import takes a bundle that was brought here. All of it is checked first: what is not\n"
    "whole, not for this party, not signed, or not next in its order is refused and changes\n"
    "nothing. Several are imported in the order of their numbers. Afterwards export to the\n"
    "sender carries the marks back.\n"
    "\n"
    "examples:\n"
    "  tongbao bundle export cm.44 --out /media/usb --number 粤通管函〔2015〕12号\n"
    "  tongbao bundle import /media/usb/bureau.33-0001.bundle\n");

static const char trace_page[] =
    N_("tongbao trace ID\n"
       "\n"
       "ID is a case, an event or a notice. For every recipient: the act, where it is (our outbox, "
       "the hub,\n"
       "arrived, signed for, answered, refused), since when, last and next attempt, and why.\n");

static const char request_page[] =
    N_("tongbao request ID\n"
       "\n"
       "The answer the agent stored for an act, word for word; asking never acts. When a command\n"
       "says it is not known whether it was done, it prints the ID.\n");

static const char import_page[] =
    N_("tongbao import CAMPAIGN FILE [--dry-run] [--time-from reported_at]\n"
       "tongbao import CAMPAIGN --template > form.csv\n"
       "\n"
       "FILE is CSV in UTF-8 or GB18030, as a spreadsheet saves it. Headings may be Chinese or\n"
       "English, in any order; --template writes them. Each row becomes one case, or is refused\n"
       "with a code and a sentence in both languages in FILE.refused.csv: correct it there and\n"
       "import that file. Importing the same file again acts on nothing twice.\n"
       "\n"
       "  --dry-run          only judge the rows; nothing is sent\n"
       "  --campaign FILE    judge by this campaign file, without an agent (with --dry-run)\n"
       "  --segments FILE    and this table of number segments\n"
       "  --provinces FILE   and this table of provinces\n"
       "  --time-from reported_at   exercises only: each row happens at its own time, in that "
       "order\n"
       "\n"
       "verdicts: identity_number, malformed, not_mobile, outside_campaign are refused, and row: a\n"
       "row or a value that is not understood; unknown_segment is sent and waits for a person;\n"
       "local and forward are sent.\n"
       "\n"
       "examples:\n"
       "  tongbao import black-card 线索.csv --dry-run\n"
       "  tongbao import black-card 线索.csv\n");

static const char verify_page[] = N_(
    "tongbao verify case CASE\n"
    "tongbao verify report CASE\n"
    "tongbao verify FILE [--directory FILE | --authority FINGERPRINT]\n"
    "\n"
    "Proves every event of a case again from what this party holds: its signature under the key "
    "in\n"
    "the directory, its place in the signed tree, the hub's stamp, and every field group that is\n"
    "open here against its commitment. Of a report the reporter also proves every event behind "
    "its\n"
    "figures, and counts these again from its cases; elsewhere they are attested by the reporter's\n"
    "signature. A figure that its cases did not make up when it was filed is told with what was "
    "stated\n"
    "and what was counted; one that later events have changed is a correction, and no fault. Exit "
    "code\n"
    "1: something does not verify, and is listed. Where many cases are here they are counted in\n"
    "slices, also after a restart; until that is done it is said how far it is (exit code 3), here "
    "and\n"
    "by report show, and the same question gives the verdict afterwards.\n"
    "\n"
    "FILE is what case export or report export --signed wrote; no agent is needed. Every directory,\n"
    "campaign, signature, tree, commitment, chain, stamp and arrived mark in it is proved again, and\n"
    "a report's figures are counted again from the cases in it. Nothing of it is believed but the\n"
    "authority's key: give a signed directory you trust, or the key's fingerprint as the authority\n"
    "told it; with neither the fingerprint is printed, to be compared.\n"
    "\n"
    "examples:\n"
    "  tongbao report export 014ae7f0... --signed --out q1.proof\n"
    "  tongbao verify q1.proof --directory directory.7.doc\n");

static const char report_page[] = N_(
    "tongbao report list [REPORT] [--period PERIOD]\n"
    "tongbao report draft REPORT PERIOD     figures so far, the period before, and the change\n"
    "tongbao report file REPORT PERIOD [FIELD=VALUE ...]   figures are counted, never typed\n"
    "tongbao report show CASE [--measure MEASURE [--group GROUP] [--limit N] [--after MARK]]\n"
    "tongbao report accept CASE [FIELD=VALUE ...]\n"
    "tongbao report return CASE [FIELD=VALUE ...]\n"
    "tongbao report revise CASE [FIELD=VALUE ...]\n"
    "tongbao report export CASE|REPORT PERIOD [--format csv|xlsx] [--out FILE]\n"
    "tongbao report export CASE --signed --out FILE   all that proves it and its figures\n"
    "tongbao report reconcile PERIOD [--report REPORT] [--of PARTY [--with PARTY]]\n"
    "tongbao report reconcile PERIOD --left MEASURE --right MEASURE\n"
    "                  [--left-role ROLE --right-role ROLE]   two measures of choice, pair by "
    "pair,\n"
    "                  or summed over the parties of two roles: groups against provinces\n"
    "tongbao report settle CASE FIELD=VALUE ...   says why both sides need not count a case alike\n"
    "tongbao report settle PERIOD [--with PARTY] [--reason REASON] FIELD=VALUE ...   of all such\n"
    "                  cases of this party at once: in_transit, refused, missing, not_arrived\n"
    "\n"
    "list shows every report that is owed, those never filed as missing: headquarters sees all\n"
    "parties, every other party its own. PERIOD is 2015-01, 2015-Q1, 2015-H1, 2015, or the day of\n"
    "a report by date. A report is on time when the hub had its first filing by the end of the\n"
    "due day; a return gives a new date and changes nothing in that. Filed figures stay as they\n"
    "were signed; what changed since is shown as a correction. --measure lists the events behind\n"
    "a figure, and --group those of one of its rows: both by id, or by name as the page has it.\n"
    "What a person declares is written 9000, 9000/10000, or with its day\n"
    "9000/10000@2015-12-31. At headquarters reconcile holds what one party filed as sent to "
    "another\n"
    "against what that one filed as received, and prints each pair that differs; with --of THIS\n"
    "PARTY --with THE OTHER either of the two lists its own cases and why the other side does not\n"
    "count them; without --with, those with each of the others. What is not explained is shown "
    "with\n"
    "the days it has been open. A difference that somebody settled shows who did, when and why. "
    "Where the\n"
    "definition says so, what the parties of one role declare is held against the sum of what "
    "those\n"
    "of another do: operator groups against provinces. A summary is shown as a table. Where two\n"
    "campaigns have a report of one name, add --campaign CAMPAIGN.\n"
    "\n"
    "examples:\n"
    "  tongbao report list --period 2015-Q1\n"
    "  tongbao report draft quarterly 2015-Q1\n"
    "  tongbao report file quarterly 2015-Q1 practice=... real_name_rate=9000/10000@2015-12-31\n"
    "  tongbao report show CASE --measure forwarded --group 44\n");

static const char due_page[] = N_(
    "tongbao due [--overdue] [--mine] [--by PARTY] [--limit N] [--after MARK]\n"
    "tongbao due --explain CASE\n"
    "tongbao due --digest\n"
    "tongbao due --office show|HH:MM-HH:MM\n"
    "\n"
    "What is owed on the cases here and not done, by due time: the duty, who owes it to whom,\n"
    "since when, until when, and on which basis. --overdue lists what is past due, --mine what\n"
    "this party owes, --by PARTY what that one does. --explain tells of every duty of a case how\n"
    "its due time comes about: event, the time that counts and why, every day counted or not.\n"
    "When a duty is overdue, its creditor's agent records the lapse by itself;\n"
    "if the campaign says so, the case may then be taken over (tongbao case acts CASE). Likewise "
    "it\n"
    "reminds before, escalates after, and withdraws the lapse of what was done in time after all:\n"
    "each once, and in its office hours (--office; an officer sets them) unless the case is "
    "urgent\n"
    "or it would be too late by then; hours that change reach what is planned already. --digest\n"
    "tells first how much is overdue, due today and on the next working day, on urgent cases, "
    "owed\n"
    "to this party and escalated to it, then lists it in that order; the agent's log says how "
    "much\n"
    "once a working day, and when it begins and is over. Exit code: 0, whatever is owed.\n"
    "\n"
    "examples:\n"
    "  tongbao due --mine\n"
    "  tongbao due --overdue\n");

static const char campaign_page[] = N_(
    "tongbao campaign list              the campaigns installed here, with their versions\n"
    "tongbao campaign show CAMPAIGN     roles, fields, states and actions\n"
    "tongbao campaign automatic [CAMPAIGN ACTION on|off]   what the agent does by itself, where "
    "the\n"
    "                                   campaign leaves this party the choice\n"
    "tongbao campaign close CAMPAIGN --out DIR   after its last day: the closed cases as evidence\n"
    "                                   (archive.proof) and a list of contents; open ones live on\n"
    "\n"
    "Of a definition file, without an agent:\n"
    "tongbao campaign check FILE        everything that is wrong with it: line, reason, what to "
    "do\n"
    "tongbao campaign explain FILE      what it lays down, as a page to read\n"
    "tongbao campaign graph FILE        states and actions for Graphviz, e.g. | dot -Tsvg > x.svg\n"
    "tongbao campaign diff OLD NEW      what differs between two definition files, and which "
    "cases\n"
    "                                   cannot move from OLD to NEW; exit code 1 when there are "
    "such\n"
    "tongbao campaign publish FILE --authority KEY --dir DIR --out DOCUMENT\n"
    "                                   checks and signs it, under its own name and version\n"
    "tongbao campaign set FILE --parameter NAME=VALUE[,NAME=VALUE...]\n"
    "                                   prints it with other values of its parameters, such as the "
    "year\n"
    "tongbao campaign adopt FILE TYPE DUTY --document-no NO --from DAY\n"
    "                                   prints its next version: headquarters has adopted the "
    "default\n"
    "                                   limit of this duty by a document, for what begins on that "
    "day\n"
    "                                   or later; publish it\n"
    "\n"
    "A definition with a finding is never signed, and an agent that is shown one signed elsewhere\n"
    "refuses it. Exit code of check: 0 without a finding, 1 with one. How to write a definition:\n"
    "ops/campaigns/README.md.\n");

static const char document_page[] =
    N_("tongbao document install FILE      a signed directory, campaign or table, into the agent\n"
       "tongbao document sign ...          see: tongbao document sign --help\n");

static const char quarantine_page[] = N_(
    "tongbao quarantine list [--limit N] [--after MARK]\n"
    "tongbao quarantine show NOTICE\n"
    "tongbao quarantine retry NOTICE    applies it again; if that fails it stays, with the reason\n"
    "tongbao quarantine drop NOTICE --reason TEXT\n"
    "\n"
    "A notice that arrived and failed twice to be applied is set aside, and its sender was told.\n"
    "What retry or drop comes to is told to the sender too; of what is dropped, who dropped it\n"
    "and why is kept. NOTICE is party/incarnation/number, as the list prints it.\n"
    "\n"
    "examples:\n"
    "  tongbao quarantine list\n"
    "  tongbao quarantine retry bureau.44/1/17\n"
    "  tongbao quarantine drop bureau.44/1/17 --reason 重复报文\n");

static const char check_page[] = N_(
    "tongbao check\n"
    "\n"
    "Walks every invariant of the agent's store while it works. Exit code 1 when one is broken.\n");

static const char status_page[] =
    N_("tongbao status\n"
       "\n"
       "Who this agent is, whether its link is up, what is overdue, due or escalated to this party\n"
       "(tongbao due --digest lists it), what waits, how full its store is, alarms. Exit code: 0\n"
       "when the agent answers, 3 when it does not; what it tells of changes nothing of that.\n");

static const char recover_page[] = N_(
    "tongbao recover                    how far it is: who was asked to resend, who has ended\n"
    "tongbao recover --reason TEXT      an officer begins it, at an agent that was stopped\n"
    "tongbao recover --release CASE --reason TEXT   an officer lets one case be acted on before "
    "all\n"
    "                                   have ended\n"
    "\n"
    "An agent started on an old copy, a snapshot or an empty store finds at the hub marks that it\n"
    "signed and does not remember; it signs nothing more and status says so. Recovering makes it "
    "a\n"
    "new incarnation and asks exactly the parties that know more to resend. Until all have ended,\n"
    "acts on cases of the old copy wait as drafts; new cases may be opened. Of two copies that "
    "run\n"
    "the one that recovers goes on, the other is refused.\n"
    "\n"
    "examples:\n"
    "  tongbao recover --reason 磁盘损坏,自备份恢复\n"
    "  tongbao recover\n"
    "  tongbao recover --release 014ae7f0... --reason 时限将到\n");

static const char list_page[] = N_(
    "tongbao list list                  the lists (名单) of the campaigns installed here\n"
    "tongbao list show LIST [--entry ID] [--limit N] [--after ID]\n"
    "tongbao list check LIST --FIELD VALUE ... [--province PROVINCE]\n"
    "tongbao list check LIST --file SHEET [--out FILE] [--province PROVINCE]\n"
    "\n"
    "show prints the entries of our copy: state, who listed it and when; of one taken off, who\n"
    "has returned the receipt and who has not: until all have, the removal is open.\n"
    "\n"
    "check asks our copy whether somebody is on the list; it needs no line. --FIELD is any field\n"
    "the list is searched by, as tongbao campaign explain names them, with - for _: --reg-no,\n"
    "--agent-code; --name and --place stand for those that are compared when no number is found.\n"
    "Codes may be written with blanks or dashes, in full width or small letters. A list that\n"
    "holds within a province is asked for this party's own unless --province says another.\n"
    "\n"
    "It says listed (exit code 10), with entry number, since when and by whom; possible (11): "
    "name\n"
    "and place are alike, a person must compare; or not found (0). Each time it says how old the\n"
    "copy is. A sheet is CSV, as a spreadsheet saves it; verdicts stand behind its own columns\n"
    "in SHEET.checked.csv, and the exit code is that of the worst row (1: a row was not judged).\n"
    "\n"
    "examples:\n"
    "  tongbao list check channel-blacklist --operator CM --agent-code GD-00-17\n"
    "  tongbao list check channel-blacklist --uscc 91350100M000100Y43\n"
    "  tongbao list check channel-blacklist --name 某某通讯器材店 --place 海珠区\n"
    "  tongbao list check channel-blacklist --file applicants.csv\n");

static const struct {
    const char *noun;
    const char *page;
} pages[] = {
    {"case", case_page},         {"notice", notice_page},         {"trace", trace_page},
    {"request", request_page},   {"import", import_page},         {"campaign", campaign_page},
    {"document", document_page}, {"check", check_page},           {"status", status_page},
    {"verify", verify_page},     {"report", report_page},         {"due", due_page},
    {"recover", recover_page},   {"quarantine", quarantine_page}, {"bundle", bundle_page},
    {"list", list_page}};

void tb_help_print(const char *noun)
{
    const char *page = overview;
    for (size_t i = 0; noun != NULL && i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(pages[i].noun, noun) == 0) {
            page = pages[i].page;
        }
    }
    if (noun != NULL && tb_help_people(noun) != NULL) {
        page = tb_help_people(noun);
    }
    (void)fputs(gettext(page), stdout);
}

int tb_help_too_much(const char *noun, const char *word)
{
    tb_say_error(_("\"%s\" is a word too many; one thing at a time\nSee: tongbao %s --help"), word,
                 noun);
    return TB_EXIT_USAGE;
}

int tb_help_wrong(const char *noun, const char *what)
{
    tb_say_error(_("%s\nSee: tongbao %s --help"), what, noun);
    return TB_EXIT_USAGE;
}
