/* case - listing, showing, opening cases and acting on them. */
#include <stdio.h>

#include "agents/campaign/fields.h"
#include "agents/cli/cli.h"
#include "agents/cli/evidence.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/list.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/cli/values.h"

#define LIST_LIMIT_USUAL 50
#define LIST_LIMIT_MAX   1000

typedef struct options {
    tb_common common;
    tb_words words; /* the verb first */
    bool mine;
    bool stalled;
    const char *state;
    const char *field;
    const char *value;
    const char *limit;
    const char *after;
    const char *head;
    const char *type;
    const char *action;
    const char *lane;
    const char *to;
    const char *on_behalf; /* --for */
    const char *reference; /* --ref */
    const char *date;
    const char *out;
    const char *by;
    const char *text;
} options;

static int print(tb_book *book, const tb_local_answer *answer)
{
    if (book->client->json) {
        tb_json_print(tb_json_answer(answer));
        return TB_EXIT_DONE;
    }
    return tb_show_answer(book, answer) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

static int ask(tb_book *book, tb_local_request *request, tb_answer_kind kind)
{
    tb_local_answer answer;
    int code = tb_client_get(book->client, request, kind, &answer);
    return code == TB_EXIT_DONE ? print(book, &answer) : code;
}

static bool case_word(const options *o, tb_case_id *out)
{
    if (o->words.count < 2) {
        (void)tb_help_wrong("case", _("which case? Its id is in: tongbao case list"));
        return false;
    }
    return tb_arguments_id(o->words.list[1], out->bytes);
}

/* For who has no agent: tongbao verify FILE. */
static int export(tb_book *book, const options *o)
{
    tb_case_id id;
    if (!case_word(o, &id)) {
        return TB_EXIT_USAGE;
    }
    if (o->out == NULL) {
        return tb_help_wrong("case", _("case export writes a file: give its name with --out"));
    }
    return tb_evidence_write(book->client, &id, false, o->out);
}

/* "next" of the page before, in a buffer that outlives the question. */
static bool mark_word(const options *o, uint8_t *buffer, size_t room, tb_bytes *out)
{
    size_t size = o->after == NULL ? 0 : strlen(o->after) / 2;
    *out = tb_bytes_of(buffer, size);
    if (o->after == NULL || (size <= room && tb_hex_parse(tb_bytes_str(o->after), buffer, size))) {
        return true;
    }
    (void)tb_help_wrong("case", _("--after takes what the page before printed as \"next\""));
    return false;
}

/* What a figure that the agent counted opens to. */
static int figure(tb_book *book, const options *o)
{
    long limit = LIST_LIMIT_USUAL;
    uint8_t after[TB_NAME_BYTES_MAX * 8];
    tb_local_request request = {.kind = TB_REQUEST_GET_FIGURE};
    if (!case_word(o, &request.get_figure.case_id) ||
        (o->limit != NULL && !tb_arguments_number("limit", o->limit, 1, LIST_LIMIT_MAX, &limit)) ||
        !mark_word(o, after, sizeof after, &request.get_figure.after)) {
        return TB_EXIT_USAGE;
    }
    if (o->words.count < 3) {
        return tb_help_wrong("case", _("which figure? Its field is in: tongbao case acts CASE"));
    }
    request.get_figure.field = tb_bytes_str(o->words.list[2]);
    request.get_figure.limit = (uint32_t)limit;
    return ask(book, &request, TB_ANSWER_FIGURE);
}

static int list(tb_book *book, const options *o)
{
    long limit = LIST_LIMIT_USUAL;
    if (o->limit != NULL && !tb_arguments_number("limit", o->limit, 1, LIST_LIMIT_MAX, &limit)) {
        return TB_EXIT_USAGE;
    }
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.mine = o->mine;
    request.list.stalled = o->stalled;
    request.list.limit = (uint32_t)limit;
    const tb_case_type *type = NULL;
    if (o->type != NULL) {
        type = tb_book_case_type(book, NULL, o->type);
        if (type == NULL) {
            tb_say_error(_("no campaign here has a case type \"%s\"; see: tongbao campaign show "
                           "CAMPAIGN"),
                         o->type);
            return TB_EXIT_USAGE;
        }
        request.list.case_type = tb_bytes_str(type->id);
    }
    if (o->state != NULL) {
        bool known;
        request.list.state = tb_book_state_id(book, type, tb_bytes_str(o->state), &known);
        if (!known) {
            tb_say_error(_("no campaign here has a state \"%s\"; see: tongbao campaign show "
                           "CAMPAIGN"),
                         o->state);
            return TB_EXIT_USAGE;
        }
    }
    uint8_t after[64];
    if (!mark_word(o, after, sizeof after, &request.list.after)) {
        return TB_EXIT_USAGE;
    }
    if ((o->field == NULL) != (o->value == NULL)) {
        return tb_help_wrong("case", _("--field and --value go together"));
    }
    if (o->field != NULL &&
        !tb_values_sought(book, o->field, o->value, &request.list.field, &request.list.value)) {
        return TB_EXIT_USAGE;
    }
    return ask(book, &request, TB_ANSWER_CASES);
}

/* The case, and which case opened it and which it opened. */
static int show(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE};
    tb_local_answer answer;
    tb_local_answer family;
    if (!case_word(o, &request.case_id)) {
        return TB_EXIT_USAGE;
    }
    int code = tb_client_get(book->client, &request, TB_ANSWER_CASE, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    request.kind = TB_REQUEST_GET_FAMILY;
    bool known = tb_client_ask(book->client, &request, &family) == TB_ASKED_ANSWERED &&
                 family.kind == TB_ANSWER_FAMILY && family.code == TB_ACCEPTED;
    if (book->client->json) {
        json_t *whole = tb_json_answer(&answer);
        if (known) {
            json_t *relatives = tb_json_family(&family.family);
            (void)json_object_update(whole, relatives);
            json_decref(relatives);
        }
        tb_json_print(whole);
        return TB_EXIT_DONE;
    }
    bool shown = tb_show_answer(book, &answer);
    shown = shown && (!known || tb_show_family(book, &family.family));
    return shown ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

/* The case itself first: what kind it is says how values are read and shown. The id a person gave
 * is for the act, not for this question. */
static int look_at(tb_book *book, const tb_case_id *id, tb_local_summary *out)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    tb_local_answer answer;
    int code = tb_client_get(book->client, &request, TB_ANSWER_CASE, &answer);
    if (code == TB_EXIT_DONE) {
        *out = answer.case_.summary;
    }
    return code;
}

static int acts(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACTS};
    tb_local_summary of;
    tb_local_answer answer;
    if (!case_word(o, &request.case_id)) {
        return TB_EXIT_USAGE;
    }
    int code = look_at(book, &request.case_id, &of);
    if (code == TB_EXIT_DONE) {
        code = tb_client_get(book->client, &request, TB_ANSWER_ACTS, &answer);
    }
    if (code != TB_EXIT_DONE || book->client->json) {
        return code == TB_EXIT_DONE ? print(book, &answer) : code;
    }
    return tb_show_acts(book, &of, &answer.acts) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

/* An action by its title or id; what is neither is told here. The agent judges ids. */
static bool action_word(tb_book *book, const tb_local_summary *of, const char *word, tb_bytes *out)
{
    *out = tb_book_action_id(book, of, tb_bytes_str(word));
    bool id = tb_field_well_formed(TB_FIELD_CHOICE, *out);
    if (!id) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_ACTION, *out);
    }
    return id;
}

