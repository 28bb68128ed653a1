#include "agents/cli/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "agents/cli/say.h"
#include "agents/import/utf8.h"

static bool begins(tb_bytes in, const char *mark, size_t size)
{
    return in.size >= size && memcmp(in.data, mark, size) == 0;
}

static bool copy(tb_bytes in, const char *encoding, tb_plain_text *out)
{
    uint8_t *memory = malloc(in.size + 1);
    if (memory == NULL) {
        return false;
    }
    if (in.size > 0) {
        memcpy(memory, in.data, in.size);
    }
    *out = (tb_plain_text){memory, tb_bytes_of(memory, in.size), encoding};
    return true;
}

static size_t line_of(tb_bytes in, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < in.size; i++) {
        line += in.data[i] == '\n';
    }
    return line;
}

static void say_broken(tb_bytes in, size_t at)
{
    tb_say_error(_("line %zu is neither UTF-8 nor GB18030. Save the table as \"CSV UTF-8\" and "
                   "import that file."),
                 line_of(in, at));
}

/* A character of two bytes takes at most three in UTF-8, one of four takes four. */
static bool convert(tb_bytes in, const char *encoding, tb_plain_text *out)
{
    iconv_t way = iconv_open("UTF-8", encoding);
    size_t capacity = in.size * 2 + 16;
    char *memory = malloc(capacity);
    /* iconv does not write to its input, whatever its type says. */
    char *from = malloc(in.size + 1);
    if (way == (iconv_t)-1 || memory == NULL || from == NULL) {
        tb_say_error(_("this machine cannot read %s"), encoding);
        free(memory);
        free(from);
        if (way != (iconv_t)-1) {
            (void)iconv_close(way);
        }
        return false;
    }
    memcpy(from, in.data, in.size);
    char *read = from;
    char *written = memory;
    size_t left = in.size;
    size_t room = capacity;
    bool done = iconv(way, &read, &left, &written, &room) != (size_t)-1;
    (void)iconv_close(way);
    if (!done) {
        /* The one it is went further than the one it is not. */
        size_t utf8 = tb_utf8_front(in);
        say_broken(in, in.size - left > utf8 ? in.size - left : utf8);
        free(memory);
        free(from);
        return false;
    }
    free(from);
    *out = (tb_plain_text){(uint8_t *)memory, tb_bytes_of(memory, capacity - room), encoding};
    return true;
}

bool tb_encoding_read(tb_bytes in, tb_plain_text *out)
{
    if (begins(in, "\xEF\xBB\xBF", 3)) {
        tb_bytes rest = tb_bytes_of(in.data + 3, in.size - 3);
        if (!tb_utf8_valid(rest)) {
            say_broken(rest, tb_utf8_front(rest)); /* the mark says that it is nothing else */
            return false;
        }
        return copy(rest, "UTF-8", out);
    }
    if (begins(in, "\xFF\xFE", 2)) {
        return convert(tb_bytes_of(in.data + 2, in.size - 2), "UTF-16LE", out);
    }
    if (begins(in, "\xFE\xFF", 2)) {
        return convert(tb_bytes_of(in.data + 2, in.size - 2), "UTF-16BE", out);
    }
    return tb_utf8_valid(in) ? copy(in, "UTF-8", out) : convert(in, "GB18030", out);
}

static bool to_gb18030(tb_bytes in, tb_plain_text *out)
{
    iconv_t way = iconv_open("GB18030", "UTF-8");
    size_t capacity = in.size * 2 + 16;
    char *memory = malloc(capacity);
    char *from = malloc(in.size + 1);
    bool done = way != (iconv_t)-1 && memory != NULL && from != NULL;
    size_t room = capacity;
    if (done) {
        memcpy(from, in.data, in.size);
        char *read = from;
        char *write = memory;
        size_t left = in.size;
        done = iconv(way, &read, &left, &write, &room) != (size_t)-1;
    }
    if (way != (iconv_t)-1) {
        (void)iconv_close(way);
    }
    free(from);
    if (!done) {
        free(memory);
        tb_say_error(_("this machine cannot write %s"), "GB18030");
        return false;
    }
    *out = (tb_plain_text){(uint8_t *)memory, tb_bytes_of(memory, capacity - room), "GB18030"};
    return true;
}

bool tb_encoding_write(tb_bytes in, const char *encoding, tb_plain_text *out)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    if (strcmp(encoding, "gb18030") == 0) {
        return to_gb18030(in, out);
    }
    uint8_t *memory = malloc(in.size + sizeof mark);
    if (memory == NULL) {
        return false;
    }
    memcpy(memory, mark, sizeof mark);
    if (in.size > 0) {
        memcpy(memory + sizeof mark, in.data, in.size);
    }
    *out = (tb_plain_text){memory, tb_bytes_of(memory, in.size + sizeof mark), "UTF-8"};
    return true;
}

void tb_encoding_free(tb_plain_text *text)
{
    free(text->memory);
    *text = (tb_plain_text){0};
}
