/* letter_page - a letter as a page for printing on A4 (letter.h), in the form of an official letter
 * (信函格式, GB/T 9704-2012): issuer's name and double line in red, document number, title,
 * addressee, text, list of annexes, issuer and date; then the same in English, and both lists. */
#include "agents/letter.h"
#include "base/text.h"

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "@page { size: A4; margin: 30mm 26mm 25mm 28mm; }\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0; color: #000; background: #fff; font-size: 16pt; line-height: 1.75;\n"
    "  font-family: FangSong, FangSong_GB2312, STFangsong, \"Noto Serif CJK SC\", serif; }\n"
    "section { break-before: page; }\n"
    "section:first-of-type { break-before: auto; }\n"
    ".issuer { color: #c00; text-align: center; font-size: 34pt; line-height: 1.2;\n"
    "  letter-spacing: .06em; margin: 0 0 4mm;\n"
    "  font-family: FZXiaoBiaoSong-B05S, STZhongsong, SimSun, \"Noto Serif CJK SC\", serif; "
    "font-weight: 700; }\n"
    ".rule { border: 0; margin: 0; height: 1.6mm; border-top: .9mm solid #c00;\n"
    "  border-bottom: .25mm solid #c00; }\n"
    ".number { text-align: right; margin: 3mm 0 9mm; }\n"
    "h1 { font-size: 22pt; line-height: 1.4; text-align: center; margin: 0 0 9mm; font-weight: "
    "700;\n"
    "  text-wrap: balance;\n"
    "  font-family: FZXiaoBiaoSong-B05S, STZhongsong, SimSun, \"Noto Serif CJK SC\", serif; }\n"
    "p { margin: 0; }\n"
    ".text p { text-indent: 2em; text-align: justify; }\n"
    ".text p.to, .text p.annexes, .text p.more { text-indent: 0; }\n"
    ".annexes { margin-top: 9mm !important; padding-left: 2em; }\n"
    ".more { padding-left: 5em; }\n"
    ".signed { margin: 20mm 4em 0 auto; width: fit-content; min-width: 8em; break-inside: avoid; "
    "}\n"
    ".signed p { text-align: center; }\n"
    ".exercise { border: .4mm solid #c00; color: #c00; text-align: center; font-size: 12pt;\n"
    "  margin: 0 .5mm 6mm; padding: 1mm; }\n"
    ".annex { font-size: 14pt; font-weight: 700; font-family: SimHei, \"Noto Sans CJK SC\", "
    "sans-serif; }\n"
    "table { width: calc(100% - 1mm); margin: 4mm .5mm 0; border-collapse: collapse; font-size: "
    "10.5pt; line-height: 1.4;\n"
    "  font-family: SimSun, \"Noto Serif CJK SC\", serif; }\n"
    "thead { display: table-header-group; }\n"
    "tr { break-inside: avoid; }\n"
    "th, td { border: .25mm solid #000; padding: 1mm 1.5mm; vertical-align: top; text-align: left; "
    "}\n"
    "th { text-align: center; font-weight: 700; white-space: nowrap; }\n"
    "td.n { text-align: center; width: 11mm; }\n"
    "td.steps { width: 44mm; }\n"
    ".id { display: block; font-family: monospace; font-size: 8.5pt; word-break: break-all; }\n"
    ".fields { columns: 2; column-gap: 3mm; }\n"
    ".field { display: block; break-inside: avoid; overflow-wrap: anywhere; }\n"
    ".title { color: #333; }\n"
    ".en { font-family: \"Times New Roman\", \"Liberation Serif\", \"Noto Serif\", serif; "
    "font-size: 12.5pt; line-height: 1.5; }\n"
    ".en .issuer { font-size: 22pt; letter-spacing: 0; }\n"
    ".en h1 { font-size: 16pt; }\n"
    ".en .text p { text-indent: 0; margin-bottom: 3mm; }\n"
    "@media screen { body { background: #ddd; }\n"
    "  section { background: #fff; width: 210mm; margin: 8mm auto; padding: 30mm 26mm 25mm 28mm;\n"
    "    min-height: 297mm; box-shadow: 0 1mm 3mm #0003; } }\n"
    "</style>\n";

