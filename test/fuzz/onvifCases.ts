/** Answers of cameras, spoilt by seed: bytes, tags, depth, entities, names, HTTP itself. */

import { answerTo, faultMessage, type Make, type Saying } from "../cameras/onvifAnswers.ts";

type Rng = () => number;

const makes: readonly Make[] = ["hikvision", "dahua", "axis", "uniview"];

export interface SpoiltAnswer {
  readonly kind: string;
  /** All bytes of the HTTP answer. */
  readonly bytes: Buffer;
  /** The connection stays open behind it, or is reset. */
  readonly ending: "close" | "open" | "reset";
}

export const seedMake = (rng: Rng): Make => makes[Math.floor(rng() * makes.length)] ?? "axis";

type Spoil = (xml: string, rng: Rng) => string;

const below = (rng: Rng, end: number): number => Math.floor(rng() * end);
const at = (xml: string, rng: Rng): number => below(rng, xml.length + 1);
const insert = (xml: string, rng: Rng, text: string): string => {
  const place = at(xml, rng);
  return xml.slice(0, place) + text + xml.slice(place);
};
const tagsOf = (xml: string): readonly RegExpMatchArray[] => [...xml.matchAll(/<[^>]*>/g)];
const atTag = (xml: string, rng: Rng, change: (tag: string) => string): string => {
  const tags = tagsOf(xml);
  const tag = tags[below(rng, tags.length)];
  if (tag === undefined) return xml;
  const { index = 0 } = tag;
  return xml.slice(0, index) + change(tag[0]) + xml.slice(index + tag[0].length);
};
const atText = (xml: string, rng: Rng, text: string): string => {
  const texts = [...xml.matchAll(/>([^<>]+)</g)];
  const one = texts[below(rng, texts.length)];
  if (one === undefined) return xml;
  const { index = 0 } = one;
  return `${xml.slice(0, index + 1)}${text}${xml.slice(index + one[0].length - 1)}`;
};

const values = [
  ...["", " ", "-1", "0", "1e999", "NaN", "99999999999999999999", "2026-13-45", "0x41", "true"],
  ...[
    "http://169.254.169.254/",
    "http://127.0.0.1:22/",
    "rtsp://u:p@127.0.0.1/",
    "file:///etc/passwd",
  ],
  ...[
    "http://[::1]:80/ http://127.0.0.1:8080/x",
    "javascript:1",
    "x".repeat(5_000),
    "\u202e\u0000\u001b[2J",
  ],
  ...[
    "&lt;script&gt;",
    "&#0;",
    "&#x110000;",
    "&undefined;",
    "]]>",
    "<![CDATA[<a>]]>",
    "😀".repeat(50),
  ],
];

