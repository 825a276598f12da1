/** modbus-serial as it comes, for the controls: the fault must show there, or the test proves nothing. */

import modbusSerial from "modbus-serial";

export type BareClient = InstanceType<typeof modbusSerial.default>;

export async function bareTcp(port: number): Promise<BareClient> {
  const client = new modbusSerial.default();
  client.on("error", () => {});
  await client.connectTCP("127.0.0.1", { port });
  client.setID(1);
  return client;
}

export async function bareRtu(path: string, baudRate = 115200): Promise<BareClient> {
  const client = new modbusSerial.default();
  client.on("error", () => {});
  await client.connectRTUBuffered(path, { baudRate });
  client.setID(1);
  return client;
}

/** Closes without waiting for the callback that may never come. */
export function dropBare(client: BareClient): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await settledWithin(new Promise<void>((resolve) => client.close(() => resolve())), 100);
    },
  };
}

/** Whether `promise` settles within `ms`. */
export async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  const answer = await Promise.race([settled, late]);
  clearTimeout(timer);
  return answer;
}