/* CASE ACTION FIELD=VALUE... and --head, as every act has them. */
static int read_act(tb_book *book, const options *o, tb_local_act *out)
{
    const tb_campaign *campaign = NULL;
    const tb_case_type *type = NULL;
    if (!case_word(o, &out->case_id)) {
        return TB_EXIT_USAGE;
    }
    if (o->words.count < 3) {
        return tb_help_wrong("case", _("which action? See: tongbao case acts CASE"));
    }
    if (o->head != NULL &&
        !tb_hex_parse(tb_bytes_str(o->head), out->head.bytes, sizeof out->head.bytes)) {
        return tb_help_wrong("case", _("--head takes the 64 hex digits that case show prints"));
    }
    tb_local_summary of;
    int code = look_at(book, &out->case_id, &of);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (!action_word(book, &of, o->words.list[2], &out->action)) {
        return TB_EXIT_REFUSED;
    }
    campaign = tb_book_campaign_of(book, of.campaign);
    type = campaign == NULL ? NULL : tb_campaign_case_type(campaign, of.case_type);
    return tb_values_read(book, campaign, type, &o->words, 3, &out->fields, &out->field_count)
               ? TB_EXIT_DONE
               : TB_EXIT_REFUSED;
}

static int act(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    int code = read_act(book, o, &request.act);
    return code == TB_EXIT_DONE ? ask(book, &request, TB_ANSWER_ACTED) : code;
}

