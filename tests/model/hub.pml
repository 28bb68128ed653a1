/* The way of notices from one sender A through the hub to one recipient B, as a model for spin.
 *
 * Names are those of the code: STREAM_OUT's number, stored and arrived (agents/outbox*.c, marks.c),
 * HUB_STREAM's stored and arrived (broker/submit.c, deliver.c, taken.c, bases.c), STREAM_IN's number
 * (agents/inbox.c). Every turn is atomic: decide and commit are one step (store/turn.c). Its effects
 * come after the commit and may be lost; so a crash between the two is a loss of the message, and a
 * crash elsewhere loses what is not in a store and the connection's frames.
 *
 * The digest of a notice is a number no other notice has. A stream is named by its incarnation.
 * Bounds: MADE notices in all, LOSSES lost, REPEATS repeated and SWAPS overtaking frames, CRASHES
 * crashes, DISASTERS stores lost (the hub's) or come back empty (A's), CUTS cuts.
 *
 * BUG_* plants a fault; tests/model/run shows that each is caught. LIVE leaves out what liveness
 * cannot have: disasters of A, whose own outbox is gone with it, and cuts. Spin is fair to processes,
 * not to their choices: there a process reads what waits before it repeats itself, and repeats the
 * oldest that is missing.
 */
#ifndef MADE
#define MADE 2
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#ifndef REPEATS
#define REPEATS 1
#endif
#ifndef SWAPS
#define SWAPS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef DISASTERS
#define DISASTERS 1
#endif
#ifndef CUTS
#define CUTS 1
#endif
#ifdef LIVE
#define READ_FIRST(mine)   empty(mine)
#define MAY_OVERTAKE       false
#define ALL_MADE           (made == MADE)
#else
#define READ_FIRST(mine)   true
#define MAY_OVERTAKE       true
#define ALL_MADE           true
#endif
#define INCARNATIONS 2
#define DIGESTS      (MADE + 1)
#define AT(i, n)     ((i) * DIGESTS + (n)) /* of incarnation 0 or 1, number n */

mtype = { Hello, Welcome, Submit, Stored, Deliver, Taken, Arrived };

/* kind, incarnation, number, digest; for Welcome number is the hub's stored mark and digest the
 * newest arrived mark, for Hello number is the arrived mark A shows. */
chan a_hub = [2] of { mtype, byte, byte, byte };
chan hub_a = [2] of { mtype, byte, byte, byte };
chan hub_b = [2] of { mtype, byte, byte, byte };
chan b_hub = [2] of { mtype, byte, byte, byte };

/* A's store. */
byte out_incarnation, out_number, out_stored, out_arrived;
byte out_digest[INCARNATIONS * DIGESTS];
/* What A knows while it runs. */
bool out_connected, out_confirmed;
/* The hub's store. */
byte hub_stored[INCARNATIONS], hub_arrived[INCARNATIONS], hub_claimed[INCARNATIONS];
byte hub_digest[INCARNATIONS * DIGESTS]; /* 0: the hub holds no body of this number */
/* B's store. */
byte in_number[INCARNATIONS];
byte in_digest[INCARNATIONS * DIGESTS];

/* The cut of incarnation 0, and who has the directory that names it. */
bool cut_made, hub_has_cut, in_has_cut;
byte cut_number;

/* What the model counts. */
byte made, losses, repeats, swaps, crashes, disasters;
byte applied[DIGESTS];          /* how often B applied the notice of this digest */

inline lose_or_say(channel, kind, i, n, d)
{
    if
    :: nfull(channel) -> channel!kind, i, n, d
    :: full(channel) -> skip
    :: losses < LOSSES -> losses++
    fi
}

inline flush(channel)
{
    do
    :: channel?_, _, _, _
    :: empty(channel) -> break
    od
}

/* The network: a frame again, or behind the one after it. */
inline trouble(channel)
{
    if
    :: repeats < REPEATS && len(channel) == 1 -> channel?k, x, y, z; channel!k, x, y, z; channel!k, x, y, z; repeats++
    :: swaps < SWAPS && len(channel) == 2 -> channel?k, x, y, z; channel!k, x, y, z; swaps++
    fi
}

