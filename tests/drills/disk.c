/* A disk that fails when it is told to: loaded before libc, it refuses calls about files under FAILING_UNDER.

   The file FAILING_CONTROL, shared by every process of a drill, says what: which kinds of call fail, with which
   error, after how many that still succeed, and how many in a row; it counts what passed. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITING = 1, READING = 2, MAKING = 4 };

struct control { long kinds, error, after, times, count; };

static struct control *control;
static const char *under;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAILING_CONTROL");
    int handle = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

    under = getenv("FAILING_UNDER");
    if (handle < 0 || !under)
        return;
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    if (control == MAP_FAILED)
        control = NULL;
}

static int is_there(const char *path)
{
    return path && !strncmp(path, under, strlen(under));
}

static int is_ours(int handle)
{
    char link[64], path[4096];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_there(path);
}

static int counts(long kind)
{
    long place;

    if (!(control->kinds & kind))
        return 0;
    place = __sync_fetch_and_add(&control->count, 1);
    if (place < control->after || place >= control->after + control->times)
        return 0;
    errno = (int)control->error;
    return 1;
}

static int fails(long kind, int handle)
{
    int kept = errno;

    if (control && (control->kinds & kind) && is_ours(handle) && counts(kind))
        return 1;
    errno = kept;
    return 0;
}

static int fails_at(const char *path)
{
    return control && (control->kinds & MAKING) && is_there(path) && counts(MAKING);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_HANDLE(type, name, kind, parameters, ...)                                                              \
    type name parameters                                                                                           \
    {                                                                                                              \
        static __typeof__(&name) next;                                                                             \
        if (!next)                                                                                                 \
            next = NEXT(name);                                                                                     \
        return fails(kind, handle) ? -1 : next(__VA_ARGS__);                                                       \
    }
#define ON_PATH(name, parameters, ...)                                                                             \
    int name parameters                                                                                            \
    {                                                                                                              \
        static __typeof__(&name) next;                                                                             \
        if (!next)                                                                                                 \
            next = NEXT(name);                                                                                     \
        return fails_at(path) ? -1 : next(__VA_ARGS__);                                                            \
    }
#define ON_OPEN(name)                                                                                              \
    int name(const char *path, int flags, ...)                                                                     \
    {                                                                                                              \
        static __typeof__(&name) next;                                                                             \
        va_list rest;                                                                                              \
        mode_t mode;                                                                                               \
        va_start(rest, flags);                                                                                     \
        mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;                                         \
        va_end(rest);                                                                                              \
        if (!next)                                                                                                 \
            next = NEXT(name);                                                                                     \
        if ((flags & (O_WRONLY | O_RDWR | O_TRUNC)) && fails_at(path))                                             \
            return -1;                                                                                             \
        return next(path, flags, mode);                                                                            \
    }

ON_HANDLE(ssize_t, write, WRITING, (int handle, const void *data, size_t size), handle, data, size)
ON_HANDLE(ssize_t, pwrite, WRITING, (int handle, const void *data, size_t size, off_t at), handle, data, size, at)
ON_HANDLE(ssize_t, pwrite64, WRITING, (int handle, const void *data, size_t size, off64_t at), handle, data, size, at)
ON_HANDLE(int, fsync, WRITING, (int handle), handle)
ON_HANDLE(int, fdatasync, WRITING, (int handle), handle)
ON_HANDLE(int, ftruncate, WRITING, (int handle, off_t size), handle, size)
ON_HANDLE(int, ftruncate64, WRITING, (int handle, off64_t size), handle, size)
ON_HANDLE(ssize_t, read, READING, (int handle, void *data, size_t size), handle, data, size)
ON_HANDLE(ssize_t, pread, READING, (int handle, void *data, size_t size, off_t at), handle, data, size, at)
ON_HANDLE(ssize_t, pread64, READING, (int handle, void *data, size_t size, off64_t at), handle, data, size, at)
ON_PATH(rename, (const char *path, const char *to), path, to)
ON_PATH(unlink, (const char *path), path)
ON_PATH(mkdir, (const char *path, mode_t mode), path, mode)
ON_OPEN(open)
ON_OPEN(open64)
