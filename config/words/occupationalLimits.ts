/**
 * Occupational exposure limits (职业接触限值) of common toxic gases, for judging alarm limits.
 * MAC, or PC-TWA where there is no MAC, in mg/m3. A convenience: the authority is GBZ 2.1 as in force.
 * Gases whose figures we could not confirm are left out rather than guessed.
 */

export interface ToxicGas {
  readonly formula: string;
  readonly zh: string;
  readonly cas: string;
  readonly oelMgM3: number;
  /** g/mol; ppm = mg/m3 x 24.45 / molar mass at 25 C. */
  readonly molarMass: number;
}

const gases: readonly (ToxicGas & { readonly names: readonly string[] })[] = [
  gas("H2S", "硫化氢", "7783-06-4", { oel: 10, mass: 34.08, names: ["hydrogen sulfide"] }),
  gas("CO", "一氧化碳", "630-08-0", { oel: 20, mass: 28.01, names: ["carbon monoxide"] }),
  gas("NO2", "二氧化氮", "10102-44-0", { oel: 5, mass: 46.01, names: ["nitrogen dioxide"] }),
  gas("CL2", "氯气", "7782-50-5", { oel: 1, mass: 70.91, names: ["chlorine", "氯"] }),
  gas("CH3OH", "甲醇", "67-56-1", { oel: 25, mass: 32.04, names: ["methanol", "CH4O"] }),
  gas("SO2", "二氧化硫", "7446-09-5", { oel: 5, mass: 64.06, names: ["sulfur dioxide"] }),
  gas("NH3", "氨", "7664-41-7", { oel: 20, mass: 17.03, names: ["ammonia", "氨气"] }),
  gas("C6H6", "苯", "71-43-2", { oel: 6, mass: 78.11, names: ["benzene"] }),
  gas("HF", "氟化氢", "7664-39-3", { oel: 2, mass: 20.01, names: ["hydrogen fluoride"] }),
  gas("HCN", "氰化氢", "74-90-8", { oel: 1, mass: 27.03, names: ["hydrogen cyanide"] }),
  gas("HCL", "氯化氢", "7647-01-0", { oel: 7.5, mass: 36.46, names: ["hydrogen chloride"] }),
  gas("COCL2", "光气", "75-44-5", { oel: 0.5, mass: 98.92, names: ["phosgene"] }),
  gas("C2H3CL", "氯乙烯", "75-01-4", { oel: 10, mass: 62.5, names: ["vinyl chloride", "VCM"] }),
  gas("C3H3N", "丙烯腈", "107-13-1", { oel: 1, mass: 53.06, names: ["acrylonitrile"] }),
  gas("C7H8", "甲苯", "108-88-3", { oel: 50, mass: 92.14, names: ["toluene"] }),
  gas("C6H5OH", "苯酚", "108-95-2", { oel: 10, mass: 94.11, names: ["phenol", "C6H6O"] }),
  gas("O3", "臭氧", "10028-15-6", { oel: 0.3, mass: 48, names: ["ozone"] }),
  gas("C8H10", "二甲苯", "1330-20-7", { oel: 50, mass: 106.17, names: ["xylene"] }),
];

const byName: ReadonlyMap<string, ToxicGas> = new Map(
  gases.flatMap((one) =>
    [one.formula, one.zh, one.cas, ...one.names].map((name) => [name.toUpperCase(), one] as const),
  ),
);

/** By formula, Chinese or English name, or CAS number; null for a gas that is not in the table. */
export function toxicGas(name: string): ToxicGas | null {
  return byName.get(name.normalize("NFKC").trim().toUpperCase()) ?? null;
}

/** Names to choose from, for messages. */
export const toxicGasNames: readonly string[] = gases.map((one) => one.formula);

function gas(
  formula: string,
  zh: string,
  cas: string,
  rest: { readonly oel: number; readonly mass: number; readonly names: readonly string[] },
): ToxicGas & { readonly names: readonly string[] } {
  return { formula, zh, cas, oelMgM3: rest.oel, molarMass: rest.mass, names: rest.names };
}
