/* load_check_duty - faults of duties: limits, who owes whom, and whether a duty can begin, end and
 * lapse. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/duty.h"
#include "agents/campaign/load_common.h"
#include "agents/campaign/scene.h"

/* key is where it is named: "from". Not written or told already: NULL without a word. */
static const tb_action *find_action(tb_check *check, const char *const *id, const char *key)
{
    const tb_action *action =
        *id != NULL ? tb_case_type_action(check->type, tb_bytes_str(*id)) : NULL;
    if (action == NULL && *id != NULL && **id != '\0') {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_ACTION_UNKNOWN, *id, key);
    }
    return action;
}

/* ---- the limit ---- */

static bool limits_given(const tb_check *check, const tb_duty_def *duty)
{
    return tb_check_given(check, &duty->hours) && tb_check_given(check, &duty->days) &&
           tb_check_given(check, &duty->working_days) && tb_check_given(check, &duty->due_date) &&
           tb_check_given(check, &duty->due_field) && tb_check_given(check, &duty->stage) &&
           tb_check_given(check, &duty->monthly) && tb_check_given(check, &duty->quarterly) &&
           tb_check_given(check, &duty->monthly.day) && tb_check_given(check, &duty->quarterly.day);
}

static void check_limit(tb_check *check, const tb_duty_def *duty)
{
    int given = (duty->hours > 0) + (duty->days > 0) + (duty->working_days > 0) +
                (duty->due_date != NULL) + (duty->due_field != NULL) + (duty->stage != NULL) +
                tb_check_has_period(check, &duty->monthly) +
                tb_check_has_period(check, &duty->quarterly);
    if (given != 1 && limits_given(check, duty)) {
        tb_check_fault(check, tb_at(duty), TB_FAULT_LIMIT, NULL, NULL);
    }
    if (duty->hours > TB_DUTY_HOURS_MAX || duty->grace_hours > TB_DUTY_HOURS_MAX ||
        duty->days > TB_DUTY_DAYS_MAX || duty->working_days > TB_DUTY_DAYS_MAX) {
        tb_check_fault(check, tb_at(duty), TB_FAULT_LIMIT_LONG, NULL, NULL);
    }
    bool calendar = tb_names_hold(check->campaign->tables, check->campaign->table_count,
                                  tb_bytes_str("calendar"));
    if (duty->working_days > 0 && !calendar) {
        check->lacks_table = true;
        tb_check_fault(check, tb_at_value(&duty->working_days), TB_FAULT_NO_TABLE, "calendar",
                       NULL);
    }
    bool clause = duty->basis.zh != NULL || duty->basis.en != NULL;
    if (duty->by_default == clause && tb_check_given(check, &duty->by_default)) {
        tb_check_fault(check, tb_at(duty), TB_FAULT_BASIS, NULL, NULL);
    }
    if (duty->adopted.document_no != NULL) {
        bool day = tb_check_day(check, &duty->adopted.from, "adopted.from");
        if (day && !duty->by_default && tb_check_given(check, &duty->by_default)) {
            tb_check_fault(check, tb_at(&duty->adopted), TB_FAULT_ADOPTED_LAW, NULL, NULL);
        }
    }
    if (clause) {
        tb_check_label(check, &duty->basis, tb_at(duty), "the basis", "依据");
    }
}

/* ---- the lapse, and what else is said ---- */

/* An action that says something of a duty, and where the duty names it. */
typedef struct word_place {
    const tb_action *action;
    const char *const *id;
    const char *key;
} word_place;

/* The common part a word comes from; NULL: the duty's own. */
static const tb_common_part *part_of(const tb_check *check, const char *word)
{
    for (unsigned i = 0; i < check->type->use_count; i++) {
        const tb_common_part *part = tb_common_find(check->campaign, check->type->uses[i]);
        const tb_duty_words *w = part != NULL ? &part->words : NULL;
        if (w != NULL && (word == w->lapse || word == w->withdraw_lapse || word == w->redate ||
                          word == w->settle || word == w->remind.act || word == w->escalate.act)) {
            return part;
        }
    }
    return NULL;
}

