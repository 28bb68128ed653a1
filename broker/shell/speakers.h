/* speakers - which transport key belongs to which active party: who may connect, and who speaks.
 *
 * Made from a directory, never changed, replaced whole. Keys are Z85 text, as ZAP's User-Id has
 * them.
 */
#ifndef TB_BROKER_SPEAKERS_H
#define TB_BROKER_SPEAKERS_H

#include "messages/directory.h"

#define TB_Z85_KEY_BYTES 41 /* with the ending NUL */

typedef struct tb_speaker {
    char key[TB_Z85_KEY_BYTES];
    tb_party party;
} tb_speaker;

typedef struct tb_speakers {
    size_t count;
    tb_speaker list[]; /* ascending by key */
} tb_speakers;

/* Ends with tb_speakers_free. NULL: no memory. */
tb_speakers *tb_speakers_make(const tb_directory *directory);
tb_speakers *tb_speakers_copy(const tb_speakers *speakers);
void tb_speakers_free(tb_speakers *speakers);

/* NULL when the key belongs to nobody who may speak. */
const tb_party *tb_speakers_find(const tb_speakers *speakers, const char *z85_key);

#endif
