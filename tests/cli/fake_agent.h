/* fake_agent - answers the command as an agent would, in a process of its own: documents, status,
 * directory, and cases opened once per request id; to every other question it has one full answer.
 * It can be told to be deaf, to refuse, or to answer one of the next questions wrongly. */
#ifndef TB_FAKE_AGENT_H
#define TB_FAKE_AGENT_H

#include <sys/types.h>

#include "messages/local.h"

typedef enum fake_wrong {
    FAKE_RIGHT,
    FAKE_REFUSES,
    FAKE_OTHER,    /* an answer to another question */
    FAKE_NONSENSE, /* what does not decode */
    FAKE_EMPTY,    /* there is nothing of what was asked for */
} fake_wrong;

typedef struct fake_counts {
    unsigned seen;     /* questions, since fake_agent_next */
    unsigned wrong_at; /* the which of them is answered wrongly */
    fake_wrong wrong;
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
    bool samples;               /* also answers what else is asked, and acts in full */
    unsigned silent_after;      /* answers no act after that many; 0 never */
    const char *refused_ending; /* numbers with this ending are refused */
    const char *campaign;       /* path of the YAML */
    const char *segments;       /* path of the table's content */
    const char *provinces;
} fake_plan;

/* Fails the test when it cannot start. Ends with fake_agent_end. */
void fake_agent_start(fake_agent *agent, const fake_plan *plan);
void fake_agent_end(fake_agent *agent);
/* From now on the question of this number, counted from 1, is answered like that; with samples. */
void fake_agent_next(fake_agent *agent, fake_wrong wrong, unsigned at);

#endif
