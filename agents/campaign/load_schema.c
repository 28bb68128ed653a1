/* load_schema - the form of a campaign document: which keys, of which type, how many.
 *
 * What is optional here may still be a fault to tb_campaign_check, which can say more about it.
 */
#include "agents/campaign/load_schema.h"
#include "agents/campaign/campaign.h"

#define MAPPING     CYAML_FLAG_DEFAULT
#define MAYBE       CYAML_FLAG_OPTIONAL
#define LIST        CYAML_FLAG_POINTER
#define MAYBE_LIST  (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define STRICT      CYAML_FLAG_STRICT
#define MANY        1024
#define LABEL_BYTES 200

/* Labels stand beside the id they are for: id, zh, en. */
#define NAME(key, type, member)                                                                    \
    CYAML_FIELD_STRING_PTR(key, LIST, type, member, 1, TB_NAME_BYTES_MAX)
#define MAYBE_NAME(key, type, member)                                                              \
    CYAML_FIELD_STRING_PTR(key, MAYBE_LIST, type, member, 1, TB_NAME_BYTES_MAX)
#define ZH(type, member) CYAML_FIELD_STRING_PTR("zh", MAYBE_LIST, type, member.zh, 0, LABEL_BYTES)
#define EN(type, member) CYAML_FIELD_STRING_PTR("en", MAYBE_LIST, type, member.en, 0, LABEL_BYTES)
#define NAMES(key, flags, type, member, count)                                                     \
    CYAML_FIELD_SEQUENCE_COUNT(key, flags, type, member, count, &name_schema, 0, MANY)
#define CONDITIONS(key, type, member)                                                              \
    CYAML_FIELD_SEQUENCE_COUNT(key, MAYBE_LIST, type, member.list, member.count,                   \
                               &condition_schema, 0, MANY)
#define LIST_OF(key, flags, type, member, count, entry)                                            \
    CYAML_FIELD_SEQUENCE_COUNT(key, flags, type, member, count, entry, 0, MANY)

/* libcyaml's own bool takes every word that is not a no for a yes. */
static const cyaml_strval_t truths[] = {{"false", false}, {"true", true}};
#define TRUTH(key, type, member)                                                                   \
    CYAML_FIELD_ENUM(key, STRICT | MAYBE, type, member, truths, CYAML_ARRAY_LEN(truths))

static const cyaml_schema_value_t name_schema = {CYAML_VALUE_STRING(LIST, char, 1, LABEL_BYTES)};

static const cyaml_schema_field_t role_fields[] = {
    NAME("id", tb_role, id), ZH(tb_role, title),
    EN(tb_role, title),      TRUTH("by_jurisdiction", tb_role, by_jurisdiction),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t role_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_role, role_fields)};

static const cyaml_strval_t parameter_types[] = {
    {"year", TB_PARAMETER_YEAR},
    {"date", TB_PARAMETER_DATE},
    {"count", TB_PARAMETER_COUNT},
    {"text", TB_PARAMETER_TEXT},
};

static const cyaml_schema_field_t parameter_fields[] = {
    NAME("id", tb_parameter, id),
    ZH(tb_parameter, title),
    EN(tb_parameter, title),
    CYAML_FIELD_ENUM(
        "type", STRICT, tb_parameter, type, parameter_types, CYAML_ARRAY_LEN(parameter_types)),
    CYAML_FIELD_STRING_PTR("value", LIST, tb_parameter, value, 0, LABEL_BYTES),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t parameter_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_parameter, parameter_fields)};

static const cyaml_schema_field_t stage_fields[] = {
    NAME("id", tb_stage, id), ZH(tb_stage, title),
    EN(tb_stage, title),      NAME("from", tb_stage, from),
    NAME("to", tb_stage, to), MAYBE_NAME("counts_until", tb_stage, counts_until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t stage_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_stage, stage_fields)};

