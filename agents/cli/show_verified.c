/* show_verified - what was proved, and what does not hold. */
#include <stdio.h>
#include <string.h>

#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define N_(text) text

/* Above every code of base/refusal.h. */
#define CODES_END 1000

/* What the agent says of a fault in words of its own (agents/verify.c). */
static const char *const sentences[] = {
    N_("the chain to it is broken"),
    N_("a stored row of it does not decode"),
    N_("an arrived mark over it is of another notice"),
    N_("a counted event is not here"),
    N_("a figure is not the sum of its events"),
    N_("its figures do not read"),
    N_("its figures are not here"),
};

#define FILED    "filed "
#define RECOUNTS "; recounted from its events "

/* A fault is a sentence of those above or a refusal's key, with the event's id before it. */
static const char *sentence_of(tb_bytes said)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        if (tb_bytes_equal(said, tb_bytes_str(sentences[i]))) {
            return gettext(sentences[i]);
        }
    }
    for (uint32_t code = 1; code < CODES_END; code++) {
        if (tb_refusal_known(code) &&
            tb_bytes_equal(said, tb_bytes_str(tb_refusal_key((tb_refusal)code)))) {
            return tb_say_chinese() ? tb_refusal_zh((tb_refusal)code)
                                    : tb_refusal_en((tb_refusal)code);
        }
    }
    return NULL;
}

static void show_fault(tb_bytes fault)
{
    size_t id = 0;
    while (id < fault.size && fault.data[id] != ' ') {
        id++;
    }
    bool has_id = id == 2 * TB_DIGEST_BYTES && id < fault.size;
    size_t from = has_id ? id + 1 : 0;
    tb_bytes said = tb_bytes_of(fault.data + from, fault.size - from);
    const char *sentence = sentence_of(said);
    const char *text = (const char *)said.data;
    const char *counted = said.size > sizeof FILED && memcmp(text, FILED, sizeof FILED - 1) == 0
                              ? memmem(text, said.size, RECOUNTS, sizeof RECOUNTS - 1)
                              : NULL;
    if (counted != NULL) {
        const char *filed = text + sizeof FILED - 1;
        const char *found = counted + sizeof RECOUNTS - 1;
        (void)printf(_("wrong: filed %.*s; recounted from its events %.*s\n"),
                     (int)(counted - filed), filed, (int)(text + said.size - found), found);
    } else if (sentence != NULL) {
        if (has_id) {
            (void)printf(_("wrong: event %.*s: %s\n"), (int)id, (const char *)fault.data, sentence);
        } else {
            (void)printf(_("wrong: %s\n"), sentence);
        }
    } else {
        (void)printf(_("wrong: %.*s\n"), (int)fault.size, (const char *)fault.data);
    }
}

void tb_show_verified(const tb_local_verified *verified)
{
    (void)printf(_("%llu events, %llu of them signed in a notice; %llu stamps of the hub; %llu "
                   "field groups opened\n"),
                 (unsigned long long)verified->events, (unsigned long long)verified->signatures,
                 (unsigned long long)verified->stamps, (unsigned long long)verified->openings);
    if (verified->marks > 0) {
        (void)printf(_("%llu arrived marks of recipients\n"), (unsigned long long)verified->marks);
    }
    if (verified->behind > 0) {
        (void)printf(_("%llu of them stand behind the figures\n"),
                     (unsigned long long)verified->behind);
    }
    if (verified->not_looked > 0) {
        (void)printf(_("%llu further events behind the figures were not looked at\n"),
                     (unsigned long long)verified->not_looked);
    }
    if (verified->attested) {
        (void)printf(
            _("the figures are attested by the reporter's signature; their events are with "
              "the reporter\n"));
    }
    for (size_t i = 0; i < verified->fault_count; i++) {
        show_fault(verified->faults[i]);
    }
    (void)printf(verified->wrong == 0 ? _("everything verifies\n")
                                      : _("do not rely on it; tell the authority of the hub\n"));
}

json_t *tb_json_verified(const tb_local_verified *verified)
{
    json_t *o = json_object();
    json_t *faults = json_array();
    for (size_t i = 0; i < verified->fault_count; i++) {
        (void)json_array_append_new(faults, tb_json_text(verified->faults[i]));
    }
    (void)json_object_set_new(o, "case", tb_json_hex_of(verified->case_id.bytes, TB_CASE_ID_BYTES));
    (void)json_object_set_new(o, "verifies", json_boolean(verified->wrong == 0));
    (void)json_object_set_new(o, "events", json_integer((json_int_t)verified->events));
    (void)json_object_set_new(o, "signed", json_integer((json_int_t)verified->signatures));
    (void)json_object_set_new(o, "stamps", json_integer((json_int_t)verified->stamps));
    (void)json_object_set_new(o, "marks", json_integer((json_int_t)verified->marks));
    (void)json_object_set_new(o, "openings", json_integer((json_int_t)verified->openings));
    (void)json_object_set_new(o, "behind", json_integer((json_int_t)verified->behind));
    (void)json_object_set_new(o, "not_looked", json_integer((json_int_t)verified->not_looked));
    (void)json_object_set_new(o, "attested", json_boolean(verified->attested));
    (void)json_object_set_new(o, "wrong", json_integer((json_int_t)verified->wrong));
    (void)json_object_set_new(o, "faults", faults);
    return o;
}
