/* campaign_file - definition files on the way to an agent: checked, explained, drawn, signed. */
#ifndef TB_CAMPAIGN_FILE_H
#define TB_CAMPAIGN_FILE_H

#include "agents/campaign/load.h"
#include "agents/cli/arguments.h"

/* ---- campaign_check.c ---- */

/* Prints every finding and whether the file may be signed; an exit code. */
int tb_campaign_file_check(const tb_common *common, const char *path);

/* Whether a document of this name and version may be signed; the findings go to stderr. name NULL:
 * under the definition's own. path is what the findings say. An exit code. */
int tb_campaign_may_be_signed(const char *path,
                              tb_bytes content,
                              const char *name,
                              uint32_t version);

/* A definition to be looked at. Faults of meaning do not keep it from that; what does not load is
 * told with its findings. NULL with *out_code when it cannot be had. Free it. */
tb_campaign_loaded *tb_campaign_file_load(const char *path, int *out_code);

/* ---- campaign_set.c ---- */

/* Prints the definition with other values of its parameters: "year=2019,town=河口镇". An exit code.
 */
int tb_campaign_set(const char *path, const char *values);

/* ---- campaign_adopt.c ---- */

typedef struct tb_adopt_options {
    const char *path;
    const char *of; /* the case type, or common part, that declares it */
    const char *duty;
    const char *document_no;
    const char *from; /* the day it begins to count */
} tb_adopt_options;

/* Prints the definition's next version, in which headquarters has adopted the duty's default limit.
 * Nothing is printed that could not be signed. An exit code. */
int tb_campaign_adopt(const tb_adopt_options *options);

/* ---- campaign_explain.c, campaign_graph.c: pages on stdout; exit codes ---- */

int tb_campaign_explain(const char *path);
int tb_campaign_graph(const char *path);

/* ---- campaign_automatic.c ---- */

/* Lists what can be switched, or switches: CAMPAIGN ACTION on|off. An exit code. */
int tb_campaign_automatic(const tb_common *common, const char *const *words, size_t count);

/* ---- campaign_close.c ---- */

/* Archives this party's closed cases of a campaign that is over, with a list of contents, into a
 * folder. An exit code. */
int tb_campaign_close(const tb_common *common, const char *name, const char *folder);

/* ---- campaign_publish.c ---- */

typedef struct tb_publish_options {
    const char *folder;    /* the directory's */
    const char *authority; /* its key file */
    const char *out;
} tb_publish_options;

/* Checks, signs, and says how the document reaches the agents. An exit code. */
int tb_campaign_publish(const tb_common *common,
                        const tb_publish_options *options,
                        const char *path);

#endif
