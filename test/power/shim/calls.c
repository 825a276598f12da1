/* The calls that are seen. Each asks the rules first, changes the disk, and logs what it changed. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static uint64_t ino_of(int fd) {
  struct stat about;
  return fstat(fd, &about) == 0 ? (uint64_t)about.st_ino : 0;
}

static uint64_t position_of(int fd) {
  struct stat about;
  long flags = syscall(SYS_fcntl, fd, F_GETFL);
  if (flags >= 0 && (flags & O_APPEND) && fstat(fd, &about) == 0) return (uint64_t)about.st_size;
  long at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
  return at < 0 ? 0 : (uint64_t)at;
}

static ssize_t raw_write(int fd, const void *data, size_t size, off_t offset) {
  return offset < 0 ? syscall(SYS_write, fd, data, size)
                    : syscall(SYS_pwrite64, fd, data, size, offset);
}

/* A negative offset: where the file stands. */
static ssize_t seen_write(int fd, const void *data, size_t size, off_t offset) {
  char path[PATH_BYTES];
  if (!watched_path(fd, path)) {
    if (!is_claims(fd)) return raw_write(fd, data, size, offset);
    lock_log();
    ssize_t claimed = raw_write(fd, data, size, offset);
    struct event claim = {.kind = EVENT_CLAIM, .data = data, .size = (uint32_t)size};
    if (claimed == (ssize_t)size) log_event(&claim);
    unlock_log();
    return claimed;
  }
  enum verdict verdict = before(CLASS_WRITE);
  if (verdict == FAIL_WITH_ERRNO) return -1;
  if (verdict == HALF && size > 1) size /= 2;
  lock_log();
  struct event event = {.kind = EVENT_WRITE, .ino = ino_of(fd), .data = data};
  event.size = (uint32_t)size;
  event.offset = offset < 0 ? position_of(fd) : (uint64_t)offset;
  cut_here(&event);
  ssize_t written = raw_write(fd, data, size, offset);
  if (written > 0) {
    event.size = (uint32_t)written;
    log_event(&event);
  }
  unlock_log();
  return written;
}

