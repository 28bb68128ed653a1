/* load_check_reconcile - faults of what a report's figures are held against: those of another
 * party, pair by pair, or what the parts of a whole add up to. */
#include "agents/campaign/load_check.h"

#include "agents/campaign/scene.h"

/* The type of the one field a measure of the report is told apart by; NULL, with a finding: it is
 * no side of a reconciliation. */
static const tb_measure *
check_side(tb_check *check, const tb_report_def *r, const char *const *id, tb_field_type *out_by)
{
    const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(*id));
    const tb_case_type *type =
        m == NULL || m->case_type == NULL
            ? NULL
            : tb_campaign_case_type(check->campaign, tb_bytes_str(m->case_type));
    const tb_field_def *by =
        type == NULL || m->by_count != 1 ? NULL : tb_case_type_field(type, tb_bytes_str(m->by[0]));
    bool fits =
        by != NULL && m->count_count > 0 && m->sums == NULL && m->distinct == NULL &&
        (by->type == TB_FIELD_PROVINCE || by->type == TB_FIELD_PARTY) &&
        tb_names_hold((const char *const *)r->measures, r->measure_count, tb_bytes_str(*id));
    if (!fits) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_RECONCILE_MEASURE, *id, NULL);
        return NULL;
    }
    *out_by = by->type;
    return m;
}

/* How differences are explained: beside the chain, and never without a word. */
static void check_settled(tb_check *check, const tb_reconcile_def *def, const char *case_type)
{
    const tb_case_type *type =
        case_type == NULL ? NULL : tb_campaign_case_type(check->campaign, tb_bytes_str(case_type));
    const tb_action *action =
        type == NULL ? NULL : tb_case_type_action(type, tb_bytes_str(def->settled_by));
    bool says_why = false;
    for (unsigned i = 0; action != NULL && i < action->field_count; i++) {
        says_why = says_why || action->fields[i].required;
    }
    if (type != NULL && (action == NULL || action->kind != TB_ACTION_SIDE || !says_why)) {
        tb_check_fault(check, tb_at_value(&def->settled_by), TB_FAULT_RECONCILE_SETTLE,
                       def->settled_by, type->id);
    }
}

static void check_pair(tb_check *check, const tb_report_def *r, const tb_reconcile_def *def)
{
    tb_field_type by_sent = TB_FIELD_TEXT;
    tb_field_type by_received = TB_FIELD_TEXT;
    const tb_measure *sent = check_side(check, r, &def->sent, &by_sent);
    const tb_measure *received = check_side(check, r, &def->received, &by_received);
    if (def->settled_by != NULL) {
        check_settled(check, def, sent != NULL ? sent->case_type : NULL);
    }
    /* Without `at` both parties on a case count it, and the same measure is each one's view. */
    if (sent != NULL && sent == received && sent->at != NULL) {
        tb_check_fault(check, tb_at_value(&def->received), TB_FAULT_RECONCILE_ITSELF, def->sent,
                       NULL);
    } else if (sent != NULL && received != NULL &&
               (strcmp(sent->case_type, received->case_type) != 0 || by_sent != by_received)) {
        tb_check_fault(check, tb_at(def), TB_FAULT_RECONCILE_TYPE, def->sent, def->received);
    }
}

/* A figure that the report has of each party, and that adds up over them. */
static void check_added(tb_check *check, const tb_report_def *r, const char *const *id)
{
    const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(*id));
    bool named =
        tb_names_hold((const char *const *)r->measures, r->measure_count, tb_bytes_str(*id));
    if (m == NULL || !named || m->distinct != NULL || tb_measure_kind_of(m) == TB_MEASURE_HOURS) {
        tb_check_fault(check, tb_at_value(id), TB_FAULT_RECONCILE_SUM, *id, NULL);
    }
}

static void check_owes(tb_check *check, const tb_report_def *r, const char *const *role)
{
    if (tb_check_role(check, role) &&
        !tb_names_hold((const char *const *)r->owed_by, r->owed_by_count, tb_bytes_str(*role))) {
        tb_check_fault(check, tb_at_value(role), TB_FAULT_RECONCILE_ROLE, *role, NULL);
    }
}

static bool is_ratio(const tb_check *check, const char *id)
{
    const tb_measure *m = tb_campaign_measure(check->campaign, tb_bytes_str(id));
    return m != NULL && (m->declared == TB_DECLARED_RATIO || m->ratio.of != NULL);
}

/* A whole against its parts. A difference is settled over the report of the whole. */
static void check_whole(tb_check *check, const tb_report_def *r, const tb_reconcile_def *def)
{
    if (def->whole_role == NULL || def->parts_role == NULL) {
        tb_check_fault(check, tb_at(def), TB_FAULT_RECONCILE_ROLES, NULL, NULL);
        return;
    }
    check_owes(check, r, &def->whole_role);
    check_owes(check, r, &def->parts_role);
    if (strcmp(def->whole_role, def->parts_role) == 0 && *def->whole_role != '\0') {
        tb_check_fault(check, tb_at_value(&def->parts_role), TB_FAULT_RECONCILE_ROLES, NULL, NULL);
    }
    check_added(check, r, &def->sent);
    check_added(check, r, &def->received);
    if (is_ratio(check, def->sent) != is_ratio(check, def->received)) {
        tb_check_fault(check, tb_at(def), TB_FAULT_RECONCILE_RATIO, def->sent, def->received);
    }
    if (def->settled_by != NULL) {
        check_settled(check, def, r->case_type);
    }
}

void tb_check_reconciles(tb_check *check, const tb_report_def *r)
{
    tb_check_names(check, TB_ITEM_REPORT, r->reconciles, r->reconcile_count, sizeof *r->reconciles);
    tb_check_item(check, TB_ITEM_REPORT, r->id, r);
    for (unsigned i = 0; i < r->reconcile_count; i++) {
        const tb_reconcile_def *def = &r->reconciles[i];
        tb_check_label(check, &def->title, tb_at(def), "the reconciliation", "对账");
        if (def->whole_role != NULL || def->parts_role != NULL) {
            check_whole(check, r, def);
        } else {
            check_pair(check, r, def);
        }
    }
}