typedef struct page {
    tb_text text;
    const tb_letter *letter;
    bool zh;
} page;

static void str(page *p, const char *text)
{
    tb_text_str(&p->text, text);
}

/* What people wrote, as text and never as markup. */
static void escape(page *p, tb_bytes in)
{
    for (size_t i = 0; i < in.size; i++) {
        switch (in.data[i]) {
        case '&':
            str(p, "&amp;");
            break;
        case '<':
            str(p, "&lt;");
            break;
        case '>':
            str(p, "&gt;");
            break;
        case '"':
            str(p, "&quot;");
            break;
        case '\'':
            str(p, "&#39;");
            break;
        case '\n':
            str(p, "<br>");
            break;
        default:
            tb_text_char(&p->text, (char)in.data[i]);
        }
    }
}

static void put(page *p, const tb_letter_text *text)
{
    escape(p, p->zh ? text->zh : text->en);
}

static void either(page *p, const char *zh, const char *en)
{
    str(p, p->zh ? zh : en);
}

static void put_date(page *p)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    tb_civil c = tb_civil_of(p->letter->at);
    if (p->zh) {
        tb_text_u64(&p->text, (uint64_t)c.year);
        str(p, "年");
        tb_text_u64(&p->text, (uint64_t)c.month);
        str(p, "月");
        tb_text_u64(&p->text, (uint64_t)c.day);
        str(p, "日");
        return;
    }
    tb_text_u64(&p->text, (uint64_t)c.day);
    str(p, " ");
    str(p, months[(c.month - 1) % 12]);
    str(p, " ");
    tb_text_u64(&p->text, (uint64_t)c.year);
}

/* ---- what the letter is about ---- */

static bool same_text(const tb_letter_text *a, const tb_letter_text *b)
{
    return tb_bytes_equal(a->zh, b->zh) && tb_bytes_equal(a->en, b->en);
}

static bool one_campaign(const tb_letter *letter)
{
    for (size_t i = 1; i < letter->entry_count; i++) {
        if (!tb_bytes_equal(letter->entries[i].campaign, letter->entries[0].campaign)) {
            return false;
        }
    }
    return letter->entry_count > 0;
}

static bool one_action(const tb_letter *letter)
{
    for (size_t i = 1; i < letter->entry_count; i++) {
        if (!same_text(&letter->entries[i].newest, &letter->entries[0].newest)) {
            return false;
        }
    }
    return one_campaign(letter);
}

static void put_title(page *p)
{
    const tb_letter_entry *first = p->letter->entries;
    either(p, "关于", "Re: ");
    if (!one_campaign(p->letter)) {
        either(p, "专项行动有关办件的函", "cases of several campaigns");
        return;
    }
    put(p, &first->campaign_title);
    if (one_action(p->letter)) {
        either(p, "“", ", ");
        put(p, &first->newest);
        either(p, "”事项的函", "");
        return;
    }
    either(p, "有关办件的函", ", several cases");
}

static void put_count(page *p)
{
    tb_text_u64(&p->text, p->letter->entry_count);
}

/* ---- the letter ---- */

static void put_text(page *p)
{
    str(p, "<div class=\"text\">\n<p class=\"to\">");
    put(p, &p->letter->recipient);
    either(p, "：</p>\n<p>", ",</p>\n<p>");
    either(p, "现将", "The list annexed to this letter gives ");
    if (one_campaign(p->letter)) {
        either(p, "", "what was done in the ");
        put(p, &p->letter->entries[0].campaign_title);
        either(p, "中", " on ");
    } else {
        either(p, "专项行动中", "what was done on ");
    }
    either(p, "涉及你单位的", "");
    put_count(p);
    either(p, "件办件的办理情况函告如下（详见附件）。请按照专项行动的规定办理。</p>\n",
           " case(s) that concern you. Please act on each as the campaign provides.</p>\n");
    either(p,
           "<p>办理结果请以书面形式函复我单位，逐件注明办件编号，并写明发文字号和日期。我单位收到"
           "后代为录入，标明“线下办理”。</p>\n<p>特此函告。</p>\n",
           "<p>Please answer in writing, naming for each case its id, and giving your document "
           "number and date. We enter the answer for you, marked as given on paper.</p>\n");
    either(p, "<p class=\"annexes\">附件：1．办件清单（",
           "<p class=\"annexes\">Annexes: 1. List of ");
    put_count(p);
    either(
        p, "件，另附同名数据表）</p>\n<p class=\"more\">2．离线数据包（带签名的报文，另附）</p>\n",
        " case(s), also as a data table<br>2. Bundle with the signed notices, on a medium</p>\n");
    str(p, "</div>\n<div class=\"signed\">\n<p>");
    put(p, &p->letter->sender);
    str(p, "</p>\n<p>");
    put_date(p);
    str(p, "</p>\n</div>\n");
}

