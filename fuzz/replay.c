/*
 * Runs one fuzz target over every file of a corpus folder, and over mutations of them made with a
 * fixed generator, so that a plain build tests again what the fuzzer found before.
 *
 * usage: TARGET CORPUS_DIR. Exit status 0 when every input returned; a crash is the failure.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_BYTES_MAX (1u << 20)
#define MUTATIONS_A_FILE 200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* xorshift64*: Vigna 2016; fixed seed, so that every run is the same. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}

static void run_mutations(uint8_t *data, size_t size, uint64_t *state)
{
    for (unsigned round = 0; round < MUTATIONS_A_FILE && size; round++) {
        const size_t at = (size_t)(next_random(state) % size);
        const uint8_t before = data[at];
        data[at] = (uint8_t)next_random(state);
        (void)LLVMFuzzerTestOneInput(data, round % 8 == 0 ? at : size);
        if (round % 2)
            data[at] = before;
    }
}

static int run_file(const char *folder, const char *name, uint64_t *state)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    uint8_t *data = malloc(INPUT_BYTES_MAX);
    if (!data) {
        (void)fclose(file);
        return 1;
    }
    const size_t size = fread(data, 1, INPUT_BYTES_MAX, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    run_mutations(data, size, state);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s CORPUS_DIR\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 2;
    }
    uint64_t state = 0x9e3779b97f4a7c15ULL;
    unsigned files = 0;
    int failed = 0;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        failed |= run_file(argv[1], entry->d_name, &state);
        files++;
    }
    (void)closedir(folder);
    (void)printf("%u corpus files\n", files);
    return failed || files == 0;
}
