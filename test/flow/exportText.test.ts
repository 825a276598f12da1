import fc from "fast-check";
import { expect, test } from "vitest";
import { csvText, jsonLinesText } from "../../agent/commands/exportFormat.ts";
import { tagPatterns } from "../../agent/commands/exportPatterns.ts";
import { progressLine } from "../../agent/commands/exportProgress.ts";
import { siteTime } from "../../agent/commands/exportTime.ts";

const nowMs = Date.UTC(2026, 10, 24, 12);
const zones = ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "UTC"];

test("a written time is read back to the millisecond, in every zone and on both sides of a change of the clocks", () => {
  const anyMs = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  const nearChange = fc.integer({ min: -7_200_000, max: 7_200_000 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyMs, nearChange, (zone, ms, near) => {
      const time = siteTime(zone, nowMs);
      for (const at of [ms, Date.UTC(2026, 2, 29, 1) + near, Date.UTC(2026, 9, 25, 1) + near]) {
        const text = time.iso(at);
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
        expect(Date.parse(text)).toBe(at);
        expect(time.moment(text)).toEqual({ ok: true, value: at });
      }
    }),
  );
});

test("a time without a zone is the site's own", () => {
  const inZone = (zone: string, text: string): string => {
    const moment = siteTime(zone, nowMs).moment(text);
    return moment.ok ? new Date(moment.value).toISOString() : "none";
  };
  expect(inZone("Asia/Shanghai", "2026-11-24")).toBe("2026-11-23T16:00:00.000Z");
  expect(inZone("Europe/Berlin", "2026-07-01T12:00")).toBe("2026-07-01T10:00:00.000Z");
  expect(inZone("Europe/Berlin", "2026-01-15 12:00:30.5")).toBe("2026-01-15T11:00:30.500Z");
  expect(inZone("Asia/Shanghai", "2024-02-29")).toBe("2024-02-28T16:00:00.000Z");
  expect(inZone("Asia/Shanghai", "2026-11-24T08:00Z")).toBe("2026-11-24T08:00:00.000Z");
  expect(inZone("Asia/Shanghai", "2026-11-24T08:00-0330")).toBe("2026-11-24T11:30:00.000Z");
  expect(inZone("UTC", "-7d")).toBe("2026-11-17T12:00:00.000Z");
  expect(inZone("UTC", "-30min")).toBe("2026-11-24T11:30:00.000Z");
  expect(inZone("UTC", "now")).toBe("2026-11-24T12:00:00.000Z");
});

test("what is no moment is refused", () => {
  const time = siteTime("Asia/Shanghai", nowMs);
  const words = [
    "",
    "today",
    "-7",
    "7d",
    "-7x",
    "2026",
    "2026-13-01",
    "2026-02-29",
    "2026-11-24T25:00",
  ];
  for (const text of [...words, "2026-11-24T08", "2026-11-24T08:61", "2026-00-10", "2026-01-00"]) {
    expect(time.moment(text), text).toEqual({ ok: false, error: "no moment" });
  }
  expect(time.iso(Number.NaN)).toBe("");
});

/** By RFC 4180. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(?:,|\r\n$)/g)) {
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
  }
  return cells;
}

test("CSV keeps every text, and none of them begins as a formula does", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '=1+"a"',
      "+1",
      "-",
      "-A1",
      "@x",
      "\t=1",
      "＝1",
      "a,b",
      'say "x"',
      "两行\r\n字",
    ),
  );
  const cell = fc.oneof(
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (row) => {
      const line = csvText(["a"], false).row(row);
      const cells = cellsOf(line);
      expect(cells.length).toBe(row.length);
      for (const [i, value] of row.entries()) {
        if (typeof value === "number") expect(Number(cells[i])).toBe(value === 0 ? 0 : value);
        else if (value === null) expect(cells[i]).toBe("");
        else {
          expect([value, `'${value}`]).toContain(cells[i]);
          expect(cells[i]).not.toMatch(/^(?:[=@\t\r＝＠]|[+\-＋－].)/);
        }
      }
    }),
  );
});

test("JSON Lines keep every value, on one line each", () => {
  const row = ["=1+1\n", null, -1.5, { a: [1] }];
  const line = jsonLinesText(["a", "b", "c", "d"]).row(row);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual({ a: "=1+1\n", b: null, c: -1.5, d: { a: [1] } });
});

test("a pattern fits by its letters and its stars, and by nothing else", () => {
  const fits = (pattern: string, tag: string): boolean => tagPatterns([pattern]).fits(tag);
  expect(fits("GD-*", "GD-101")).toBe(true);
  expect(fits("*罐*", "苯罐-1")).toBe(true);
  expect(fits("GD-1", "GD-101")).toBe(false);
  expect(fits("G.-1", "GD-1")).toBe(false);
  expect(fits("a[1]+(x)", "a[1]+(x)")).toBe(true);
  expect(tagPatterns([]).fits("anything")).toBe(true);
});

test("the progress bar fills, and never beyond its end", () => {
  const line = (done: number, records: number): string =>
    progressLine({ done, records, rows: 5_000, lang: "en" });
  expect(line(6, 24)).toBe("[######..................]  25%  6/24 records  5,000 rows");
  expect(line(30, 24)).toContain("[########################] 100%");
  expect(line(0, 0)).toContain("100%");
});
