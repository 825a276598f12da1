/** A picture is whole, and it is of the camera that was asked. */

import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { wholePicture } from "../../drivers/cameras/snapshot.ts";
import { never, partsFor } from "./cameraParts.ts";
import { type Misdeed, markedPicture, startOnvifDevice } from "./onvifDevice.ts";

const picturesMax = 10_000;

describe("pictures of cameras", () => {
  test("eight cameras at once, one password, any nonce accepted: no picture is another camera's", async () => {
    const devices = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        startOnvifDevice({ login: "md5-any-nonce", picture: markedPicture(`cam-${index}`) }),
      ),
    );
    const sources = devices.map((device) => partsFor(device).pictures);
    const of = await Promise.all(
      sources.map(async (source, index) => {
        let own = 0;
        for (let count = 0; count < picturesMax / 8; count += 2) {
          // Two at once to one camera: the second waits.
          const both = await Promise.all([source.fetch(never), source.fetch(never)]);
          for (const picture of both) {
            const text = picture.ok ? Buffer.from(picture.value.bytes).toString("latin1") : "";
            if (text.includes(`mark:cam-${index};`)) own += 1;
          }
        }
        return own;
      }),
    );
    expect(of).toEqual(Array.from({ length: 8 }, () => picturesMax / 8));
    for (const device of devices) await device[Symbol.asyncDispose]();
  });

  test("never asks one camera twice at a time", async () => {
    await using device = await startOnvifDevice();
    device.misbehave("drip");
    const { pictures } = partsFor(device, { deadlineMs: 300 });
    const three = [pictures.fetch(never), pictures.fetch(never), pictures.fetch(never)];
    let most = 0;
    let settled = 0;
    for (const one of three) void one.then(() => (settled += 1));
    while (settled < three.length) {
      most = Math.max(most, device.open);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(most).toBe(1);
    expect(await three[2]).toMatchObject({ error: { kind: "timeout" } });
  });

  const wrong: readonly (readonly [Misdeed, string])[] = [
    ["html", "badAnswer"],
    ["cut", "badAnswer"],
    ["error-500", "refused"],
    ["endless", "badAnswer"],
    ["redirect", "notAllowed"],
    [{ body: "" }, "badAnswer"],
    [{ body: "GIF89a" }, "badAnswer"],
  ];
  test.each(wrong)("%s is no picture: %s", async (misdeed, kind) => {
    await using device = await startOnvifDevice();
    device.misbehave(misdeed);
    const { pictures } = partsFor(device, { bytesMax: 1024 * 1024 });
    expect(await pictures.fetch(never)).toMatchObject({ ok: false, error: { kind } });
  });

  test("takes no picture larger than allowed, and the next one is well again", async () => {
    const picture = markedPicture("large");
    await using device = await startOnvifDevice({ picture });
    const small = partsFor(device, { bytesMax: picture.byteLength - 1 });
    expect(await small.pictures.fetch(never)).toMatchObject({ error: { kind: "badAnswer" } });
    const exact = partsFor(device, { bytesMax: picture.byteLength });
    device.misbehave("reset");
    expect(await exact.pictures.fetch(never)).toMatchObject({ error: { kind: "unreachable" } });
    device.misbehave(null);
    const well = await exact.pictures.fetch(never);
    expect(well).toMatchObject({ ok: true, value: { mediaType: "image/jpeg" } });
    expect(well.ok && Buffer.from(well.value.bytes).equals(picture)).toBe(true);
  });

  test("knows JPEG and PNG from beginning to end, and takes padding off", () => {
    const jpeg = markedPicture("a");
    const png = smallPng();
    const kind = (bytes: Buffer): string => {
      const judged = wholePicture(bytes);
      return judged.ok ? `${judged.value.mediaType} ${judged.value.bytes.length}` : "none";
    };
    expect(kind(jpeg)).toBe(`image/jpeg ${jpeg.length}`);
    expect(kind(png)).toBe(`image/png ${png.length}`);
    expect(kind(Buffer.concat([jpeg, Buffer.from("\r\n"), Buffer.alloc(100)]))).toBe(
      `image/jpeg ${jpeg.length}`,
    );
    expect(kind(Buffer.concat([jpeg, Buffer.alloc(10_000)]))).toBe("none");
    expect(kind(Buffer.concat([jpeg, Buffer.from("<html>")]))).toBe("none");
    for (const bytes of [jpeg, png]) {
      for (let cut = 0; cut < bytes.length; cut += 7) {
        expect(kind(bytes.subarray(0, cut)), String(cut)).toBe("none");
      }
    }
  });
});

function smallPng(): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = name === "IEND" ? Buffer.from("ae426082", "hex") : Buffer.alloc(4);
    return Buffer.concat([length, Buffer.from(name), data, sum]);
  };
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", Buffer.from("00000001000000010800000000", "hex")),
    chunk("IDAT", deflateSync(Buffer.from([0, 0]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