/* What is wrong with a word is told where it is written: once for all duties it is said of. */
static void word_fault(tb_check *check,
                       const char *const *id,
                       tb_fault fault,
                       const char *a,
                       const char *b,
                       const char *c)
{
    const tb_common_part *part = part_of(check, *id);
    const tb_item item = check->item;
    const void *entry = check->entry;
    if (part != NULL) {
        tb_check_item(check, TB_ITEM_COMMON, part->id, part);
    }
    tb_check_fault3(check, tb_at_value(id), fault, a, b, c);
    check->item = item;
    check->entry = entry;
}

/* That it has the open fields the agent fills in. */
static void check_word_field(tb_check *check,
                             const word_place *word,
                             const char *id,
                             tb_field_type type,
                             bool may_be_missing)
{
    bool has = tb_action_field_of(word->action, tb_bytes_str(id)) != NULL;
    if (!has && may_be_missing) {
        return;
    }
    const tb_field_def *field = has ? tb_check_field_of(check, id) : NULL;
    bool fits = field != NULL && field->group == NULL &&
                (field->type == type || !tb_check_given(check, &field->type));
    if (!fits) {
        word_fault(check, word->id, TB_FAULT_LAPSE_FIELD, word->action->id, id, word->key);
    }
}

static void check_lapse_choice(tb_check *check, const tb_duty_def *duty)
{
    const tb_field_def *field = tb_check_field_of(check, TB_LAPSE_DUTY);
    const tb_code_list *codes = field != NULL && field->choices != NULL
                                    ? tb_campaign_codes(check->campaign, field->choices)
                                    : NULL;
    bool named = codes == NULL || duty->id[0] == '\0'; /* that is told already */
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        named = named || strcmp(codes->choices[i].id, duty->id) == 0;
    }
    if (!named) {
        tb_check_fault(check, tb_at_value(&duty->id), TB_FAULT_LAPSE_CHOICE, TB_LAPSE_DUTY, NULL);
    }
}

/* What the creditor's agent says: id is where the duty names its action, under this key. NULL where
 * it names none. */
static const tb_action *
check_word(tb_check *check, const tb_duty_def *duty, const char *const *id, const char *key)
{
    const tb_action *word =
        *id != NULL ? tb_case_type_action(check->type, tb_bytes_str(*id)) : NULL;
    if (word == NULL) {
        if (*id != NULL && **id != '\0') {
            word_fault(check, id, TB_FAULT_ACTION_UNKNOWN, *id, key, NULL);
        }
        return NULL;
    }
    if (word->kind != TB_ACTION_SIDE && tb_check_given(check, &word->kind)) {
        word_fault(check, id, TB_FAULT_LAPSE_KIND, word->id, key, NULL);
    }
    if (tb_case_type_position(check->type, tb_bytes_str(duty->to)) != NULL &&
        !tb_names_hold(word->by, word->by_count, tb_bytes_str(duty->to))) {
        word_fault(check, id, TB_FAULT_LAPSE_BY, word->id, duty->to, key);
    }
    const word_place place = {word, id, key};
    check_word_field(check, &place, TB_LAPSE_DUTY, TB_FIELD_CHOICE, false);
    check_word_field(check, &place, TB_LAPSE_DUE, TB_FIELD_TIME, false);
    check_word_field(check, &place, TB_LAPSE_UPTO, TB_FIELD_COUNT, true);
    check_word_field(check, &place, TB_LAPSE_DEBTOR, TB_FIELD_PARTY,
                     !tb_position_many(check->type, duty->owed_by));
    return word;
}

/* A common part says two things with it by itself: each duty would only repeat that. */
static bool twice_in_a_part(const tb_check *check, tb_bytes word)
{
    for (unsigned i = 0; i < check->type->use_count; i++) {
        const tb_common_part *part = tb_common_find(check->campaign, check->type->uses[i]);
        if (part != NULL &&
            tb_duty_word_twice(&(tb_duty_def){.lapse = part->words.lapse,
                                              .withdraw_lapse = part->words.withdraw_lapse,
                                              .redate = part->words.redate,
                                              .settle = part->words.settle,
                                              .remind = part->words.remind,
                                              .escalate = part->words.escalate},
                               word)) {
            return true;
        }
    }
    return false;
}