static const cyaml_schema_field_t lookup_row_fields[] = {
    NAME("value", tb_lookup_row, value),
    MAYBE_NAME("role", tb_lookup_row, role),
    MAYBE_NAME("position", tb_lookup_row, position),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t lookup_row_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_lookup_row, lookup_row_fields)};

static const cyaml_schema_field_t lookup_fields[] = {
    NAME("id", tb_lookup, id),
    NAME("choices", tb_lookup, choices),
    LIST_OF("rows", LIST, tb_lookup, rows, row_count, &lookup_row_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t lookup_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_lookup, lookup_fields)};

static const cyaml_schema_field_t choice_fields[] = {
    NAME("id", tb_choice, id), ZH(tb_choice, title),
    EN(tb_choice, title),      NAMES("aliases", MAYBE_LIST, tb_choice, aliases, alias_count),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t choice_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_choice, choice_fields)};

static const cyaml_schema_field_t code_fields[] = {
    NAME("id", tb_code_list, id),
    LIST_OF("choices", LIST, tb_code_list, choices, choice_count, &choice_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t code_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_code_list, code_fields)};

static const cyaml_strval_t field_types[] = {
    {"msisdn", TB_FIELD_MSISDN},     {"iccid", TB_FIELD_ICCID},
    {"uscc", TB_FIELD_USCC},         {"reg-no", TB_FIELD_REG_NO},
    {"province", TB_FIELD_PROVINCE}, {"party", TB_FIELD_PARTY},
    {"time", TB_FIELD_TIME},         {"date", TB_FIELD_DATE},
    {"count", TB_FIELD_COUNT},       {"text", TB_FIELD_TEXT},
    {"choice", TB_FIELD_CHOICE},     {"digest", TB_FIELD_DIGEST},
    {"flag", TB_FIELD_FLAG},         {"case", TB_FIELD_CASE},
    {"period", TB_FIELD_PERIOD},     {"figures", TB_FIELD_FIGURES},
    {"declared", TB_FIELD_DECLARED}, {"document-number", TB_FIELD_NUMBER},
};

static const cyaml_strval_t computations[] = {
    {"none", TB_COMPUTE_NONE},
    {"jurisdiction", TB_COMPUTE_JURISDICTION},
    {"segment-province", TB_COMPUTE_SEGMENT_PROVINCE},
    {"segment-city", TB_COMPUTE_SEGMENT_CITY},
    {"segment-operator", TB_COMPUTE_SEGMENT_OPERATOR},
    {"segment-mvno", TB_COMPUTE_SEGMENT_MVNO},
    {"mask", TB_COMPUTE_MASK},
    {"figures", TB_COMPUTE_FIGURES},
    {"measure", TB_COMPUTE_MEASURE},
};

static const cyaml_schema_field_t field_fields[] = {
    NAME("id", tb_field_def, id),
    ZH(tb_field_def, title),
    EN(tb_field_def, title),
    CYAML_FIELD_ENUM("type", STRICT, tb_field_def, type, field_types, CYAML_ARRAY_LEN(field_types)),
    MAYBE_NAME("choices", tb_field_def, choices),
    MAYBE_NAME("group", tb_field_def, group),
    CYAML_FIELD_ENUM("compute",
                     STRICT | MAYBE,
                     tb_field_def,
                     compute,
                     computations,
                     CYAML_ARRAY_LEN(computations)),
    MAYBE_NAME("of", tb_field_def, of),
    TRUTH("index", tb_field_def, index),
    NAMES("aliases", MAYBE_LIST, tb_field_def, aliases, alias_count),
    CYAML_FIELD_UINT("max_length", MAYBE, tb_field_def, max_length),
    CYAML_FIELD_UINT("min", MAYBE, tb_field_def, min),
    CYAML_FIELD_UINT("max", MAYBE, tb_field_def, max),
    TRUTH("not_future", tb_field_def, not_future),
    MAYBE_NAME("at_most", tb_field_def, at_most),
    MAYBE_NAME("measure", tb_field_def, measure),
    MAYBE_NAME("about", tb_field_def, about),
    MAYBE_NAME("over", tb_field_def, over),
    MAYBE_NAME("filed_in", tb_field_def, filed_in),
    TRUTH("so_far", tb_field_def, so_far),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t field_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_field_def, field_fields)};

