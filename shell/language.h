/* language - in which language a daemon's commands address people: English or Chinese.
 *
 * `--lang zh|en` wins, then LC_ALL, LC_MESSAGES and LANG. What goes into logs is always English.
 */
#ifndef TB_LANGUAGE_H
#define TB_LANGUAGE_H

/* Reads `--lang` anywhere among the words and takes it out of them, and the environment. Returns
 * how many words are left; argv stays NULL-ended. */
int tb_language_init(int argc, char **argv);

/* One of the two. */
const char *tb_language(const char *en, const char *zh);

#endif
