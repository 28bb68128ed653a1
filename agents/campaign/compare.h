/* compare - what differs between two versions of a campaign, and whether a case may move from one
 * to the other (design §9).
 *
 * Follows from the two definitions alone, never from a directory or a store: every party comes to
 * the same verdict about a case by looking at its type and state. `tongbao campaign diff` prints
 * the list; the judge applies it to the event that moves a case.
 *
 * A move is safe when nothing said so far loses its meaning or gains a reader: the case's state is
 * still there and still open or closed as it was, its fields keep type and group, its groups are
 * read by the same positions or fewer, who may act in the state may still act, and its duties are
 * owed by and to the same positions. Rules for what is done later (actions, conditions, new fields,
 * limits) may change freely.
 */
#ifndef TB_CAMPAIGN_COMPARE_H
#define TB_CAMPAIGN_COMPARE_H

#include "agents/campaign/campaign.h"
#include "base/arena.h"

/* Whom a difference keeps from moving. */
typedef enum tb_hindrance {
    TB_HINDERS_NOBODY,
    TB_HINDERS_STATE, /* cases of the type in the state */
    TB_HINDERS_TYPE,  /* cases of the type; without a type all cases of the campaign */
} tb_hindrance;

/* clang-format off */
/*    name             hinders             stable key          Chinese                    English */
#define TB_DIFFERENCES(X)                                                                              \
    X(OTHER_CAMPAIGN,   TB_HINDERS_TYPE,   "other_campaign",   "不是同一专项行动",         "another campaign") \
    X(NOT_NEWER,        TB_HINDERS_TYPE,   "not_newer",        "版本号不高于原版本",       "not a newer version") \
    X(ROLE_SCOPE,       TB_HINDERS_TYPE,   "role_scope",       "角色的管辖方式改变",       "the role's kind of jurisdiction changes") \
    X(DATES,            TB_HINDERS_NOBODY, "dates",            "专项行动起止日期或计入统计的截止日期改变", "the campaign's dates, or up to when it counts, change") \
    X(PARAMETER,        TB_HINDERS_NOBODY, "parameter",        "参数改变",                "a parameter changes") \
    X(STAGE_ADDED,      TB_HINDERS_NOBODY, "stage_added",      "新增阶段",                "a stage is added") \
    X(STAGE_REMOVED,    TB_HINDERS_NOBODY, "stage_removed",    "取消阶段",                "a stage is gone") \
    X(STAGE_CHANGED,    TB_HINDERS_NOBODY, "stage_changed",    "阶段起止日期改变",         "a stage's days change") \
    X(LOOKUP_CHANGED,   TB_HINDERS_TYPE,   "lookup_changed",   "查找表对原有选项改指他方",  "a look-up means another party for a choice there was") \
    X(FIELD_RULES,      TB_HINDERS_NOBODY, "field_rules",      "填写项的取值要求改变",     "what a field's value must be changes") \
    X(TYPE_ADDED,       TB_HINDERS_NOBODY, "type_added",       "新增办件类型",            "a case type is added") \
    X(TYPE_REMOVED,     TB_HINDERS_TYPE,   "type_removed",     "取消办件类型",            "the case type is gone") \
    X(STATE_ADDED,      TB_HINDERS_NOBODY, "state_added",      "新增状态",                "a state is added") \
    X(STATE_REMOVED,    TB_HINDERS_STATE,  "state_removed",    "取消状态",                "the state is gone") \
    X(STATE_CLOSES,     TB_HINDERS_STATE,  "state_closes",     "状态由未办结改为办结,或相反", "the state becomes closed, or open") \
    X(HOLDER_STRANDED,  TB_HINDERS_STATE,  "holder_stranded",  "原可办理的身份在此状态不能再办理", "who may act in the state no longer may") \
    X(POSITION_ADDED,   TB_HINDERS_NOBODY, "position_added",   "新增案内身份",            "a position is added") \
    X(POSITION_REMOVED, TB_HINDERS_NOBODY, "position_removed", "取消案内身份",            "a position is gone") \
    X(POSITION_CHANGED, TB_HINDERS_TYPE,   "position_changed", "案内身份改指他方",        "a position means another party") \
    X(FIELD_ADDED,      TB_HINDERS_NOBODY, "field_added",      "新增填写项",              "a field is added") \
    X(FIELD_REMOVED,    TB_HINDERS_TYPE,   "field_removed",    "取消填写项",              "a field is gone") \
    X(FIELD_TYPE,       TB_HINDERS_TYPE,   "field_type",       "填写项类型改变",          "a field has another type") \
    X(FIELD_GROUP,      TB_HINDERS_TYPE,   "field_group",      "填写项改属他组",          "a field is in another group") \
    X(FIELD_COMPUTED,   TB_HINDERS_NOBODY, "field_computed",   "填写项的计算方式改变",     "a field is computed in another way") \
    X(CHOICE_REMOVED,   TB_HINDERS_TYPE,   "choice_removed",   "取消可选值",              "a choice is gone") \
    X(CHOICE_ADDED,     TB_HINDERS_NOBODY, "choice_added",     "新增可选值",              "a choice is added") \
    X(GROUP_ADDED,      TB_HINDERS_NOBODY, "group_added",      "新增字段组",              "a field group is added") \
    X(GROUP_REMOVED,    TB_HINDERS_TYPE,   "group_removed",    "取消字段组",              "a field group is gone") \
    X(READER_ADDED,     TB_HINDERS_TYPE,   "reader_added",     "字段组增加可读单位",      "a field group gains a reader") \
    X(READER_REMOVED,   TB_HINDERS_NOBODY, "reader_removed",   "字段组减少可读单位",      "a field group loses a reader") \
    X(ACTION_ADDED,     TB_HINDERS_NOBODY, "action_added",     "新增办理动作",            "an action is added") \
    X(ACTION_REMOVED,   TB_HINDERS_NOBODY, "action_removed",   "取消办理动作",            "an action is gone") \
    X(ACTION_CHANGED,   TB_HINDERS_NOBODY, "action_changed",   "办理动作的规定改变",      "an action's rules change") \
    X(DUTY_ADDED,       TB_HINDERS_NOBODY, "duty_added",       "新增应办事项",            "a duty is added") \
    X(DUTY_REMOVED,     TB_HINDERS_NOBODY, "duty_removed",     "取消应办事项",            "a duty is gone") \
    X(SCORES_CHANGED,   TB_HINDERS_TYPE,   "scores_changed",   "评分表改变",              "the score sheet changes") \
    X(DUTY_PARTIES,     TB_HINDERS_TYPE,   "duty_parties",     "应办事项的应办方或相对方改变", "a duty is owed by or to another position") \
    X(LIST_ADDED,       TB_HINDERS_NOBODY, "list_added",       "新增名单",                "a list is added") \
    X(LIST_REMOVED,     TB_HINDERS_TYPE,   "list_removed",     "取消名单",                "a list is gone") \
    X(LIST_CHANGED,     TB_HINDERS_NOBODY, "list_changed",     "名单的规定改变",          "a list's rules change") \
    X(DUTY_CHANGED,     TB_HINDERS_NOBODY, "duty_changed",     "应办事项的规定改变",      "a duty's rules change") \
    X(DUTY_ADOPTED,     TB_HINDERS_NOBODY, "duty_adopted",     "系统默认时限的采用情况改变", "whether headquarters has adopted a default limit changes") \
    X(MEASURE_ADDED,    TB_HINDERS_NOBODY, "measure_added",    "新增指标",                "a measure is added") \
    X(MEASURE_REMOVED,  TB_HINDERS_NOBODY, "measure_removed",  "取消指标",                "a measure is gone") \
    X(MEASURE_CHANGED,  TB_HINDERS_NOBODY, "measure_changed",  "指标的算法改变,各单位将重新统计", "a measure is counted in another way, everywhere anew") \
    X(REPORT_ADDED,     TB_HINDERS_NOBODY, "report_added",     "新增报告",                "a report is added") \
    X(REPORT_REMOVED,   TB_HINDERS_NOBODY, "report_removed",   "取消报告",                "a report is gone") \
    X(REPORT_CHANGED,   TB_HINDERS_NOBODY, "report_changed",   "报告的规定改变",          "a report's rules change")
