/** Modbus frames written from the specification, sharing no line with the product. */

/** One request as a slave sees it. */
export interface SeenRequest {
  /** TCP only; 0 on a serial line. */
  readonly transactionId: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly address: number;
  readonly count: number;
}

/** CRC-16/MODBUS, bit by bit. */
export function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

export function rtuFrame(...bytes: readonly number[]): Buffer {
  const crc = crcOf(Uint8Array.from(bytes));
  return Buffer.from([...bytes, crc & 0xff, crc >> 8]);
}

export function tcpFrame(transactionId: number, ...bytes: readonly number[]): Buffer {
  const head = [
    transactionId >> 8,
    transactionId & 0xff,
    0,
    0,
    bytes.length >> 8,
    bytes.length & 0xff,
  ];
  return Buffer.from([...head, ...bytes]);
}

/** Unit, function, byte count and data of a right reply; `word(address)` gives registers, `bit` coils. */
export function replyBytes(
  request: SeenRequest,
  word: (address: number) => number,
): readonly number[] {
  const data: number[] = [];
  if (request.functionCode <= 2) {
    for (let at = 0; at < request.count; at += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8 && at + bit < request.count; bit += 1) {
        byte |= (word(request.address + at + bit) & 1) << bit;
      }
      data.push(byte);
    }
  } else {
    for (let at = 0; at < request.count; at += 1) {
      const value = word(request.address + at);
      data.push(value >> 8, value & 0xff);
    }
  }
  return [request.unit, request.functionCode, data.length, ...data];
}

/** Tells which register of which unit and table it is, and (in its low bits) when it was read. */
export function tellingWord(request: SeenRequest, address: number, tick: number): number {
  const identity = (request.unit * 31 + request.functionCode * 7 + address * 13) & 0xff;
  return (identity << 8) | (tick & 0xff);
}
