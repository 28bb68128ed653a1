/* proxy - a TCP relay that is a bad line: it delays, slices into single bytes, slows down, swallows
 * one direction, goes silent, or cuts in the middle of what it carries.
 *
 * It runs in a thread of its own; what it does to connections can be changed at any time and holds
 * for those that are open too.
 */
#ifndef TB_NETWORK_PROXY_H
#define TB_NETWORK_PROXY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define PROXY_LINKS_MAX 32

typedef struct proxy {
    uint16_t port;             /* where it listens, on 127.0.0.1 */
    uint16_t target;           /* where it connects to */
    atomic_int delay_ms;       /* every read waits this long before it is passed on */
    atomic_int slice_bytes;    /* at most so many in one write; 0: as they come */
    atomic_int bytes_a_second; /* 0: no limit */
    atomic_bool swallow_up;    /* client to server: read and thrown away; the connection stays */
    atomic_bool swallow_down;  /* server to client */
    atomic_bool silent;        /* nothing is read or written, connections stay: half open */
    atomic_int cut_after;      /* a connection is reset after so many bytes from now; 0: never */
    atomic_bool refuse;        /* new connections are closed at once */
    atomic_ulong carried;      /* bytes passed on */
    atomic_ulong cuts;         /* connections it reset */
    atomic_ulong accepted;
    atomic_bool stop;
    int listener;
    pthread_t thread;
} proxy;

/* Listens on a port of the system's choice. False: errno says why. */
bool proxy_start(proxy *p, uint16_t target);
void proxy_end(proxy *p);
/* Resets every open connection. */
void proxy_cut_all(proxy *p);
/* As a good line again; open connections go on. */
void proxy_heal(proxy *p);

#endif
