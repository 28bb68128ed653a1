/* once - a fuzz target without a fuzzer, in any build: its stored seeds, and the same changes to
 * them each time.
 *
 *     once_TARGET FOLDER RUNS
 *
 * Every file of FOLDER (there may be none) goes in as it is; then RUNS more inputs, each a stored
 * one cut, joined, or changed in a few bytes, or bytes drawn one by one. All is drawn from the
 * run's number, so that run N is the same input wherever it runs; what breaks the target is told by
 * that number. */
#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/fuzz/fuzz.h"

#define SEEDS_MAX 512
#define BYTES_MAX 65536
#define DRAWN_MAX 600

static struct {
    uint8_t *data;
    size_t size;
} seeds[SEEDS_MAX];
static size_t seed_count;
static char at[64];

static void read_seed(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(BYTES_MAX);
    if (file == NULL || data == NULL || seed_count == SEEDS_MAX) {
        fprintf(stderr, "%s cannot be read, or is one too many\n", path);
        exit(1);
    }
    seeds[seed_count].data = data;
    seeds[seed_count++].size = fread(data, 1, BYTES_MAX, file);
    (void)fclose(file);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_seeds(const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, visible, alphasort);
    for (int i = 0; i < count; i++) {
        read_seed(folder, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0) {
        free(names);
    }
}

static void tell(void)
{
    (void)!write(STDERR_FILENO, at, strlen(at));
}

static void tell_signal(int signal_number)
{
    (void)signal_number;
    tell();
}

/* ---- run N ---- */

static size_t below(tb_random *random, size_t bound)
{
    uint64_t word;
    tb_random_bytes(random, &word, sizeof word);
    return (size_t)(word % bound);
}

static size_t drawn_bytes(tb_random *random, uint8_t *out)
{
    size_t size = 1 + below(random, DRAWN_MAX);
    tb_random_bytes(random, out, size);
    return size;
}

static size_t changed(tb_random *random, uint8_t *out)
{
    size_t from = below(random, seed_count);
    size_t size = seeds[from].size;
    memcpy(out, seeds[from].data, size);
    switch (below(random, 4)) {
    case 0:
        return below(random, size + 1);
    case 1: {
        size_t other = below(random, seed_count);
        size_t head = below(random, size + 1);
        size_t tail = below(random, seeds[other].size + 1);
        tail = tail < BYTES_MAX - head ? tail : BYTES_MAX - head;
        memcpy(out + head, seeds[other].data + seeds[other].size - tail, tail);
        return head + tail;
    }
    default:
        for (size_t n = 1 + below(random, 4); n > 0 && size > 0; n--) {
            out[below(random, size)] = (uint8_t)below(random, 256);
        }
        return size;
    }
}

static size_t input_of(uint64_t run, uint8_t *out)
{
    uint8_t bytes[32] = {0};
    tb_random random;
    memcpy(bytes, &run, sizeof run);
    tb_random_seed(&random, bytes);
    return seed_count == 0 || below(&random, 16) == 0 ? drawn_bytes(&random, out)
                                                      : changed(&random, out);
}

/* Of its own size: the sanitizer sees a step past its end. */
static void give(const uint8_t *data, size_t size)
{
    uint8_t *own = malloc(size == 0 ? 1 : size);
    if (own == NULL) {
        abort();
    }
    memcpy(own, data, size);
    (void)LLVMFuzzerTestOneInput(own, size);
    free(own);
}

int main(int argc, char **argv)
{
    static uint8_t data[BYTES_MAX];
    if (argc != 3) {
        fprintf(stderr, "usage: once_TARGET FOLDER RUNS\n");
        return 2;
    }
    uint64_t runs = strtoull(argv[2], NULL, 10);
    read_seeds(argv[1]);
    (void)signal(SIGABRT, tell_signal);
    (void)atexit(tell); /* a failed assertion of cmocka's ends the process so */
    for (size_t i = 0; i < seed_count; i++) {
        (void)snprintf(at, sizeof at, "broken by stored seed %zu\n", i);
        give(seeds[i].data, seeds[i].size);
    }
    for (uint64_t run = 0; run < runs; run++) {
        size_t size = input_of(run, data);
        (void)snprintf(at, sizeof at, "broken by run %llu\n", (unsigned long long)run);
        give(data, size);
    }
    for (size_t i = 0; i < seed_count; i++) {
        free(seeds[i].data);
    }
    at[0] = '\0';
    printf("%zu stored seeds and %llu runs, nothing found\n", seed_count, (unsigned long long)runs);
    return 0;
}