inline forget_a()
{
    out_connected = false; out_confirmed = false; flush(a_hub); flush(hub_a)
}

active proctype A()
{
    byte i, n, d;
end:
    do
    /* agents/link.c: the connection is up */
    :: atomic { !out_connected ->
           out_connected = true;
#ifdef BUG_BASE_NOT_SHOWN
           lose_or_say(a_hub, Hello, out_incarnation, 0, 0)
#else
           lose_or_say(a_hub, Hello, out_incarnation, out_arrived, 0)
#endif
           n = 0; d = 0 }
    /* a Hello without answer is said again */
    :: atomic { out_connected && !out_confirmed && empty(a_hub) && empty(hub_a) -> out_connected = false }
#ifndef BUG_MARK_NOT_ASKED
    /* agents/outbox.c: stored long ago and no arrived mark: it may have been lost; Hello asks for
     * it. "Long ago": the hub has nothing left to deliver */
    :: atomic { out_confirmed && out_stored > out_arrived && hub_arrived[out_incarnation] == hub_stored[out_incarnation] && empty(a_hub) && empty(hub_a) ->
           out_confirmed = false; out_connected = false }
#endif
    /* agents/outbox_close.c: an act becomes a numbered notice; nothing is signed before Welcome */
    :: atomic { out_confirmed && made < MADE ->
           made++; out_number++; out_digest[AT(out_incarnation, out_number)] = made }
    /* agents/outbox_send.c: anything without a stored mark may go, and go again */
    :: atomic { out_confirmed && out_stored < out_number && nfull(a_hub) && READ_FIRST(hub_a) && ALL_MADE ->
           n = out_stored + 1;
           if
           :: MAY_OVERTAKE && n < out_number -> n++
           :: skip
           fi;
           lose_or_say(a_hub, Submit, out_incarnation, n, out_digest[AT(out_incarnation, n)]);
           n = 0; d = 0 }
    /* agents/link_welcome.c */
    :: atomic { hub_a?Welcome, i, n, d ->
           if
           :: i == out_incarnation && out_connected ->
              if
              :: n > out_number || d > out_number ->
#ifdef BUG_INCARNATION_KEPT
                 out_confirmed = true
#else
                 /* fenced: marks above our copy. Recovery: a new incarnation */
                 if
                 :: out_incarnation + 1 < INCARNATIONS ->
                    out_incarnation++; out_number = 0; out_stored = 0; out_arrived = 0; out_connected = false
                 :: else -> skip
                 fi
#endif
              :: else ->
                 out_confirmed = true;
                 out_arrived = (d > out_arrived -> d : out_arrived);
#ifdef BUG_STORED_KEPT
                 out_stored = (n > out_stored -> n : out_stored)
#else
                 out_stored = (n > out_arrived -> n : out_arrived)
#endif
              fi
           :: else -> skip
           fi;
           i = 0; n = 0; d = 0 }
    /* agents/marks.c: stored lines and arrived lines */
    :: atomic { hub_a?Stored, i, n, d ->
           if
           :: i == out_incarnation && n <= out_number && n > out_stored -> out_stored = n
           :: else -> skip
           fi;
#ifdef BUG_FORGET_ON_STORED
           if
           :: i == out_incarnation && n <= out_number && n > out_arrived -> out_arrived = n
           :: else -> skip
           fi;
#endif
           i = 0; n = 0; d = 0 }
    :: atomic { hub_a?Arrived, i, n, d ->
           if
           :: i == out_incarnation && n <= out_number && n > out_arrived ->
              out_arrived = n;
              out_stored = (n > out_stored -> n : out_stored)
           :: else -> skip
           fi;
           i = 0; n = 0; d = 0 }
    od
}

