/* verdict - what becomes of one row of a sender's table, before anything is sent.
 *
 *     row -> identity_number | row | malformed | not_mobile | outside_campaign     refused
 *         -> unknown_segment                                        sent, parked for a person
 *         -> local | forward                                        sent
 *
 * The first that applies, in this order; `row` also stands for a date nobody understands, which is
 * asked after the number and before the campaign's dates, and for a value, asked after them. The
 * campaign's window is judged by found_at if it is given, else by reported_at, in China time. This
 * is the boundary that knows of cards: the campaign interpreter behind it does not.
 */
#ifndef TB_VERDICT_H
#define TB_VERDICT_H

#include "agents/import/columns.h"
#include "agents/import/number.h"
#include "agents/tables/provinces.h"
#include "agents/tables/segments.h"
#include "base/time.h"
#include "messages/event.h"

/* name, stable key (CSV, JSON), English, Chinese */
#define TB_VERDICTS(X)                                                                             \
    X(TB_VERDICT_IDENTITY_NUMBER, "identity_number", "holds an identity number", "含身份证号码")   \
    X(TB_VERDICT_ROW, "row", "row not understood", "行内容无法识别")                               \
    X(TB_VERDICT_MALFORMED, "malformed", "not a number", "号码格式错误")                           \
    X(TB_VERDICT_NOT_MOBILE, "not_mobile", "not a mobile number", "非移动电话号码")                \
    X(TB_VERDICT_OUTSIDE_CAMPAIGN, "outside_campaign", "outside the campaign", "不在专项行动期限") \
    X(TB_VERDICT_UNKNOWN_SEGMENT, "unknown_segment", "home unknown", "归属地不明")                 \
    X(TB_VERDICT_LOCAL, "local", "local", "本地")                                                  \
    X(TB_VERDICT_FORWARD, "forward", "to be forwarded", "转外地")

typedef enum tb_verdict {
#define TB_VERDICT_ENUM(name, key, en, zh) name,
    TB_VERDICTS(TB_VERDICT_ENUM)
#undef TB_VERDICT_ENUM
    TB_VERDICT_COUNT,
} tb_verdict;

const char *tb_verdict_key(tb_verdict verdict);
const char *tb_verdict_en(tb_verdict verdict);
const char *tb_verdict_zh(tb_verdict verdict);
/* Whether a row with this verdict is sent. */
bool tb_verdict_sent(tb_verdict verdict);

/* What rows are judged against; everything is borrowed. */
typedef struct tb_import {
    const tb_campaign *campaign;
    const tb_case_type *type;
    const tb_segments *segments;
    const tb_provinces *provinces;
    tb_bytes jurisdiction; /* of the party that submits; empty: as each row says */
    tb_time from;          /* the campaign's first instant */
    tb_time until;         /* and the first one after it */
    tb_columns columns;
} tb_import;

/* Everything but the columns; false when the campaign's days or its opening action are missing. */
bool tb_import_init(tb_import *import,
                    const tb_campaign *campaign,
                    const tb_segments *segments,
                    const tb_provinces *provinces) TB_MUST_USE;

typedef struct tb_judged {
    tb_verdict verdict;
    tb_refusal code;  /* why it is not sent, or TB_ACCEPTED */
    const tb_field_def *field; /* what it is about; NULL: the row */
    tb_bytes heading;          /* its column; empty where no column is for it, and */
    tb_bytes cell;             /* what stands there; may be empty */
    tb_number number;
    bool has_segment;
    tb_segment segment;
    tb_bytes found;   /* province code, or empty */
    tb_time reported; /* 0 when not given */
    tb_field *fields; /* for the opening action, ascending by id; only when sent */
    size_t field_count;
} tb_judged;

/* TB_ERR_LIMIT when the arena is too small for one row. */
tb_err tb_import_judge(const tb_import *import,
                       const tb_csv_row *row,
                       tb_arena *arena,
                       tb_judged *out) TB_MUST_USE;

#endif
