/* exercise - the whole set-up of an exercise hub in one go: keys for everybody, directory versions
 * 1 and 2.
 *
 *     DIR/keys/authority.key  DIR/keys/hub.key  DIR/keys/spare.key  DIR/keys/PARTY.key
 *     DIR/directory/directory.1.doc  DIR/directory/directory.2.doc
 *
 * Parties of tb_exercise_make: hq; per province PP bureau.PP police.PP market.PP ct.PP cm.PP cu.PP; group.ct group.cm
 * group.cu; resale.1 resale.2 resale.3. Keys that somebody else made are for exercises only, and
 * the directory says that this is one.
 */
#ifndef TB_EXERCISE_H
#define TB_EXERCISE_H

#include "keyfile/authority.h"

/* provinces_csv: the table of provinces (code2, name_zh, name_en, bureau_zh, found by heading).
 * Only the first province_count of them by code take part. */
bool tb_exercise_make(const char *folder,
                      const char *provinces_csv,
                      size_t province_count,
                      tb_time now,
                      size_t *out_parties,
                      tb_problem *problem) TB_MUST_USE;

/* The same with other parties, whose keys are made here as well (has_request and request of the rows
 * are set); the titles are the hub's. */
bool tb_exercise_enrol(const char *folder,
                       const char *title_zh,
                       const char *title_en,
                       tb_enrolment *list,
                       size_t count,
                       tb_time now,
                       tb_problem *problem) TB_MUST_USE;

#endif
