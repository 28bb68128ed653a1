/* A disk that says "flushed" and keeps everything in memory: what the test must notice. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}
