/* limits - every bound in the system: unit, reason, and what happens when it is reached.
 * Configuration may lower a bound, never raise it.
 */
#ifndef TB_LIMITS_H
#define TB_LIMITS_H

/* The newest and the oldest protocol this build speaks; Hello carries both. */
#define TB_PROTOCOL     1
#define TB_PROTOCOL_MIN 1

/* One ZeroMQ frame, bytes; the socket drops a peer that sends a larger one. */
#define TB_FRAME_BYTES_MAX (1024 * 1024)
/* A signed document, bytes: the number segments take about 600 kB. Refused as too_large. */
#define TB_DOCUMENT_BYTES_MAX (960 * 1024)
/* One group, as read: notices. */
#define TB_GROUP_ITEMS_MAX 1024
/* One group, as an agent makes it: notices, and bytes beyond which the next notice begins another.
 * A turn to one recipient makes as many groups as it needs. */
#define TB_GROUP_MADE_ITEMS 64
#define TB_GROUP_BYTES_MAX  (128 * 1024)
/* A bundle on removable media, bytes: it fits the local interface. More is carried in several. */
#define TB_BUNDLE_BYTES_MAX (960 * 1024)
/* One page of exported evidence, bytes: it fits the local interface, and more is in the next. What
 * is put on it stops earlier, so that what was begun has room. */
#define TB_EVIDENCE_PAGE_BYTES_MAX (976 * 1024)
#define TB_EVIDENCE_FILL_BYTES     (640 * 1024)
/* Cases looked through for one page of a report's evidence. */
#define TB_EVIDENCE_LOOKED_MAX 4096
/* Marks, refusals and stamps of one bundle, together. */
#define TB_BUNDLE_LINES_MAX 256
/* Groups in one Submit or Deliver. */
#define TB_FRAME_GROUPS_MAX 1024
/* Signed roots the groups of one Submit lie under. A verification costs as much as 10 kB of frame:
 * without this one frame could keep the hub for a tenth of a second. What is behind them is not
 * looked at, and asked for again. */
#define TB_FRAME_ROOTS_MAX 8
/* Bytes of its groups after which the hub likewise looks no further: what one party sends in one
 * frame is one commit for everybody. */
#define TB_FRAME_LOOKED_BYTES (128u * 1024)
/* Notices of one Submit: each costs the hub some 5 us. An agent sends no more in one frame; a frame
 * that holds more is put off while others submit (TB_LARGE_EVERY_MS). */
#define TB_FRAME_ITEMS_MAX 128
/* What a filler under a root of its own counts for: that root is verified. */
#define TB_FILLER_ITEMS 16
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
/* Side events of one case that no event of its holder answers for yet, at the holder and at whoever
 * writes one: then nobody adds to them (side_many) until the holder goes on. Who does not hold the
 * case takes twice as many, so that what is handed over with a case is not refused. */
#define TB_UNSEEN_MAX           1024
#define TB_UNSEEN_ELSEWHERE_MAX (2 * TB_UNSEEN_MAX)
/* Old marks in the first header of a new incarnation. */
#define TB_OLD_MARKS_MAX 256
/* Streams between two parties that one ask or end of a resend names: three lanes each way, and as
 * many of older incarnations. What is not named is asked for from its beginning. */
#define TB_HELD_STREAMS_MAX 256

/* A campaign's parameter: its value in bytes, put in wherever it is named. */
#define TB_PARAMETER_BYTES_MAX 120

/* A campaign's names: identifiers in bytes; counts per definition. */
#define TB_NAME_BYTES_MAX  32
#define TB_GROUPS_MAX      16
#define TB_FIELDS_MAX      96
#define TB_FIELD_BYTES_MAX 4096 /* one value */
/* The figures of one report, which are one value: a summary has a line for each party and measure.
 * More is refused as report_long. */
#define TB_FIGURES_BYTES_MAX (96 * 1024)
#define TB_STATES_MAX        64
#define TB_ACTIONS_MAX       128
#define TB_DUTIES_MAX        32
/* One limit of a duty: ten years. A campaign with more is refused by its check. */
#define TB_DUTY_HOURS_MAX 87600
#define TB_DUTY_DAYS_MAX  3650
/* Parties one event is addressed to, each a recipient of its notice: an act that would tell more is
 * refused as addressees_many. */
#define TB_ADDRESSEES_MAX    TB_ENTRIES_MAX
#define TB_ACCOUNT_BYTES_MAX 64
/* Accounts of one party at its agent, closed ones too; looking one up reads them all. */
#define TB_ACCOUNTS_MAX 512

/* The directory. */
#define TB_PARTIES_MAX    4096
#define TB_PARTY_KEYS_MAX 32
#define TB_CUTS_MAX       1024
#define TB_CUT_MARKS_MAX  4096 /* of one cut */
#define TB_SIGNERS_MAX    256
/* Campaigns and tables that outlive the keys they were signed with. */
#define TB_UPHELD_MAX 256
/* Times the hub has changed its keys. */
#define TB_FORMER_HUB_KEYS_MAX 32
#define TB_ATTRIBUTES_MAX      32
/* A name or title people read, bytes: of a party, a directory, an action, a field. */
#define TB_TITLE_BYTES_MAX 256
/* The number of a paper document (文号), bytes. */
#define TB_PAPER_NO_BYTES_MAX 128