/* Two words that are one action would say two things at once. The lapse is named only through them.
 */
static void
check_twice(tb_check *check, const tb_duty_def *duty, const char *const *id, const tb_action *word)
{
    if (word != NULL && tb_duty_word_twice(duty, tb_bytes_str(word->id)) &&
        (part_of(check, *id) != NULL || !twice_in_a_part(check, tb_bytes_str(word->id)))) {
        word_fault(check, id, TB_FAULT_WORD_TWICE, word->id, NULL, NULL);
    }
}

static void check_notice(tb_check *check,
                         const tb_duty_def *duty,
                         const tb_duty_notice *notice,
                         const char *key)
{
    if (notice->act == NULL) {
        return;
    }
    const char *const *id = (const char *const *)&notice->act;
    const tb_action *word = check_word(check, duty, id, key);
    int given = (notice->hours > 0) + (notice->days > 0) + (notice->working_days > 0);
    bool fits = given == 1 && notice->hours <= TB_DUTY_HOURS_MAX &&
                notice->days <= TB_DUTY_DAYS_MAX && notice->working_days <= TB_DUTY_DAYS_MAX;
    if (!fits && tb_check_given(check, &notice->hours) && tb_check_given(check, &notice->days) &&
        tb_check_given(check, &notice->working_days)) {
        word_fault(check, id, TB_FAULT_NOTICE_LIMIT, key, NULL, NULL);
    }
    check_twice(check, duty, id, word);
}

/* A reminder that would come before there is anything to be reminded of. */
static void check_remind(tb_check *check, const tb_duty_def *duty)
{
    const tb_duty_notice *before = &duty->remind;
    bool never = (duty->hours > 0 && before->hours >= duty->hours) ||
                 (duty->days > 0 && before->days >= duty->days) ||
                 (duty->working_days > 0 && before->working_days >= duty->working_days);
    if (before->act != NULL && never) {
        tb_check_fault(check, tb_at_value(&before->act), TB_FAULT_REMIND_NEVER, NULL, NULL);
    }
}

static void check_words(tb_check *check, const tb_duty_def *duty)
{
    if (duty->lapse == NULL && tb_check_given(check, &duty->lapse)) {
        tb_check_fault(check, tb_at(duty), TB_FAULT_NO_LAPSE, NULL, NULL);
    }
    if (check_word(check, duty, (const char *const *)&duty->lapse, "lapse") != NULL) {
        check_lapse_choice(check, duty);
    }
    check_notice(check, duty, &duty->remind, "remind");
    check_remind(check, duty);
    check_notice(check, duty, &duty->escalate, "escalate");
    const tb_action *redate = check_word(check, duty, (const char *const *)&duty->redate, "redate");
    if (redate != NULL) {
        const word_place place = {redate, (const char *const *)&duty->redate, "redate"};
        check_word_field(check, &place, TB_REDATED_DUE, TB_FIELD_TIME, false);
        check_word_field(check, &place, TB_REDATED_CALENDAR, TB_FIELD_COUNT, false);
    }
    check_twice(check, duty, (const char *const *)&duty->redate, redate);
    const tb_action *settle = check_word(check, duty, (const char *const *)&duty->settle, "settle");
    check_twice(check, duty, (const char *const *)&duty->settle, settle);
    if (settle != NULL && duty->escalate.act == NULL && tb_check_given(check, &duty->escalate)) {
        tb_check_fault(check, tb_at_value(&duty->settle), TB_FAULT_SETTLE_NOTHING, NULL, NULL);
    }
    const tb_action *withdraw =
        check_word(check, duty, (const char *const *)&duty->withdraw_lapse, "withdraw_lapse");
    check_twice(check, duty, (const char *const *)&duty->withdraw_lapse, withdraw);
}