active proctype Hub()
{
    byte i, n, d;
end:
    do
    /* broker/sessions.c, welcome.c, bases.c: A shows its arrived mark, which is the hub's base where
     * the hub lacks it */
    :: atomic { a_hub?Hello, i, n, d ->
           if
           :: n > hub_stored[i] -> hub_stored[i] = n
           :: else -> skip
           fi;
           if
           :: n > hub_arrived[i] -> hub_arrived[i] = n
           :: else -> skip
           fi;
           d = (hub_claimed[i] > hub_arrived[i] -> hub_claimed[i] : hub_arrived[i]);
           lose_or_say(hub_a, Welcome, i, hub_stored[i], d);
           i = 0; n = 0; d = 0 }
    /* broker/submit.c: the next number is stored, a repeat is answered by the mark, a gap is not */
    :: atomic { a_hub?Submit, i, n, d ->
           if
           :: i == 0 && hub_has_cut && n > cut_number -> skip /* refused: cut */
           :: else ->
              if
              :: n == hub_stored[i] + 1 ->
#ifdef BUG_STORED_BEFORE_COMMIT
                 lose_or_say(hub_a, Stored, i, n, d);
                 if
                 :: crashes < CRASHES -> crashes++; out_connected = false; out_confirmed = false;
                    flush(a_hub); flush(hub_b); flush(b_hub)
                 :: else -> hub_stored[i] = n; hub_digest[AT(i, n)] = d
                 fi
#else
                 hub_stored[i] = n; hub_digest[AT(i, n)] = d;
                 lose_or_say(hub_a, Stored, i, n, d)
#endif
              :: n <= hub_stored[i] -> lose_or_say(hub_a, Stored, i, hub_stored[i], 0)
#ifdef BUG_GAP_STORED
              :: n == hub_stored[i] + 2 -> hub_stored[i] = n; hub_digest[AT(i, n)] = d
#endif
              :: else -> skip
              fi
           fi;
           i = 0; n = 0; d = 0 }
    /* broker/deliver.c: in order, behind the arrived mark; again while there is no mark */
    :: atomic { nfull(hub_b) && READ_FIRST(b_hub) && READ_FIRST(a_hub) && (hub_arrived[0] < hub_stored[0] || hub_arrived[1] < hub_stored[1]) ->
           if
           :: hub_arrived[0] < hub_stored[0] -> i = 0
           :: hub_arrived[1] < hub_stored[1] -> i = 1
           fi;
           n = hub_arrived[i] + 1;
           if
           :: MAY_OVERTAKE && n < hub_stored[i] -> n++
           :: skip
           fi;
           if
           :: hub_digest[AT(i, n)] != 0 -> lose_or_say(hub_b, Deliver, i, n, hub_digest[AT(i, n)])
           :: else -> skip
           fi;
           i = 0; n = 0; d = 0 }
    /* broker/taken.c: the mark is kept, trims, and is passed on in the turn that read it; one above
     * what is stored is a claim, which the stream reaches again */
    :: atomic { b_hub?Taken, i, n, d ->
           hub_claimed[i] = (n > hub_claimed[i] -> n : hub_claimed[i]);
           n = (n > hub_stored[i] -> hub_stored[i] : n);
           hub_arrived[i] = (n > hub_arrived[i] -> n : hub_arrived[i]);
           lose_or_say(hub_a, Arrived, i, hub_claimed[i], 0);
           i = 0; n = 0; d = 0 }
    od
}

active proctype B()
{
    byte i, n, d;
end:
    do
    /* agents/inbox.c: only the next number with the linked digest is taken; its mark moves in the
     * same transaction */
    :: atomic { hub_b?Deliver, i, n, d ->
#ifdef BUG_INCARNATION_IGNORED
           i = 0;
#endif
           if
#ifdef BUG_CUT_IGNORED
           :: false -> skip
#else
           :: i == 0 && in_has_cut && n > cut_number -> skip /* refused: cut */
#endif
           :: else ->
              if
#ifdef BUG_GAP_TAKEN
              :: n > in_number[i] ->
#else
              :: n == in_number[i] + 1 ->
#endif
                 assert(!(i == 0 && in_has_cut && n > cut_number));
                 applied[d]++;
                 assert(applied[d] == 1);
                 assert(n == 1 || in_digest[AT(i, n - 1)] != 0);
#ifdef BUG_MARK_APART
                 if
                 :: crashes < CRASHES -> crashes++
                 :: else -> in_number[i] = n; in_digest[AT(i, n)] = d
                 fi;
#else
                 in_number[i] = n; in_digest[AT(i, n)] = d;
#endif
                 lose_or_say(b_hub, Taken, i, n, 0)
              :: n <= in_number[i] ->
                 /* one number has one digest for ever: nobody honest makes a fork */
                 assert(in_digest[AT(i, n)] == d);
                 lose_or_say(b_hub, Taken, i, in_number[i], 0)
#ifndef BUG_GAP_TAKEN
              :: n > in_number[i] + 1 -> lose_or_say(b_hub, Taken, i, in_number[i], 0)
#endif
              fi
           fi;
           i = 0; n = 0; d = 0 }
    od
}