/* clang-format on */

typedef enum tb_difference_kind {
#define TB_DIFFERENCE_ENUM(name, hinders, key, zh, en) TB_DIFFERENCE_##name,
    TB_DIFFERENCES(TB_DIFFERENCE_ENUM)
#undef TB_DIFFERENCE_ENUM
} tb_difference_kind;

/* Names are those of the definitions and live as long as these. */
typedef struct tb_difference {
    tb_difference_kind kind;
    const char *case_type; /* NULL: about the campaign as a whole */
    const char *state;     /* where only cases in it are concerned; else NULL */
    const char *about;     /* what differs: a field, a group, an action …; may be NULL */
    const char *detail;    /* a choice or reader of it, or a position; may be NULL */
} tb_difference;

/* Everything that differs, hindrances and others, in the order of the definitions. Titles and
 * spellings accepted on input do not count. TB_ERR_LIMIT: the arena is exhausted. */
tb_err tb_campaign_compare(const tb_campaign *from,
                           const tb_campaign *to,
                           tb_arena *arena,
                           tb_difference **out,
                           size_t *out_count) TB_MUST_USE;

tb_hindrance tb_difference_hinders(const tb_difference *difference);
/* Whether it keeps a case of this type in this state from moving. */
bool tb_difference_blocks(const tb_difference *difference, tb_bytes case_type, tb_bytes state);

const char *tb_difference_key(tb_difference_kind kind);
const char *tb_difference_zh(tb_difference_kind kind);
const char *tb_difference_en(tb_difference_kind kind);

#endif
