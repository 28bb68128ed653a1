/* scene - one action or event being judged: the case before it, with its own open fields, and who
 * acts.
 *
 * Shared by judge.c (a person acts), judge_event.c (an event arrived), judge_version.c and
 * judge_view.c; not for others. A step returns TB_ACCEPTED or the refusal, whose detail it has put
 * down; when the arena is exhausted err says so and the verdict counts for nothing.
 */
#ifndef TB_CAMPAIGN_SCENE_H
#define TB_CAMPAIGN_SCENE_H

#include "agents/campaign/judge.h"

typedef struct tb_scene {
    const tb_case_view *before;
    tb_case_view after; /* before, with the action's own open fields */
    const tb_directory *directory;
    const tb_directory_party *actor;  /* whose act it is: of a paper answer the off-line party */
    const tb_directory_party *signer; /* of a paper answer who enters it; NULL otherwise */
    const tb_action *action;
    tb_time at;  /* the event's own time */
    bool acting; /* the actor itself is judged before it acts, not its event by others */
    const tb_local_knowledge *known; /* NULL: another party's knowledge, nobody can tell */
    tb_arena *arena;
    tb_err err;
    tb_bytes detail_zh;
    tb_bytes detail_en;
} tb_scene;

typedef enum tb_truth {
    TB_NO,
    TB_YES,
    TB_CANNOT_TELL,
} tb_truth;

/* Puts down what the refusal is about and returns its code. */
tb_refusal tb_scene_object(tb_scene *scene, tb_refusal code, const tb_label *about, const char *id);
/* One more thing that it is about, behind those put down; once the words are too many "and more".
 */
void tb_scene_add_object(tb_scene *scene, const tb_label *about, const char *id);
tb_refusal tb_scene_object_text(tb_scene *scene, tb_refusal code, tb_bytes text);

/* May the actor act at all: active, in a position or role that may, holder, in a state that allows.
 */
tb_refusal tb_scene_admit(tb_scene *scene, const tb_party *actor);

/* A paper answer: an action of the chain, entered by who handed the holder the case, with number
 * and date not later than at. Sets the signer. After tb_scene_admit of the off-line party. */
tb_refusal
tb_scene_paper(tb_scene *scene, const tb_party *signer, tb_bytes number, tb_bytes date, tb_time at);
/* Whether who acts and who signs are in the state for it, under this directory. */
tb_refusal tb_scene_active(tb_scene *scene);
/* Whether a party may be sent a copy: active, or off-line and reached by letter. */
bool tb_party_reachable(const tb_directory_party *party);

/* Merges open fields, ascending by id, into after. */
tb_err tb_scene_merge(tb_scene *scene, const tb_field *fields, size_t count);

/* Whether all of a list holds, of before, after and actor alone (which may be NULL: nobody). */
bool tb_scene_hold(const tb_scene *scene, const tb_conditions *conditions);

/* The action's `when`. skip_own leaves out conditions on fields the action itself may set. */
tb_refusal tb_scene_when(tb_scene *scene, bool skip_own);

/* Whether a field must be given. */
bool tb_scene_requires(const tb_scene *scene, const tb_action_field *field);

/* One field's value: its type, the leak guard, and a computed jurisdiction. */
tb_refusal tb_scene_field(tb_scene *scene, const tb_field_def *field, tb_bytes value);

/* The action's ways; an action that declares none has one, which changes nothing. */
unsigned tb_scene_ways(const tb_scene *scene, const tb_way **out);
/* Judges one way; *out_met counts the conditions that hold before the first that does not. */
tb_truth tb_scene_way(const tb_scene *scene, const tb_way *way, unsigned *out_met);
/* The refusal of the way that came nearest. */
tb_refusal tb_scene_no_way(tb_scene *scene);

/* Where a way leads: the state, and the party that holds the case after it. */
tb_bytes tb_scene_to_state(const tb_scene *scene, const tb_way *way);
tb_refusal tb_scene_holder(tb_scene *scene, const tb_way *way, bool check_active, tb_party *out);

/* Who is to be told: holder and copies, ascending, without the actor and without copies to parties
 * that cannot be reached. More than TB_ADDRESSEES_MAX: more than an event may name. */
size_t
tb_scene_addressees(const tb_scene *scene, const tb_party *holder, tb_party out[TB_ADDRESSEES_MAX]);
/* Whether a party may be among them, in whatever state it is. */
bool tb_scene_may_tell(const tb_scene *scene, const tb_party *holder, const tb_party *party);

/* Keeps a list of parties ascending and each once; the new count. Beyond the bound one is left out.
 */
size_t tb_scene_insert_party(tb_party list[TB_ADDRESSEES_MAX], size_t count, const tb_party *party);

/* The order of ids in everything canonical: bytes, the shorter first. */
int tb_names_compare(tb_bytes a, tb_bytes b);
const tb_action_field *tb_action_field_of(const tb_action *action, tb_bytes field);
/* The value of an open field in a view; empty when it has none. */
tb_bytes tb_case_view_field(const tb_case_view *view, tb_bytes id);
/* How often an action was done. */
uint32_t tb_case_view_count(const tb_case_view *view, const char *action);
/* Refuses a supervision of whom its author does not supervise. */
tb_refusal tb_scene_supervises(tb_scene *scene);
/* Whether the action is how a creditor's agent says that a duty lapsed, or another word of a duty:
 * the agent's own act, nobody else's. */
bool tb_action_by_agent(const tb_case_type *type, const tb_action *action);
/* Whether a LAPSED condition asks for a lapse when its field has this value. */
bool tb_condition_asks_lapse(const tb_condition *condition, tb_bytes value);
/* Whether all of some conditions hold that ask neither who acts nor what one party alone knows: of
 * a case as it stands, for something that began at `at`. */
bool tb_conditions_hold(const tb_case_view *view,
                        const tb_directory *directory,
                        const tb_conditions *conditions,
                        tb_time at);
/* The party of a role, of a jurisdiction when one is given; an active one goes before others. */
bool tb_party_of_role(const tb_directory *directory,
                      const char *role,
                      const tb_bytes *jurisdiction,
                      tb_party *out) TB_MUST_USE;
/* Whether a list of names holds one. */
bool tb_names_hold(const char *const *names, unsigned count, tb_bytes name);

#endif
