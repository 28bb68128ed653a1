/* replay - see replay.h. */
#include "tests/power/replay.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct pending {
    const replay_record *write; /* a write or a change of length */
    bool in_flight;
    struct pending *next;
} pending;

typedef struct file_state {
    uint64_t number;
    char name[REPLAY_NAME];
    bool listed; /* under its name */
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    pending *first;
    pending **end;
} file_state;

typedef struct disk_state {
    file_state files[REPLAY_FILES_MAX];
    size_t file_count;
    const replay_record *names[64]; /* changes of names that are not durable yet */
    size_t name_count;
    bool parent_durable;
    tb_random *chance;
    bool broken; /* the record says what cannot be replayed */
} disk_state;

bool replay_read(replay *r, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    memset(r, 0, sizeof *r);
    if (fd < 0 || fstat(fd, &status) != 0) {
        return false;
    }
    size_t size = (size_t)status.st_size;
    r->block = malloc(size + 1);
    r->records = malloc((size / sizeof(record_head) + 1) * sizeof *r->records);
    bool whole =
        r->block != NULL && r->records != NULL && read(fd, r->block, size) == (ssize_t)size;
    (void)close(fd);
    for (size_t at = 0; whole && at + sizeof(record_head) <= size;) {
        replay_record *record = &r->records[r->count];
        memcpy(&record->head, r->block + at, sizeof record->head);
        at += sizeof record->head;
        if (record->head.size > size - at) {
            break;
        }
        record->bytes = r->block + at;
        at += record->head.size;
        r->count++;
    }
    return whole;
}

void replay_free(replay *r)
{
    free(r->block);
    free(r->records);
    memset(r, 0, sizeof *r);
}

/* ---- chance ---- */

static uint32_t any(disk_state *d)
{
    uint32_t value = 0;
    tb_random_bytes(d->chance, &value, sizeof value);
    return value;
}

static bool heads(disk_state *d)
{
    return (any(d) & 1) != 0;
}

/* ---- bytes ---- */

static void reach(disk_state *d, file_state *f, size_t size)
{
    if (size > f->capacity) {
        size_t capacity = size > 2 * f->capacity ? size : 2 * f->capacity;
        uint8_t *grown = realloc(f->bytes, capacity);
        if (grown == NULL) {
            d->broken = true;
            return;
        }
        memset(grown + f->capacity, 0, capacity - f->capacity);
        f->bytes = grown;
        f->capacity = capacity;
    }
    if (size > f->size) {
        f->size = size;
    }
}

static void place(disk_state *d, file_state *f, uint64_t at, const uint8_t *bytes, size_t size)
{
    reach(d, f, (size_t)at + size);
    if (!d->broken && size > 0) {
        memcpy(f->bytes + at, bytes, size);
    }
}

static void set_length(disk_state *d, file_state *f, size_t size)
{
    reach(d, f, size);
    if (!d->broken && size < f->size) {
        memset(f->bytes + size, 0, f->size - size);
        f->size = size;
    }
}

static void apply(disk_state *d, file_state *f, const replay_record *record)
{
    if (record->head.kind == RECORD_LENGTH) {
        set_length(d, f, (size_t)record->head.at);
    } else {
        place(d, f, record->head.at, record->bytes, record->head.size);
    }
}

/* Only some of its sectors. */
static void apply_torn(disk_state *d, file_state *f, const replay_record *record)
{
    uint64_t at = record->head.at;
    uint64_t end = at + record->head.size;
    for (uint64_t from = at; from < end;) {
        uint64_t to = (from / SECTOR_BYTES + 1) * SECTOR_BYTES;
        to = to < end ? to : end;
        if (heads(d)) {
            place(d, f, from, record->bytes + (from - at), (size_t)(to - from));
        }
        from = to;
    }
}

/* ---- files ---- */

static file_state *file_by_number(disk_state *d, uint64_t number)
{
    for (size_t i = 0; i < d->file_count; i++) {
        if (d->files[i].number == number) {
            return &d->files[i];
        }
    }
    d->broken = true;
    return &d->files[0];
}

static void await(disk_state *d, file_state *f, const replay_record *record, bool in_flight)
{
    pending *p = calloc(1, sizeof *p);
    if (p == NULL) {
        d->broken = true;
        return;
    }
    p->write = record;
    p->in_flight = in_flight;
    *f->end = p;
    f->end = &p->next;
}

/* All that waits becomes durable. */
static void flush(disk_state *d, file_state *f)
{
    while (f->first != NULL) {
        pending *p = f->first;
        apply(d, f, p->write);
        f->first = p->next;
        free(p);
    }
    f->end = &f->first;
}

