#include "agents/campaign/document_number.h"

#include "base/limits.h"
#include "base/text.h"

#define OPENS       "〔"
#define CLOSES      "〕"
#define ENDS        "号"
#define YEAR_DIGITS 4

/* Takes the word from the front of the text. */
static bool take(tb_bytes *text, const char *word)
{
    size_t size = strlen(word);
    if (text->size < size || memcmp(text->data, word, size) != 0) {
        return false;
    }
    *text = tb_bytes_of(text->data + size, text->size - size);
    return true;
}

/* The digits at the front, the first of them no zero; 0 when there are none. */
static uint32_t take_number(tb_bytes *text, size_t most)
{
    uint32_t number = 0;
    size_t at = 0;
    while (at < text->size && at < most && text->data[at] >= '0' && text->data[at] <= '9' &&
           !(at == 0 && text->data[0] == '0')) {
        number = number * 10 + (uint32_t)(text->data[at++] - '0');
    }
    *text = tb_bytes_of(text->data + at, text->size - at);
    return number;
}

bool tb_document_number_read(tb_bytes text, unsigned *out_year, uint32_t *out_number)
{
    if (!take(&text, OPENS)) {
        return false;
    }
    uint32_t year = take_number(&text, YEAR_DIGITS);
    if (year < 1000 || !take(&text, CLOSES)) {
        return false;
    }
    uint32_t number = take_number(&text, 9);
    if (number == 0 || number > TB_DOCUMENT_NUMBER_MAX || !take(&text, ENDS) || text.size > 0) {
        return false;
    }
    *out_year = year;
    *out_number = number;
    return true;
}

tb_err tb_document_number_write(unsigned year, uint32_t number, tb_arena *arena, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, 40);
    tb_text_str(&text, OPENS);
    tb_text_u64(&text, year);
    tb_text_str(&text, CLOSES);
    tb_text_u64(&text, number);
    tb_text_str(&text, ENDS);
    return tb_text_done(&text, out);
}
