#include "agents/cli/office.h"

#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define HOUR 60u

static bool digits(const char *text, unsigned most, unsigned *out)
{
    bool two = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    *out = two ? (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0') : 0;
    return two && *out <= most;
}

/* "HH:MM-HH:MM", to 24:00. */
static bool read_hours(const char *text, tb_local_office *out)
{
    unsigned part[4];
    static const size_t at[4] = {0, 3, 6, 9};
    if (strlen(text) != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':') {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!digits(text + at[i], i % 2 == 0 ? 24 : 59, &part[i])) {
            return false;
        }
    }
    *out = (tb_local_office){.from = part[0] * HOUR + part[1], .to = part[2] * HOUR + part[3]};
    return out->from < out->to && out->to <= 24 * HOUR;
}

void tb_show_office(const tb_local_office *office)
{
    (void)printf(_("office hours: %02u:%02u to %02u:%02u on working days%s\n"), office->from / HOUR,
                 office->from % HOUR, office->to / HOUR, office->to % HOUR,
                 office->by_default ? _(" (default, not set by this party)") : "");
}

json_t *tb_json_office(const tb_local_office *office)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "from_minute", json_integer(office->from));
    (void)json_object_set_new(o, "to_minute", json_integer(office->to));
    (void)json_object_set_new(o, "default", json_boolean(office->by_default));
    return o;
}

int tb_due_office(const tb_common *common, const char *hours)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_OFFICE};
    tb_local_answer answer;
    tb_client client;
    if (strcmp(hours, "show") != 0) {
        request.kind = TB_REQUEST_SET_OFFICE;
        if (!read_hours(hours, &request.set_office)) {
            return tb_help_wrong(
                "due", _("--office takes \"show\", or hours of one day such as 08:30-17:30"));
        }
    }
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    code = tb_client_get(&client, &request, TB_ANSWER_OFFICE, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_office(&answer.office));
    } else if (code == TB_EXIT_DONE) {
        tb_show_office(&answer.office);
    }
    tb_client_close(&client);
    return code;
}