static void put_exercise(page *p)
{
    if (p->letter->exercise) {
        either(p, "<p class=\"exercise\">演练数据，不作统计依据</p>\n",
               "<p class=\"exercise\">Exercise data, not for statistics</p>\n");
    }
}

static void put_letter(page *p)
{
    either(p, "<section lang=\"zh-CN\">\n", "<section class=\"en\" lang=\"en\">\n");
    str(p, "<p class=\"issuer\">");
    put(p, &p->letter->sender);
    str(p, "</p>\n<div class=\"rule\"></div>\n<p class=\"number\">");
    escape(p, p->letter->document_no);
    str(p, "</p>\n");
    put_exercise(p);
    str(p, "<h1>");
    put_title(p);
    str(p, "</h1>\n");
    put_text(p);
    str(p, "</section>\n");
}

/* ---- the list ---- */

static void put_row(page *p, size_t place)
{
    const tb_letter_entry *entry = &p->letter->entries[place];
    str(p, "<tr><td class=\"n\">");
    tb_text_u64(&p->text, place + 1);
    str(p, "</td><td class=\"steps\"><span class=\"id\">");
    tb_text_hex(&p->text, tb_bytes_of(entry->case_id.bytes, TB_CASE_ID_BYTES));
    str(p, "</span>");
    put(p, &entry->actions);
    str(p, "<br><span class=\"title\">");
    either(p, "状态：", "state: ");
    put(p, &entry->state);
    str(p, "</span></td><td><div class=\"fields\">");
    for (size_t i = 0; i < entry->value_count; i++) {
        str(p, "<span class=\"field\"><span class=\"title\">");
        put(p, &entry->values[i].title);
        either(p, "：", ": ");
        str(p, "</span>");
        put(p, &entry->values[i].value);
        str(p, "</span>");
    }
    str(p, "</div></td></tr>\n");
}

static void put_list(page *p)
{
    either(p, "<section lang=\"zh-CN\">\n<p class=\"annex\">附件1</p>\n<h1>办件清单</h1>\n",
           "<section class=\"en\" lang=\"en\">\n<p class=\"annex\">Annex 1</p>\n"
           "<h1>List of cases</h1>\n");
    put_exercise(p);
    either(p,
           "<table>\n<thead><tr><th>序号</th><th>办件编号、办理记录</th><th>内容</th></tr>"
           "</thead>\n<tbody>\n",
           "<table>\n<thead><tr><th>no.</th><th>case, steps</th><th>content</th></tr>"
           "</thead>\n<tbody>\n");
    for (size_t i = 0; i < p->letter->entry_count; i++) {
        put_row(p, i);
    }
    str(p, "</tbody>\n</table>\n</section>\n");
}

tb_err tb_letter_page(const tb_letter *letter, tb_arena *arena, size_t max, tb_bytes *out)
{
    page p = {.letter = letter, .zh = true};
    tb_text_init(&p.text, arena, max);
    str(&p, head);
    str(&p, "<title>");
    escape(&p, letter->document_no);
    str(&p, "</title>\n</head>\n<body>\n");
    put_letter(&p);
    put_list(&p);
    p.zh = false;
    put_letter(&p);
    put_list(&p);
    str(&p, "</body>\n</html>\n");
    return tb_text_done(&p.text, out);
}
