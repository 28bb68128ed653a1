/* cli - the `tongbao` command: nouns, then verbs.
 *
 * Every noun is one function; argv[0] is the noun, argv[1] usually the verb. It prints to stdout
 * what was asked for, to stderr what went wrong and what to do, and returns one of the exit codes.
 */
#ifndef TB_CLI_H
#define TB_CLI_H

/* Documented in `tongbao help`; scripts rely on them. */
typedef enum tb_exit {
    TB_EXIT_DONE = 0,
    TB_EXIT_REFUSED = 1,  /* understood, and not accepted: the sentence says why */
    TB_EXIT_USAGE = 2,    /* not understood: nothing was asked of the agent */
    TB_EXIT_UNKNOWN = 3,  /* the agent cannot be reached, or it is not known whether it acted;
                             verify:  not known yet, it is being counted */
    TB_EXIT_INTERNAL = 4, /* a file, memory or the program itself */
    TB_EXIT_LISTED = 10,  /* list check: on the list */
    TB_EXIT_POSSIBLE = 11 /* list check: perhaps, a person must compare */
} tb_exit;

typedef int tb_cli_noun(int argc, char **argv);

tb_cli_noun tb_cli_account;
tb_cli_noun tb_cli_approve;
tb_cli_noun tb_cli_bundle;
tb_cli_noun tb_cli_campaign;
tb_cli_noun tb_cli_case;
tb_cli_noun tb_cli_check;
tb_cli_noun tb_cli_directory;
tb_cli_noun tb_cli_document;
tb_cli_noun tb_cli_document_sign; /* argv[0] is "sign" */
tb_cli_noun tb_cli_due;
tb_cli_noun tb_cli_import;
tb_cli_noun tb_cli_key;
tb_cli_noun tb_cli_list;
tb_cli_noun tb_cli_notice;
tb_cli_noun tb_cli_quarantine;
tb_cli_noun tb_cli_report;
tb_cli_noun tb_cli_request;
tb_cli_noun tb_cli_recover;
tb_cli_noun tb_cli_status;
tb_cli_noun tb_cli_trace;
tb_cli_noun tb_cli_unanswered;
tb_cli_noun tb_cli_verify;

#endif
