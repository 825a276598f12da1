/** The kinds, priorities, states and transitions of alarms. */

export const alarmTypes = [
  "LL",
  "L",
  "H",
  "HH",
  "GAS1",
  "GAS2",
  "GAS3",
  "O2-LOW",
  "O2-HIGH",
  "RATE",
  "FORECAST",
  "DEVIATION",
  "FROZEN",
  "LEVEL-DROP",
  "CORROBORATED",
  "FAULT",
  "OFFLINE",
  "CAMERA",
  "SELF",
] as const;
export type AlarmType = (typeof alarmTypes)[number];

/** 1 red, 2 orange, 3 yellow, 4 blue. */
export type Priority = 1 | 2 | 3 | 4;

/** The states of ISA-18.2 / IEC 62682, in the letters of its diagram. */
export type AlarmStateName =
  /** A */
  | "normal"
  /** B: active, nobody has acknowledged it. */
  | "unacked"
  /** C: active, acknowledged. */
  | "acked"
  /** D: the condition is over, nobody has acknowledged it. */
  | "returned"
  /** E, F: the condition is over, a reset by a person is needed; unacknowledged or acknowledged. */
  | "latched-unacked"
  | "latched"
  /** G, H, I */
  | "shelved"
  | "suppressed"
  | "out-of-service";

export type AlarmVerb =
  | "raise"
  | "escalate"
  | "return"
  | "re-alarm"
  | "ack"
  | "handle"
  | "reset"
  | "shelve"
  | "unshelve"
  | "suppress"
  | "unsuppress"
  | "out-of-service"
  | "in-service";