/* ---- beginning and end ---- */

/* Whether some action that ends the duty can come after the one that begins it. */
static bool can_end(const tb_check *check, const tb_duty_def *duty, const tb_action *from)
{
    tb_state_marks after = {0};
    tb_check_targets(check->type, from, &after);
    tb_check_followers(check->type, &after);
    for (unsigned i = 0; i < duty->until_count; i++) {
        const tb_action *until = tb_case_type_action(check->type, tb_bytes_str(duty->until[i]));
        if (until == NULL || !tb_check_given(check, &until->from) ||
            (until->kind == TB_ACTION_SIDE && until->from_count == 0) ||
            tb_check_comes_from(check->type, until, &after)) {
            return true;
        }
    }
    return false;
}

static bool debtor_can(const tb_check *check, const tb_duty_def *duty)
{
    if (tb_case_type_position(check->type, tb_bytes_str(duty->owed_by)) == NULL) {
        return true; /* that is told already */
    }
    for (unsigned i = 0; i < duty->until_count; i++) {
        const tb_action *until = tb_case_type_action(check->type, tb_bytes_str(duty->until[i]));
        if (until == NULL || !tb_check_given(check, &until->by) ||
            tb_check_among(check, (const char *const *)until->by, until->by_count, duty->owed_by)) {
            return true;
        }
    }
    return false;
}

static bool ends_by(const tb_check *check, const tb_duty_def *duty, tb_action_kind kind)
{
    for (unsigned i = 0; i < duty->until_count; i++) {
        const tb_action *until = tb_case_type_action(check->type, tb_bytes_str(duty->until[i]));
        if (until != NULL && until->kind == kind && tb_check_given(check, &until->kind)) {
            return true;
        }
    }
    return false;
}

/* Steps are the holder's, so that they can fulfil one debtor's duty; a side event its author's. */
static void check_beside(tb_check *check, const tb_duty_def *duty)
{
    bool step = ends_by(check, duty, TB_ACTION_CHAIN);
    if (step && ends_by(check, duty, TB_ACTION_SIDE)) {
        tb_check_fault(check, tb_at_value(&duty->until), TB_FAULT_UNTIL_MIXED, NULL, NULL);
    } else if (!step && duty->ends_in != NULL && duty->ends_in[0] != '\0' &&
               ends_by(check, duty, TB_ACTION_SIDE)) {
        tb_check_fault(check, tb_at_value(&duty->ends_in), TB_FAULT_BESIDE_ENDS_IN, NULL, NULL);
    } else if (step && tb_position_many(check->type, duty->owed_by)) {
        tb_check_fault(check, tb_at_value(&duty->until), TB_FAULT_UNTIL_MANY, duty->owed_by, NULL);
    }
}

/* Each of many owes his own: he must have been told, and a lapse must say whose it is. */
static void check_each(tb_check *check, const tb_duty_def *duty, const tb_action *from)
{
    if (!tb_position_many(check->type, duty->owed_by)) {
        return;
    }
    if (from != NULL && tb_check_given(check, &from->copies) &&
        !tb_check_among(check, (const char *const *)from->copies, from->copy_count,
                        duty->owed_by)) {
        tb_check_fault(check, tb_at_value(&duty->owed_by), TB_FAULT_DUTY_NOT_TOLD, duty->owed_by,
                       from->id);
    }
}

