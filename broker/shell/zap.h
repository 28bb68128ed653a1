/* zap - decides who may connect: an actor that answers libzmq's ZAP requests from a list of keys.
 *
 * Only CURVE, only our domain, only keys of active parties; every request is answered. It must be
 * alive before the first bind and until the last socket is closed: without it libzmq would let
 * everybody in, which the enforce-domain option of net.c forbids.
 */
#ifndef TB_BROKER_ZAP_H
#define TB_BROKER_ZAP_H

#include "broker/shell/speakers.h"

#include <czmq.h>

#define TB_ZAP_DOMAIN "tongbao"

/* Starts with a copy of the list. NULL: it could not be started. */
zactor_t *tb_zap_start(const tb_speakers *speakers);
/* From now on this list; connections that exist are the core's matter. False: no memory. */
bool tb_zap_replace(zactor_t *zap, const tb_speakers *speakers);
/* From now on it also tells of handshakes at this socket that fail before anybody is asked. False:
 * the library does not. */
bool tb_zap_watch(zactor_t *zap, zsock_t *router);
/* Whether it still answers; without it nobody gets in any more, and the hub is to be started again. */
bool tb_zap_answers(zactor_t *zap);

#endif
