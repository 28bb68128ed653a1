/* proxy - see proxy.h. */
#include "tests/network/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HOLD_BYTES 65536
#define POLL_MS    2

/* One direction: what was read and not yet passed on. */
typedef struct pipe_end {
    uint8_t bytes[HOLD_BYTES];
    size_t size;
    int64_t ripe_ms; /* not before this */
} pipe_end;

typedef struct link_pair {
    int client; /* -1: none */
    int server;
    pipe_end up;
    pipe_end down;
    int64_t budget_ms; /* when the last byte was paid for, at bytes_a_second */
} link_pair;

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void settle(int fd)
{
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* With a reset, not an orderly end. */
static void reset(proxy *p, link_pair *l)
{
    struct linger hard = {1, 0};
    if (l->client >= 0) {
        (void)setsockopt(l->client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        (void)setsockopt(l->server, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        (void)close(l->client);
        (void)close(l->server);
        atomic_fetch_add(&p->cuts, 1);
    }
    memset(l, 0, sizeof *l);
    l->client = -1;
    l->server = -1;
}

static void hang_up(link_pair *l)
{
    (void)close(l->client);
    (void)close(l->server);
    memset(l, 0, sizeof *l);
    l->client = -1;
    l->server = -1;
}

static void welcome(proxy *p, link_pair *links)
{
    int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) {
        return;
    }
    atomic_fetch_add(&p->accepted, 1);
    struct sockaddr_in address = loopback(p->target);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (size_t i = 0; i < PROXY_LINKS_MAX && server >= 0 && !atomic_load(&p->refuse); i++) {
        if (links[i].client < 0 &&
            connect(server, (const struct sockaddr *)&address, sizeof address) == 0) {
            settle(client);
            settle(server);
            links[i].client = client;
            links[i].server = server;
            return;
        }
    }
    (void)close(client);
    if (server >= 0) {
        (void)close(server);
    }
}

/* False: the connection has ended. */
static bool take_in(proxy *p, int from, pipe_end *end, bool swallow)
{
    if (end->size > 0 && !swallow) {
        return true;
    }
    ssize_t size = recv(from, end->bytes, sizeof end->bytes, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        return false;
    }
    end->size = size > 0 && !swallow ? (size_t)size : 0;
    end->ripe_ms = now_ms() + atomic_load(&p->delay_ms);
    return true;
}

/* How many bytes may go now. */
static size_t allowed(proxy *p, link_pair *l, const pipe_end *end)
{
    int slice = atomic_load(&p->slice_bytes);
    int rate = atomic_load(&p->bytes_a_second);
    size_t size = slice > 0 && end->size > (size_t)slice ? (size_t)slice : end->size;
    if (rate > 0) {
        int64_t now = now_ms();
        int64_t since = l->budget_ms == 0 || now - l->budget_ms > 100 ? 100 : now - l->budget_ms;
        size_t paid = (size_t)(since * rate / 1000);
        size = size < paid ? size : paid;
        if (size > 0) {
            l->budget_ms = now;
        }
    }
    return size;
}

static bool pass_on(proxy *p, link_pair *l, int to, pipe_end *end)
{
    if (end->size == 0 || now_ms() < end->ripe_ms) {
        return true;
    }
    size_t size = allowed(p, l, end);
    int cut = atomic_load(&p->cut_after);
    if (cut > 0) {
        size_t left = (size_t)cut < size ? (size_t)cut : size;
        atomic_store(&p->cut_after, cut - (int)left > 0 ? cut - (int)left : 1);
        if ((size_t)cut <= size) {
            (void)send(to, end->bytes, left, MSG_NOSIGNAL);
            atomic_store(&p->cut_after, 0);
            reset(p, l);
            return true;
        }
    }
    ssize_t sent = size == 0 ? 0 : send(to, end->bytes, size, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    end->size -= (size_t)sent;
    memmove(end->bytes, end->bytes + sent, end->size);
    atomic_fetch_add(&p->carried, (unsigned long)sent);
    return true;
}

static void serve(proxy *p, link_pair *l)
{
    bool fine = take_in(p, l->client, &l->up, atomic_load(&p->swallow_up)) &&
                take_in(p, l->server, &l->down, atomic_load(&p->swallow_down)) &&
                pass_on(p, l, l->server, &l->up);
    if (fine && l->client >= 0) {
        fine = pass_on(p, l, l->client, &l->down);
    }
    if (!fine && l->client >= 0) {
        hang_up(l);
    }
}

static void *run(void *context)
{
    proxy *p = context;
    static _Thread_local link_pair links[PROXY_LINKS_MAX];
    for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
        links[i].client = -1;
        links[i].server = -1;
    }
    while (!atomic_load(&p->stop)) {
        struct pollfd items[1 + 2 * PROXY_LINKS_MAX] = {{p->listener, POLLIN, 0}};
        nfds_t count = 1;
        bool waits = false;
        bool cut = atomic_load(&p->cut_after) < 0;
        for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
            if (links[i].client >= 0 && cut) {
                reset(p, &links[i]);
            } else if (links[i].client >= 0 && !atomic_load(&p->silent)) {
                serve(p, &links[i]);
            }
            if (links[i].client >= 0) {
                waits = waits || links[i].up.size > 0 || links[i].down.size > 0;
                items[count++] = (struct pollfd){links[i].client, POLLIN, 0};
                items[count++] = (struct pollfd){links[i].server, POLLIN, 0};
            }
        }
        if (cut) {
            atomic_store(&p->cut_after, 0);
        }
        bool idle = atomic_load(&p->silent);
        (void)poll(items, idle ? 1 : count, waits || idle ? POLL_MS : 20);
        if ((items[0].revents & POLLIN) != 0) {
            welcome(p, links);
        }
    }
    for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
        if (links[i].client >= 0) {
            hang_up(&links[i]);
        }
    }
    return NULL;
}

bool proxy_start(proxy *p, uint16_t target)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    memset(p, 0, sizeof *p);
    p->target = target;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (p->listener < 0 ||
        bind(p->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(p->listener, PROXY_LINKS_MAX) != 0 ||
        getsockname(p->listener, (struct sockaddr *)&address, &size) != 0) {
        return false;
    }
    p->port = ntohs(address.sin_port);
    return pthread_create(&p->thread, NULL, run, p) == 0;
}

void proxy_end(proxy *p)
{
    atomic_store(&p->stop, true);
    (void)pthread_join(p->thread, NULL);
    (void)close(p->listener);
}

void proxy_cut_all(proxy *p)
{
    atomic_store(&p->cut_after, -1);
}

void proxy_heal(proxy *p)
{
    atomic_store(&p->delay_ms, 0);
    atomic_store(&p->slice_bytes, 0);
    atomic_store(&p->bytes_a_second, 0);
    atomic_store(&p->swallow_up, false);
    atomic_store(&p->swallow_down, false);
    atomic_store(&p->silent, false);
    atomic_store(&p->cut_after, 0);
    atomic_store(&p->refuse, false);
}
