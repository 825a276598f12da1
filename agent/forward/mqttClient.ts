/** The mqtt library's client, set up for exactly one connection on a socket of ours. */

import type { Socket } from "node:net";
import { type IClientOptions, MqttClient } from "mqtt";
import type { MqttUplink } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type BrokerAddress, openBrokerSocket, type UplinkSecrets } from "./brokerSocket.ts";

/** What MQTT tells the broker: a client silent for one and a half times this is gone. */
export const keepaliveS = 15;
/** What we accept from a broker: acks and commands are small. */
export const incomingBytesMax = 131_072;

export interface ClientSettings {
  readonly settings: Pick<MqttUplink, "protocol" | "username">;
  readonly secrets: UplinkSecrets;
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: Uint8Array };
  readonly connectTimeoutMs: number;
}

export interface StartedClient {
  readonly client: MqttClient;
  readonly socket: Socket;
}

/** Connects. Fails only for unusable certificates and keys; all else comes as events. */
export function startClient(
  options: ClientSettings,
  address: BrokerAddress,
): Result<StartedClient, { code: string | undefined; message: string }> {
  const { settings, secrets } = options;
  const library: IClientOptions = {
    clientId: options.clientId,
    protocolVersion: settings.protocol,
    clean: true,
    keepalive: keepaliveS,
    // The library's pings stop while it is busy publishing; ours do not.
    timerVariant: { set: () => 0, clear: () => undefined },
    reconnectPeriod: 0,
    // Ours rings first; the library's own must only be set to something.
    connectTimeout: options.connectTimeoutMs * 2,
    resubscribe: false,
    queueQoSZero: false,
    will: {
      topic: options.will.topic,
      payload: Buffer.from(options.will.payload),
      qos: 1,
      retain: true,
    },
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(secrets.password === undefined ? {} : { password: Buffer.from(secrets.password) }),
    ...(settings.protocol === 5 ? { properties: { maximumPacketSize: incomingBytesMax } } : {}),
  };
  try {
    const socket = openBrokerSocket(address, secrets);
    return ok({ socket, client: new MqttClient(() => socket, library) });
  } catch (error) {
    // Only unusable certificates and keys throw here.
    const { message, code } = error as NodeJS.ErrnoException;
    return fail({ code, message });
  }
}

/** Nothing of the library lives on: not its timers, not its socket, not its callbacks. */
export function discardClient({ client, socket }: StartedClient): void {
  client.removeAllListeners("connect");
  client.removeAllListeners("message");
  client.end(true);
  socket.destroy();
}
