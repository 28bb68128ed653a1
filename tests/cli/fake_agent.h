/* fake_agent - answers the command as an agent would, in a process of its own: documents, status,
 * directory, and cases opened once per request id. It can be told to be deaf or to refuse. */
#ifndef TB_FAKE_AGENT_H
#define TB_FAKE_AGENT_H

#include <sys/types.h>

#include "messages/local.h"

typedef struct fake_counts {
    unsigned opened;    /* distinct request ids */
    unsigned repeated;  /* the same again, answered from what is stored */
    unsigned asked;     /* GET_REQUEST */
    int64_t last_time;  /* of an opened case */
    unsigned backwards; /* opened before an earlier one in its own time */
} fake_counts;

typedef struct fake_agent {
    pid_t pid;
    char socket[64];
    fake_counts *counts; /* shared with the process */
} fake_agent;

typedef struct fake_plan {
    unsigned deaf_every;        /* every nth act is lost before it is done; 0 none */
    unsigned mute_every;        /* every nth act is done and its answer lost; 0 none */
    unsigned silent_after;      /* answers no act after that many; 0 never */
    const char *refused_ending; /* numbers with this ending are refused */
    const char *campaign;       /* path of the YAML */
    const char *segments;       /* path of the table's content */
    const char *provinces;
} fake_plan;

/* Fails the test when it cannot start. Ends with fake_agent_end. */
void fake_agent_start(fake_agent *agent, const fake_plan *plan);
void fake_agent_end(fake_agent *agent);

#endif
