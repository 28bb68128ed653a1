/* cut_file - see cut_file.h. */
#include "keyfile/cut_file.h"

#include <stdlib.h>

#include "base/pack.h"
#include "keyfile/disk.h"

#define FILE_BYTES_MAX (1024 * 1024)
#define WORDS          5

static size_t words(tb_bytes line, tb_bytes out[WORDS + 1])
{
    size_t count = 0;
    size_t i = 0;
    while (i < line.size && count <= WORDS) {
        while (i < line.size &&
               (line.data[i] == ' ' || line.data[i] == '\t' || line.data[i] == '\r')) {
            i++;
        }
        size_t from = i;
        while (i < line.size && line.data[i] != ' ' && line.data[i] != '\t' &&
               line.data[i] != '\r') {
            i++;
        }
        if (i > from) {
            out[count++] = tb_bytes_of(line.data + from, i - from);
        }
    }
    return count;
}

static const char *const lane_names[] = {"urgent", "normal", "bulk"};

static bool parse_lane(tb_bytes word, tb_lane *out)
{
    for (unsigned i = 0; i < 3; i++) {
        if (tb_bytes_equal(word, tb_bytes_str(lane_names[i]))) {
            *out = (tb_lane)(TB_LANE_FIRST + i);
            return true;
        }
    }
    return false;
}

static bool parse_number(tb_bytes word, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] < '0' || word.data[i] > '9' || value > (uint64_t)INT64_MAX / 10 - 1) {
            return false;
        }
        value = value * 10 + (uint64_t)(word.data[i] - '0');
    }
    *out = value;
    return value > 0;
}

static bool parse_mark(const tb_bytes word[WORDS], tb_cut_mark *out)
{
    uint8_t incarnation[16];
    tb_reader r;
    if (!tb_hex_parse(word[0], incarnation, sizeof(incarnation))) {
        return false;
    }
    tb_reader_init(&r, tb_bytes_of(incarnation, sizeof(incarnation)));
    out->incarnation.counter = tb_get_u64(&r);
    tb_get_raw(&r, out->incarnation.random, sizeof(out->incarnation.random));
    return tb_party_parse(word[1], &out->recipient) && parse_lane(word[2], &out->lane) &&
           parse_number(word[3], &out->number) &&
           tb_hex_parse(word[4], out->digest.bytes, TB_DIGEST_BYTES);
}

static int by_stream(const void *a, const void *b)
{
    const tb_cut_mark *x = a;
    const tb_cut_mark *y = b;
    int order = tb_incarnation_compare(&x->incarnation, &y->incarnation);
    if (order == 0) {
        order = memcmp(x->recipient.text, y->recipient.text, TB_PARTY_BYTES);
    }
    return order != 0 ? order : (int)x->lane - (int)y->lane;
}

static bool
parse(tb_bytes text, const char *path, tb_cut_mark *marks, size_t *out_count, tb_problem *problem)
{
    size_t count = 0;
    unsigned line_number = 0;
    for (size_t at = 0; at < text.size;) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end == NULL ? text.size - at : (size_t)(end - text.data) - at;
        tb_bytes word[WORDS + 1];
        size_t found = words(tb_bytes_of(text.data + at, size), word);
        line_number++;
        at += size + 1;
        if (found == 0 || word[0].data[0] == '#') {
            continue;
        }
        if (found != WORDS || !parse_mark(word, &marks[count])) {
            return tb_problem_set(
                problem, "%s line %u: expected incarnation, recipient, lane, number and digest.",
                "%s 第 %u 行:应为运行实例、接收单位、通道、编号和摘要。", path, line_number);
        }
        count++;
    }
    qsort(marks, count, sizeof(*marks), by_stream);
    for (size_t i = 1; i < count; i++) {
        if (by_stream(&marks[i - 1], &marks[i]) == 0) {
            return tb_problem_set(problem, "%s names one stream to %s twice; leave the right line.",
                                  "%s 中发往 %s 的同一报文流出现两次,请保留正确的一行。", path,
                                  marks[i].recipient.text);
        }
    }
    *out_count = count;
    return true;
}

bool tb_cut_file_read(
    const char *path, tb_arena *arena, tb_cut_mark **out, size_t *out_count, tb_problem *problem)
{
    tb_bytes text;
    if (!tb_disk_read(path, FILE_BYTES_MAX, arena, &text, problem)) {
        return false;
    }
    size_t lines = 1;
    for (size_t i = 0; i < text.size; i++) {
        lines += text.data[i] == '\n';
    }
    tb_cut_mark *marks = tb_arena_array(arena, lines, sizeof(*marks));
    if (marks == NULL) {
        return tb_problem_refused(problem, path, TB_REFUSED_TOO_LARGE);
    }
    size_t count = 0;
    if (!parse(text, path, marks, &count, problem)) {
        return false;
    }
    *out = marks;
    *out_count = count;
    return true;
}

void tb_cut_file_print(FILE *out, const tb_party *party, const tb_cut_mark *marks, size_t count)
{
    fprintf(out,
            "# %s: incarnation, recipient, lane, last good number and its digest, per stream\n"
            "# %s:每个报文流的运行实例、接收单位、通道、最后有效编号及其摘要\n",
            party->text, party->text);
    for (size_t i = 0; i < count; i++) {
        const tb_cut_mark *mark = &marks[i];
        uint8_t packed[16];
        char incarnation[33];
        char digest[2 * TB_DIGEST_BYTES + 1];
        tb_writer w;
        tb_writer_init(&w, packed, sizeof(packed));
        tb_put_u64(&w, mark->incarnation.counter);
        tb_put_raw(&w, mark->incarnation.random, sizeof(mark->incarnation.random));
        tb_hex(packed, sizeof(packed), incarnation);
        tb_hex(mark->digest.bytes, TB_DIGEST_BYTES, digest);
        fprintf(out, "%s %s %s %llu %s\n", incarnation, mark->recipient.text,
                lane_names[mark->lane - TB_LANE_FIRST], (unsigned long long)mark->number, digest);
    }
}
