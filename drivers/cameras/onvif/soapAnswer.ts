/**
 * Bytes of a SOAP answer -> its tree, or why not. The library's reader is used on what has been looked through before:
 * its own preparation takes quadratic time on hostile text (1.2 s for 100 kB were seen), and it knows no limits.
 */

import { parseSOAPString } from "onvif/lib/utils.js";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { CameraError } from "../contract.ts";
import { child, childNames, oneLine, type SoapNode, text } from "./soapTree.ts";

/** What one answer may hold. It is parsed in one go, beside the polling of the plant: these bound how long that takes. */
export interface SoapBounds {
  readonly bytesMax: number;
  /** Opening and closing tags, comments and CDATA sections together. */
  readonly tagsMax: number;
  /** Equal signs stand for attributes. */
  readonly attributesMax: number;
  /** Ampersands stand for entities: each is looked up for itself, which makes them the dearest bytes of all. */
  readonly entitiesMax: number;
}

/** Of most questions: by estimate, services come with some 200 tags, a pull's 30 messages with some 1,000. */
export const shortAnswer: SoapBounds = {
  bytesMax: 192 * 1024,
  ...{ tagsMax: 5_000, attributesMax: 4_000, entitiesMax: 2_000 },
};

/** Of profiles: a recorder of 64 channels with two each answers with about 400 kB; by estimate in 17,000 tags with 1,300 attributes. */
export const profilesAnswer: SoapBounds = {
  bytesMax: 640 * 1024,
  ...{ tagsMax: 20_000, attributesMax: 8_000, entitiesMax: 2_000 },
};

const depthMax = 64;
const tagLengthMax = 16_384;
/** Declarations that are left after all well-formed ones were taken out. */
const leftoversMax = 16;
const reasonLengthMax = 160;

/** The children of the SOAP body. A fault is `refused`, or `unauthorised` when it says so. */
export function readSoap(
  bytes: Uint8Array,
  bounds: SoapBounds = shortAnswer,
): Result<SoapNode, CameraError> {
  if (bytes.length > bounds.bytesMax) {
    return badAnswer(`it is longer than ${bounds.bytesMax} bytes`);
  }
  const xml = Buffer.from(bytes).toString("utf8");
  const fault = hostileShape(xml, bounds);
  if (fault !== null) return badAnswer(fault);
  const plain = xml.replace(/\sxmlns(?::[\w.-]{1,64})?\s*=\s*(?:"[^"<]*"|'[^'<]*')/g, "");
  if (plain.split("xmlns", leftoversMax + 2).length > leftoversMax + 1) {
    return badAnswer("its XML is malformed");
  }
  const body = parsed(plain);
  if (body === null) return badAnswer("the answer is no SOAP message");
  const saidFault = child(body, "fault");
  return saidFault === undefined ? ok(body) : fail(faultOf(saidFault));
}

/** Null when it may be parsed. One pass, each character looked at once or twice. */
function hostileShape(xml: string, bounds: SoapBounds): string | null {
  const { tagsMax, attributesMax, entitiesMax } = bounds;
  if (hasMoreThan(attributesMax, "=", xml)) {
    return `its XML has more than ${attributesMax} attributes`;
  }
  if (hasMoreThan(entitiesMax, "&", xml)) return `its XML has more than ${entitiesMax} entities`;
  let depth = 0;
  let tags = 0;
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at)) {
    const end = endOfMarkup(xml, at);
    if (end === declaration) return "its XML holds a DOCTYPE or another declaration";
    if (end < 0) return "its XML is cut off or malformed";
    depth += deeperBy(xml, at, end);
    tags += 1;
    if (depth > depthMax) return `its XML is nested deeper than ${depthMax}`;
    if (tags > tagsMax) return `its XML has more than ${tagsMax} tags`;
    at = end;
  }
  return null;
}

function hasMoreThan(max: number, letter: string, xml: string): boolean {
  return xml.split(letter, max + 2).length > max + 1;
}

const declaration = -2;

/** Where the markup that begins at `at` is over; -1 when it is not. */
function endOfMarkup(xml: string, at: number): number {
  if (xml.startsWith("<!--", at)) return after(xml, "-->", at + 4);
  if (xml.startsWith("<![CDATA[", at)) return after(xml, "]]>", at + 9);
  if (xml.startsWith("<!", at)) return declaration;
  if (xml.startsWith("<?", at)) return after(xml, "?>", at + 2);
  return endOfTag(xml, at);
}

function after(xml: string, close: string, from: number): number {
  const found = xml.indexOf(close, from);
  return found < 0 ? -1 : found + close.length;
}

function endOfTag(xml: string, at: number): number {
  let quote = "";
  const last = Math.min(xml.length, at + tagLengthMax);
  for (let index = at + 1; index < last; index += 1) {
    const letter = xml.charAt(index);
    if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === ">") return index + 1;
    else if (letter === "<") return -1;
    else if (letter === '"' || letter === "'") quote = letter;
  }
  return -1;
}

function deeperBy(xml: string, at: number, end: number): -1 | 0 | 1 {
  const second = xml.charAt(at + 1);
  if (second === "/") return -1;
  return second === "!" || second === "?" || xml.charAt(end - 2) === "/" ? 0 : 1;
}

function parsed(xml: string): SoapNode | null {
  let first: { readonly body: SoapNode } | null = null;
  try {
    parseSOAPString(
      xml,
      (error, body) => {
        // A fault comes with an error and a body: it is read below.
        const isRead = Array.isArray(body);
        first ??= { body: isRead ? body[0] : error === null ? body : null };
      },
      200,
    );
  } catch {
    return null;
  }
  const body = (first as { readonly body: SoapNode } | null)?.body ?? null;
  return childNames(body).length === 0 ? null : body;
}

function faultOf(fault: SoapNode): CameraError {
  const codes = [
    text(child(fault, "code", "subcode", "value")),
    text(child(fault, "code", "subcode", "subcode", "value")),
    text(child(fault, "code", "value")),
    text(child(fault, "faultcode")),
  ].filter((code) => code !== null);
  const said = text(child(fault, "reason", "text")) ?? text(child(fault, "faultstring"));
  const shown = (said ?? codes[0] ?? "no reason given").slice(0, reasonLengthMax);
  const isLogin =
    codes.some((code) => /NotAuthorized|FailedAuthentication|InvalidSecurity/i.test(code)) ||
    /not\s*authorized|unauthorized/i.test(said ?? "");
  return isLogin
    ? { kind: "unauthorised", message: `user name, password or its clock: "${shown}"` }
    : { kind: "refused", message: `it refuses: "${oneLine(shown) ?? "?"}"` };
}

function badAnswer(message: string): Result<never, CameraError> {
  return fail({ kind: "badAnswer", message });
}