static const cyaml_schema_field_t group_fields[] = {
    NAME("id", tb_field_group, id),
    ZH(tb_field_group, title),
    EN(tb_field_group, title),
    NAMES("readers", LIST, tb_field_group, readers, reader_count),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t group_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_field_group, group_fields)};

static const cyaml_strval_t position_kinds[] = {
    {"opener", TB_POSITION_OPENER},       {"role-of-field", TB_POSITION_ROLE_OF_FIELD},
    {"field", TB_POSITION_FIELD},         {"role", TB_POSITION_ROLE},
    {"actor-of", TB_POSITION_ACTOR_OF},   {"every", TB_POSITION_EVERY},
    {"looked-up", TB_POSITION_LOOKED_UP},
};

static const cyaml_schema_field_t position_fields[] = {
    NAME("id", tb_position, id),
    ZH(tb_position, title),
    EN(tb_position, title),
    CYAML_FIELD_ENUM(
        "kind", STRICT, tb_position, kind, position_kinds, CYAML_ARRAY_LEN(position_kinds)),
    MAYBE_NAME("role", tb_position, role),
    MAYBE_NAME("field", tb_position, field),
    MAYBE_NAME("lookup", tb_position, lookup),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t position_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_position, position_fields)};

static const cyaml_strval_t tests[] = {
    {"known", TB_TEST_KNOWN},
    {"unknown", TB_TEST_UNKNOWN},
    {"is", TB_TEST_IS},
    {"is-not", TB_TEST_IS_NOT},
    {"same", TB_TEST_SAME},
    {"different", TB_TEST_DIFFERENT},
    {"count-least", TB_TEST_COUNT_LEAST},
    {"count-below", TB_TEST_COUNT_BELOW},
    {"state", TB_TEST_STATE},
    {"actor-role", TB_TEST_ACTOR_ROLE},
    {"actor-holds", TB_TEST_ACTOR_HOLDS},
    {"lapsed", TB_TEST_LAPSED},
    {"role-of", TB_TEST_ROLE_OF},
    {"within", TB_TEST_WITHIN},
    {"linked-open", TB_TEST_LINKED_OPEN},
    {"linked-done", TB_TEST_LINKED_DONE},
    {"linked-none-open", TB_TEST_LINKED_NONE_OPEN},
    {"since", TB_TEST_SINCE},
    {"before", TB_TEST_BEFORE},
    {"within-campaign", TB_TEST_WITHIN_CAMPAIGN},
    {"in-stage", TB_TEST_IN_STAGE},
    {"outside-stage", TB_TEST_OUTSIDE_STAGE},
};

static const cyaml_schema_field_t condition_fields[] = {
    CYAML_FIELD_ENUM("test", STRICT, tb_condition, test, tests, CYAML_ARRAY_LEN(tests)),
    MAYBE_NAME("field", tb_condition, field),
    MAYBE_NAME("a", tb_condition, a),
    MAYBE_NAME("b", tb_condition, b),
    NAMES("values", MAYBE_LIST, tb_condition, values, value_count),
    CYAML_FIELD_UINT("count", MAYBE, tb_condition, count),
    MAYBE_NAME("date", tb_condition, date),
    ZH(tb_condition, why),
    EN(tb_condition, why),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t condition_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_condition, condition_fields)};

static const cyaml_schema_field_t action_field_fields[] = {
    NAME("field", tb_action_field, field),
    TRUTH("required", tb_action_field, required),
    CONDITIONS("required_when", tb_action_field, required_when),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t action_field_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_action_field, action_field_fields)};

