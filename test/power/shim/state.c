/* What is shared by all calls: the control words, the log, the cut. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static struct control no_control;
static struct control *control = &no_control;
static char folder[PATH_BYTES];
static size_t folder_length;
static char claims_path[PATH_BYTES];
static int log_fd = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void stop(const char *why) {
  (void)!syscall(SYS_write, 2, why, strlen(why));
  syscall(SYS_exit_group, 99);
}

__attribute__((constructor)) static void start(void) {
  const char *wanted = getenv("HAZGATE_DISK_FOLDER");
  const char *control_file = getenv("HAZGATE_DISK_CONTROL");
  const char *claims = getenv("HAZGATE_DISK_CLAIMS");
  const char *log = getenv("HAZGATE_DISK_LOG");
  if (wanted == NULL || control_file == NULL) return;
  if (strlen(wanted) >= PATH_BYTES || (claims != NULL && strlen(claims) >= PATH_BYTES)) {
    stop("shim: a path is too long\n");
  }
  int fd = syscall(SYS_openat, AT_FDCWD, control_file, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) stop("shim: no control file\n");
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (mapped == MAP_FAILED) stop("shim: the control file cannot be mapped\n");
  control = mapped;
  if (control->magic != CONTROL_MAGIC) stop("shim: this is no control file\n");
  if (claims != NULL) strcpy(claims_path, claims);
  if (log != NULL && log[0] != 0) {
    log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) stop("shim: the log cannot be opened\n");
    /* Out of the way of programs that count on low numbers. */
    int high = syscall(SYS_fcntl, log_fd, F_DUPFD_CLOEXEC, 500);
    if (high >= 0) {
      syscall(SYS_close, log_fd);
      log_fd = high;
    }
  }
  folder_length = strlen(wanted);
  strcpy(folder, wanted);
}

int is_watched(const char *path) {
  if (folder_length == 0 || path == NULL) return 0;
  if (strncmp(path, folder, folder_length) != 0) return 0;
  return path[folder_length] == '/' || path[folder_length] == 0;
}

static int link_of(int fd, char *path) {
  char name[40] = "/proc/self/fd/";
  char digits[12];
  int count = 0;
  if (fd < 0) return 0;
  do digits[count++] = (char)('0' + fd % 10);
  while ((fd /= 10) > 0);
  size_t at = strlen(name);
  while (count > 0) name[at++] = digits[--count];
  name[at] = 0;
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, path, PATH_BYTES - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return 1;
}

int watched_path(int fd, char *path) {
  if (folder_length == 0) return 0;
  int before_errno = errno;
  int is_in = link_of(fd, path) && is_watched(path);
  errno = before_errno;
  return is_in;
}

int is_claims(int fd) {
  char path[PATH_BYTES];
  if (log_fd < 0 || claims_path[0] == 0) return 0;
  int before_errno = errno;
  int is = link_of(fd, path) && strcmp(path, claims_path) == 0;
  errno = before_errno;
  return is;
}

int path_at(int dir, const char *path, char *out) {
  size_t at = 0;
  if (folder_length == 0 || path == NULL) return 0;
  if (path[0] != '/') {
    if (dir == AT_FDCWD) {
      if (syscall(SYS_getcwd, out, PATH_BYTES - 1) <= 0) return 0;
    } else if (!link_of(dir, out)) return 0;
    at = strlen(out);
    out[at++] = '/';
  }
  size_t length = strlen(path);
  if (at + length >= PATH_BYTES) return 0;
  memcpy(out + at, path, length + 1);
  return 1;
}

static void nap(uint32_t ms) {
  struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
  syscall(SYS_nanosleep, &time, NULL);
}

static void stall(uint32_t class) {
  if (class == CLASS_SYNC) {
    uint32_t number = __sync_add_and_fetch(&control->syncs, 1);
    if (number == control->stall_sync_at) {
      __sync_add_and_fetch(&control->waiting, 1);
      nap(control->stall_ms);
      __sync_sub_and_fetch(&control->waiting, 1);
    }
  }
  if (class == CLASS_READ || !control->stalled) return;
  __sync_add_and_fetch(&control->waiting, 1);
  while (control->stalled) nap(5);
  __sync_sub_and_fetch(&control->waiting, 1);
}

enum verdict before(uint32_t class) {
  stall(class);
  if ((control->fault_classes & class) == 0 || control->fault_errno == 0) return GO_ON;
  uint32_t number = __sync_add_and_fetch(&control->matched, 1);
  if (number < control->fault_from || number - control->fault_from >= control->fault_run) {
    return GO_ON;
  }
  __sync_add_and_fetch(&control->faulted, 1);
  if (control->fault_errno == SHORT_WRITE) return HALF;
  errno = (int)control->fault_errno;
  return FAIL_WITH_ERRNO;
}

int sync_is_ignored(void) { return control->sync_ignored != 0; }

int reads_matter(void) { return (control->fault_classes & CLASS_READ) != 0; }

int is_logging(void) { return log_fd >= 0; }

void lock_log(void) { pthread_mutex_lock(&mutex); }

void unlock_log(void) { pthread_mutex_unlock(&mutex); }

struct __attribute__((packed)) head {
  uint32_t kind;
  uint32_t path_size;
  uint64_t ino;
  uint64_t time_us;
  uint64_t offset;
  uint32_t size;
  uint32_t other_path_size;
};

static void put(const struct event *event) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  size_t path_size = event->path == NULL ? 0 : strlen(event->path);
  size_t other_size = event->other_path == NULL ? 0 : strlen(event->other_path);
  struct head head = {
      .kind = event->kind,
      .path_size = (uint32_t)path_size,
      .ino = event->ino,
      .time_us = (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u,
      .offset = event->offset,
      .size = event->size,
      .other_path_size = (uint32_t)other_size,
  };
  struct iovec parts[4] = {
      {&head, sizeof head},
      {(void *)event->path, path_size},
      {(void *)event->other_path, other_size},
      {(void *)event->data, event->size},
  };
  ssize_t wanted = (ssize_t)(sizeof head + path_size + other_size + event->size);
  if (syscall(SYS_writev, log_fd, parts, 4) != wanted) stop("shim: the log cannot be written\n");
}

void log_event(const struct event *event) {
  if (event->kind == EVENT_UNSUPPORTED) __sync_add_and_fetch(&control->unsupported, 1);
  if (log_fd < 0) return;
  int before_errno = errno;
  put(event);
  errno = before_errno;
}

void cut_here(const struct event *event) {
  uint32_t number = __sync_add_and_fetch(&control->calls, 1);
  if (number != control->cut_at) return;
  __sync_add_and_fetch(&control->cuts, 1);
  if (log_fd >= 0) {
    /* A sync that never answered promised nothing; any other change may have reached the disk. */
    int is_sync = event->kind == EVENT_SYNC_FILE || event->kind == EVENT_SYNC_FOLDER;
    if (!is_sync && event->ino != 0) put(event);
    struct event cut = {.kind = EVENT_CUT};
    put(&cut);
  }
  syscall(SYS_exit_group, 137);
}
