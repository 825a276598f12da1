/**
 * Every measuring point of the simulated plant, once: what it measures, where it sits in the register
 * maps, and how the site file describes it. Server and site file are both made from this. Pure.
 */

import type { Instrument } from "./instrument.ts";
import { plantInstruments } from "./plantInstruments.ts";
import { sphereGauges, tankInstruments } from "./tankInstruments.ts";

/** In the order of the site file. */
export const instruments: readonly Instrument[] = [
  ...tankInstruments(),
  ...plantInstruments(),
  ...sphereGauges(),
];
