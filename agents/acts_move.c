/* acts_move - a person wants a case judged by a newer version of its campaign. */
#include "agents/acts_making.h"

#include "base/text.h"

/* The one value the act has. */
static bool version_wanted(const tb_acting *a, uint32_t *out)
{
    tb_bytes text;
    if (a->wish->field_count != 1 ||
        !tb_act_value(a->wish->fields, 1, tb_bytes_str(TB_MOVE_VALUE), &text)) {
        return false;
    }
    uint64_t version = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || version > UINT32_MAX / 10) {
            return false;
        }
        version = version * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = (uint32_t)version;
    return text.size > 0 && version > 0 && version <= UINT32_MAX;
}

/* "black-card 3" */
static tb_err name_version(tb_acting *a, uint32_t version)
{
    tb_text text;
    tb_text_init(&text, a->arena, TB_NAME_BYTES_MAX + 16);
    tb_text_bytes(&text, a->row.campaign);
    tb_text_char(&text, ' ');
    tb_text_u64(&text, version);
    return tb_text_done(&text, &a->objection.detail_zh);
}

/* Who has never been shown the case learns nothing of it by the move. */
static void leave_out_strangers(tb_acting *a)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->ruling.addressee_count; i++) {
        if (tb_case_knower(&a->row, &a->ruling.addressees[i]).upto > 0) {
            a->ruling.addressees[kept++] = a->ruling.addressees[i];
        }
    }
    a->ruling.addressee_count = kept;
}

tb_err tb_acting_move(tb_acting *a)
{
    uint32_t version;
    if (!version_wanted(a, &version)) {
        a->objection.code = TB_REFUSED_FIELD_INVALID;
        a->objection.detail_zh = tb_bytes_str(TB_MOVE_VALUE);
        return TB_OK;
    }
    a->moves_to = tb_campaigns_find(a->agent->campaigns, a->row.campaign, version);
    if (a->moves_to == NULL) {
        a->objection.code = TB_REFUSED_UNKNOWN_CAMPAIGN;
        return name_version(a, version);
    }
    tb_err err = tb_judge_move(&a->row.view, a->moves_to, a->agent->directory, &a->agent->self,
                               a->arena, &a->ruling, &a->objection);
    if (err == TB_OK && a->objection.code == TB_ACCEPTED) {
        leave_out_strangers(a);
    }
    return err;
}