ssize_t write(int fd, const void *data, size_t size) { return seen_write(fd, data, size, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  return seen_write(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
  return seen_write(fd, data, size, at);
}

/* BLIND_TO_WRITEV and BLIND_TO_SYNC make the broken copies that the self-test has to find. */
#ifndef BLIND_TO_WRITEV
static ssize_t seen_writev(int fd, const struct iovec *parts, int count, off_t offset) {
  char path[PATH_BYTES];
  if (!watched_path(fd, path) && !is_claims(fd)) {
    return offset < 0 ? syscall(SYS_writev, fd, parts, count)
                      : syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
  }
  size_t size = 0;
  for (int i = 0; i < count; i += 1) size += parts[i].iov_len;
  char *whole = malloc(size == 0 ? 1 : size);
  if (whole == NULL) return errno = ENOMEM, -1;
  size_t at = 0;
  for (int i = 0; i < count; i += 1) {
    memcpy(whole + at, parts[i].iov_base, parts[i].iov_len);
    at += parts[i].iov_len;
  }
  ssize_t written = seen_write(fd, whole, size, offset);
  free(whole);
  return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return seen_writev(fd, parts, count, -1);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return seen_writev(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) {
  return seen_writev(fd, parts, count, at);
}
#endif

static int seen_truncate(int fd, off_t length) {
  char path[PATH_BYTES];
  if (!watched_path(fd, path)) return (int)syscall(SYS_ftruncate, fd, length);
  if (before(CLASS_WRITE) == FAIL_WITH_ERRNO) return -1;
  lock_log();
  struct event event = {.kind = EVENT_TRUNCATE, .ino = ino_of(fd), .offset = (uint64_t)length};
  cut_here(&event);
  int answer = (int)syscall(SYS_ftruncate, fd, length);
  if (answer == 0) log_event(&event);
  unlock_log();
  return answer;
}

int ftruncate(int fd, off_t length) { return seen_truncate(fd, length); }
int ftruncate64(int fd, off_t length) { return seen_truncate(fd, length); }

/* Seen as a longer file: what it holds are zeros. */
static int seen_allocate(int fd, int mode, off_t from, off_t size) {
  char path[PATH_BYTES];
  if (!watched_path(fd, path)) return (int)syscall(SYS_fallocate, fd, mode, from, size);
  if (before(CLASS_WRITE) == FAIL_WITH_ERRNO) return -1;
  lock_log();
  struct event event = {.kind = EVENT_TRUNCATE, .ino = ino_of(fd)};
  event.offset = (uint64_t)(from + size);
  if (mode != 0) event.kind = EVENT_UNSUPPORTED;
  cut_here(&event);
  struct stat old;
  int is_longer = fstat(fd, &old) == 0 && old.st_size < from + size;
  int answer = (int)syscall(SYS_fallocate, fd, mode, from, size);
  if (answer == 0 && (is_longer || mode != 0)) log_event(&event);
  unlock_log();
  return answer;
}

int fallocate(int fd, int mode, off_t from, off_t size) {
  return seen_allocate(fd, mode, from, size);
}
int fallocate64(int fd, int mode, off_t from, off_t size) {
  return seen_allocate(fd, mode, from, size);
}
int posix_fallocate(int fd, off_t from, off_t size) {
  return seen_allocate(fd, 0, from, size) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off_t from, off_t size) {
  return seen_allocate(fd, 0, from, size) == 0 ? 0 : errno;
}

#ifndef BLIND_TO_SYNC
static int seen_sync(int fd, long call) {
  char path[PATH_BYTES];
  if (!watched_path(fd, path)) return (int)syscall(call, fd);
  if (before(CLASS_SYNC) == FAIL_WITH_ERRNO) return -1;
  if (sync_is_ignored()) return 0;
  if (!is_logging()) return (int)syscall(call, fd);
  /* The model keeps the promise of this sync; the real disk need not. */
  struct stat about;
  if (fstat(fd, &about) != 0) return -1;
  lock_log();
  struct event event = {.ino = (uint64_t)about.st_ino, .path = path};
  event.kind = S_ISDIR(about.st_mode) ? EVENT_SYNC_FOLDER : EVENT_SYNC_FILE;
  cut_here(&event);
  log_event(&event);
  unlock_log();
  return 0;
}

int fsync(int fd) { return seen_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return seen_sync(fd, SYS_fdatasync); }
#endif

static int seen_open(int dir, const char *name, int flags, mode_t mode) {
  char path[PATH_BYTES];
  int is_change = (flags & (O_CREAT | O_TRUNC)) != 0;
  if (!is_change || !path_at(dir, name, path) || !is_watched(path)) {
    return (int)syscall(SYS_openat, dir, name, flags, mode);
  }
  struct stat about;
  int was_there = fstatat(dir, name, &about, 0) == 0;
  if (was_there && ((flags & O_TRUNC) == 0 || about.st_size == 0)) {
    return (int)syscall(SYS_openat, dir, name, flags, mode);
  }
  if (before(CLASS_WRITE) == FAIL_WITH_ERRNO) return -1;
  lock_log();
  struct event event = {.kind = was_there ? EVENT_TRUNCATE : EVENT_CREATE, .path = path};
  if ((flags & O_TMPFILE) == O_TMPFILE) event.kind = EVENT_UNSUPPORTED;
  cut_here(&event);
  int fd = (int)syscall(SYS_openat, dir, name, flags, mode);
  if (fd >= 0) {
    event.ino = ino_of(fd);
    log_event(&event);
  }
  unlock_log();
  return fd;
}

#define MODE_OF(flags)                                   \
  mode_t mode = 0;                                       \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {          \
    va_list rest;                                        \
    va_start(rest, flags);                               \
    mode = (mode_t)va_arg(rest, int);                    \
    va_end(rest);                                        \
  }

int open(const char *name, int flags, ...) {
  MODE_OF(flags)
  return seen_open(AT_FDCWD, name, flags, mode);
}
int open64(const char *name, int flags, ...) {
  MODE_OF(flags)
  return seen_open(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}
int openat(int dir, const char *name, int flags, ...) {
  MODE_OF(flags)
  return seen_open(dir, name, flags, mode);
}
int openat64(int dir, const char *name, int flags, ...) {
  MODE_OF(flags)
  return seen_open(dir, name, flags | O_LARGEFILE, mode);
}
