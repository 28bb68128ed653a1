#include "agents/cli/book.h"

#include <stdio.h>

#include "agents/campaign/judge.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "messages/table.h"

void tb_book_init(tb_book *book, tb_client *client)
{
    *book = (tb_book){.client = client};
}

void tb_book_close(tb_book *book)
{
    for (size_t i = 0; i < book->campaign_count; i++) {
        tb_campaign_loaded_free(book->campaigns[i].loaded);
    }
    book->campaign_count = 0;
}

bool tb_book_document(tb_book *book, tb_document_kind kind, const char *name, tb_document *out)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_DOCUMENT};
    request.document.kind = kind;
    request.document.name = tb_bytes_str(name);
    tb_local_answer answer;
    if (tb_client_ask(book->client, &request, &answer) != TB_ASKED_ANSWERED ||
        answer.code != TB_ACCEPTED || answer.kind != TB_ANSWER_CONTENT) {
        return false;
    }
    *out = answer.content;
    return true;
}

static void ask_parties(tb_book *book)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DIRECTORY};
    tb_local_answer answer;
    book->asked_parties = true;
    if (tb_client_ask(book->client, &request, &answer) == TB_ASKED_ANSWERED &&
        answer.code == TB_ACCEPTED && answer.kind == TB_ANSWER_PARTIES) {
        book->parties = answer.parties;
    }
}

const tb_local_party_line *tb_book_find(tb_book *book, const tb_party *party)
{
    if (!book->asked_parties) {
        ask_parties(book);
    }
    for (size_t i = 0; i < book->parties.count; i++) {
        if (tb_party_equal(&book->parties.lines[i].id, party)) {
            return &book->parties.lines[i];
        }
    }
    return NULL;
}

const tb_provinces *tb_book_provinces(tb_book *book)
{
    tb_document document;
    if (!book->asked_provinces) {
        book->asked_provinces = true;
        book->has_provinces =
            tb_book_document(book, TB_DOCUMENT_TABLE, TB_TABLE_PROVINCES, &document) &&
            tb_provinces_decode(document.content, &book->client->arena, &book->provinces) ==
                TB_ACCEPTED;
    }
    return book->has_provinces ? &book->provinces : NULL;
}

static void load_campaign(tb_book *book, tb_bytes id, tb_book_campaign *out)
{
    char name[TB_NAME_BYTES_MAX + 1];
    char error[256];
    tb_document document;
    (void)snprintf(name, sizeof name, "%.*s", (int)id.size, (const char *)id.data);
    *out = (tb_book_campaign){.id = id};
    if (id.size > 0 && tb_book_document(book, TB_DOCUMENT_CAMPAIGN, name, &document) &&
        tb_campaign_load(document.content, &out->loaded, error, sizeof error) == TB_OK) {
        out->campaign = tb_campaign_loaded_get(out->loaded);
    }
}

const tb_campaign *tb_book_campaign_of(tb_book *book, tb_bytes id)
{
    for (size_t i = 0; i < book->campaign_count; i++) {
        if (tb_bytes_equal(book->campaigns[i].id, id)) {
            return book->campaigns[i].campaign;
        }
    }
    if (book->campaign_count == TB_BOOK_CAMPAIGNS_MAX) {
        return NULL;
    }
    tb_book_campaign *fresh = &book->campaigns[book->campaign_count++];
    load_campaign(book, id, fresh);
    return fresh->campaign;
}

tb_bytes tb_book_party(tb_book *book, const tb_party *party)
{
    const tb_local_party_line *line = tb_book_find(book, party);
    if (line == NULL) {
        return tb_party_bytes(party);
    }
    tb_bytes name = tb_say_chinese() || line->name_en.size == 0 ? line->name_zh : line->name_en;
    return name.size == 0 ? tb_party_bytes(party) : name;
}