/* An off-line party's answer on paper, entered for it. */
static int paper(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_PAPER};
    if (o->on_behalf == NULL || o->reference == NULL || o->date == NULL) {
        return tb_help_wrong("case", _("case paper needs --for PARTY, --ref NUMBER and --date "
                                       "YYYY-MM-DD, as the paper has them"));
    }
    if (!tb_party_parse(tb_book_party_id(book, tb_bytes_str(o->on_behalf)),
                        &request.paper.on_behalf)) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_PARTY, tb_bytes_str(o->on_behalf));
        return TB_EXIT_REFUSED;
    }
    request.paper.number = tb_bytes_str(o->reference);
    request.paper.date = tb_bytes_str(o->date);
    int code = read_act(book, o, &request.paper.act);
    return code == TB_EXIT_DONE ? ask(book, &request, TB_ANSWER_ACTED) : code;
}

/* To another version of its campaign. */
static int move(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    tb_field version = {.id = tb_bytes_str(TB_MOVE_VALUE)};
    long number;
    if (!case_word(o, &request.act.case_id)) {
        return TB_EXIT_USAGE;
    }
    if (o->to == NULL) {
        return tb_help_wrong("case", _("to which version? For example: case move CASE --to 3"));
    }
    if (!tb_arguments_number("to", o->to, 1, INT32_MAX, &number)) {
        return TB_EXIT_USAGE;
    }
    version.value = tb_bytes_str(o->to);
    request.act.action = tb_bytes_str(TB_MOVE_ACTION);
    request.act.fields = &version;
    request.act.field_count = 1;
    return ask(book, &request, TB_ANSWER_ACTED);
}

static bool lane_of(const char *text, uint32_t *out)
{
    static const char *const lanes[] = {"", "urgent", "normal", "bulk"};
    for (uint32_t i = TB_LANE_FIRST; text != NULL && i <= TB_LANE_LAST; i++) {
        if (strcmp(lanes[i], text) == 0) {
            *out = i;
            return true;
        }
    }
    return text == NULL;
}

static int open_case(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    if (o->words.count < 2) {
        return tb_help_wrong("case", _("under which campaign? For example: case open black-card"));
    }
    if (!lane_of(o->lane, &request.open.lane)) {
        return tb_help_wrong("case", _("--lane is urgent, normal or bulk"));
    }
    request.open.campaign = tb_book_campaign_id(book, tb_bytes_str(o->words.list[1]));
    const tb_campaign *campaign = tb_book_campaign_of(book, request.open.campaign);
    if (campaign == NULL || campaign->case_type_count == 0) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_CAMPAIGN, request.open.campaign);
        tb_say_error(_("what is installed here lists: tongbao campaign list"));
        return TB_EXIT_REFUSED;
    }
    const tb_case_type *type =
        o->type == NULL ? &campaign->case_types[0] : tb_book_case_type(book, campaign, o->type);
    if (type == NULL) {
        tb_say_error(_("no campaign here has a case type \"%s\"; see: tongbao campaign show "
                       "CAMPAIGN"),
                     o->type);
        return TB_EXIT_USAGE;
    }
    request.open.case_type = tb_bytes_str(type->id);
    if (o->action != NULL) {
        tb_local_summary of = {.campaign = request.open.campaign,
                               .case_type = request.open.case_type};
        if (!action_word(book, &of, o->action, &request.open.action)) {
            return TB_EXIT_REFUSED;
        }
    }
    if (!tb_values_read(book, campaign, type, &o->words, 2, &request.open.fields,
                        &request.open.field_count)) {
        return TB_EXIT_REFUSED;
    }
    return ask(book, &request, TB_ANSWER_ACTED);
}

