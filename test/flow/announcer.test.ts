import { expect, test } from "vitest";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { announceWithinMs, createAnnouncer } from "../../agent/announcer.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { alarm } from "../store/samples.ts";

/** A disk whose commits are answered by hand. */
function slowDisk() {
  const clock = new FakeClock();
  const commits: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const told: string[] = [];
  const fatal: unknown[] = [];
  const announcer = createAnnouncer({
    clock,
    commitAlarms: () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      commits.push({ resolve, reject });
      return promise;
    },
    onAnnounced: ({ event, isStored }) => told.push(`${event.alarmId} ${isStored}`),
    onStored: (event) => told.push(`${event.alarmId} stored`),
    onFatal: (error) => fatal.push(error),
  });
  const event = (alarmId: string): AlarmEvent => alarm(clock.now(), { alarmId });
  return { clock, commits, told, fatal, announcer, event };
}

test("an alarm is told when the disk has it, and not before", async () => {
  const { clock, commits, told, announcer, event } = slowDisk();
  announcer.commit([event("A")], null);
  await clock.advance(announceWithinMs - 1);
  expect(told).toEqual([]);
  commits[0]?.resolve();
  await announcer.settled();
  expect(told).toEqual(["A true"]);
});

test("a disk that does not answer keeps no alarm from the people: it is told as not stored, then as stored", async () => {
  const { clock, commits, told, announcer, event } = slowDisk();
  announcer.commit([event("A")], null);
  announcer.commit([event("B"), event("C")], null);
  let isTold = false;
  void announcer.told().then(() => {
    isTold = true;
  });
  await clock.advance(announceWithinMs - 1);
  expect(isTold).toBe(false);
  await clock.advance(1);
  // Whoever acted gets an answer now, though the disk has given none.
  expect(isTold).toBe(true);
  expect(told).toEqual(["A false", "B false", "C false"]);
  commits[1]?.resolve();
  await clock.advance(1);
  expect(told.slice(3)).toEqual(["B stored", "C stored"]);
  commits[0]?.resolve();
  await announcer.settled();
  expect(told.slice(5)).toEqual(["A stored"]);
});

test("transitions are told in their order, even when a later commit is answered first", async () => {
  const { clock, commits, told, announcer, event } = slowDisk();
  announcer.commit([event("A")], null);
  announcer.commit([event("B")], null);
  commits[1]?.resolve();
  await clock.advance(announceWithinMs - 1);
  expect(told).toEqual([]);
  commits[0]?.resolve();
  await announcer.settled();
  expect(told).toEqual(["A true", "B true"]);
});

test("a journal that cannot take an alarm is fatal, and the alarm is told all the same", async () => {
  const { commits, told, fatal, announcer, event } = slowDisk();
  announcer.commit([event("A")], null);
  commits[0]?.reject(new Error("the journal's thread ended"));
  await announcer.settled();
  expect(told).toEqual(["A false"]);
  expect(fatal).toHaveLength(1);
});
