/** What a platform makes of a box's records alone, against the truth. */

import type { SealedRecord } from "../../agent/records.ts";
import { Places } from "../../agent/timekeeping/places.ts";
import {
  alarmBodySchema,
  type Envelope,
  eventBodySchema,
  gapBodySchema,
} from "../../agent/wire/envelope.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";

/** When a reading was really taken; its position is its value. */
export interface Truth {
  readonly trueMs: number;
  readonly monotonicMs: number;
  readonly boot: string;
}

export interface Judged {
  readonly faults: readonly string[];
  readonly readings: number;
  readonly placed: number;
  readonly stamped: number;
  readonly doubtful: number;
  /** Worst distance from the truth of what is not flagged as doubtful. */
  readonly worstMs: number;
}

/** What came of one history. `faults` is empty when every promise was kept. */
export interface Verdict extends Judged {
  readonly steps: number;
  readonly alarms: number;
  readonly purged: number;
}

const errorMsMax = 1_000;
const faultsMax = 20;

/** Every record a box ever sent, in any order. */
export function judge(
  sent: readonly SealedRecord[],
  box: { readonly truths: readonly Truth[]; readonly committed: number },
): Judged {
  const records = sent.toSorted((a, b) => a.seq - b.seq);
  const envelopes = records.map(({ bytes }) => envelopeOf(bytes));
  const places = new Places();
  for (const envelope of envelopes) places.learn(envelope);
  const counts = { placed: 0, stamped: 0, doubtful: 0 };
  const faults = numberFaults(envelopes);
  const serials: number[] = [];
  let worstMs = 0;
  for (const envelope of envelopes) {
    for (const { serial, ...stamp } of readingsOf(envelope)) {
      serials.push(serial);
      const place = places.of(envelope, stamp);
      const errorMs = Math.abs(place.wallMs - (box.truths[serial]?.trueMs ?? Number.NaN));
      counts[place.how] += 1;
      if (place.how === "doubtful") continue;
      worstMs = Math.max(worstMs, errorMs);
      if (!(errorMs <= errorMsMax)) {
        faults.push(`reading ${serial} ${place.how} ${errorMs} ms off, boot ${envelope.boot}`);
      }
    }
  }
  faults.push(
    ...serialFaults(serials, box.committed),
    ...alarmFaults(envelopes, places, box.truths),
  );
  return { ...counts, worstMs, faults: faults.slice(0, faultsMax), readings: serials.length };
}

/** Nothing lost, nothing twice, nothing in another order than it was taken. */
function serialFaults(serials: readonly number[], committed: number): readonly string[] {
  const strange = serials.findIndex((serial, i) => serial !== i);
  if (strange !== -1) return [`reading ${serials[strange]} in the place of ${strange}`];
  if (serials.length === committed) return [];
  return [`${committed} readings made, ${serials.length} arrived`];
}

/** An alarm belongs where the readings that made it belong. */
function alarmFaults(
  envelopes: readonly Envelope[],
  places: Places,
  truths: readonly Truth[],
): readonly string[] {
  const byMoment = new Map(truths.map((one) => [`${one.boot} ${one.monotonicMs}`, one]));
  return envelopes
    .filter(({ kind }) => kind === "alarm")
    .flatMap((envelope) => {
      const { at } = alarmBodySchema.parse(envelope.body);
      const truth = byMoment.get(`${envelope.boot} ${at.monotonicMs}`);
      const { how, wallMs } = places.of(envelope, at);
      const errorMs = Math.abs(wallMs - (truth?.trueMs ?? Number.NaN));
      if (how === "doubtful" || errorMs <= errorMsMax) return [];
      return [`alarm ${envelope.seq} ${how} ${errorMs} ms off`];
    });
}

function numberFaults(envelopes: readonly Envelope[]): string[] {
  return envelopes.flatMap(({ seq, epoch, kind, body }, i) => {
    const faults: string[] = [];
    if (seq !== i + 1 || epoch !== "epoch-1")
      faults.push(`record ${epoch} ${seq} in place ${i + 1}`);
    if (kind === "event" && !eventBodySchema.safeParse(body).success) faults.push(`event ${seq}`);
    if (kind === "gap" && gapBodySchema.parse(body).lost > 0) faults.push(`gap ${seq} has losses`);
    return faults;
  });
}

function envelopeOf(bytes: Uint8Array): Envelope {
  const opened = openPayload(bytes);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

interface Placeable {
  readonly serial: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
}

function readingsOf({ kind, body }: Envelope): readonly Placeable[] {
  if (kind !== "readings") return [];
  const decoded = decodeReadings(body);
  if (!decoded.ok) throw new Error(decoded.error);
  const serials = decoded.value.find(({ tag }) => tag === "SERIAL");
  return (serials?.values ?? []).map((value, i) => ({
    serial: value ?? Number.NaN,
    wallMs: serials?.wallMs[i] ?? Number.NaN,
    monotonicMs: serials?.monotonicMs[i] ?? Number.NaN,
  }));
}