const spoils: Readonly<Record<string, Spoil>> = {
  untouched: (xml) => xml,
  bit: (xml, rng) => {
    const bytes = Buffer.from(xml);
    for (let count = 1 + below(rng, 8); count > 0; count -= 1) {
      const place = below(rng, bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << below(rng, 8));
    }
    return bytes.toString("latin1");
  },
  cut: (xml, rng) => xml.slice(0, at(xml, rng)),
  swallow: (xml, rng) => {
    const from = at(xml, rng);
    return xml.slice(0, from) + xml.slice(from + below(rng, 200));
  },
  repeat: (xml, rng) => {
    const from = at(xml, rng);
    return insert(xml, rng, xml.slice(from, from + below(rng, 400)).repeat(1 + below(rng, 50)));
  },
  "drop tag": (xml, rng) => atTag(xml, rng, () => ""),
  "double tag": (xml, rng) => atTag(xml, rng, (tag) => tag + tag),
  "rename tag": (xml, rng) =>
    atTag(xml, rng, (tag) =>
      tag.replace(
        /[\w:]+/,
        ["__proto__", "constructor", "a:b:c", "toString", "", "é"][below(rng, 6)] ?? "",
      ),
    ),
  attribute: (xml, rng) =>
    atTag(xml, rng, (tag) =>
      tag.replace(">", ` __proto__="x" token='"' ${"a".repeat(below(rng, 9_000))}="1">`),
    ),
  value: (xml, rng) => atText(xml, rng, values[below(rng, values.length)] ?? ""),
  values: (xml, rng) => {
    let spoilt = xml;
    for (let count = 0; count < 5; count += 1) {
      spoilt = atText(spoilt, rng, values[below(rng, values.length)] ?? "");
    }
    return spoilt;
  },
  doctype: (xml, rng) =>
    insert(xml, () => rng() / 8, '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'),
  entity: (xml, rng) => insert(xml, rng, "<!ENTITY x SYSTEM 'file:///etc/passwd'>"),
  deep: (xml, rng) => insert(xml, rng, "<a>".repeat(below(rng, 3_000))),
  "deep and closed": (xml, rng) => {
    const depth = below(rng, 300);
    return insert(xml, rng, "<a>".repeat(depth) + "</a>".repeat(depth));
  },
  wide: (xml, rng) => insert(xml, rng, "<a/>".repeat(below(rng, 25_000))),
  namespaces: (xml, rng) => insert(xml, rng, "xmlns".repeat(below(rng, 20_000))),
  declarations: (xml, rng) =>
    atTag(xml, rng, (tag) => tag.replace(">", ` ${'xmlns:a="b" '.repeat(300)}>`)),
  comment: (xml, rng) => insert(xml, rng, "<!--"),
  cdata: (xml, rng) => insert(xml, rng, "<![CDATA["),
  "other answer": (xml, rng) => insert(xml, rng, xml),
  html: () => "<!DOCTYPE html><html><body>Log in</body></html>",
  fault: (_xml, rng) =>
    faultMessage(
      seedMake(rng),
      ["NotAuthorized", "ActionNotSupported", "<x", ""][below(rng, 4)] ?? "",
      "no",
    ),
  noise: (_xml, rng) =>
    Buffer.from(Array.from({ length: below(rng, 4_000) }, () => below(rng, 256))).toString(
      "latin1",
    ),
  empty: () => "",
};
export const spoilKinds: readonly string[] = Object.keys(spoils);

/** Heads that lie. */
const heads: readonly ((length: number) => string)[] = [
  () => "HTTP/1.1 200 OK\r\n",
  (length) => `HTTP/1.1 500 Error\r\nContent-Length: ${length}\r\n`,
  (length) => `HTTP/1.1 200 OK\r\nContent-Length: ${length + 1}\r\n`,
  (length) => `HTTP/1.1 200 OK\r\nContent-Length: ${Math.max(0, length - 7)}\r\n`,
  () => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
  () => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n",
  () => `HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a\r\n`,
  () => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n",
  (length) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nContent-Length: 3\r\n`,
  () => "HTTP/9.9 2000 OK\r\n",
  () => "",
];

/** What the camera answers to this question in this case. */
export function spoiltAnswer(
  kind: string,
  given: {
    readonly action: string;
    readonly request: string;
    readonly say: Saying;
    readonly rng: Rng;
  },
): SpoiltAnswer {
  const { action, request, say, rng } = given;
  const xml = answerTo(action, request, say) ?? faultMessage(say.make, "ActionNotSupported", "x");
  const body = Buffer.from(spoils[kind]?.(xml, rng) ?? xml, kind === "bit" ? "latin1" : "utf8");
  const isLying = kind !== "untouched" && rng() < 0.15;
  const usual = `HTTP/1.1 200 OK\r\nContent-Length: ${body.byteLength}\r\n`;
  const head = isLying ? (heads[below(rng, heads.length)] ?? heads[0])?.(body.byteLength) : usual;
  const bytes = Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`), body]);
  const last = rng();
  const ending = kind === "untouched" || last < 0.95 ? "close" : last < 0.98 ? "reset" : "open";
  return { kind, bytes, ending };
}
