/* book_ids - from what people call things to their ids; see book.h. */
#include "agents/cli/book.h"

#include "agents/cli/say.h"
#include "agents/import/names.h"

static bool means(const tb_label *title, const char *id, tb_bytes text)
{
    return tb_bytes_equal(tb_bytes_str(id), text) ||
           (title->zh != NULL && tb_bytes_equal(tb_bytes_str(title->zh), text)) ||
           (title->en != NULL && tb_bytes_equal(tb_bytes_str(title->en), text));
}

/* The campaigns installed at the agent; none when it does not say. */
static tb_local_campaigns campaigns_here(tb_book *book)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    tb_local_answer answer;
    if (!book->asked_campaigns) {
        book->asked_campaigns = true;
        bool answered = tb_client_ask(book->client, &request, &answer) == TB_ASKED_ANSWERED;
        if (answered && answer.kind == TB_ANSWER_CAMPAIGNS) {
            book->here = answer.campaigns;
        }
    }
    return book->here;
}

tb_bytes tb_book_role(tb_book *book, tb_bytes role)
{
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count; i++) {
        const tb_campaign *campaign = tb_book_campaign_of(book, here.lines[i].id);
        for (unsigned k = 0; campaign != NULL && k < campaign->role_count; k++) {
            if (tb_bytes_equal(tb_bytes_str(campaign->roles[k].id), role)) {
                return tb_book_label(&campaign->roles[k].title, role);
            }
        }
    }
    return role;
}

tb_bytes tb_book_campaign_id(tb_book *book, tb_bytes text)
{
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count; i++) {
        if (tb_bytes_equal(here.lines[i].title_zh, text) ||
            tb_bytes_equal(here.lines[i].title_en, text)) {
            return here.lines[i].id;
        }
    }
    return text;
}

static const tb_case_type *type_in(const tb_campaign *campaign, tb_bytes text)
{
    for (unsigned i = 0; campaign != NULL && i < campaign->case_type_count; i++) {
        if (means(&campaign->case_types[i].title, campaign->case_types[i].id, text)) {
            return &campaign->case_types[i];
        }
    }
    return NULL;
}

const tb_case_type *tb_book_case_type(tb_book *book, const tb_campaign *campaign, const char *text)
{
    if (campaign != NULL) {
        return type_in(campaign, tb_bytes_str(text));
    }
    const tb_case_type *found = NULL;
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count && found == NULL; i++) {
        found = type_in(tb_book_campaign_of(book, here.lines[i].id), tb_bytes_str(text));
    }
    return found;
}

static const tb_state *state_of(const tb_case_type *type, tb_bytes text)
{
    for (unsigned j = 0; j < type->state_count; j++) {
        if (means(&type->states[j].title, type->states[j].id, text)) {
            return &type->states[j];
        }
    }
    return NULL;
}

static const tb_state *state_in(const tb_campaign *campaign, tb_bytes text)
{
    const tb_state *found = NULL;
    for (unsigned i = 0; campaign != NULL && i < campaign->case_type_count && found == NULL; i++) {
        found = state_of(&campaign->case_types[i], text);
    }
    return found;
}

tb_bytes tb_book_state_id(tb_book *book, const tb_case_type *type, tb_bytes text, bool *out_known)
{
    if (type != NULL) {
        const tb_state *state = state_of(type, text);
        *out_known = state != NULL;
        return state != NULL ? tb_bytes_str(state->id) : text;
    }
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count; i++) {
        const tb_state *state = state_in(tb_book_campaign_of(book, here.lines[i].id), text);
        if (state != NULL) {
            *out_known = true;
            return tb_bytes_str(state->id);
        }
    }
    *out_known = here.count == 0; /* nothing to compare with: the agent knows */
    return text;
}

tb_bytes tb_book_action_id(tb_book *book, const tb_local_summary *of, tb_bytes text)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, of->campaign);
    const tb_case_type *type =
        campaign == NULL ? NULL : tb_campaign_case_type(campaign, of->case_type);
    for (unsigned i = 0; type != NULL && i < type->action_count; i++) {
        if (means(&type->actions[i].title, type->actions[i].id, text)) {
            return tb_bytes_str(type->actions[i].id);
        }
    }
    return text;
}

tb_bytes tb_book_report_id(tb_book *book, tb_bytes text)
{
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count; i++) {
        const tb_campaign *campaign = tb_book_campaign_of(book, here.lines[i].id);
        for (unsigned r = 0; campaign != NULL && r < campaign->report_count; r++) {
            if (means(&campaign->reports[r].title, campaign->reports[r].id, text)) {
                return tb_bytes_str(campaign->reports[r].id);
            }
        }
    }
    return text;
}

tb_bytes tb_book_party_id(tb_book *book, tb_bytes text)
{
    tb_party none = {""};
    (void)tb_book_find(book, &none); /* asks for the directory */
    for (size_t i = 0; i < book->parties.count; i++) {
        const tb_local_party_line *line = &book->parties.lines[i];
        if (tb_bytes_equal(line->name_zh, text) || tb_bytes_equal(line->name_en, text)) {
            return tb_party_bytes(&line->id);
        }
    }
    return text;
}

bool tb_book_party_named(tb_book *book, const char *text, tb_party *out)
{
    if (tb_party_parse(tb_book_party_id(book, tb_bytes_str(text)), out) &&
        tb_book_find(book, out) != NULL) {
        return true;
    }
    tb_say_error(_("\"%s\" is no party of the directory; see: tongbao directory list"), text);
    return false;
}

bool tb_book_field_of(tb_book *book,
                      tb_bytes text,
                      const tb_campaign **out_campaign,
                      const tb_field_def **out)
{
    tb_local_campaigns here = campaigns_here(book);
    for (size_t i = 0; i < here.count; i++) {
        const tb_campaign *campaign = tb_book_campaign_of(book, here.lines[i].id);
        for (unsigned t = 0; campaign != NULL && t < campaign->case_type_count; t++) {
            const tb_field_def *def = tb_names_field(&campaign->case_types[t], text);
            if (def != NULL) {
                *out_campaign = campaign;
                *out = def;
                return true;
            }
        }
    }
    return false;
}
