/* show_verified - what was proved, and what does not hold. */
#include <stdio.h>
#include <string.h>

#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/verify.h"

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

/* Splits at what stands between; false: it does not. */
static bool split(tb_bytes text, const char *between, tb_bytes *out_before, tb_bytes *out_behind)
{
    const uint8_t *at =
        text.size == 0 ? NULL : memmem(text.data, text.size, between, strlen(between));
    if (at == NULL) {
        return false;
    }
    size_t before = (size_t)(at - text.data);
    *out_before = tb_bytes_of(text.data, before);
    *out_behind = tb_bytes_of(at + strlen(between), text.size - before - strlen(between));
    return true;
}

/* "figure NAME: stated VALUE; its events make up VALUE", a report's with three values each. */
static bool show_figure(tb_bytes said)
{
    tb_bytes none;
    tb_bytes rest;
    tb_bytes name;
    tb_bytes stated;
    tb_bytes counted;
    if (!split(said, TB_VERIFY_FIGURE, &none, &rest) || none.size > 0 ||
        !split(rest, TB_VERIFY_STATED, &name, &rest) ||
        (!split(rest, TB_VERIFY_COUNTED, &stated, &counted) &&
         !split(rest, TB_VERIFY_PARTS, &stated, &counted) &&
         !split(rest, TB_VERIFY_AGAIN, &stated, &counted))) {
        return false;
    }
    if (split(rest, TB_VERIFY_AGAIN, &none, &none)) {
        (void)printf(_("wrong: figure %.*s: stated %.*s and once more %.*s (this period, year so "
                       "far, period before)\n"),
                     (int)name.size, (const char *)name.data, (int)stated.size,
                     (const char *)stated.data, (int)counted.size, (const char *)counted.data);
        return true;
    }
    bool parts = split(rest, TB_VERIFY_PARTS, &none, &none);
    bool three = memchr(stated.data, ' ', stated.size) != NULL ||
                 memchr(counted.data, ' ', counted.size) != NULL;
    if (parts) {
        (void)printf(
            _("wrong: figure %.*s: stated %.*s; its parts make up %.*s (this period, year so "
              "far, period before)\n"),
            (int)name.size, (const char *)name.data, (int)stated.size, (const char *)stated.data,
            (int)counted.size, (const char *)counted.data);
        return true;
    }
    (void)printf(three ? _("wrong: figure %.*s: stated %.*s; its events make up %.*s (this period, "
                           "year so far, period before)\n")
                       : _("wrong: figure %.*s: stated %.*s; its events make up %.*s\n"),
                 (int)name.size, (const char *)name.data, (int)stated.size,
                 (const char *)stated.data, (int)counted.size, (const char *)counted.data);
    return true;
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
    if (show_figure(said)) {
        return;
    }
    if (sentence != NULL) {
        if (has_id) {
            (void)printf(_("wrong: event %.*s: %s\n"), (int)id, (const char *)fault.data, sentence);
        } else {
            (void)printf(_("wrong: %s\n"), sentence);
        }
    } else {
        (void)printf(_("wrong: %.*s\n"), (int)fault.size, (const char *)fault.data);
    }
}

void tb_show_recounting(uint64_t looked, uint64_t of)
{
    (void)printf(_("the stated figures are being counted anew: %llu of %llu cases\n"),
                 (unsigned long long)looked, (unsigned long long)of);
}

json_t *tb_json_recounting(uint64_t looked, uint64_t of)
{
    return of == 0 ? json_null()
                   : json_pack("{s:I s:I}", "cases", (json_int_t)looked, "of", (json_int_t)of);
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
    if (verified->declared > 0) {
        (void)printf(_("%llu figures are declared: who filed them vouches for them; they are "
                       "counted from no events, and nothing here proves them\n"),
                     (unsigned long long)verified->declared);
    }
    if (verified->corrected > 0) {
        (void)printf(_("%llu figures have changed since they were stated, by later events\n"),
                     (unsigned long long)verified->corrected);
    }
    if (verified->recounted_of > 0) {
        tb_show_recounting(verified->recounted, verified->recounted_of);
    }
    for (size_t i = 0; i < verified->fault_count; i++) {
        show_fault(verified->faults[i]);
    }
    if (verified->wrong > 0) {
        (void)printf("%s", _("do not rely on it; tell the authority of the hub\n"));
    } else {
        (void)printf("%s", verified->recounted_of > 0
                               ? _("nothing is wrong so far; ask again when it is counted\n")
                               : _("everything verifies\n"));
    }
}

json_t *tb_json_verified(const tb_local_verified *verified)
{
    json_t *o = json_object();
    json_t *faults = json_array();
    for (size_t i = 0; i < verified->fault_count; i++) {
        (void)json_array_append_new(faults, tb_json_text(verified->faults[i]));
    }
    (void)json_object_set_new(o, "case", tb_json_hex_of(verified->case_id.bytes, TB_CASE_ID_BYTES));
    (void)json_object_set_new(o, "verifies",
                              json_boolean(verified->wrong == 0 && verified->recounted_of == 0));
    (void)json_object_set_new(o, "events", json_integer((json_int_t)verified->events));
    (void)json_object_set_new(o, "signed", json_integer((json_int_t)verified->signatures));
    (void)json_object_set_new(o, "stamps", json_integer((json_int_t)verified->stamps));
    (void)json_object_set_new(o, "marks", json_integer((json_int_t)verified->marks));
    (void)json_object_set_new(o, "openings", json_integer((json_int_t)verified->openings));
    (void)json_object_set_new(o, "behind", json_integer((json_int_t)verified->behind));
    (void)json_object_set_new(o, "not_looked", json_integer((json_int_t)verified->not_looked));
    (void)json_object_set_new(o, "corrected", json_integer((json_int_t)verified->corrected));
    (void)json_object_set_new(o, "recounted",
                              tb_json_recounting(verified->recounted, verified->recounted_of));
    (void)json_object_set_new(o, "declared", json_integer((json_int_t)verified->declared));
    (void)json_object_set_new(o, "attested", json_boolean(verified->attested));
    (void)json_object_set_new(o, "wrong", json_integer((json_int_t)verified->wrong));
    (void)json_object_set_new(o, "faults", faults);
    return o;
}
