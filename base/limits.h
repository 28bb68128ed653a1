/* limits - every bound in the system: unit, reason, and what happens when it is reached.
 * Configuration may lower a bound, never raise it.
 */
#ifndef TB_LIMITS_H
#define TB_LIMITS_H

#define TB_PROTOCOL 1 /* spoken by this build; Hello carries min and max */

/* One ZeroMQ frame, bytes; the socket drops a peer that sends a larger one. */
#define TB_FRAME_BYTES_MAX (1024 * 1024)
/* A signed document, bytes: the number segments take about 600 kB. Refused as too_large. */
#define TB_DOCUMENT_BYTES_MAX (960 * 1024)
/* One group: notices and bytes. A turn to one recipient makes as many groups as it needs. */
#define TB_GROUP_ITEMS_MAX 1024
#define TB_GROUP_BYTES_MAX (512 * 1024)
/* Groups in one Submit or Deliver. */
#define TB_FRAME_GROUPS_MAX 1024
/* Leaves under one signed root. */
#define TB_LEAVES_MAX 8192
#define TB_PATH_MAX   13 /* log2(TB_LEAVES_MAX) */
/* One header, one event, one body, bytes. Refused as too_large. */
#define TB_HEADER_BYTES_MAX (16 * 1024)
#define TB_EVENT_BYTES_MAX  (16 * 1024)
#define TB_BODY_BYTES_MAX   (256 * 1024)
/* One line, and one that stands alone with root and path. */
#define TB_LINE_BYTES_MAX        256
#define TB_SIGNED_LINE_BYTES_MAX 1024
/* The words that go with a refusal or a Bye, and the detail of a local answer. */
#define TB_REASON_BYTES_MAX 1024
/* Recipients of one notice. */
#define TB_ENTRIES_MAX 64
/* Sealed parts of one body: new events, field groups, earlier events per recipient. */
#define TB_PARTS_MAX (1 + TB_GROUPS_MAX + TB_ENTRIES_MAX)
#define TB_PAD_BYTES 256 /* parts are padded to a multiple */
/* Events in one notice, and earlier events passed on to one recipient. */
#define TB_NOTICE_EVENTS_MAX 64
#define TB_PASSED_MAX        64
/* Openings of one field-group part, or of one earlier event. */
#define TB_OPENINGS_MAX (TB_NOTICE_EVENTS_MAX * TB_GROUPS_MAX)
/* Side events one event of the holder answers for; the rest waits for its next one. */
#define TB_SEEN_MAX 64
/* Old marks in the first header of a new incarnation. */
#define TB_OLD_MARKS_MAX 256

/* A campaign's names: identifiers in bytes; counts per definition. */
#define TB_NAME_BYTES_MAX    32
#define TB_GROUPS_MAX        16
#define TB_FIELDS_MAX        64
#define TB_FIELD_BYTES_MAX   4096 /* one value */
#define TB_STATES_MAX        64
#define TB_ACTIONS_MAX       128
#define TB_ADDRESSEES_MAX    32
#define TB_ACCOUNT_BYTES_MAX 64

/* The directory. */
#define TB_PARTIES_MAX    4096
#define TB_PARTY_KEYS_MAX 32
#define TB_CUTS_MAX       1024
#define TB_CUT_MARKS_MAX  4096 /* of one cut */
#define TB_SIGNERS_MAX    256
#define TB_ATTRIBUTES_MAX 32
/* A name or title people read, bytes: of a party, a directory, an action, a field. */
#define TB_TITLE_BYTES_MAX 256

/* Hello, Welcome: lines and versions. */
#define TB_LINES_MAX    4096
#define TB_VERSIONS_MAX 64

/* Local interface: one request or answer, bytes. */
#define TB_LOCAL_BYTES_MAX (1024 * 1024)

/* One turn: events read before a commit, and its memory. */
#define TB_BATCH_MAX          256
#define TB_BROKER_ARENA_BYTES (64u * 1024 * 1024)
#define TB_AGENT_ARENA_BYTES  (64u * 1024 * 1024)

/* New work is refused above this share of the quota; marks, trims and receipts go on (design §12).
 */
#define TB_WATERMARK_PERCENT 80
#define TB_QUOTA_BYTES_MIN   (4ull * 1024 * 1024)

/* Bytes the hub keeps for one sender to one recipient; soft by one window (design §7). */
#define TB_SHARE_BYTES (8ull * 1024 * 1024)
/* Bytes delivered to one recipient and not yet taken. */
#define TB_CREDIT_BYTES (2ull * 1024 * 1024)

/* Intervals, ms. */
#define TB_RESEND_AFTER_MS  3000  /* no mark for what was sent: send again behind the newest mark */
#define TB_BEAT_MS          60000 /* one-way beat */
#define TB_SILENT_MS        150000 /* a peer not heard of for this long is gone */
#define TB_MARK_ASK_MS      300000 /* no arrived mark for this long: the hub is asked for its newest */
#define TB_MARK_ALARM_MS    600000 /* no mark for this long: an alarm names both suspects */
#define TB_NOTICE_LIFE_MS   (30ll * 24 * 3600 * 1000) /* the longest notice life */
#define TB_STAMP_WINDOW_MS  (15 * 60 * 1000)          /* design §10 */
#define TB_RECONNECT_MS     200
#define TB_RECONNECT_MAX_MS 30000

/* After a tick for which the store had no room the next one waits this long: what is due stays due,
 * and looking without pause would find the same. */
#define TB_FULL_PAUSE_MS 1000
/* Alarms kept; beyond it the oldest goes, and the count goes on. */
#define TB_ALARMS_MAX 10000
/* Groups and bytes the hub looks through in one tick for ended lives, and the pause between two
 * sweeps through all it holds: a large backlog must not keep it busy. */
#define TB_EXPIRY_SLICE    256
#define TB_EXPIRY_BYTES    (4u * 1024 * 1024)
#define TB_EXPIRY_SWEEP_MS (10 * 60 * 1000)

/* Attempts to apply before a notice is set aside (design §4). */
#define TB_APPLY_ATTEMPTS_MAX 2
/* Events held back per case and in all. Beyond it the notice stays taken and unapplied. */
#define TB_HELD_BACK_MAX 4096

#endif
