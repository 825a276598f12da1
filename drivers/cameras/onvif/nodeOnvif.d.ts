/** What is used of node-onvif, which ships no types. */

declare module "node-onvif" {
  import type { Socket } from "node:dgram";

  interface ProbedDevice {
    readonly urn: string;
    readonly xaddrs: readonly string[];
    readonly scopes: readonly string[];
  }
  const nodeOnvif: {
    /** Made within `startProbe`, at once. */
    _udp: Socket | null;
    _DISCOVERY_WAIT: number;
    startProbe(): Promise<readonly ProbedDevice[]>;
  };
  export = nodeOnvif;
}
