/* bundle - 离线数据包: carrying notices and marks on removable media, beside the hub or without it.
 *
 *     export    what the party has not marked as arrived, our marks, refusals and the hub's stamps
 *               about its notices and ours; changes nothing
 *     import    checks all of it first: whole, for us, signed, next in its streams; then takes it
 *               exactly as if the hub had delivered it, or refuses it and changes nothing
 *
 * A notice that comes both ways is taken once: its number is. While a notice taken from a bundle
 * has no stamp its events count by their own time; the hub's stamp dates them when it comes, with
 * the hub's own delivery, a later bundle or an event passed on. An import needs no link: a mark it
 * signs says only what is on this disk, and the next Hello shows the hub where we stand.
 */
#ifndef TB_AGENT_BUNDLE_H
#define TB_AGENT_BUNDLE_H

#include "agents/link.h"
#include "messages/bundle.h"
#include "messages/local.h"

/* One bundle for a party, behind `after`; its bytes and what it carries go into the answer.
 * Refused: unknown_party, fenced, bundle_empty. */
tb_err tb_bundle_export(tb_step *step,
                        const tb_local_export_bundle *wish,
                        tb_local_answer *answer) TB_MUST_USE;

/* Refused with nothing changed: bundle_corrupt, wrong_hub, bundle_foreign, unknown_party,
 * unknown_key, key_revoked, bundle_partial, bundle_known, store_full, fenced, and what a group,
 * mark or refusal inside is refused for. */
tb_err tb_bundle_import(tb_step *step, tb_bytes file, tb_local_answer *answer) TB_MUST_USE;

#endif
