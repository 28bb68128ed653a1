/* document_numbers - 发文字号: this party's document numbers, in sequence for each campaign, field
 * and year.
 *
 *     an act that declares `document_number` is judged -> it bears the number after the newest
 *     its event is made                                -> that number is the newest
 *     an own event comes back (recovery, resend)       -> likewise, so that it is never given twice
 *
 * The number is in the open part of the event, so it comes back wherever the event does. What is
 * refused, or waits as a draft, took none: there is no hole. While the party recovers nothing is
 * numbered, as it is not known which numbers were given.
 */
#ifndef TB_DOCUMENT_NUMBERS_H
#define TB_DOCUMENT_NUMBERS_H

#include "agents/acts_making.h"

/* Adds the number to the values of an act that bears one. An objection is left where the person
 * typed it (number_given) or the year's are used up (numbers_used_up). */
tb_err tb_document_number_prepare(tb_acting *acting) TB_MUST_USE;
/* Whether the act must wait until the party has recovered. */
tb_err tb_document_number_waits(const tb_acting *acting, bool *out) TB_MUST_USE;

/* An own event is here: what it bears is not given again. Other events are none of our affair. */
tb_err
tb_document_number_note(const tb_agent *agent, tb_txn *txn, const tb_event *event) TB_MUST_USE;
/* Whether each number the event bears is known as given; for the check. */
tb_err tb_document_number_noted(const tb_agent *agent,
                                tb_txn *txn,
                                const tb_event *event,
                                bool *out) TB_MUST_USE;

#endif