/* 督办: the campaign's action of that name, with its fields by options. */
static int supervise(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    if (!case_word(o, &request.act.case_id)) {
        return TB_EXIT_USAGE;
    }
    if (o->words.count != 3 || o->by == NULL || o->text == NULL) {
        return tb_help_wrong("case", _("case supervise needs CASE PARTY --by DAY --text TEXT"));
    }
    tb_field fields[] = {
        {tb_bytes_str(TB_SUPERVISED), tb_book_party_id(book, tb_bytes_str(o->words.list[2]))},
        {tb_bytes_str(TB_SUPERVISED_UNTIL), tb_bytes_str(o->by)},
        {tb_bytes_str(TB_SUPERVISED_TEXT), tb_bytes_str(o->text)},
    };
    request.act.action = tb_bytes_str(TB_SUPERVISE);
    request.act.fields = fields;
    request.act.field_count = 3;
    return ask(book, &request, TB_ANSWER_ACTED);
}

typedef int verb_fn(tb_book *book, const options *o);

typedef struct verb {
    const char *word;
    verb_fn *run;
    size_t words_max; /* with itself */
} verb;

static const verb *verb_of(const char *word)
{
    static const verb verbs[] = {{"list", list, 1},
                                 {"show", show, 2},
                                 {"acts", acts, 2},
                                 {"act", act, TB_WORDS_MAX},
                                 {"open", open_case, TB_WORDS_MAX},
                                 {"move", move, 2},
                                 {"paper", paper, TB_WORDS_MAX},
                                 {"export", export, 2},
                                 {"supervise", supervise, 3},
                                 {"figure", figure, 3}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].word, word) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

int tb_cli_case(int argc, char **argv)
{
    options o = {0};
    const tb_option known[] = {
        {"mine", &o.mine, NULL},     {"stalled", &o.stalled, NULL}, {"state", NULL, &o.state},
        {"field", NULL, &o.field},   {"value", NULL, &o.value},     {"limit", NULL, &o.limit},
        {"after", NULL, &o.after},   {"head", NULL, &o.head},       {"type", NULL, &o.type},
        {"lane", NULL, &o.lane},     {"to", NULL, &o.to},           {"for", NULL, &o.on_behalf},
        {"ref", NULL, &o.reference}, {"date", NULL, &o.date},       {"action", NULL, &o.action},
        {"out", NULL, &o.out},       {"by", NULL, &o.by},           {"text", NULL, &o.text}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &o.common,
                           &o.words)) {
        return TB_EXIT_USAGE;
    }
    if (o.common.help) {
        tb_help_print("case");
        return TB_EXIT_DONE;
    }
    const verb *asked = o.words.count == 0 ? NULL : verb_of(o.words.list[0]);
    if (asked == NULL) {
        return tb_help_wrong(
            "case", _("case takes list, show, acts, act, open, move, paper, export, figure or "
                      "supervise"));
    }
    if (o.words.count > asked->words_max) {
        return tb_help_too_much("case", o.words.list[asked->words_max]);
    }

    tb_client client;
    tb_book book;
    int code = tb_client_open(&o.common, &client);
    if (code == TB_EXIT_DONE) {
        tb_book_init(&book, &client);
        code = asked->run(&book, &o);
        tb_book_close(&book);
        tb_client_close(&client);
    }
    return code;
}
