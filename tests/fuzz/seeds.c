/* fuzz_seeds OUT [RECORD...] - writes the corpora the fuzz targets start from: the published
 * vectors, what the daemons said in recorded runs (tests/power), the shipped campaigns and tables,
 * and some requests of the command line. OUT holds one folder a target.
 *
 *     TONGBAO_TEST_KEEP=1 build/dev/tests/power_test_power (RUN: the folder it keeps)
 *     build/dev/tests/fuzz_seeds tests/fuzz/corpus RUN/hub.rec RUN/hq.rec
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "messages/bundle.h"
#include "messages/evidence.h"
#include "messages/link.h"
#include "messages/local.h"
#include "tests/power/replay.h"

#define SEED_BYTES_MAX 4096
#define SEEDS_OF_KIND  12
#define LINE_BYTES_MAX (1 << 20)
#define ARENA_BYTES    (16u * 1024 * 1024)

typedef struct seed_kind {
    const char *vector; /* the first word of its name */
    const char *target;
    int choice; /* the byte in front; -1: none */
} seed_kind;

static const seed_kind kinds[] = {
    {"frame", "frame", -1},        {"header", "signed", 0},      {"line", "signed", 1},
    {"event", "signed", 2},        {"fields", "signed", 3},      {"directory", "signed", 4},
    {"document", "signed", 6},     {"signed_line", "signed", 5}, {"part_events", "parts", 0},
    {"part_openings", "parts", 1}, {"part_passed", "parts", 2},  {"passed", "parts", 3},
    {"resend", "parts", 4},        {"key_request", "parts", 5},  {"group", "parts", 6},
};

static const char *out;
static unsigned written;
static tb_arena arena;

static void write_seed(const char *target, int choice, const uint8_t *bytes, size_t size)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", out, target);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/%s/seed-%04u", out, target, written);
    FILE *file = size <= SEED_BYTES_MAX ? fopen(path, "wb") : NULL;
    if (file == NULL) {
        return;
    }
    if (choice >= 0) {
        (void)fputc(choice, file);
    }
    (void)fwrite(bytes, 1, size, file);
    (void)fclose(file);
    written++;
}

/* ---- vectors ---- */

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t size = 0;
    unsigned value;
    while (sscanf(hex + 2 * size, "%2x", &value) == 1) {
        bytes[size++] = (uint8_t)value;
    }
    return size;
}

static void seed_vector(const char *name, const char *hex)
{
    static uint8_t bytes[LINE_BYTES_MAX / 2];
    char words[256];
    (void)snprintf(words, sizeof words, "%.*s", (int)sizeof words - 1, name);
    char *rest = NULL;
    const char *word = strtok_r(words, ".", &rest);
    if (word != NULL && strcmp(word, "refused") == 0) {
        (void)strtok_r(NULL, ".", &rest);
        word = strtok_r(NULL, ".", &rest);
    }
    for (size_t i = 0; word != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].vector, word) == 0) {
            write_seed(kinds[i].target, kinds[i].choice, bytes, from_hex(hex, bytes));
        }
    }
}

