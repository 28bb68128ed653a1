/* digest - BLAKE2b-256 under a domain: BLAKE2b(u8 length of domain ‖ domain ‖ data). RFC 7693. */
#ifndef TB_DIGEST_H
#define TB_DIGEST_H

#include "base/ids.h"

tb_digest tb_digest_of(const char *domain, tb_bytes data);
/* As tb_digest_of over the parts in order, with nothing between them. */
tb_digest tb_digest_parts(const char *domain, const tb_bytes *parts, size_t count);

#endif