static void check_end(tb_check *check, const tb_duty_def *duty, const tb_action *from)
{
    bool steps = true;
    if (duty->until_count == 0) {
        if (tb_check_given(check, &duty->until)) {
            tb_check_fault(check, tb_at_value(&duty->until), TB_FAULT_NO_UNTIL, NULL, NULL);
        }
        return;
    }
    for (unsigned i = 0; i < duty->until_count; i++) {
        const char *const *id = (const char *const *)&duty->until[i];
        const tb_action *until = find_action(check, id, "until");
        bool step = until == NULL || until->kind == TB_ACTION_CHAIN ||
                    until->kind == TB_ACTION_SIDE || !tb_check_given(check, &until->kind);
        if (!step) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_UNTIL_KIND, until->id, NULL);
        }
        steps = steps && step;
    }
    if (steps) {
        check_beside(check, duty);
    }
    if (steps && from != NULL && from->kind != TB_ACTION_SIDE && !can_end(check, duty, from)) {
        tb_check_fault(check, tb_at_value(&duty->until), TB_FAULT_UNTIL_NEVER, from->id, NULL);
    }
    if (steps && !debtor_can(check, duty)) {
        tb_check_fault(check, tb_at_value(&duty->owed_by), TB_FAULT_DEBTOR_CANNOT, duty->owed_by,
                       NULL);
    }
}

static bool check_parties(tb_check *check, const tb_duty_def *duty)
{
    bool debtor = tb_check_position(check, &duty->owed_by);
    bool creditor =
        tb_check_position(check, &duty->to) && tb_check_one_party(check, &duty->to, "to");
    if (debtor && creditor && tb_check_alike(check, duty->owed_by, duty->to)) {
        tb_check_fault(check, tb_at_value(&duty->to), TB_FAULT_TO_ITSELF, duty->owed_by, duty->to);
        return false;
    }
    return debtor && creditor;
}

/* False when something is wrong with them. */
static bool check_outlives(tb_check *check, const tb_duty_def *duty)
{
    bool good = tb_check_given(check, &duty->outlives);
    for (unsigned i = 0; i < duty->outlives_count; i++) {
        const char *const *id = (const char *const *)&duty->outlives[i];
        const tb_action *action = find_action(check, id, "outlives");
        bool over = action != NULL && action->kind == TB_ACTION_TAKE_OVER;
        if (action != NULL && !over && tb_check_given(check, &action->kind)) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_OUTLIVES_KIND, *id, NULL);
        }
        good = good && over;
    }
    return good;
}

static void check_duty(tb_check *check, const tb_duty_def *duty)
{
    tb_check_label(check, &duty->title, tb_at(duty), "the duty", "应办事项");
    bool parties = check_parties(check, duty);
    const tb_action *from = find_action(check, &duty->from, "from");
    if (from != NULL && from->kind == TB_ACTION_SIDE && !from->request &&
        from->supervises_count == 0) {
        tb_check_fault(check, tb_at_value(&duty->from), TB_FAULT_BEGINS_SIDE, from->id, NULL);
    }
    check_end(check, duty, from);
    check_each(check, duty, from);
    if (check_outlives(check, duty) && parties && from != NULL) {
        tb_check_sight(check, duty, from);
    }
    check_limit(check, duty);
    tb_check_fixed_limit(check, duty, from);
    if (duty->due_field != NULL && from != NULL &&
        !tb_check_requires(check, from, duty->due_field, TB_FIELD_DATE)) {
        tb_check_fault(check, tb_at_value(&duty->due_field), TB_FAULT_DUE_FIELD, duty->due_field,
                       from->id);
    }
    check_words(check, duty);
    const tb_action *ends_in = find_action(check, &duty->ends_in, "ends_in");
    if (ends_in != NULL && from != NULL && from->request) {
        tb_check_fault(check, tb_at_value(&duty->ends_in), TB_FAULT_REQUEST_ENDS_IN, NULL, NULL);
    }
    if (ends_in != NULL && ends_in->kind != TB_ACTION_TAKE_OVER &&
        tb_check_given(check, &ends_in->kind)) {
        tb_check_fault(check, tb_at_value(&duty->ends_in), TB_FAULT_ENDS_IN_KIND, ends_in->id,
                       NULL);
    }
}

void tb_check_duties(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_names(check, TB_ITEM_DUTY, type->duties, type->duty_count, sizeof *type->duties);
    for (unsigned i = 0; i < type->duty_count; i++) {
        tb_check_item(check, TB_ITEM_DUTY, type->duties[i].id, &type->duties[i]);
        check_duty(check, &type->duties[i]);
    }
}
