/* Changes of names, and reads as far as they can be made to fail. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int seen_name(int dir, const char *name, enum event_kind kind, long argument) {
  char path[PATH_BYTES];
  long call = kind == EVENT_MKDIR ? SYS_mkdirat : SYS_unlinkat;
  if (!path_at(dir, name, path) || !is_watched(path)) {
    return (int)syscall(call, dir, name, argument);
  }
  if (before(CLASS_WRITE) == FAIL_WITH_ERRNO) return -1;
  lock_log();
  struct event event = {.kind = kind, .path = path};
  cut_here(&event);
  int answer = (int)syscall(call, dir, name, argument);
  if (answer == 0) log_event(&event);
  unlock_log();
  return answer;
}

int unlink(const char *name) { return seen_name(AT_FDCWD, name, EVENT_UNLINK, 0); }
int rmdir(const char *name) { return seen_name(AT_FDCWD, name, EVENT_RMDIR, AT_REMOVEDIR); }
int unlinkat(int dir, const char *name, int flags) {
  return seen_name(dir, name, (flags & AT_REMOVEDIR) ? EVENT_RMDIR : EVENT_UNLINK, flags);
}
int mkdir(const char *name, mode_t mode) {
  return seen_name(AT_FDCWD, name, EVENT_MKDIR, (long)mode);
}
int mkdirat(int dir, const char *name, mode_t mode) {
  return seen_name(dir, name, EVENT_MKDIR, (long)mode);
}

static int seen_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  char path[PATH_BYTES], other[PATH_BYTES];
  int is_known = path_at(from_dir, from, path) && path_at(to_dir, to, other);
  if (!is_known || (!is_watched(path) && !is_watched(other))) {
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
  }
  if (before(CLASS_WRITE) == FAIL_WITH_ERRNO) return -1;
  lock_log();
  int is_inside = is_watched(path) && is_watched(other) && flags == 0;
  struct event event = {.kind = is_inside ? EVENT_RENAME : EVENT_UNSUPPORTED};
  event.path = path;
  event.other_path = other;
  cut_here(&event);
  int answer = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
  if (answer == 0) log_event(&event);
  unlock_log();
  return answer;
}

int rename(const char *from, const char *to) {
  return seen_rename(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  return seen_rename(from_dir, from, to_dir, to, 0);
}
int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  return seen_rename(from_dir, from, to_dir, to, flags);
}

static int link_seen(int answer, const char *name) {
  struct event event = {.kind = EVENT_UNSUPPORTED, .path = name};
  if (answer == 0 && is_watched(name)) {
    lock_log();
    log_event(&event);
    unlock_log();
  }
  return answer;
}

int link(const char *from, const char *to) {
  return link_seen((int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0), to);
}
int symlink(const char *target, const char *name) {
  return link_seen((int)syscall(SYS_symlinkat, target, AT_FDCWD, name), name);
}

static int read_fails(int fd) {
  char path[PATH_BYTES];
  if (!reads_matter() || !watched_path(fd, path)) return 0;
  return before(CLASS_READ) == FAIL_WITH_ERRNO;
}

ssize_t read(int fd, void *data, size_t size) {
  return read_fails(fd) ? -1 : syscall(SYS_read, fd, data, size);
}
ssize_t pread(int fd, void *data, size_t size, off_t at) {
  return read_fails(fd) ? -1 : syscall(SYS_pread64, fd, data, size, at);
}
ssize_t pread64(int fd, void *data, size_t size, off_t at) {
  return read_fails(fd) ? -1 : syscall(SYS_pread64, fd, data, size, at);
}