active proctype Faults()
{
    mtype k;
    byte x, y, z;
end:
    do
    :: atomic { repeats < REPEATS || swaps < SWAPS ->
           if
           :: len(a_hub) > 0 -> trouble(a_hub)
           :: len(hub_a) > 0 -> trouble(hub_a)
           :: len(hub_b) > 0 -> trouble(hub_b)
           :: len(b_hub) > 0 -> trouble(b_hub)
           fi;
           k = 0; x = 0; y = 0; z = 0 }
    :: atomic { crashes < CRASHES ->
           crashes++;
           if
           :: forget_a()                                     /* A, or its connection */
           :: forget_a(); flush(hub_b); flush(b_hub)         /* the hub */
           :: flush(hub_b); flush(b_hub)                     /* B, or its connection */
           fi }
    /* The hub's disk is lost. */
    :: atomic { disasters < DISASTERS ->
           disasters++;
           hub_stored[0] = 0; hub_arrived[0] = 0; hub_claimed[0] = 0;
           hub_stored[1] = 0; hub_arrived[1] = 0; hub_claimed[1] = 0;
           x = 0;
           do
           :: x < INCARNATIONS * DIGESTS -> hub_digest[x] = 0; x++
           :: else -> break
           od;
           x = 0;
           forget_a(); flush(hub_b); flush(b_hub) }
#ifndef LIVE
    /* A's store comes back empty, what it knew is gone; it asks with its first incarnation. */
    :: atomic { disasters < DISASTERS && out_incarnation == 0 ->
           disasters++;
           out_number = 0; out_stored = 0; out_arrived = 0;
           x = 0;
           do
           :: x < INCARNATIONS * DIGESTS -> out_digest[x] = 0; x++
           :: else -> break
           od;
           x = 0;
           forget_a() }
    /* A key is revoked: the cut is the hub's mark; hub and B learn of it at different times. */
    :: atomic { CUTS > 0 && !cut_made -> cut_made = true; cut_number = hub_stored[0] }
    :: atomic { cut_made && !hub_has_cut -> hub_has_cut = true }
    :: atomic { cut_made && !in_has_cut -> in_has_cut = true }
#endif
    od
}

/* What A has forgotten, B holds; what the hub has trimmed, B holds. */
#define SAME(n) (n > out_arrived || in_digest[AT(out_incarnation, n)] == out_digest[AT(out_incarnation, n)])
#if MADE > 2
#define forgotten_is_there (SAME(1) && SAME(2) && SAME(3))
#else
#define forgotten_is_there (SAME(1) && SAME(2))
#endif
#define trimmed_is_there   (hub_arrived[0] <= in_number[0] && hub_arrived[1] <= in_number[1])
/* What A was told is stored is on the hub's disk until B holds it, as long as the disk is not lost. */
#define KEPT(n) (n > out_stored || n <= in_number[out_incarnation] || hub_digest[AT(out_incarnation, n)] != 0)
#if MADE > 2
#define stored_is_kept   (disasters > 0 || (KEPT(1) && KEPT(2) && KEPT(3)))
#else
#define stored_is_kept   (disasters > 0 || (KEPT(1) && KEPT(2)))
#endif
#define all_there   (in_number[0] == MADE && out_arrived == MADE)

#ifdef LIVE
ltl all_arrives { <> (all_there) }
#else
ltl nothing_is_lost { [] (forgotten_is_there && trimmed_is_there && stored_is_kept) }
#endif
