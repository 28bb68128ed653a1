/* damage - a store whose file can no longer be read.
 *
 * LMDB reads through a mapping: a block that the disk does not give back, and a page that leads
 * behind the file's end after a disk lied about a flush, come as the signal SIGBUS and not as an
 * error; what LMDB itself finds broken inside is raised as the same (store_lmdb_open.c). Nothing
 * can go on then, but who reads the log must learn what to do.
 */
#ifndef TB_DAMAGE_H
#define TB_DAMAGE_H

/* Before the store at this path is opened: from then on SIGBUS ends the process with exit_code,
 * after one line in the log. program is the name of this one, for the line. */
void tb_damage_watch(const char *program, const char *path, int exit_code);

/* The same for who only copies one: text is what is said. */
void tb_damage_say(const char *text, int exit_code);

#endif