static const cyaml_schema_field_t way_fields[] = {
    CONDITIONS("when", tb_way, when),
    MAYBE_NAME("to", tb_way, to),
    MAYBE_NAME("hands_to", tb_way, hands_to),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t way_schema = {CYAML_VALUE_MAPPING(MAPPING, tb_way, way_fields)};

static const cyaml_schema_field_t copied_fields[] = {
    NAME("field", tb_copied_field, field),
    NAME("from", tb_copied_field, from),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t copied_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_copied_field, copied_fields)};

static const cyaml_schema_field_t opens_fields[] = {
    NAME("case_type", tb_opens, case_type),
    NAME("parent", tb_opens, parent),
    LIST_OF("fields", MAYBE_LIST, tb_opens, fields, field_count, &copied_schema),
    CONDITIONS("when", tb_opens, when),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t opens_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_opens, opens_fields)};
static const cyaml_schema_field_t delay_fields[] = {
    CYAML_FIELD_UINT("hours", MAYBE, tb_delay, hours),
    CYAML_FIELD_UINT("days", MAYBE, tb_delay, days),
    CYAML_FIELD_UINT("working_days", MAYBE, tb_delay, working_days),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t automatic_fields[] = {
    CYAML_FIELD_MAPPING_PTR("after", MAYBE_LIST, tb_automatic, after, delay_fields),
    TRUTH("switch", tb_automatic, switched),
    CYAML_FIELD_END,
};

static const cyaml_strval_t action_kinds[] = {
    {"open", TB_ACTION_OPEN},       {"chain", TB_ACTION_CHAIN},         {"side", TB_ACTION_SIDE},
    {"request", TB_ACTION_REQUEST}, {"take-over", TB_ACTION_TAKE_OVER},
};

static const cyaml_strval_t outsides[] = {
    {"refuse", TB_OUTSIDE_REFUSE},
    {"late", TB_OUTSIDE_LATE},
};

static const cyaml_schema_field_t action_fields[] = {
    NAME("id", tb_action, id),
    ZH(tb_action, title),
    EN(tb_action, title),
    CYAML_FIELD_ENUM("kind", STRICT, tb_action, kind, action_kinds, CYAML_ARRAY_LEN(action_kinds)),
    NAMES("by", LIST, tb_action, by, by_count),
    NAMES("from", MAYBE_LIST, tb_action, from, from_count),
    CONDITIONS("when", tb_action, when),
    LIST_OF("ways", MAYBE_LIST, tb_action, ways, way_count, &way_schema),
    NAMES("copies", MAYBE_LIST, tb_action, copies, copy_count),
    LIST_OF("fields", MAYBE_LIST, tb_action, fields, field_count, &action_field_schema),
    MAYBE_NAME("receipt", tb_action, receipt),
    LIST_OF("opens", MAYBE_LIST, tb_action, opens, opens_count, &opens_schema),
    NAMES("stages", MAYBE_LIST, tb_action, stages, stage_count),
    CYAML_FIELD_ENUM(
        "outside", STRICT | MAYBE, tb_action, outside, outsides, CYAML_ARRAY_LEN(outsides)),
    NAMES("answered_by", MAYBE_LIST, tb_action, answered_by, answered_by_count),
    NAMES("approval", MAYBE_LIST, tb_action, approval, approval_count),
    CYAML_FIELD_MAPPING_PTR("automatic", MAYBE_LIST, tb_action, automatic, automatic_fields),
    NAMES("supervises", MAYBE_LIST, tb_action, supervises, supervises_count),
    MAYBE_NAME("document_number", tb_action, document_number),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t action_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_action, action_fields)};

static const cyaml_schema_field_t state_fields[] = {
    NAME("id", tb_state, id),
    ZH(tb_state, title),
    EN(tb_state, title),
    TRUTH("initial", tb_state, initial),
    TRUTH("closed", tb_state, closed),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t state_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_state, state_fields)};

