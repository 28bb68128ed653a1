/* folder - a folder of a test's own under the build, removed when the test ends. */
#ifndef TB_TEST_FOLDER_H
#define TB_TEST_FOLDER_H

#include "tests/test.h"

#define FOLDER_BYTES 512

/* Makes a new folder; its path goes to out. */
void folder_make(char out[FOLDER_BYTES]);
/* Removes a folder and everything in it. */
void folder_remove(const char *path);
/* path/name in a buffer that the next call but seven reuses. */
const char *folder_path(const char *path, const char *name);
void folder_write(const char *path, const void *data, size_t size);
/* Reads a small file as text. */
const char *folder_read(const char *path);

#endif