/* Hello, Welcome: lines and versions. */
#define TB_LINES_MAX    4096
#define TB_VERSIONS_MAX 64

/* Local interface: one request or answer, bytes. */
#define TB_LOCAL_BYTES_MAX (1024 * 1024)

/* One turn: events read before a commit, and its memory. */
#define TB_BATCH_MAX          256
#define TB_BROKER_ARENA_BYTES (64u * 1024 * 1024)
#define TB_AGENT_ARENA_BYTES  (64u * 1024 * 1024)

/* What the hub reads of one party before a turn: frames, and bytes after which it ends. The rest
 * waits in the socket, behind a frame of everybody else's, so that who floods makes nobody's turn
 * long (design §3.6). While others submit it ends behind a lone notice or two: a larger frame then
 * is alone in a turn of about a millisecond, and any notice that comes meanwhile waits for no more.
 */
#define TB_PARTY_FRAMES_A_TURN 4
#define TB_PARTY_BYTES_A_TURN  (512u * 1024)
#define TB_PARTY_BYTES_SHARED  4096u
/* So long after its last Submit a party counts as one that submits. */
#define TB_SUBMITS_MS 10000
/* Of a party's frames with more than TB_FRAME_ITEMS_MAX notices one is let through in so long while
 * others submit; the rest is as lost, and its sender says it again (TB_RESEND_AFTER_MS). */
#define TB_LARGE_EVERY_MS 2000

/* One slice of a migration: rows moved between two commits, and bytes after which it ends. */
#define TB_MIGRATE_ROWS  512
#define TB_MIGRATE_BYTES (4u * 1024 * 1024)

/* New work is refused above this share of the quota; marks, trims and receipts go on (design §12).
 */
#define TB_WATERMARK_PERCENT 80
#define TB_QUOTA_BYTES_MIN   (4ull * 1024 * 1024)

/* A turn that changed no more goes into the store's turn log (store/turn_log.h). */
#define TB_TURN_LOG_TURN_BYTES_MAX (64u * 1024)

/* Bytes the hub keeps for one sender to one recipient; soft by one window (design §7). */
#define TB_SHARE_BYTES (8ull * 1024 * 1024)
/* Bytes delivered to one recipient and not yet taken. */
#define TB_CREDIT_BYTES (2ull * 1024 * 1024)

/* Intervals, ms. */
/* A gap in a stream we receive that stays: a new Hello shows what the hub holds of our marks. */
#define TB_GAP_HELLO_MS    6000
#define TB_RESEND_AFTER_MS 3000   /* no mark for what was sent: send again behind the newest mark */
#define TB_BEAT_MS         60000  /* one-way beat */
#define TB_SILENT_MS       150000 /* a peer not heard of for this long is gone */
/* No arrived mark for this long: the hub is asked for its newest. */
#define TB_MARK_ASK_MS   300000
#define TB_MARK_ALARM_MS 600000 /* no mark for this long: an alarm names both suspects */
/* Hello again on a connection that goes on: with notices or drafts outstanding, and without. What a
 * hub said and was lost is said again in its Welcome. */
#define TB_GREET_AGAIN_MS 600000
#define TB_GREET_IDLE_MS  3600000
#define TB_NOTICE_LIFE_MS (30ll * 24 * 3600 * 1000) /* the longest notice life */
/* How often META says that the hub was heard: how old a copy is people are told to the minute. */
#define TB_HEARD_NOTE_MS 15000
/* A newer directory that a header names must come from the hub within this, or an alarm names it.
 */
#define TB_DIRECTORY_WAIT_MS 60000
#define TB_STAMP_WINDOW_MS   (15 * 60 * 1000) /* design §10 */
#define TB_RECONNECT_MS      200
#define TB_RECONNECT_MAX_MS  30000

/* Duties (design §10). An act in time may be stored this long after its own time. */
#define TB_DUTY_GRACE_MS TB_STAMP_WINDOW_MS
/* A lapse is recorded when the hub has been quiet this long, so that what it held for us has come;
 * a hub that is never quiet is believed to be drained after the link has been up for the other. */
#define TB_DUTY_QUIET_MS   2000
#define TB_DUTY_DRAINED_MS 600000
/* What cannot be judged yet is looked at again. */
#define TB_DUTY_AGAIN_MS         60000
#define TB_DUTY_REFUSED_AGAIN_MS (24ll * 3600 * 1000) /* and what was refused */
/* Office hours where a party has set none, minutes after midnight: 9:00 to 17:00. A default. */
#define TB_OFFICE_FROM_MINUTE 540
#define TB_OFFICE_TO_MINUTE   1020
/* Duties looked through for a digest; of more it says so. */
#define TB_DIGEST_LOOKED_MAX 4096
/* Duties planned anew in one tick when a calendar is new here or office hours changed; the rest
 * waits for the next. */
