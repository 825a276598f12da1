/** Branded ids, so that a bus can never be passed where a device is meant. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type BusId = Branded<"BusId">;
export type DeviceId = Branded<"DeviceId">;
/** A point's tag as the plant writes it (位号), e.g. "LT-101". */
export type PointId = Branded<"PointId">;

export function busId(text: string): BusId {
  return text as BusId;
}
export function deviceId(text: string): DeviceId {
  return text as DeviceId;
}
export function pointId(text: string): PointId {
  return text as PointId;
}