tb_bytes tb_book_label(const tb_label *label, tb_bytes id)
{
    const char *text = tb_say_chinese() || label->en == NULL ? label->zh : label->en;
    return text == NULL ? id : tb_bytes_str(text);
}

static const tb_case_type *type_of(tb_book *book, const tb_local_summary *of)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, of->campaign);
    return campaign == NULL ? NULL : tb_campaign_case_type(campaign, of->case_type);
}

tb_bytes tb_book_state(tb_book *book, const tb_local_summary *of, tb_bytes state)
{
    const tb_case_type *type = type_of(book, of);
    const tb_state *found = type == NULL ? NULL : tb_case_type_state(type, state);
    return found == NULL ? state : tb_book_label(&found->title, state);
}

tb_bytes tb_book_action(tb_book *book, const tb_local_summary *of, tb_bytes action)
{
    const tb_case_type *type = type_of(book, of);
    const tb_action *found = type == NULL ? NULL : tb_case_type_action(type, action);
    if (tb_bytes_equal(action, tb_bytes_str(TB_MOVE_ACTION))) {
        found = &tb_action_move;
    }
    return found == NULL ? action : tb_book_label(&found->title, action);
}

tb_bytes tb_book_field(tb_book *book, const tb_local_summary *of, tb_bytes field)
{
    const tb_case_type *type = type_of(book, of);
    const tb_field_def *found = type == NULL ? NULL : tb_case_type_field(type, field);
    return found == NULL ? field : tb_book_label(&found->title, field);
}

static tb_bytes choice_title(const tb_campaign *campaign, const char *codes, tb_bytes value)
{
    const tb_code_list *list = tb_campaign_codes(campaign, codes);
    for (unsigned i = 0; list != NULL && i < list->choice_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(list->choices[i].id), value)) {
            return tb_book_label(&list->choices[i].title, value);
        }
    }
    return value;
}

static tb_bytes province_name(tb_book *book, tb_bytes code)
{
    const tb_provinces *provinces = tb_book_provinces(book);
    const tb_province *found = provinces == NULL ? NULL : tb_provinces_find(provinces, code);
    if (found == NULL) {
        return code;
    }
    return tb_say_chinese() ? found->name_zh : found->name_en;
}

static tb_bytes plain_time(tb_book *book, tb_bytes value)
{
    tb_time time = 0;
    return tb_time_parse(value, &time) ? tb_show_time(&book->client->arena, time) : value;
}

tb_bytes tb_book_value(tb_book *book, const tb_local_summary *of, const tb_field *field)
{
    const tb_case_type *type = type_of(book, of);
    const tb_field_def *def = type == NULL ? NULL : tb_case_type_field(type, field->id);
    tb_party party;
    if (def == NULL) {
        return field->value;
    }
    switch (def->type) {
    case TB_FIELD_CHOICE:
        return choice_title(tb_book_campaign_of(book, of->campaign), def->choices, field->value);
    case TB_FIELD_PROVINCE:
        return province_name(book, field->value);
    case TB_FIELD_PARTY:
        return tb_party_parse(field->value, &party) ? tb_book_party(book, &party) : field->value;
    case TB_FIELD_TIME:
        return plain_time(book, field->value);
    case TB_FIELD_FLAG:
        return tb_bytes_str(tb_bytes_equal(field->value, tb_bytes_str("1")) ? _("yes") : _("no"));
    case TB_FIELD_MSISDN:
    case TB_FIELD_ICCID:
    case TB_FIELD_USCC:
    case TB_FIELD_REG_NO:
    case TB_FIELD_DATE:
    case TB_FIELD_COUNT:
    case TB_FIELD_TEXT:
    case TB_FIELD_DIGEST:
    case TB_FIELD_CASE:
    case TB_FIELD_PERIOD:
    case TB_FIELD_FIGURES:
    case TB_FIELD_DECLARED:
    case TB_FIELD_NUMBER:
        break;
    }
    return field->value;
}
