#include "agents/cli/place.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define CATALOGUE "zh_CN/LC_MESSAGES/tongbao.mo"

/* The folder the program lies in. */
static bool own_folder(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    if (length <= 0 || (size_t)length == size - 1) {
        return false;
    }
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

bool tb_place_locales(char *out, size_t size)
{
    static const char *const places[] = {"../share/locale", "../locales"};
    char folder[PATH_MAX];
    char catalogue[2 * PATH_MAX];
    if (!own_folder(folder, sizeof folder)) {
        return false;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        (void)snprintf(catalogue, sizeof catalogue, "%s/%s/" CATALOGUE, folder, places[i]);
        if (access(catalogue, R_OK) == 0) {
            int length = snprintf(out, size, "%s/%s", folder, places[i]);
            return length > 0 && (size_t)length < size;
        }
    }
    return false;
}
