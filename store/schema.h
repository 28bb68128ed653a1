/* schema - every table on one page: key layout, value, and while what its rows exist.
 *
 * Integers in keys are big-endian, so that byte order is numeric order. party 24 bytes zero padded,
 * incarnation 16 (counter, random), digest 32, case 16. Values are the layouts of broker/rows.h and
 * agents/rows.h. Sequence numbers come from META, never from the highest key: after a delete that
 * would use a number again that the far side has seen.
 */
#ifndef TB_SCHEMA_H
#define TB_SCHEMA_H

#define TB_SCHEMA_VERSION 4

/* clang-format off */
/*    table            key                                              value           rows exist while */
#define TB_TABLES(X)                                                                                                   \
    /* both */                                                                                                         \
    X(META,             "name",                                         "bytes",        "always") \
    X(DOCUMENT,         "kind:u32 name 0 version:u32",                  "Document",     "always; the newest version of a name rules") \
    X(ALARM,            "number:u64",                                   "AlarmRow",     "among the newest 10000: what was refused, forged, forked or went back") \
    X(MIGRATION,        "what the step says",                           "a row's value", "a migration moves the row from one table or key to another (store/migrate.h)") \
    /* broker */                                                                                                       \
    X(HUB_AGENT,       "party",                                         "HubAgentRow",   "once the party has said Hello; newest incarnation, fence") \
    X(HUB_SESSION,     "party",                                         "HubSessionRow", "the party has a session in this run of the hub") \
    X(HUB_STREAM,      "sender incarnation recipient lane:u8",          "HubStreamRow",  "always, once a number was stored, shown or refused: marks") \
    X(HUB_STREAM_TO,   "recipient sender incarnation lane:u8",          "-",             "exactly one per HUB_STREAM row") \
    X(HUB_GROUP,       "recipient lane:u8 seq:u64",                     "HubGroupRow",   "not covered by an arrived mark") \
    X(HUB_PLACE,       "sender incarnation recipient lane:u8 from:u64", "HubPlaceRow",   "exactly one per HUB_GROUP row: what trimming needs of it") \
    X(HUB_BODY,        "sender incarnation notice:u64",                 "bytes",         "exactly one per HUB_BODY_USE row") \
    X(HUB_BODY_USE,    "sender incarnation notice:u64",                 "count:u32 digest","HUB_GROUP rows refer to the body; counted") \
    X(HUB_SHARE,       "sender recipient",                              "HubShareRow",   "bytes are kept for the pair, or the pair is closed") \
    X(HUB_REFUSED,     "sender incarnation recipient lane:u8 number:u64","HubRefusedRow", "refused by the hub: until an arrived mark covers it; by the recipient, or expired while it was stored: 30 days") \
    X(HUB_DUE,         "due_ms:i64 kind:u8 key",                        "-",             "something is to be tried again at that time; one per HUB_SESSION row") \
    /* agent: the link */                                                                                              \
    X(STREAM_OUT,       "incarnation recipient lane:u8",                "StreamOutRow", "always, once we numbered a notice") \
    X(STREAM_IN,        "sender incarnation lane:u8",                   "StreamInRow",  "always, once the sender's first notice was taken") \
    X(OUTBOX,           "incarnation recipient lane:u8 from:u64",       "OutboxRow",    "an arrived mark is missing for a number of the group") \
    X(OUTBOX_GROUP,     "OUTBOX key",                                   "bytes",        "one per OUTBOX row, but of those from schema 1: the encoded group, apart so that trimming need not read it") \
    X(OUTBOX_BODY,      "incarnation notice:u64",                       "OutboxBodyRow", "an OUTBOX row refers to it; counted") \
    X(OUTBOX_DUE,       "due_ms:u64 incarnation recipient lane:u8",     "-",            "exactly one per stream with OUTBOX rows") \
    X(STAMP,            "sender incarnation recipient lane:u8 from:u64", "SignedLine",  "always: stored lines of our own and received notices") \
    X(REFUSAL,          "sender incarnation notice:u64 recipient",      "RefusalRow",   "always: signed refusals of our own notices and by us") \
    X(INBOX,            "sender incarnation lane:u8 from:u64",          "InboxRow",     "a taken notice of the group is not yet applied") \
    X(QUARANTINE,       "sender incarnation notice:u64",                "QuarantineRow", "set aside after two failed attempts, until a person decides") \
    /* agent: casework */                                                                                              \
    X(CASE,             "case",                                         "CaseRow",      "always") \
    X(CASE_MINE,        "case",                                         "-",            "this party holds the case and it is not closed") \
    X(EVENT,            "case class:u8 number:u64 term:u32 event",      "EventRow",     "always; class 1 chain, 2 side") \
    X(EVENT_ID,         "event",                                        "EVENT key",    "the EVENT row is of a side event, or held back") \
    X(OPENING,          "EVENT key, group",                             "OpeningRow",   "the group could be opened here") \
    X(PROOF,            "sender incarnation notice:u64",                "ProofRow",     "always: header and ids of the notice's events, and where in which tree it stands") \
    X(PROOF_TREE,       "sender incarnation notice:u64",                "ProofTreeRow", "a PROOF row refers to it: root, leaves and siblings of notices proved together, under the first") \
    X(LOOSE,            "case number:u64",                              "event",        "an own event is in no notice yet") \
    X(HELD,             "missing event, held event",                    "since_ms:i64 giver", "an EVENT row waits for a predecessor") \
    X(FIELD_INDEX,      "campaign 0 field 0 value 0 case",              "-",            "an indexed field of the case is readable here") \
    X(DRAFT,            "number:u64",                                   "DraftRow",     "an act waits for the link (待发出)") \
    X(REQUEST,          "request_id",                                   "RequestRow",   "30 days: the answer to a local request") \
    X(DUTY,             "case from-event debtor duty",                  "DutyRow",      "always, once the case's chain has begun the duty") \
    X(DUTY_DUE,         "walk:u8 at:i64 case from-event debtor duty",   "-",            "walk 1, by look: one per DUTY row to be judged here; walk 2, by due: one per open or lapsed one") \
    X(RESEAL,           "incarnation notice:u64 recipient",             "since_ms:i64", "refused for a retired key, and not sealed anew yet: its new one is not known here") \
    X(RESEALED,         "incarnation notice:u64 recipient",             "ResealedRow",  "always: the notice that carried its events anew") \
    X(AHEAD,            "incarnation notice:u64",                       "case digests", "always: the events a notice of ours without new events passed on") \
    X(CUT_SCAN,         "party key",                                    "EVENT key",    "a cut that was learnt of is not yet held against every event here") \
    X(AGAIN,            "recipient case event",                         "-",            "an event is still to be passed on again: a take-over to who holds what it leaves aside, one that came back to its addressees") \
    X(QUARANTINE_DROPPED,"sender incarnation notice:u64",               "DroppedRow",   "always: a notice that was set aside and dropped, by whom and why") \
    /* agent: coming back, and asking for what is missing */                                                           \
    X(LOST,             "peer in:u8 incarnation lane:u8",               "LostRow",      "always: a stream that was longer than our copy of it when this party recovered") \
    X(ASKED,            "peer",                                         "AskedRow",     "asked to resend when this party recovered last; shown for ever") \
    X(FREE,             "counter:u64 case",                             "FreeRow",      "always: may be acted on while that incarnation recovers: opened since, or released by an officer") \
    X(ANSWERING,        "asker event",                                  "AnsweringRow", "a peer's ask to resend is not answered to its end") \
    X(GAP,              "missing event",                                "GapRow",       "held back events wait for it: whom we asked for it, and when") \
    X(GAP_DUE,          "due_ms:i64 missing event",                     "-",            "exactly one per GAP row") \
    /* agent: parties without a line */                                                                                \
    X(OFFLINE,          "recipient number:u64",                         "OfflineRow",   "an event addresses a party that is off-line; until it has joined, those a letter lists always") \
    X(LETTER,           "recipient letter:u64",                         "LetterRow",    "always: a letter (通报函) written to an off-line party") \
    /* agent: figures */                                                                                               \
    X(MEASURE,          "campaign 0 measure 0 group 0 first:u16 last:u16 bucket:u32", "total:u64", "the total is not 0; months count year * 12 + month - 1; under @number instead of a campaign: that RECOUNT row is worked on") \
    X(MEASURED,         "case number:u64 measure",                      "MeasuredRow",  "the event counts in the measure") \
    X(MEASURED_IN,      "campaign 0 measure 0 month:u16 group 0 case number:u64", "amount:u64 bucket:u32 kind:u8", "exactly one per MEASURED row: what a figure opens to") \
    X(MEASURE_DISTINCT, "campaign 0 measure 0 group 0 value:16 year:u16", "12 counts:u32", "an event of the year counts the value") \
    X(MEASURE_STALE,    "case",                                         "-",            "the case moved, and is not yet counted anew") \
    X(MEASURE_AWAIT,    "sender incarnation recipient lane:u8 number:u64 case", "-",    "an event of the case is dated by this stamp, which is not here yet") \
    /* agent: who may ask it to act */                                                                                \
    X(ACCOUNT,          "name",                                         "AccountRow",   "always: an account (账号) of this party, closed ones too") \
    /* agent: what does not read */                                                                                    \
    X(SET_ASIDE,        "table 0 key",                                  "as it was",    "always: a waiting row that could not be worked with; the value is empty when it did not read") \
    X(AUTOMATIC,        "case action",                                  "AutomaticRow", "this party holds the case in a state from which its agent does the action by itself") \
    X(AUTOMATIC_DUE,    "1 look:i64 case action | 2 campaign 0 action 0 case action", "-", "exactly one per AUTOMATIC row: 2 while the action is switched off") \
    X(AUTOMATIC_SWITCH, "campaign 0 action",                            "SwitchRow",    "always, once the party has switched the action on or off") \
    /* agent: lists */                                                                                                 \
    X(LIST_ENTRY,       "campaign 0 list 0 case",                       "ListEntryRow", "the case is on the list, or was taken off it; our copy of the register") \
    X(LIST,             "campaign 0 list 0 key:u8 value 0 case",        "-",            "a LIST_ENTRY row is listed: one per key it can be found by; key 255 is name and place") \
    X(NUMBERED,         "campaign 0 field 0 year:u16",                  "form:u8 newest:u32", "always, once an own event bore a document number (发文字号) of that year") \
    /* agent: what was said of duties */                                                                               \
    X(DUTY_SAID,        "word:u8 case from-event debtor duty",          "at:i64 event", "the creditor's agent has said it of the DUTY row: 1 reminded, 2 escalated, 3 withdrew its lapse, 4 re-dated it") \
    /* agent: what the hub said and was lost */                                                                       \
    X(STAMP_LOST,       "due_ms:u64 incarnation recipient lane:u8 number:u64", "LostStampRow", "a group of ours that ends there has arrived, and no STAMP row covers it: its recipient is asked") \
    X(UNTOLD,           "sender incarnation notice:u64",                "UntoldRow",    "a REFUSAL row of ours that the hub may not have: shown again in its next sessions") \
    /* agent: figures counted anew */                                                                                 \
    X(RECOUNT,          "1 worked on | 2 known, case event first:u16 last:u16", "RecountRow", "always, once the figures that the event stated were asked for with more cases here than one question looks through")
/* clang-format on */

typedef enum tb_table {
#define TB_TABLE_ENUM(name, key, value, when) TB_TABLE_##name,
    TB_TABLES(TB_TABLE_ENUM)
#undef TB_TABLE_ENUM
    TB_TABLE_COUNT
} tb_table;

#endif
