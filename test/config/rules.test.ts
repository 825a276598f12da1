import { expect, test } from "vitest";
import { type Case, judge } from "./siteCases.ts";

const drop = { type: "level-drop", point: "L", drop: 5, within: "10min" };
const suppress = (alarms: readonly string[], more: object = {}) => ({
  "alarms.rules": { R: { type: "suppress", when: [{ point: "M", is: 1 }], alarms, ...more } },
});
const rule = (one: object) => ({ "alarms.rules": { R: one } });

const cases: readonly Case[] = [
  ["an unknown point", rule({ ...drop, point: "LL" }), "E101", "LL"],
  ["an unknown tank", rule({ ...drop, tank: "W" }), "E101", "W"],
  ["units that differ", rule({ type: "deviation", points: ["G", "H"], max: 5 }), "E191", "H"],
  ["one point twice", rule({ type: "deviation", points: ["L", "L"], max: 5 }), "E192", "L"],
  ["a window shorter than the polling", rule({ ...drop, within: "1s" }), "E193", "1s"],
  ["a pattern that fits nothing", suppress(["L X"]), "E196", "L X"],
  ["suppression of a gas alarm", suppress(["* G"]), "E197", '"* G"'],
  [
    "a forecast without limits",
    { "points.L.limits": { forecast: { within: "5min" } } },
    "E194",
    "forecast",
  ],
  [
    "a state fault of a level",
    { "points.L.limits": { faultWhen: [{ is: 1, say: "x" }] } },
    "W195",
    "faultWhen",
  ],
  [
    "people called without a pause",
    { "alarms.lifeCycle": { ackWithin: { p1: "0s" } } },
    "E198",
    "0s",
  ],
  [
    "gas levels out of order",
    { "points.G.limits": { gas1: 25, gas2: 50, gas3: 40 } },
    "E111",
    "40",
  ],
];

test.each(cases)("%s is found, and marked", (_, changes, code, text) => {
  const { faults, marks } = judge(changes);
  expect(faults.map((fault) => fault.code)).toEqual([code]);
  expect(marks).toEqual([text]);
});

test.each([
  ["a level drop", rule(drop)],
  [
    "suppression of alarms that lives depend on, when it is meant",
    suppress(["* G"], { evenSafety: true }),
  ],
  ["people who are not called again", { "alarms.lifeCycle": { ackWithin: { p1: "never" } } }],
  ["suppression of a first gas level", suppress(["GAS1 G"])],
  ["oxygen by its own limits", { "points.O.limits": { o2Low: 19.5, o2High: 23.5 } }],
])("%s has no fault", (_, changes) => {
  expect(judge(changes).faults).toEqual([]);
});
