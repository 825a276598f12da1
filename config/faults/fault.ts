/** One thing wrong with a site file: what, where, and the way out, in both languages. */

/** Keys and positions from the top of the file: `["points", "LT-101", "limits", "hh"]`. */
export type Path = readonly (string | number)[];

export type Severity = "error" | "warning";

/** What a check finds, before it is known where in the file it stands. */
export interface Finding {
  readonly severity: Severity;
  /** Stable name of the kind of fault: E... for errors, W... for warnings. */
  readonly code: string;
  readonly path: Path;
  /** Point at the key itself rather than at its value. */
  readonly atKey?: boolean;
  readonly zh: string;
  readonly en: string;
  readonly fixZh?: string;
  readonly fixEn?: string;
}

/** A place in the text. Lines and columns count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Length of the marked text within its line; 0 where only the spot is known. */
  readonly length: number;
}

export interface Fault extends Place {
  readonly severity: Severity;
  readonly code: string;
  readonly file: string;
  /** For people and programs: `points.LT-101.limits.hh`. Empty for the file as a whole. */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly fixZh?: string;
  readonly fixEn?: string;
}

export function placeFault(file: string, place: Place, finding: Finding): Fault {
  const { atKey: _, path, ...rest } = finding;
  return { ...rest, ...place, file, path: pathText(path) };
}

export function pathText(path: Path): string {
  return path.join(".");
}

/** Worst first, then in the order of the file. */
export function worstFirst(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted(
    (a, b) =>
      Number(a.severity === "warning") - Number(b.severity === "warning") ||
      a.line - b.line ||
      a.column - b.column,
  );
}

export function hasErrors(faults: readonly Fault[]): boolean {
  return faults.some((fault) => fault.severity === "error");
}

export function error(finding: Omit<Finding, "severity">): Finding {
  return { severity: "error", ...finding };
}

export function warning(finding: Omit<Finding, "severity">): Finding {
  return { severity: "warning", ...finding };
}
