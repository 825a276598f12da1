/** Colours, dashes and type of the trend, read from the style sheet so that night and print hold here too. */

export interface TrendInk {
  readonly pens: readonly string[];
  readonly axis: string;
  readonly grid: string;
  readonly gap: string;
  readonly hatch: string;
  readonly text: string;
  readonly paper: string;
  /** By priority: 1 to 4. */
  readonly levels: Readonly<Record<number, string>>;
  readonly family: string;
}

export const penCountMax = 8;

/** Pens differ by dash as well as by hue: colour alone tells nothing here. */
export const penDashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [12, 3, 2, 3],
  [],
  [8, 4],
  [2, 3],
  [12, 3, 2, 3],
];

export function readInk(element: Element): TrendInk {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    pens: Array.from({ length: penCountMax }, (_, at) => read(`--pen-${at + 1}`)),
    axis: read("--trend-axis"),
    grid: read("--trend-grid"),
    gap: read("--trend-gap"),
    hatch: read("--trend-hatch"),
    text: read("--trend-text"),
    paper: read("--trend-paper"),
    levels: {
      1: read("--trend-level-1"),
      2: read("--trend-level-2"),
      3: read("--trend-level-3"),
      4: read("--trend-level-4"),
    },
    family: style.fontFamily,
  };
}
