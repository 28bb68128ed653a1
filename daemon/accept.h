/* accept - connections are accepted as long as some descriptors are left for the daemon itself.
 *
 * Whoever opens connections and says nothing can use up every descriptor. libzmq 4.3.4 ends the
 * process when accept finds none at a local socket (ipc_listener.cpp takes EMFILE for a mistake of
 * its own), tries again without a pause at a TCP socket, and the link, the store's lock or a file
 * would have none either. So the accept4 of this file, which libzmq calls in place of the C
 * library's, closes at once what comes when few are left, and says that it was aborted.
 */
#ifndef TB_ACCEPT_H
#define TB_ACCEPT_H

/* Descriptors that are never given to a connection. */
#define TB_ACCEPT_RESERVE 8

/* Once, at the start; without it every connection is accepted, as usual. */
void tb_accept_keep_reserve(void);
/* A line about those that were closed since the last, at most one a second; for every turn. */
void tb_accept_tell(void);

#endif