/* Power is gone: of what waits, some. */
static void lose(disk_state *d, file_state *f)
{
    while (f->first != NULL) {
        pending *p = f->first;
        bool torn = p->in_flight ? heads(d) : any(d) % 3 == 0;
        if (heads(d)) {
            if (torn && p->write->head.kind != RECORD_LENGTH) {
                apply_torn(d, f, p->write);
            } else {
                apply(d, f, p->write);
            }
        }
        f->first = p->next;
        free(p);
    }
}

/* ---- names ---- */

static void change_name(disk_state *d, const replay_record *record)
{
    const char *name = (const char *)record->bytes;
    size_t size = record->head.size;
    for (size_t i = 0; i < d->file_count; i++) {
        file_state *f = &d->files[i];
        if (record->head.kind == RECORD_NAME) {
            f->listed = f->listed || f->number == record->head.file;
        } else if (record->head.kind == RECORD_UNLINK) {
            f->listed = f->listed && (strlen(f->name) != size || memcmp(f->name, name, size) != 0);
        } else if (f->listed && strcmp(f->name, name) == 0) {
            (void)snprintf(f->name, sizeof f->name, "%s", name + strlen(name) + 1);
        } else {
            /* What had the new name is no longer listed under it. */
            f->listed = f->listed && strcmp(f->name, name + strlen(name) + 1) != 0;
        }
    }
}

static void note_name(disk_state *d, const replay_record *record)
{
    if (record->head.kind == RECORD_NAME) {
        if (d->file_count == REPLAY_FILES_MAX || record->head.size >= REPLAY_NAME) {
            d->broken = true;
            return;
        }
        file_state *f = &d->files[d->file_count++];
        memset(f, 0, sizeof *f);
        f->number = record->head.file;
        f->end = &f->first;
        memcpy(f->name, record->bytes, record->head.size);
    }
    if (d->name_count == sizeof d->names / sizeof d->names[0]) {
        d->broken = true;
        return;
    }
    d->names[d->name_count++] = record;
}

static void settle_names(disk_state *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        change_name(d, d->names[i]);
    }
    d->name_count = 0;
}

/* ---- a state ---- */

static void happen(disk_state *d, const replay *r, const replay_record *record)
{
    replay_disk disk = r->disk;
    switch ((record_kind)record->head.kind) {
    case RECORD_NAME:
    case RECORD_RENAME:
    case RECORD_UNLINK:
        note_name(d, record);
        return;
    case RECORD_WRITE:
    case RECORD_LENGTH:
        await(d, file_by_number(d, record->head.file), record, false);
        return;
    case RECORD_DURABLE: {
        file_state *f = file_by_number(d, record->head.file);
        await(d, f, record, false);
        if (disk == DISK_HONEST) {
            /* Of the file LMDB writes only its two first pages this way, and these in no other
             * way once it is made; what else waits goes on waiting. */
            pending *mine = NULL;
            for (pending **p = &f->first; *p != NULL; p = &(*p)->next) {
                if ((*p)->write == record) {
                    mine = *p;
                    *p = NULL;
                    f->end = p;
                    break;
                }
            }
            apply(d, f, record);
            free(mine);
        }
        return;
    }
    case RECORD_FLUSH:
        if (disk != DISK_NO_SYNC) {
            flush(d, file_by_number(d, record->head.file));
        }
        return;
    case RECORD_FOLDER:
        settle_names(d, d->name_count);
        return;
    case RECORD_PARENT:
        d->parent_durable = true;
        return;
    case RECORD_MESSAGE:
    case RECORD_ANSWER:
        return;
    }
    d->broken = true;
}

static bool write_file(const file_state *f, const char *folder)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, f->name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bool good = f->size == 0 || write(fd, f->bytes, f->size) == (ssize_t)f->size;
    (void)close(fd);
    return good;
}

bool replay_state(const replay *r, size_t cut, tb_random *chance, const char *folder)
{
    disk_state d = {.chance = chance};
    for (size_t i = 0; i < cut && !d.broken; i++) {
        happen(&d, r, &r->records[i]);
    }
    if (cut < r->count && !d.broken &&
        (r->records[cut].head.kind == RECORD_WRITE ||
         r->records[cut].head.kind == RECORD_DURABLE)) {
        await(&d, file_by_number(&d, r->records[cut].head.file), &r->records[cut], true);
    }
    settle_names(&d, d.name_count == 0 ? 0 : any(&d) % (d.name_count + 1));
    bool folder_there = d.parent_durable || heads(&d);
    bool good = !d.broken;
    for (size_t i = 0; i < d.file_count; i++) {
        file_state *f = &d.files[i];
        lose(&d, f);
        good = good && !d.broken && (!folder_there || !f->listed || write_file(f, folder));
        free(f->bytes);
    }
    return good;
}
