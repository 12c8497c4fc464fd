/* Time and rate of clustering the lines of a file; with a second name, writes the cluster of each
 * line there. usage: bench_cluster FILE [NUMBERS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "link/cluster.h"

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum ward_status add_lines(struct cluster *cluster, struct ward_str text)
{
    const char *at = text.data;
    const char *end = at + text.len;
    uint32_t first;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        const enum ward_status status =
            cluster_add(cluster, (struct ward_str){at, (size_t)(stop - at)}, &first);
        if (status != WARD_OK)
            return status;
        at = stop + 1;
    }
    return WARD_OK;
}

static int write_numbers(const struct cluster_result *result, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return 1;
    for (uint32_t i = 0; i < result->text_count; i++)
        (void)fprintf(out, "%u\n", result->number[i]);
    return fclose(out) != 0;
}

int main(int argc, char **argv)
{
    struct buf file;
    struct cluster *cluster;
    struct cluster_result result;
    struct rusage usage;
    struct ward_error err = {0};
    if (argc < 2 || file_read(argv[1], (size_t)4 << 30, &file, &err) != WARD_OK)
        return 2;
    (void)getrusage(RUSAGE_SELF, &usage);
    const long before_kb = usage.ru_maxrss;
    const double start = seconds();
    if (cluster_new(&cluster) != WARD_OK || add_lines(cluster, buf_str(&file)) != WARD_OK ||
        cluster_finish(cluster, &result) != WARD_OK)
        return 2;
    const double spent = seconds() - start;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("%u texts, %u clusters, %.2f s, %.0f texts/s, %ld MB beside the file\n",
                 result.text_count, result.cluster_count, spent, result.text_count / spent,
                 (usage.ru_maxrss - before_kb) / 1024);
    const int failed = argc > 2 ? write_numbers(&result, argv[2]) : 0;
    cluster_free(cluster);
    buf_release(&file);
    return failed;
}
