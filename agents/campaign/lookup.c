#include "agents/campaign/lookup.h"

/* A row leads to no further look-up (campaign check). */
static bool party_of_row(const tb_case_view *view,
                         const tb_directory *directory,
                         const tb_lookup_row *row,
                         tb_party *out)
{
    if (row->role != NULL) {
        return tb_party_of_role(directory, row->role, NULL, out);
    }
    TB_ASSERT(row->position != NULL);
    const tb_position *p = tb_case_type_position(view->type, tb_bytes_str(row->position));
    TB_ASSERT(p != NULL && p->kind != TB_POSITION_LOOKED_UP);
    return tb_position_party(view, directory, p->id, out);
}

static bool holds(const tb_party *list, size_t count, const tb_party *party)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_party_equal(&list[i], party)) {
            return true;
        }
    }
    return false;
}

size_t tb_lookup_parties(const tb_case_view *view,
                         const tb_directory *directory,
                         const tb_position *position,
                         tb_party *out,
                         size_t max)
{
    const tb_lookup *lookup = tb_campaign_lookup(view->campaign, position->lookup);
    size_t count = 0;
    TB_ASSERT(lookup != NULL);
    tb_bytes value = tb_case_view_field(view, tb_bytes_str(position->field));
    for (unsigned i = 0; i < lookup->row_count && count < max; i++) {
        const tb_lookup_row *row = &lookup->rows[i];
        tb_party party;
        if (value.size > 0 && tb_bytes_equal(tb_bytes_str(row->value), value) &&
            party_of_row(view, directory, row, &party) && !holds(out, count, &party)) {
            out[count++] = party;
        }
    }
    return count;
}
