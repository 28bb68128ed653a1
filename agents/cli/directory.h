/* directory - private to the command: the verbs of `key`, `directory` and `document sign`, and what
 * they share.
 *
 * These commands work on files and need no agent: the authority's machine has none.
 */
#ifndef TB_CLI_DIRECTORY_H
#define TB_CLI_DIRECTORY_H

#include "agents/cli/arguments.h"
#include "agents/cli/cli.h"
#include "agents/cli/json.h"
#include "keyfile/authority.h"

/* argv[0] is the verb. */
tb_cli_noun tb_directory_init_verb;
tb_cli_noun tb_directory_enrol_verb;
tb_cli_noun tb_directory_list_verb;
tb_cli_noun tb_directory_show_verb;
tb_cli_noun tb_directory_publish_verb;
tb_cli_noun tb_directory_revoke_verb;
tb_cli_noun tb_directory_exercise_verb;
tb_cli_noun tb_directory_rotate_verb;
tb_cli_noun tb_directory_hub_verb;
tb_cli_noun tb_directory_renew_verb;
tb_cli_noun tb_directory_authority_verb;
tb_cli_noun tb_directory_uphold_verb;

typedef struct tb_verb {
    const char *name;
    tb_cli_noun *run;
} tb_verb;

/* Runs the verb of a noun, wherever --lang or --json stands; help prints the noun's page. */
int tb_file_dispatch(int argc, char **argv, const tb_verb *verbs, size_t count, void (*help)(void));

/* What the agent's own copy of the directory lists. */
int tb_directory_list_agent(const tb_common *common);

/* Signs a document, content and all, with the authority's key into a new file. False: *problem says
 * why. */
bool tb_sign_into_file(const char *folder,
                      const char *authority_key,
                      const char *out,
                      tb_document *document,
                      tb_problem *problem) TB_MUST_USE;

/* Memory for one command; the same block each time. */
tb_arena tb_file_arena(void);
/* The wall clock. */
tb_time tb_file_now(void);
/* Both sentences to stderr; returns TB_EXIT_REFUSED. */
int tb_say_problem(const tb_problem *problem);
/* Says which option is missing; returns TB_EXIT_USAGE. */
int tb_say_missing(const char *option);
/* False after saying that text is no party id. */
bool tb_read_party_word(const char *text, tb_party *out);
/* Prints and gives back a JSON value; returns TB_EXIT_DONE, or TB_EXIT_INTERNAL when memory ended.
 */
int tb_print_json(json_t *value);
/* {"purpose": "sign", "id": ..., "public": ...} */
json_t *tb_json_key(tb_purpose purpose, const tb_public_key *key);
const char *tb_purpose_name(tb_purpose purpose);

/* The hub's public keys, from its request or (where one machine makes all) its key file. */
bool tb_hub_publics_read(const char *path,
                         tb_arena *arena,
                         tb_public_key *out_sign,
                         tb_public_key *out_transport,
                         tb_problem *problem) TB_MUST_USE;
/* rotation, lost or stolen. */
bool tb_cut_reason_parse(const char *text, tb_cut_reason *out) TB_MUST_USE;
/* What every act that made a version ends with; an exit code. */
int tb_print_version(const char *folder, bool json);

/* Rows of a batch file (heading: party, role, jurisdiction, parent, name_zh, name_en, attributes,
 * request, state); requests are named relative to the file. */
bool tb_enrolments_read(const char *path,
                        tb_arena *arena,
                        tb_enrolment **out,
                        size_t *out_count,
                        tb_problem *problem) TB_MUST_USE;
/* A request file of a party into a row. */
bool tb_enrolment_request(tb_enrolment *row, const char *path, tb_arena *arena, tb_problem *problem)
    TB_MUST_USE;
/* name=value at the end of a row's attributes; room is for TB_ATTRIBUTES_MAX. */
bool tb_enrolment_attribute(tb_enrolment *row, tb_bytes text, tb_problem *problem) TB_MUST_USE;
bool tb_enrolment_state(tb_bytes text, tb_party_state *out) TB_MUST_USE;
const char *tb_party_state_name(tb_party_state state);

#endif