static void seed_vectors(const char *path)
{
    static char line[LINE_BYTES_MAX];
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *equals = strstr(line, " = ");
        if (equals != NULL) {
            *equals = '\0';
            seed_vector(line, equals + 3);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

/* ---- recorded runs ---- */

static void seed_message(const replay_record *record, unsigned seen[64])
{
    tb_frame frame;
    tb_arena_reset(&arena);
    if (tb_frame_decode(tb_bytes_of(record->bytes, record->head.size), &arena, &frame) ==
            TB_ACCEPTED &&
        record->head.size <= SEED_BYTES_MAX && seen[frame.kind % 64]++ < SEEDS_OF_KIND) {
        write_seed("frame", -1, record->bytes, record->head.size);
    }
}

static void seed_answer(const replay_record *record, unsigned seen[64])
{
    tb_local_answer answer;
    tb_arena_reset(&arena);
    if (tb_local_answer_decode(tb_bytes_of(record->bytes, record->head.size), &arena, &answer) ==
            TB_ACCEPTED &&
        record->head.size <= SEED_BYTES_MAX && seen[answer.kind % 64]++ < SEEDS_OF_KIND) {
        write_seed("local", 1, record->bytes, record->head.size);
    }
}

static void seed_record(const char *path)
{
    unsigned frames[64] = {0};
    unsigned answers[64] = {0};
    replay r;
    if (!replay_read(&r, path)) {
        fprintf(stderr, "fuzz_seeds: cannot read %s\n", path);
        exit(1);
    }
    for (size_t i = 0; i < r.count; i++) {
        if (r.records[i].head.kind == RECORD_MESSAGE) {
            seed_message(&r.records[i], frames);
        } else if (r.records[i].head.kind == RECORD_ANSWER) {
            seed_answer(&r.records[i], answers);
        }
    }
    replay_free(&r);
}

/* ---- requests ---- */

static void seed_requests(void)
{
    tb_field fields[2] = {{tb_bytes_str("to"), tb_bytes_str("hq")},
                          {tb_bytes_str("text"), tb_bytes_str("a notice")}};
    for (int kind = (int)TB_REQUEST_OPEN_CASE; kind <= (int)TB_REQUEST_EXPORT; kind++) {
        tb_local_request request = {.kind = (tb_request_kind)kind,
                                    .account = tb_bytes_str("clerk")};
        tb_bytes bytes;
        request.id.bytes[0] = 7;
        if (kind == (int)TB_REQUEST_OPEN_CASE) {
            request.open.campaign = tb_bytes_str("relay");
            request.open.case_type = tb_bytes_str("note");
            request.open.fields = fields;
            request.open.field_count = 2;
        }
        tb_arena_reset(&arena);
        if (tb_local_request_encode(&request, &arena, &bytes) == TB_OK) {
            write_seed("local", 0, bytes.data, bytes.size);
        }
    }
}

/* ---- papers ---- */

static void seed_text(int choice, const char *text)
{
    write_seed("papers", choice, (const uint8_t *)text, strlen(text));
}

static void seed_papers(void)
{
    static const uint8_t seed[32] = {1};
    tb_random random;
    tb_sign_pair pair;
    tb_bundle bundle = {.made = INT64_C(1700000000000)};
    tb_evidence_page page = {.made = INT64_C(1700000000000)};
    tb_bytes bytes;
    tb_random_seed(&random, seed);
    tb_sign_pair_make(&pair, &random);
    (void)snprintf(bundle.sender.text, sizeof bundle.sender.text, "bureau.33");
    (void)snprintf(bundle.recipient.text, sizeof bundle.recipient.text, "hq");
    (void)snprintf(page.maker.text, sizeof page.maker.text, "bureau.33");
    tb_arena_reset(&arena);
    if (tb_bundle_encode(&bundle, &pair, &arena, &bytes) == TB_OK) {
        write_seed("papers", 0, bytes.data, bytes.size);
    }
    if (tb_evidence_page_encode(&page, &pair, &arena, &bytes) == TB_OK) {
        write_seed("papers", 1, bytes.data, bytes.size);
    }
    seed_text(4, "date,kind,name_zh,notice,announced\n2015-01-01,off,,,\n2015-01-04,work,,,\n");
    seed_text(5, "2015-02-09T11:39:00+08:00");
    seed_text(5, "2015-Q1");
    seed_text(6, "code2,code6,name_zh,name_en,abbr,abbr_zh,bureau_zh\n33,330000,Z,Zhejiang,ZJ,Z,B\n");
    seed_text(7, "tongbao-key 1\nparty bureau.33\nsign 00 00\n");
    seed_text(8, "# marks of bureau.33\n00000000000000010000000000000000 hq normal 7 "
                 "0000000000000000000000000000000000000000000000000000000000000000\n");
    seed_text(9, "# a hub\nstore = /var/lib/tongbao/hub\nverbose = yes\ndocument = a\n");
}

int main(int argc, char **argv)
{
    void *block = malloc(ARENA_BYTES);
    if (argc < 2 || block == NULL) {
        fprintf(stderr, "fuzz_seeds OUT [RECORD...]\n");
        return 2;
    }
    tb_arena_init(&arena, block, ARENA_BYTES);
    out = argv[1];
    seed_vectors(TB_SOURCE_DIR "/messages/vectors/messages.txt");
    seed_requests();
    seed_papers();
    for (int i = 2; i < argc; i++) {
        seed_record(argv[i]);
    }
    printf("%u seeds\n", written);
    free(block);
    return 0;
}
