/**
 * Runs the service until it is told to stop.
 */
#ifndef WARD_API_SERVE_H
#define WARD_API_SERVE_H

#include "api/conf.h"

struct api_options {
    /** Fills an initialised conf with everything that was asked for (file, then flags); called at
     * the start and at every reload. */
    enum ward_status (*load)(void *context, struct conf *conf, struct ward_error *err);
    void *context;
    const char *cache_dir; /**< where compiled packs may be kept; NULL: nowhere */
    /** Told once when requests are answered: a line for people ("ward serve: ..."). */
    void (*say)(void *context, const char *line);
    bool only_checks; /**< read settings and packs, then return */
};

/**
 * Starts, serves, and returns when SIGTERM or SIGINT came and everything begun is done. SIGHUP
 * loads settings and packs anew. `err` may name a pack's file and line (WARD_ERR_FORMAT).
 */
enum ward_status api_serve(const struct api_options *options, struct ward_error *err) WARD_MUST_USE;

#endif