static const cyaml_schema_field_t monthly_fields[] = {
    CYAML_FIELD_UINT("day", MAPPING, tb_period_day, day),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t quarterly_fields[] = {
    CYAML_FIELD_UINT("month", MAPPING, tb_period_day, month),
    CYAML_FIELD_UINT("day", MAPPING, tb_period_day, day),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t adoption_fields[] = {
    CYAML_FIELD_STRING_PTR("document_no", LIST, tb_adoption, document_no, 1, TB_PAPER_NO_BYTES_MAX),
    NAME("from", tb_adoption, from),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t notice_fields[] = {
    NAME("act", tb_duty_notice, act),
    CYAML_FIELD_UINT("hours", MAYBE, tb_duty_notice, hours),
    CYAML_FIELD_UINT("days", MAYBE, tb_duty_notice, days),
    CYAML_FIELD_UINT("working_days", MAYBE, tb_duty_notice, working_days),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t duty_fields[] = {
    NAME("id", tb_duty_def, id),
    ZH(tb_duty_def, title),
    EN(tb_duty_def, title),
    NAME("owed_by", tb_duty_def, owed_by),
    NAME("to", tb_duty_def, to),
    NAME("from", tb_duty_def, from),
    NAMES("until", LIST, tb_duty_def, until, until_count),
    CYAML_FIELD_UINT("hours", MAYBE, tb_duty_def, hours),
    CYAML_FIELD_UINT("days", MAYBE, tb_duty_def, days),
    CYAML_FIELD_UINT("working_days", MAYBE, tb_duty_def, working_days),
    MAYBE_NAME("due_date", tb_duty_def, due_date),
    MAYBE_NAME("due_field", tb_duty_def, due_field),
    MAYBE_NAME("stage", tb_duty_def, stage),
    CYAML_FIELD_MAPPING("monthly", MAYBE, tb_duty_def, monthly, monthly_fields),
    CYAML_FIELD_MAPPING("quarterly", MAYBE, tb_duty_def, quarterly, quarterly_fields),
    CONDITIONS("when", tb_duty_def, when),
    CYAML_FIELD_UINT("grace_hours", MAYBE, tb_duty_def, grace_hours),
    TRUTH("default", tb_duty_def, by_default),
    CYAML_FIELD_MAPPING("adopted", MAYBE, tb_duty_def, adopted, adoption_fields),
    CYAML_FIELD_STRING_PTR("basis_zh", MAYBE_LIST, tb_duty_def, basis.zh, 0, LABEL_BYTES),
    CYAML_FIELD_STRING_PTR("basis_en", MAYBE_LIST, tb_duty_def, basis.en, 0, LABEL_BYTES),
    MAYBE_NAME("lapse", tb_duty_def, lapse),
    MAYBE_NAME("ends_in", tb_duty_def, ends_in),
    NAMES("outlives", MAYBE_LIST, tb_duty_def, outlives, outlives_count),
    CYAML_FIELD_MAPPING("remind", MAYBE, tb_duty_def, remind, notice_fields),
    CYAML_FIELD_MAPPING("escalate", MAYBE, tb_duty_def, escalate, notice_fields),
    MAYBE_NAME("withdraw_lapse", tb_duty_def, withdraw_lapse),
    MAYBE_NAME("redate", tb_duty_def, redate),
    MAYBE_NAME("settle", tb_duty_def, settle),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t duty_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_duty_def, duty_fields)};

static const cyaml_schema_field_t threshold_fields[] = {
    CYAML_FIELD_UINT("numerator", MAPPING, tb_threshold, numerator),
    CYAML_FIELD_UINT("denominator", MAPPING, tb_threshold, denominator),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t score_fields[] = {
    NAME("id", tb_score_def, id),
    ZH(tb_score_def, title),
    EN(tb_score_def, title),
    NAME("of", tb_score_def, of),
    MAYBE_NAME("to", tb_score_def, to),
    CYAML_FIELD_MAPPING_PTR("at_least", MAYBE_LIST, tb_score_def, at_least, threshold_fields),
    CYAML_FIELD_MAPPING_PTR("at_most", MAYBE_LIST, tb_score_def, at_most, threshold_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t score_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_score_def, score_fields)};

static const cyaml_schema_field_t words_fields[] = {
    MAYBE_NAME("lapse", tb_duty_words, lapse),
    MAYBE_NAME("withdraw_lapse", tb_duty_words, withdraw_lapse),
    MAYBE_NAME("redate", tb_duty_words, redate),
    MAYBE_NAME("settle", tb_duty_words, settle),
    CYAML_FIELD_MAPPING("remind", MAYBE, tb_duty_words, remind, notice_fields),
    CYAML_FIELD_MAPPING("escalate", MAYBE, tb_duty_words, escalate, notice_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t common_fields[] = {
    NAME("id", tb_common_part, id),
    ZH(tb_common_part, title),
    EN(tb_common_part, title),
    LIST_OF("fields", MAYBE_LIST, tb_common_part, fields, field_count, &field_schema),
    LIST_OF("groups", MAYBE_LIST, tb_common_part, groups, group_count, &group_schema),
    LIST_OF("positions", MAYBE_LIST, tb_common_part, positions, position_count, &position_schema),
    LIST_OF("actions", MAYBE_LIST, tb_common_part, actions, action_count, &action_schema),
    LIST_OF("duties", MAYBE_LIST, tb_common_part, duties, duty_count, &duty_schema),
    CYAML_FIELD_MAPPING("words", MAYBE, tb_common_part, words, words_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t common_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_common_part, common_fields)};

static const cyaml_schema_field_t case_type_fields[] = {
    NAME("id", tb_case_type, id),
    ZH(tb_case_type, title),
    EN(tb_case_type, title),
    NAMES("uses", MAYBE_LIST, tb_case_type, uses, use_count),
    LIST_OF("fields", LIST, tb_case_type, fields, field_count, &field_schema),
    LIST_OF("groups", MAYBE_LIST, tb_case_type, groups, group_count, &group_schema),
    LIST_OF("positions", LIST, tb_case_type, positions, position_count, &position_schema),
    LIST_OF("states", LIST, tb_case_type, states, state_count, &state_schema),
    LIST_OF("actions", LIST, tb_case_type, actions, action_count, &action_schema),
    LIST_OF("duties", MAYBE_LIST, tb_case_type, duties, duty_count, &duty_schema),
    LIST_OF("scores", MAYBE_LIST, tb_case_type, scores, score_count, &score_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t case_type_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_case_type, case_type_fields)};

static const cyaml_strval_t scopes[] = {
    {"province", TB_LIST_PROVINCE},
    {"national", TB_LIST_NATIONAL},
};

static const cyaml_schema_field_t key_fields[] = {
    NAMES("fields", LIST, tb_list_key, fields, count),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t key_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_list_key, key_fields)};

static const cyaml_schema_field_t possible_fields[] = {
    NAME("name", tb_list_possible, name),
    NAME("place", tb_list_possible, place),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t brake_fields[] = {
    CYAML_FIELD_UINT("count", MAPPING, tb_list_brake, count),
    CYAML_FIELD_UINT("hours", MAPPING, tb_list_brake, hours),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t list_fields[] = {
    NAME("id", tb_list_def, id),
    ZH(tb_list_def, title),
    EN(tb_list_def, title),
    NAME("case_type", tb_list_def, case_type),
    NAMES("listed_in", LIST, tb_list_def, listed_in, listed_count),
    NAMES("removed_in", LIST, tb_list_def, removed_in, removed_count),
    CYAML_FIELD_ENUM("scope", STRICT | MAYBE, tb_list_def, scope, scopes, CYAML_ARRAY_LEN(scopes)),
    MAYBE_NAME("province", tb_list_def, province),
    LIST_OF("keys", LIST, tb_list_def, keys, key_count, &key_schema),
    CYAML_FIELD_MAPPING("possible", MAYBE, tb_list_def, possible, possible_fields),
    CYAML_FIELD_MAPPING("brake", MAYBE, tb_list_def, brake, brake_fields),
    NAMES("subscribers", LIST, tb_list_def, subscribers, subscriber_count),
    MAYBE_NAME("removed_receipt", tb_list_def, removed_receipt),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t list_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_list_def, list_fields)};
/* ---- measures and reports ---- */

static const cyaml_strval_t stats[] = {{"median", TB_STAT_MEDIAN}, {"max", TB_STAT_MAX}};
static const cyaml_strval_t declared_forms[] = {{"number", TB_DECLARED_NUMBER},
                                                {"ratio", TB_DECLARED_RATIO}};

/* The members of an inline mapping are counted from its own beginning. */
typedef struct label_of {
    tb_label label;
} label_of;
_Static_assert(sizeof(label_of) == sizeof(tb_label), "a label is read in its place");
static const cyaml_schema_field_t unit_fields[] = {
    ZH(label_of, label),
    EN(label_of, label),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t hours_fields[] = {
    NAME("from", tb_measure_hours, from),
    NAME("to", tb_measure_hours, to),
    CYAML_FIELD_ENUM("stat", STRICT, tb_measure_hours, stat, stats, CYAML_ARRAY_LEN(stats)),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t ratio_fields[] = {
    NAME("of", tb_measure_ratio, of),
    NAME("to", tb_measure_ratio, to),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t measure_fields[] = {
    NAME("id", tb_measure, id),
    ZH(tb_measure, title),
    EN(tb_measure, title),
    CYAML_FIELD_MAPPING("unit", MAYBE, tb_measure, unit, unit_fields),
    MAYBE_NAME("case_type", tb_measure, case_type),
    NAMES("counts", MAYBE_LIST, tb_measure, counts, count_count),
    MAYBE_NAME("sums", tb_measure, sums),
    MAYBE_NAME("at", tb_measure, at),
    CONDITIONS("when", tb_measure, when),
    MAYBE_NAME("distinct", tb_measure, distinct),
    NAMES("by", MAYBE_LIST, tb_measure, by, by_count),
    CYAML_FIELD_MAPPING("hours", MAYBE, tb_measure, hours, hours_fields),
    CYAML_FIELD_MAPPING("ratio", MAYBE, tb_measure, ratio, ratio_fields),
    CYAML_FIELD_ENUM("declared",
                     STRICT | MAYBE,
                     tb_measure,
                     declared,
                     declared_forms,
                     CYAML_ARRAY_LEN(declared_forms)),
    NAMES("lapses", MAYBE_LIST, tb_measure, lapses, lapse_count),
    TRUTH("scoring", tb_measure, scoring),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t measure_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_measure, measure_fields)};

static const cyaml_strval_t rhythms[] = {{"month", TB_EVERY_MONTH},
                                         {"quarter", TB_EVERY_QUARTER},
                                         {"half-year", TB_EVERY_HALF_YEAR},
                                         {"year", TB_EVERY_YEAR}};

static const cyaml_schema_field_t due_fields[] = {
    CYAML_FIELD_UINT("months_after", MAYBE, tb_report_due, months_after),
    CYAML_FIELD_UINT("day", MAPPING, tb_report_due, day),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t judged_fields[] = {
    NAME("measure", tb_judged_def, measure),
    CYAML_FIELD_MAPPING("at_least", MAPPING, tb_judged_def, at_least, threshold_fields),
    MAYBE_NAME("role", tb_judged_def, role),
    MAYBE_NAME("as_of", tb_judged_def, as_of),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t judged_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_judged_def, judged_fields)};

static const cyaml_schema_field_t reconcile_fields[] = {
    NAME("id", tb_reconcile_def, id),
    ZH(tb_reconcile_def, title),
    EN(tb_reconcile_def, title),
    NAME("sent", tb_reconcile_def, sent),
    NAME("received", tb_reconcile_def, received),
    MAYBE_NAME("settled_by", tb_reconcile_def, settled_by),
    MAYBE_NAME("whole_role", tb_reconcile_def, whole_role),
    MAYBE_NAME("parts_role", tb_reconcile_def, parts_role),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t reconcile_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_reconcile_def, reconcile_fields)};

static const cyaml_schema_field_t report_fields[] = {
    NAME("id", tb_report_def, id),
    ZH(tb_report_def, title),
    EN(tb_report_def, title),
    NAME("case_type", tb_report_def, case_type),
    NAMES("owed_by", LIST, tb_report_def, owed_by, owed_by_count),
    NAME("to", tb_report_def, to),
    MAYBE_NAME("summary_of", tb_report_def, summary_of),
    CYAML_FIELD_ENUM(
        "every", STRICT | MAYBE, tb_report_def, every, rhythms, CYAML_ARRAY_LEN(rhythms)),
    MAYBE_NAME("first", tb_report_def, first),
    MAYBE_NAME("last", tb_report_def, last),
    CYAML_FIELD_MAPPING("due", MAYBE, tb_report_def, due, due_fields),
    NAMES("dates", MAYBE_LIST, tb_report_def, dates, date_count),
    NAMES("measures", MAYBE_LIST, tb_report_def, measures, measure_count),
    NAMES("text", MAYBE_LIST, tb_report_def, text, text_count),
    NAMES("signed_by", MAYBE_LIST, tb_report_def, signed_by, signed_by_count),
    LIST_OF("judged", MAYBE_LIST, tb_report_def, judged, judged_count, &judged_schema),
    LIST_OF(
        "reconciles", MAYBE_LIST, tb_report_def, reconciles, reconcile_count, &reconcile_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t report_schema = {
    CYAML_VALUE_MAPPING(MAPPING, tb_report_def, report_fields)};

static const cyaml_schema_field_t campaign_fields[] = {
    NAME("campaign", tb_campaign, id),
    CYAML_FIELD_UINT("version", MAPPING, tb_campaign, version),
    ZH(tb_campaign, title),
    EN(tb_campaign, title),
    NAME("from", tb_campaign, from),
    NAME("to", tb_campaign, to),
    MAYBE_NAME("counts_until", tb_campaign, counts_until),
    LIST_OF("parameters", MAYBE_LIST, tb_campaign, parameters, parameter_count, &parameter_schema),
    LIST_OF("stages", MAYBE_LIST, tb_campaign, stages, stage_count, &stage_schema),
    LIST_OF("lookups", MAYBE_LIST, tb_campaign, lookups, lookup_count, &lookup_schema),
    NAMES("tables", MAYBE_LIST, tb_campaign, tables, table_count),
    NAMES("calendar", MAYBE_LIST, tb_campaign, calendar, calendar_count),
    LIST_OF("roles", LIST, tb_campaign, roles, role_count, &role_schema),
    LIST_OF("codes", MAYBE_LIST, tb_campaign, codes, code_count, &code_schema),
    LIST_OF("common", MAYBE_LIST, tb_campaign, common, common_count, &common_schema),
    LIST_OF("case_types", LIST, tb_campaign, case_types, case_type_count, &case_type_schema),
    LIST_OF("lists", MAYBE_LIST, tb_campaign, lists, list_count, &list_schema),
    LIST_OF("measures", MAYBE_LIST, tb_campaign, measures, measure_count, &measure_schema),
    LIST_OF("reports", MAYBE_LIST, tb_campaign, reports, report_count, &report_schema),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t tb_campaign_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, tb_campaign, campaign_fields)};
