/** Modbus RTU frames on the slave's side: checksum and timing of characters. Pure. */

const polynomial = 0xa001;

/** CRC-16/MODBUS. */
export function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return crc;
}

/** Unit and PDU with their checksum, low byte first. */
export function sealFrame(unit: number, pdu: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from([unit]), pdu]);
  const crc = crcOf(body);
  return Buffer.concat([body, Buffer.from([crc & 0xff, crc >>> 8])]);
}

/** Null when it is no frame: too short, too long, or the checksum does not fit. */
export function openFrame(
  bytes: Uint8Array,
): { readonly unit: number; readonly pdu: Uint8Array } | null {
  if (bytes.length < 4 || bytes.length > 256) return null;
  const crc = crcOf(bytes.subarray(0, -2));
  if (bytes.at(-2) !== (crc & 0xff) || bytes.at(-1) !== crc >>> 8) return null;
  return { unit: bytes[0] ?? 0, pdu: bytes.subarray(1, -2) };
}

const bitsPerCharacter = 10;
const silenceCharacters = 3.5;
/** Above 19200 baud the silence is fixed. */
const fixedSilenceMs = 1.75;
const fixedAboveBaud = 19_200;

/** Time of one character (8N1), ms. */
export function characterMs(baud: number): number {
  return (bitsPerCharacter * 1000) / baud;
}

/** The silence that ends a frame, ms. */
export function silenceMs(baud: number): number {
  return baud > fixedAboveBaud ? fixedSilenceMs : silenceCharacters * characterMs(baud);
}
