/**
 * A process of its own for looking round on one interface: both libraries read whatever anybody on the network sends,
 * without limits. It knows no password, its heap is limited and its parent ends it. One line of JSON for each answer.
 */

import nodeOnvif from "node-onvif";
import onvif from "onvif";

const [, , interfaceName = "", address = "", forText = ""] = process.argv;
const forMs = Number(forText);
const answersMax = 2_000;
const answerLengthMax = 65_536;
let answers = 0;

function tell(answer: unknown): void {
  const line = JSON.stringify(answer);
  if (answers >= answersMax || line.length > answerLengthMax) return;
  answers += 1;
  process.stdout.write(`${line}\n`);
}

// Its parent is gone: nobody listens any more.
process.stdin.on("close", () => process.exit(1)).resume();

// An answer that a library trips over concerns that answer only.
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});

onvif.Discovery.on("error", () => {});
onvif.Discovery.on("device", (_device, from, xml) => tell({ from: from.address, xml }));
onvif.Discovery.probe({ device: interfaceName, timeout: forMs, resolve: false }, () => {});

nodeOnvif._DISCOVERY_WAIT = forMs;
const probed = nodeOnvif.startProbe();
const socket = nodeOnvif._udp;
// It would ask where the default route leads: told otherwise once its socket is bound, before it sends.
socket?.prependOnceListener("listening", () => socket.setMulticastInterface(address));
for (const { urn, xaddrs, scopes } of await probed) tell({ urn, xaddrs, scopes });
process.stdin.removeAllListeners("close").destroy();
