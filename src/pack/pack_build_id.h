/**
 * Which build of the program is running.
 */
#ifndef WARD_PACK_PACK_BUILD_ID_H
#define WARD_PACK_PACK_BUILD_ID_H

#include "ward/ward.h"

/**
 * The linker's build id of the program or library this code is in: raw bytes, static storage, empty
 * when it was linked without one.
 */
struct ward_str pack_build_id(void);

#endif
