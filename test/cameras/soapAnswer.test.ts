/** What an ONVIF answer may hold before anything parses it: counted, by the kind of the answer. */

import { describe, expect, test } from "vitest";
import {
  profilesAnswer,
  readSoap,
  type SoapBounds,
  shortAnswer,
} from "../../drivers/cameras/onvif/soapAnswer.ts";
import { child, children } from "../../drivers/cameras/onvif/soapTree.ts";

const message = (inner: string): Buffer =>
  Buffer.from(
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetProfilesResponse>${inner}</GetProfilesResponse></s:Body></s:Envelope>`,
  );

/** The envelope, its body and response, each opened and closed. */
const frameTags = 6;

describe.each<[string, SoapBounds]>([
  ["most answers", shortAnswer],
  ["profiles", profilesAnswer],
])("%s", (_, bounds) => {
  test.each<[string, string, number, string]>([
    ["tags", "<a/>", bounds.tagsMax - frameTags, `${bounds.tagsMax} tags`],
    ["comments", "<!---->", bounds.tagsMax - frameTags, `${bounds.tagsMax} tags`],
    ["sections of text", "<![CDATA[]]>", bounds.tagsMax - frameTags, `${bounds.tagsMax} tags`],
    ["entities", "&lt;", bounds.entitiesMax, `${bounds.entitiesMax} entities`],
    // One is the frame's namespace.
    ["attributes", '<a b=""/>', bounds.attributesMax - 1, `${bounds.attributesMax} attributes`],
  ])("hold so many %s and not one more", (_what, piece, most, said) => {
    expect(readSoap(message(piece.repeat(most)), bounds).ok).toBe(true);
    expect(readSoap(message(piece.repeat(most + 1)), bounds)).toEqual({
      ok: false,
      error: { kind: "badAnswer", message: `its XML has more than ${said}` },
    });
  });

  test("hold so many bytes and not one more", () => {
    const free = bounds.bytesMax - message("").length;
    expect(readSoap(message("x".repeat(free)), bounds).ok).toBe(true);
    expect(readSoap(message("x".repeat(free + 1)), bounds)).toEqual({
      ok: false,
      error: { kind: "badAnswer", message: `it is longer than ${bounds.bytesMax} bytes` },
    });
  });
});

test("a recorder of 64 channels with two profiles each is read", () => {
  const fields = Array.from(
    { length: 64 },
    (_, i) => `<tt:Field${i}>some-value-${i}</tt:Field${i}>`,
  );
  const profiles = Array.from(
    { length: 128 },
    (_, i) => `<trt:Profiles token="P${i}" fixed="true">${fields.join("")}</trt:Profiles>`,
  );
  const read = readSoap(message(profiles.join("")), profilesAnswer);
  const answer = read.ok ? child(read.value, "getProfilesResponse") : null;
  expect(children(answer, "profiles").length).toBe(128);
});
