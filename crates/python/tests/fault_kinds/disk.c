/* Logs what a process does to the files of a folder, in order, and can end it before one of its changes.

   LD_PRELOAD this. DISK_FOLDER is the folder and DISK_LOG the log; DISK_CUT, where it is set, is the number
   of the change that is not made any more, counted from 0. A record is a line `KIND NUMBER LENGTH PATH` and
   LENGTH bytes; for `rename` the bytes are the new path. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long done = 0;

static int watched(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    return folder && !strncmp(path, folder, strlen(folder));
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return watched(path);
}

/* The lock is held from here to `leave`, so that the log has the order of what was done. */
static void enter(const char *kind, const char *path, long number, const void *bytes, size_t length) {
    static int log = -1;
    static ssize_t (*real)(int, const void *, size_t);
    pthread_mutex_lock(&lock);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (log < 0) log = open(getenv("DISK_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *cut = getenv("DISK_CUT");
    if (cut && done >= atol(cut)) kill(getpid(), SIGKILL);
    done++;
    char head[PATH_MAX + 64];
    int size = snprintf(head, sizeof head, "%s %ld %zu %s\n", kind, number, length, path);
    if (real(log, head, size) != size) abort();
    if (length && real(log, bytes, length) != (ssize_t)length) abort();
}

static void leave(void) { pthread_mutex_unlock(&lock); }

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write);
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd, bytes, length);
    struct stat found;
    int appends = fcntl(fd, F_GETFL) & O_APPEND;
    long at = appends && !fstat(fd, &found) ? (long)found.st_size : (long)lseek(fd, 0, SEEK_CUR);
    enter("write", path, at, bytes, length);
    ssize_t answer = real(fd, bytes, length);
    leave();
    return answer;
}

#define PWRITE(name, offset_type) \
    ssize_t name(int fd, const void *bytes, size_t length, offset_type at) { \
        REAL(name); \
        char path[PATH_MAX]; \
        if (!path_of(fd, path)) return real(fd, bytes, length, at); \
        enter("write", path, (long)at, bytes, length); \
        ssize_t answer = real(fd, bytes, length, at); \
        leave(); \
        return answer; \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset_type) \
    int name(int fd, offset_type size) { \
        REAL(name); \
        char path[PATH_MAX]; \
        if (!path_of(fd, path)) return real(fd, size); \
        enter("truncate", path, (long)size, "", 0); \
        int answer = real(fd, size); \
        leave(); \
        return answer; \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name) \
    int name(int fd) { \
        REAL(name); \
        char path[PATH_MAX]; \
        if (!path_of(fd, path)) return real(fd); \
        enter("sync", path, 0, "", 0); \
        int answer = real(fd); \
        leave(); \
        return answer; \
    }
SYNC(fsync)
SYNC(fdatasync)

static int whole(const char *path, char *full) {
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
    } else {
        char folder[PATH_MAX / 2];
        if (!getcwd(folder, sizeof folder)) return 0;
        snprintf(full, PATH_MAX, "%s/%s", folder, path);
    }
    return watched(full);
}

int unlink(const char *path) {
    REAL(unlink);
    char full[PATH_MAX];
    if (!whole(path, full)) return real(path);
    enter("unlink", full, 0, "", 0);
    int answer = real(path);
    leave();
    return answer;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    char full[PATH_MAX], other[PATH_MAX];
    if (!whole(from, full) || !whole(to, other)) return real(from, to);
    enter("rename", full, 0, other, strlen(other));
    int answer = real(from, to);
    leave();
    return answer;
}
