/** The test cameras themselves, judged by ffprobe. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startRtspServer } from "./rtspServer.ts";

const run = promisify(execFile);

async function probe(url: string): Promise<string> {
  const words = ["-v", "error", "-rtsp_transport", "tcp", "-timeout", "5000000"];
  const show = ["-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0"];
  return run("ffprobe", [...words, ...show, url], { timeout: 60_000 }).then(
    ({ stdout }) => stdout.trim(),
    (error: { readonly stderr: string }) => error.stderr.trim(),
  );
}

test("plays films of both codecs, asks for a login, and is gone when told", async () => {
  const login = { username: "u", password: "p" };
  await using server = await startRtspServer({
    cameras: [{ name: "open" }, { name: "hevc", codec: "h265" }, { name: "shut", login }],
  });
  expect(await probe(server.url("open"))).toBe("h264,320,180");
  expect(await probe(server.url("hevc"))).toBe("hevc,320,180");
  expect(await probe(server.url("shut"))).toContain("401");
  const shut = server.url("shut").replace("//", "//u:p@");
  expect(await probe(shut)).toBe("h264,320,180");
  await server.switchTo("shut", "otherPassword");
  expect(await probe(shut)).toContain("401");
  await server.switchTo("open", "gone");
  expect(await probe(server.url("open"))).toContain("404");
});
