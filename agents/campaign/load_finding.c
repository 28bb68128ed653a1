#include "agents/campaign/load_finding.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/import/utf8.h"

/* One word of the document, or one list of words; what is longer is cut. */
#define WORD_BYTES     400
#define SENTENCE_BYTES 2000

typedef struct tb_found {
    unsigned line;
    size_t order;
    bool has_item;
    tb_item item;
    tb_fault fault;
    const char *words[3];
} tb_found;

typedef struct fault_text {
    const char *key;
    const char *en;
    const char *en_do;
    const char *zh;
    const char *zh_do;
} fault_text;

static const fault_text texts[] = {
#define TB_FAULT_TEXT(name, key, en, en_do, zh, zh_do) {key, en, en_do, zh, zh_do},
    TB_FAULTS(TB_FAULT_TEXT)
#undef TB_FAULT_TEXT
};

static const tb_label items[] = {
    [TB_ITEM_CAMPAIGN] = {"专项行动", "campaign"},
    [TB_ITEM_ROLE] = {"角色", "role"},
    [TB_ITEM_CODES] = {"代码表", "code list"},
    [TB_ITEM_CHOICE] = {"选项", "choice"},
    [TB_ITEM_CASE_TYPE] = {"办件类型", "case type"},
    [TB_ITEM_FIELD] = {"填写项", "field"},
    [TB_ITEM_GROUP] = {"信息组", "group"},
    [TB_ITEM_POSITION] = {"案内身份", "position"},
    [TB_ITEM_STATE] = {"状态", "state"},
    [TB_ITEM_ACTION] = {"办理动作", "action"},
    [TB_ITEM_DUTY] = {"应办事项", "duty"},
    [TB_ITEM_LIST] = {"名单", "list"},
    [TB_ITEM_PARAMETER] = {"参数", "parameter"},
    [TB_ITEM_STAGE] = {"阶段", "stage"},
    [TB_ITEM_LOOKUP] = {"查找表", "look-up"},
    [TB_ITEM_MEASURE] = {"指标", "measure"},
    [TB_ITEM_SCORE] = {"评估指标", "score row"},
    [TB_ITEM_REPORT] = {"报告", "report"},
    [TB_ITEM_COMMON] = {"共用部分", "common part"},
};

/* In one line, and cut between two characters. */
static const char *copy(tb_findings *findings, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    size = size < WORD_BYTES ? size : WORD_BYTES;
    while (size > 0 && !tb_utf8_valid(tb_bytes_of(text, size))) {
        size--;
    }
    char *copied = tb_pool_text(findings->pool, text, size);
    for (size_t i = 0; copied != NULL && i < size; i++) {
        copied[i] = (unsigned char)copied[i] < ' ' ? ' ' : copied[i];
    }
    return copied;
}

static bool same_word(const char *copied, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0; /* a long one may be cut: then it is not same */
    return strlen(copied) == size && (size == 0 || memcmp(copied, text, size) == 0);
}

static bool said_already(const tb_findings *findings,
                         unsigned line,
                         const tb_item *item,
                         tb_fault fault,
                         const char *const words[3])
{
    for (size_t i = 0; i < findings->count; i++) {
        const tb_found *f = &findings->list[i];
        bool same =
            f->line == line && f->fault == fault && f->has_item == (item != NULL) &&
            (item == NULL || (f->item.kind == item->kind && same_word(f->item.id, item->id)));
        for (unsigned w = 0; same && w < 3; w++) {
            same = same_word(f->words[w], words[w]);
        }
        if (same) {
            return true;
        }
    }
    return false;
}

/* What may be meant as it is: declared for later. */
static bool is_advice(tb_fault fault)
{
    return fault == TB_FAULT_FIELD_UNUSED;
}

void tb_findings_add(tb_findings *findings,
                     unsigned line,
                     const tb_item *item,
                     tb_fault fault,
                     const char *a,
                     const char *b,
                     const char *c)
{
    if (said_already(findings, line, item, fault, (const char *const[3]){a, b, c})) {
        return;
    }
    findings->total += is_advice(fault) ? 0 : 1;
    if (findings->count == TB_FINDINGS_MAX) {
        return;
    }
    tb_found *list = tb_pool_grow(findings->pool, findings->list, findings->count,
                                  &findings->capacity, sizeof *list);
    if (list == NULL) {
        return;
    }
    tb_found found = {.line = line,
                      .order = findings->count,
                      .has_item = item != NULL,
                      .fault = fault,
                      .words = {copy(findings, a), copy(findings, b), copy(findings, c)}};
    if (item != NULL) {
        found.item = (tb_item){item->kind, copy(findings, item->id)};
    }
    findings->list = list;
    list[findings->count++] = found;
}

/* ---- telling ---- */

static void put(char out[SENTENCE_BYTES], size_t *used, const char *text)
{
    int size = snprintf(out + *used, SENTENCE_BYTES - *used, "%s", text == NULL ? "" : text);
    *used += size > 0 ? (size_t)size : 0;
    if (*used >= SENTENCE_BYTES) {
        *used = SENTENCE_BYTES - 1;
    }
}

static void
put_filled(char out[SENTENCE_BYTES], size_t *used, const char *text, const char *const words[3])
{
    char one[2] = "";
    for (; *text != '\0'; text++) {
        if (text[0] == '{' && text[1] >= '1' && text[1] <= '3' && text[2] == '}') {
            put(out, used, words[text[1] - '1']);
            text += 2;
        } else {
            one[0] = *text;
            put(out, used, one);
        }
    }
}

static void
sentence(const tb_found *found, bool chinese, const char *text, char out[SENTENCE_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    if (found->has_item) {
        const tb_label *label = &items[found->item.kind];
        put(out, &used, chinese ? label->zh : label->en);
        put(out, &used, " ");
        put(out, &used, found->item.id);
        put(out, &used, chinese ? "：" : ": ");
    }
    put_filled(out, &used, text, found->words);
}

static void remedy(const tb_found *found, const char *text, char out[SENTENCE_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    put_filled(out, &used, text, found->words);
}

static void tell_one(const tb_found *found, tb_campaign_fault_fn tell, void *context)
{
    const fault_text *text = &texts[found->fault];
    char reason_en[SENTENCE_BYTES];
    char remedy_en[SENTENCE_BYTES];
    char reason_zh[SENTENCE_BYTES];
    char remedy_zh[SENTENCE_BYTES];
    sentence(found, false, text->en, reason_en);
    sentence(found, true, text->zh, reason_zh);
    remedy(found, text->en_do, remedy_en);
    remedy(found, text->zh_do, remedy_zh);
    tb_campaign_finding told = {.line = found->line,
                                .key = text->key,
                                .reason = {reason_zh, reason_en},
                                .remedy = {remedy_zh, remedy_en},
                                .advice = is_advice(found->fault)};
    tell(context, &told);
}

static int order(const void *a, const void *b)
{
    const tb_found *x = a;
    const tb_found *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

void tb_findings_tell(tb_findings *findings, tb_campaign_fault_fn tell, void *context)
{
    if (tell == NULL || findings->count == 0) {
        return;
    }
    qsort(findings->list, findings->count, sizeof *findings->list, order);
    for (size_t i = 0; i < findings->count; i++) {
        tell_one(&findings->list[i], tell, context);
    }
    if (findings->total > findings->count) {
        char most[16];
        (void)snprintf(most, sizeof most, "%u", (unsigned)TB_FINDINGS_MAX);
        tb_found more = {.line = findings->list[findings->count - 1].line,
                         .fault = TB_FAULT_MORE,
                         .words = {most, "", ""}};
        tell_one(&more, tell, context);
    }
}
