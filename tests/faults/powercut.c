/* Preloaded into a process: beside the folder ATRIUM_DISK it keeps, in ATRIUM_FLUSHED, each of its files as it was when it was last
   flushed (fsync, fdatasync, by whom ever). That is what a power cut would leave of them at the least. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
}

static int copy(int from, const char *name) {
    static __thread char block[1 << 18];
    int to = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);
    if (to < 0) return -1;
    for (ssize_t got; (got = read(from, block, sizeof block)) > 0;)
        for (ssize_t done = 0, now; done < got; done += now)
            if ((now = write(to, block + done, (size_t)(got - done))) < 0) abort();
    return close(to);
}

static int flushed(int file) {
    const char *disk = getenv("ATRIUM_DISK"), *kept = getenv("ATRIUM_FLUSHED");
    char link[64], path[PATH_MAX], copied[PATH_MAX + 64], half[PATH_MAX + 96], lock[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!disk || !kept || length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, disk, strlen(disk)) || path[strlen(disk)] != '/') return 0;
    struct stat what;
    if (stat(path, &what) || !S_ISREG(what.st_mode)) return 0; /* a folder, or deleted */
    snprintf(copied, sizeof copied, "%s%s", kept, path + strlen(disk));
    snprintf(half, sizeof half, "%s.half", copied);
    snprintf(lock, sizeof lock, "%s.lock", kept);
    int one = open(lock, O_CREAT | O_RDWR, 0644), from = open(path, O_RDONLY);
    if (one < 0 || from < 0 || flock(one, LOCK_EX)) abort(); /* one at a time: an older copy must not replace a younger */
    make_folders(copied);
    if (copy(from, half) || rename(half, copied)) abort();
    close(from);
    close(one);
    return 0;
}

int fsync(int file) { return flushed(file); }

int fdatasync(int file) { return flushed(file); }
