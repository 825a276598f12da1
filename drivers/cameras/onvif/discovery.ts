/** Looks round for cameras on one interface (WS-Discovery). What answers is shown; nothing that it names is contacted here. */

import { spawn } from "node:child_process";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import type { AddressGuard } from "../addressGuard.ts";
import type { CameraError } from "../contract.ts";
import { readSoap } from "./soapAnswer.ts";
import { children, child as element, oneLine, type SoapNode, text } from "./soapTree.ts";

export interface FoundAddress {
  readonly url: string;
  /** Whether it may be contacted. */
  readonly isAllowed: boolean;
}

export interface FoundCamera {
  /** Its own name for itself, the same in each answer. */
  readonly urn: string;
  /** From its scopes; empty when it tells none. */
  readonly name: string;
  readonly hardware: string;
  /** Of its device service, as it gives them. */
  readonly addresses: readonly FoundAddress[];
}

export interface NetworkInterface {
  readonly name: string;
  readonly address: string;
  /** Its own network: `192.168.1.0/24`. */
  readonly cidr: string;
}

/** Interfaces with an IPv4 address. */
export function listInterfaces(): readonly NetworkInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) => {
    const four = addresses?.find(({ family }) => family === "IPv4");
    const cidr = four?.cidr ?? null;
    return four === undefined || cidr === null ? [] : [{ name, address: four.address, cidr }];
  });
}

const heapMegabytes = 64;
/** To start, and to end by itself, besides the time of looking. */
const graceMs = 5_000;
const outputBytesMax = 4 * 1024 * 1024;
const camerasMax = 512;
const program = fileURLToPath(new URL("./discoveryChild.ts", import.meta.url));

/** Fails only when the process cannot be started or `signal` aborts: none found is an empty list. */
export async function discover(options: {
  readonly interface: NetworkInterface;
  readonly guard: AddressGuard;
  readonly forMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<Result<readonly FoundCamera[], CameraError>> {
  const output = await runChild(options);
  if (!output.ok) return output;
  const found = new Map<string, { answer: Answer; readonly urls: Set<string> }>();
  for (const line of output.value.split("\n")) {
    for (const answer of readLine(line)) {
      const known = found.get(answer.urn);
      if (known === undefined && found.size >= camerasMax) continue;
      const entry = known ?? { answer, urls: new Set<string>() };
      if (entry.answer.scopes.length === 0) entry.answer = answer;
      for (const url of answer.xaddrs) entry.urls.add(url);
      found.set(answer.urn, entry);
    }
  }
  return ok(
    [...found].map(([urn, { answer, urls }]) => ({
      ...{ urn, name: scope(answer, "name"), hardware: scope(answer, "hardware") },
      addresses: [...urls].map((url) => ({ url, isAllowed: options.guard.checkedUrl(url).ok })),
    })),
  );
}

function runChild(options: {
  readonly interface: NetworkInterface;
  readonly forMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<Result<string, CameraError>> {
  const { signal, clock, forMs } = options;
  const { name, address } = options.interface;
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(fail({ kind: "aborted", message: "told to stop" }));
      return;
    }
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${heapMegabytes}`, program, name, address, String(forMs)],
      { stdio: ["pipe", "pipe", "ignore"], env: {}, cwd: "/" },
    );
    const pieces: Buffer[] = [];
    let bytes = 0;
    const kill = (): void => void child.kill("SIGKILL");
    const timer = clock.timer(forMs + graceMs, kill);
    signal.addEventListener("abort", kill);
    // Never written to: it closes when this process is gone.
    child.stdin.on("error", () => {});
    child.stdout.on("data", (piece: Buffer) => {
      bytes += piece.byteLength;
      if (bytes > outputBytesMax) kill();
      else pieces.push(piece);
    });
    const end = (result: Result<string, CameraError>): void => {
      timer.cancel();
      signal.removeEventListener("abort", kill);
      resolve(result);
    };
    child.on("error", (error) =>
      end(fail({ kind: "unreachable", message: `cannot look round: ${error.message}` })),
    );
    // However it ended, what it had told by then is good.
    child.on("close", () =>
      end(
        signal.aborted
          ? fail({ kind: "aborted", message: "told to stop" })
          : ok(Buffer.concat(pieces).toString("utf8")),
      ),
    );
  });
}

const addressesMax = 16;
const answerShape = z.object({
  urn: z.string().min(1).max(512),
  xaddrs: z.array(z.string().max(2_048)),
  scopes: z.array(z.string().max(512)),
});
const rawShape = z.object({ xml: z.string() });
type Answer = z.infer<typeof answerShape>;

function readLine(line: string): readonly Answer[] {
  if (line === "") return [];
  const parsed = parsedJson(line);
  const told = answerShape.safeParse(parsed);
  if (told.success) return [bounded(told.data)];
  const raw = rawShape.safeParse(parsed);
  const body = raw.success ? readSoap(Buffer.from(raw.data.xml)) : null;
  return body?.ok === true ? readMatches(body.value).map(bounded) : [];
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Cut off when the process was ended.
    return null;
  }
}

/** From a ProbeMatches message: one or several. */
function readMatches(body: SoapNode): readonly Answer[] {
  return children(element(body, "probeMatches"), "probeMatch").flatMap((match) => {
    const urn = text(element(match, "endpointReference", "address"));
    if (urn === null) return [];
    const words = (name: string): string[] => text(element(match, name))?.split(/\s+/) ?? [];
    return [{ urn, xaddrs: words("XAddrs"), scopes: words("scopes") }];
  });
}

function bounded({ urn, xaddrs, scopes }: Answer): Answer {
  return {
    urn: oneLine(urn) ?? "?",
    xaddrs: xaddrs.flatMap((url) => oneLine(url) ?? []).slice(0, addressesMax),
    scopes,
  };
}

function scope({ scopes }: Answer, name: string): string {
  const prefix = `onvif://www.onvif.org/${name}/`;
  const said = scopes.find((one) => one.toLowerCase().startsWith(prefix))?.slice(prefix.length);
  return oneLine(unescaped(said ?? "").replaceAll("_", " ")) ?? "";
}

function unescaped(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
