/*
 * A disk that can be watched, cut off, made to fail or to hang: preloaded into a process, it sees every
 * change that the process and its children make below one folder.
 *
 * It calls the kernel directly and keeps no state per descriptor: Node closes files past the C library.
 * It holds nothing large per thread: Node's smallest thread has a small stack.
 * Not seen: writes through mmap or stdio, copy_file_range and sendfile. shim.test.ts shows what is seen.
 */
#ifndef HAZGATE_SHIM_H
#define HAZGATE_SHIM_H

#define _GNU_SOURCE
#include <stdint.h>
#include <sys/types.h>

/* Only the calls of the C library themselves are offered to others. */
#pragma GCC visibility push(hidden)

/* Shared with diskControl.ts, in its order: 32-bit words of a file mapped by everybody. */
struct control {
  volatile uint32_t magic;
  volatile uint32_t calls;         /* changes and syncs seen so far */
  volatile uint32_t cut_at;        /* the process ends at this call; 0: never */
  volatile uint32_t cuts;
  volatile uint32_t fault_classes; /* CLASS_* that fail; 0: none */
  volatile uint32_t fault_errno;   /* what they fail with; SHORT_WRITE: half of the bytes are written */
  volatile uint32_t fault_from;    /* first matching call that fails, counted from 1 */
  volatile uint32_t fault_run;     /* that many matching calls fail in a row */
  volatile uint32_t matched;       /* matching calls so far */
  volatile uint32_t faulted;       /* calls that were made to fail */
  volatile uint32_t sync_ignored;  /* 1: a sync answers success and does nothing */
  volatile uint32_t stalled;       /* 1: changes and syncs wait until it is 0 */
  volatile uint32_t stall_sync_at; /* this sync waits stall_ms by itself, counted from 1; 0: none */
  volatile uint32_t stall_ms;
  volatile uint32_t waiting;       /* calls that wait now */
  volatile uint32_t syncs;
  volatile uint32_t unsupported;   /* changes of a kind that the model of the disk does not know */
};

#define CONTROL_MAGIC 0x485a4453u
#define SHORT_WRITE 10000u

#define CLASS_WRITE 1u
#define CLASS_SYNC 2u
#define CLASS_READ 4u

enum event_kind {
  EVENT_WRITE = 1,
  EVENT_TRUNCATE,
  EVENT_SYNC_FILE,
  EVENT_SYNC_FOLDER,
  EVENT_CREATE,
  EVENT_UNLINK,
  EVENT_RENAME,
  EVENT_MKDIR,
  EVENT_RMDIR,
  EVENT_CLAIM,
  EVENT_CUT,
  EVENT_UNSUPPORTED,
};

#define PATH_BYTES 1024

struct event {
  enum event_kind kind;
  uint64_t ino;
  uint64_t offset; /* of a write; new length of a truncate */
  const void *data;
  uint32_t size;
  const char *path;
  const char *other_path;
};

/* What the wrapper has to do with this call. */
enum verdict { GO_ON, FAIL_WITH_ERRNO, HALF };

/* Whether the path is in the watched folder (or is it). */
int is_watched(const char *path);
/* Path of an open descriptor, if it is in the watched folder; 0 when not. */
int watched_path(int fd, char *path);
/* Whether the descriptor is the file of claims. */
int is_claims(int fd);
int path_at(int dir, const char *path, char *out);

/* Waits for a stall, counts, and decides. With FAIL_WITH_ERRNO errno is set. */
enum verdict before(uint32_t class);
int sync_is_ignored(void);
/* Whether reads are to fail at all: they are many. */
int reads_matter(void);
/* Whether syncs need not reach the real disk: the log knows what was promised. */
int is_logging(void);

/* The lock makes the order of the log the order of the changes. */
void lock_log(void);
void unlock_log(void);
/* Under the lock, before the change: if this is the call to end at, logs it as under way and ends. */
void cut_here(const struct event *event);
/* Under the lock, after the change. */
void log_event(const struct event *event);

#pragma GCC visibility pop

#endif
