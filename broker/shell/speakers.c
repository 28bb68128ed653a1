#include "broker/shell/speakers.h"

#include <stdlib.h>

#include <zmq.h>

static int by_key(const void *a, const void *b)
{
    const tb_speaker *left = a;
    const tb_speaker *right = b;

    return strcmp(left->key, right->key);
}

static bool speaks(const tb_directory *directory, const tb_directory_party *party, tb_speaker *out)
{
    const tb_directory_key *key = tb_directory_current(party, TB_PURPOSE_TRANSPORT);
    if (party->state != TB_PARTY_ACTIVE || key == NULL ||
        tb_directory_cut(directory, &party->id, &key->id) != NULL) {
        return false;
    }

    out->party = party->id;
    return zmq_z85_encode(out->key, key->key.bytes, sizeof key->key.bytes) != NULL;
}

static size_t bytes_of(size_t count)
{
    return sizeof(tb_speakers) + count * sizeof(tb_speaker);
}

tb_speakers *tb_speakers_make(const tb_directory *directory)
{
    tb_speakers *made = calloc(1, bytes_of(directory->party_count));
    if (made == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < directory->party_count; i++) {
        made->count += speaks(directory, &directory->parties[i], &made->list[made->count]) ? 1 : 0;
    }
    qsort(made->list, made->count, sizeof made->list[0], by_key);
    return made;
}

tb_speakers *tb_speakers_copy(const tb_speakers *speakers)
{
    tb_speakers *copy = malloc(bytes_of(speakers->count));
    if (copy != NULL) {
        memcpy(copy, speakers, bytes_of(speakers->count));
    }
    return copy;
}

void tb_speakers_free(tb_speakers *speakers)
{
    free(speakers);
}

const tb_party *tb_speakers_find(const tb_speakers *speakers, const char *z85_key)
{
    tb_speaker wanted;
    size_t size = strlen(z85_key);
    if (size >= sizeof wanted.key) {
        return NULL;
    }

    memcpy(wanted.key, z85_key, size + 1);
    const tb_speaker *found =
        bsearch(&wanted, speakers->list, speakers->count, sizeof speakers->list[0], by_key);
    return found == NULL ? NULL : &found->party;
}
