/* directory_keys - private to messages/: no key of a directory serves twice. */
#ifndef TB_DIRECTORY_KEYS_H
#define TB_DIRECTORY_KEYS_H

#include "messages/directory.h"

/* Malformed when a public key stands in the directory twice, be it for another purpose or party:
 * who speaks and who signed must have one answer. */
tb_refusal tb_directory_keys_unique(const tb_directory *directory, tb_arena *arena) TB_MUST_USE;

#endif