#define TB_REPLAN_SLICE 256
/* Duties judged in one tick; the rest waits for the next. */
#define TB_DUTY_TICK_MAX 16
/* Acts an agent does by itself in one tick, and such that become due by a switch; likewise. */
#define TB_AUTOMATIC_TICK_MAX 16
/* Switches of automatic acts listed. */
#define TB_SWITCHES_SHOWN_MAX 64
/* Of a duty that is explained: days told one by one; and duties of one case. Beyond it they are
 * counted. */
#define TB_EXPLAINED_DAYS_MAX   64
#define TB_EXPLAINED_DUTIES_MAX 128
/* An exercise's clock stays this near the dates of the campaigns installed: a wrong frame or
 * request beyond it is not followed. */
#define TB_EXERCISE_MARGIN_MS (366ll * 24 * 3600 * 1000)

/* Versions of the directory an agent judges by, the newest last. */
#define TB_DIRECTORIES_MAX 8

/* After a tick that failed, or for which the store had no room, the next one waits this long: what
 * is due stays due, and looking without pause would find the same. */
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
/* Events held back in all, and of what one party gave us, so that one party's gaps leave room for
 * the others'. Beyond it the notice is refused as cannot_apply. */
#define TB_HELD_BACK_MAX       4096
#define TB_HELD_BACK_GIVER_MAX 1024

/* Measures and reports (design §11). What one definition may declare. */
#define TB_MEASURES_MAX       64
#define TB_MEASURE_BY_MAX     2
#define TB_REPORTS_MAX        16
#define TB_SCORES_MAX         32 /* rows of a case type's score sheet */
#define TB_REPORT_PERIODS_MAX 120
/* Values of the fields a figure is grouped by, with the comma between two, bytes. */
#define TB_MEASURE_GROUP_MAX 64
/* Events of one case that count; the chain of a case beyond it is refused long before. */
#define TB_MEASURED_CASE_MAX 4096
/* Cases counted anew at the end of one turn, and looked through in one slice of a full recount. */
#define TB_MEASURE_CASES_A_TURN 64
#define TB_MEASURE_SLICE        256
/* Stated figures counted anew in slices (agents/recounting.h): cases in one tick, a few
 * milliseconds, so that nobody's act waits for it; rows of its totals taken away in one tick; and
 * bytes of what it keeps of the fields of one case. */
#define TB_RECOUNT_SLICE          128
#define TB_RECOUNT_CLEARED_A_TICK 1024
#define TB_RECOUNT_FIELDS_BYTES   8192
/* Figures shown of one report, and events listed behind one figure on one page. */
#define TB_FIGURES_MAX    3072
#define TB_DRILL_PAGE_MAX 500

/* Document numbers of one party, campaign and field in one year: six digits, more than any office
 * issues. Beyond it the act is refused (numbers_used_up). */
#define TB_DOCUMENT_NUMBER_MAX 999999

/* Resend (design.md §7, §9). An event held back is asked for after this long: shorter, and what is
 * merely on its way in another lane would be asked for. */
#define TB_GAP_ASK_MS 10000
/* Asks for one missing event, each a wait longer than the one before by as much again; then a
 * person is needed. */
#define TB_GAP_ASKS_MAX 8
/* Asks for missing events in one turn, so that a gap in many cases does not flood its giver. */
#define TB_GAP_ASKS_A_TURN 16
/* A stamp of the hub's that never came is asked for after this long, since it may only be late; each
 * wait is longer by as much again. */
#define TB_STAMP_ASK_MS      60000
#define TB_STAMP_ASKS_MAX    5
#define TB_STAMP_ASKS_A_TURN 8
/* A refusal of ours is shown the hub again in so many sessions, so many in each, and of them so many
 * of one sender, so that others' come too. */
#define TB_UNTOLD_SESSIONS  2
#define TB_UNTOLD_A_SESSION 48
#define TB_UNTOLD_OF_SENDER 16
/* One answer: cases looked through, and cases resent, in one turn. */
#define TB_RESEND_LOOKED_A_TURN 256
#define TB_RESEND_CASES_A_TURN  16
/* Asks of one party that wait to be answered; one more is dropped, and asked again. */
#define TB_ANSWERING_MAX 256
/* Numbers of the answer's stream without arrived mark; with more the answer waits. */
#define TB_RESEND_OUTSTANDING_MAX 64
/* A peer whose answer does not reach the marks it was shown at the hub, or that took our ask and
 * does not answer, is asked again after this long. */
#define TB_RECOVER_AGAIN_MS 10000
/* Answers of one peer that fell short of what the hub still holds for it; then it counts as ended,
 * with what is missing. */
#define TB_RECOVER_ASKS_MAX 12

#endif
