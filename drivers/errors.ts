/** Everything that can go wrong while asking a device. */

interface Detail {
  /** One plain sentence: what was seen, e.g. "no reply within 500 ms". */
  readonly message: string;
}

/**
 * - `timeout`: the device kept silent; its neighbours are not to blame.
 * - `lineDown`: the wire itself is gone (port closed, host refused): concerns all units on it.
 * - `deviceBusy`: exception 5 or 6, gateway target silent (0x0B, see `isGatewaysWord`): ask again later.
 * - `refused`: exception 1..4 or another: the question does not fit the device. Code 0: refused on
 *   this side, not sent.
 * - `badReply`: bytes came that are no valid answer to this question.
 * - `aborted`: we were told to stop.
 */
export type DriverError =
  | (Detail & {
      readonly kind: "timeout";
      /** It kept silent a moment ago and was not asked again yet: its late reply could be mistaken. */
      readonly notAsked?: true;
    })
  | (Detail & { readonly kind: "lineDown" })
  | (Detail & { readonly kind: "deviceBusy"; readonly exceptionCode: number })
  | (Detail & { readonly kind: "refused"; readonly exceptionCode: number })
  | (Detail & {
      readonly kind: "badReply";
      /** Its frame was there, its checksum did not fit. */
      readonly isDamaged?: true;
    })
  | (Detail & { readonly kind: "aborted" });

/** Exceptions 0x0A and 0x0B: the gateway answers that it could not reach the device; the device itself kept silent. */
export function isGatewaysWord(error: DriverError): boolean {
  if (error.kind !== "deviceBusy" && error.kind !== "refused") return false;
  return error.exceptionCode === 0x0a || error.exceptionCode === 0x0b;
}
