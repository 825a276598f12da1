import { expect, test } from "vitest";
import { type CutFigures, cutPower } from "./powerCuts.ts";
import { testPlace } from "./testPlace.ts";

const seed = Number(process.env["HAZGATE_SEED"] ?? Math.floor(Math.random() * 1e6));
const quietly = { seed, cutsPerLife: 8, say: () => {} };
const anHour = 3_600_000;

/** A run that promises or tears hardly anything would find no fault: an unlucky seed goes on, up to `most`. */
function until(
  enough: (figures: Readonly<CutFigures>) => boolean,
  { least, most }: { readonly least: number; readonly most: number },
): (figures: Readonly<CutFigures>) => boolean {
  return (figures) => figures.cuts < least || (figures.cuts < most && !enough(figures));
}

const isTelling = ({ claims, torn, live, chained, inCreation }: CutFigures): boolean =>
  claims > 2_000 && torn > 100 && live > 10 && chained > 20 && inCreation > 5;

test(
  `200 power cuts lose nothing that was promised (seed ${seed})`,
  async () => {
    const goesOn = until(isTelling, { least: 200, most: 800 });
    const { figures, faults } = await cutPower(testPlace(), { ...quietly, goesOn });
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ lost: 0, corrupt: 0 });
    expect(figures.cuts).toBeGreaterThanOrEqual(200);
    expect(isTelling(figures), JSON.stringify(figures)).toBe(true);
  },
  anHour,
);

const isFoundOut = ({ claims, lost }: CutFigures): boolean => claims > 50 && lost > 0;

for (const weakness of ["NORMAL", "OFF", "ignored-syncs"] as const) {
  test(
    `the same cuts find out ${weakness}: promises are lost (seed ${seed})`,
    async () => {
      const goesOn = until(isFoundOut, { least: 24, most: 400 });
      const { figures } = await cutPower(testPlace(weakness), { ...quietly, goesOn });
      expect(isFoundOut(figures), JSON.stringify(figures)).toBe(true);
    },
    anHour,
  );
}
