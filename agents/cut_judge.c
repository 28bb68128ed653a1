#include "agents/cut_judge.h"

static bool within(const tb_directory *directory, const tb_header *header, const tb_entry *entry)
{
    return entry->number <= tb_directory_good_until(directory, &header->sender,
                                                    &header->signing_key, &header->incarnation,
                                                    &entry->recipient, header->lane);
}

static bool any_within(const tb_directory *directory, const tb_header *header)
{
    for (size_t i = 0; i < header->entry_count; i++) {
        if (within(directory, header, &header->entries[i])) {
            return true;
        }
    }
    return false;
}

/* The hub stored exactly this header under the entry's number, before the cut. */
static bool
stamped(const tb_cut *cut, const tb_entry *entry, const tb_digest *digest, const tb_line *stamp)
{
    return stamp != NULL && stamp->kind == TB_LINE_STORED && stamp->to == entry->number &&
           stamp->at <= cut->at && tb_party_equal(&stamp->stream.recipient, &entry->recipient) &&
           tb_digest_equal(&stamp->digest, digest);
}

bool tb_cut_passed_counts(const tb_directory *directory,
                          const tb_party *self,
                          const tb_party *from,
                          const tb_header *header,
                          const tb_digest *digest,
                          const tb_line *stamp)
{
    const tb_cut *cut = tb_directory_cut(directory, &header->sender, &header->signing_key);
    if (cut == NULL) {
        return true;
    }
    if (cut->reason != TB_CUT_STOLEN) {
        return any_within(directory, header);
    }
    for (size_t i = 0; i < header->entry_count; i++) {
        const tb_entry *entry = &header->entries[i];
        bool vouched = tb_party_equal(&entry->recipient, from) ||
                       tb_party_equal(&entry->recipient, self) ||
                       stamped(cut, entry, digest, stamp);
        if (vouched && within(directory, header, entry)) {
            return true;
        }
    }
    return false;
}

bool tb_cut_kept_counts(const tb_directory *directory,
                        const tb_party *self,
                        const tb_header *header)
{
    const tb_cut *cut = tb_directory_cut(directory, &header->sender, &header->signing_key);
    const tb_entry *own = tb_header_entry(header, self);
    if (cut == NULL) {
        return true;
    }
    return cut->reason == TB_CUT_STOLEN && own != NULL ? within(directory, header, own)
                                                       : any_within(directory, header);
}
