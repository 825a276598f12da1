/*
 * The floor of the polling table: one thread, libmodbus, block reads, period by period, newest values kept.
 * Usage: libmodbusLoop UNITS FLOATS ORIGIN_MS PERIOD_MS PORT...   Prints {"checked":n,"wrong":n} on SIGTERM.
 */
#include <modbus/modbus.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FLOATS_PER_REQUEST 62
#define TICKS 8192
#define AGE_MAX 3
#define AHEAD_MAX 1

static volatile sig_atomic_t stopped;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

/* As identityOf() of the load plant. */
static uint32_t identity_of(uint32_t index) {
  return ((index + 1u) * 2654435761u) >> 22;
}

/* As tickAt() in poll/fieldShape.ts. */
static long tick_now(double origin_ms) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double ms = now.tv_sec * 1e3 + now.tv_nsec / 1e6 - origin_ms;
  return ms < 0 ? 0 : (long)(ms / 1000) % TICKS;
}

static int is_right(float value, uint32_t identity, long tick) {
  long sent = (long)value - (long)identity * TICKS;
  return sent >= 0 && sent < TICKS && (tick - sent + AHEAD_MAX + TICKS) % TICKS <= AGE_MAX + AHEAD_MAX;
}

int main(int argc, char **argv) {
  int units = argc > 2 ? atoi(argv[1]) : 0;
  int floats = argc > 2 ? atoi(argv[2]) : 0;
  double origin_ms = argc > 3 ? atof(argv[3]) : 0;
  long period_ms = argc > 4 ? atol(argv[4]) : 0;
  int ports = argc - 5;
  if (units < 1 || floats < 1 || period_ms < 1 || ports < 1) return 2;
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);

  modbus_t **lines = calloc((size_t)ports, sizeof *lines);
  float *newest = calloc((size_t)(ports * units * floats), sizeof *newest);
  for (int port = 0; port < ports; port++) {
    lines[port] = modbus_new_tcp("127.0.0.1", atoi(argv[5 + port]));
    modbus_set_response_timeout(lines[port], 1, 0);
    if (modbus_connect(lines[port]) == -1) return 3;
  }

  unsigned long long checked = 0, wrong = 0, failed = 0;
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  while (!stopped) {
    for (int port = 0; port < ports && !stopped; port++) {
      for (int unit = 1; unit <= units; unit++) {
        modbus_set_slave(lines[port], unit);
        for (int from = 0; from < floats; from += FLOATS_PER_REQUEST) {
          int count = floats - from < FLOATS_PER_REQUEST ? floats - from : FLOATS_PER_REQUEST;
          uint16_t words[2 * FLOATS_PER_REQUEST];
          if (modbus_read_registers(lines[port], from * 2, count * 2, words) != count * 2) {
            failed++;
            continue;
          }
          long tick = tick_now(origin_ms);
          int first = (port * units + unit - 1) * floats + from;
          float *into = newest + first;
          for (int i = 0; i < count; i++) {
            into[i] = modbus_get_float_abcd(words + i * 2);
            wrong += !is_right(into[i], identity_of(first + i), tick);
          }
          checked += count;
        }
      }
    }
    next.tv_nsec += period_ms * 1000000L;
    next.tv_sec += next.tv_nsec / 1000000000L;
    next.tv_nsec %= 1000000000L;
    while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) != 0) {
    }
  }
  printf("{\"checked\":%llu,\"wrong\":%llu,\"failed\":%llu}\n", checked, wrong, failed);
  return 0;
}
