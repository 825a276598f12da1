/**
 * Makes sure that the real parts the tests use are on this machine: installs them when root on Debian,
 * else ends with a clear list of what is missing.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

interface Part {
  /** A program, or the whole path of another file. */
  readonly command: string;
  /** One name, or several with spaces between. */
  readonly debianPackage: string;
  readonly why: string;
}

/** Debian's name of this kind of machine, as in the paths of its libraries. */
const triplet = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

const parts: readonly Part[] = [
  { command: "mosquitto", debianPackage: "mosquitto", why: "a real MQTT 5 broker to upload to" },
  { command: "openssl", debianPackage: "openssl", why: "certificates for the TLS tests" },
  { command: "mbpoll", debianPackage: "mbpoll", why: "a Modbus client that we did not write" },
  {
    command: "cc",
    debianPackage: "gcc libc6-dev",
    why: "the disk that loses power is written in C",
  },
  { command: "chronyd", debianPackage: "chrony", why: "a real source of time, on loopback" },
  { command: "faketime", debianPackage: "faketime", why: "a real process whose clock is set" },
  { command: "chromium", debianPackage: "chromium", why: "a real browser to look at the page" },
  {
    command: "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    debianPackage: "fonts-wqy-microhei",
    why: "Chinese letters, in the browser and in the shift report's PDF",
  },
  { command: "pdftotext", debianPackage: "poppler-utils", why: "reads the PDF back" },
  {
    command: "ffmpeg",
    debianPackage: "ffmpeg",
    why: "films for the cameras, and a judge of clips",
  },
  {
    command: `/usr/lib/${triplet}/girepository-1.0/GstRtspServer-1.0.typelib`,
    debianPackage: [
      "python3-gi gir1.2-gst-rtsp-server-1.0 gir1.2-gst-plugins-base-1.0",
      "gstreamer1.0-plugins-base gstreamer1.0-plugins-good",
    ].join(" "),
    why: "an RTSP server that we did not write",
  },
];

const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];

function isPresent(command: string): boolean {
  if (isAbsolute(command)) return existsSync(command);
  return folders.some((folder) => existsSync(join(folder, command)));
}

function apt(...words: string[]): boolean {
  process.stderr.write(`setup: apt-get ${words.join(" ")}\n`);
  const answer = spawnSync("apt-get", words, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return answer.status === 0;
}

const missing = parts.filter((part) => !isPresent(part.command));
if (missing.length > 0) {
  const isRoot = process.getuid?.() === 0;
  const names = missing.flatMap((part) => part.debianPackage.split(" "));
  if (isRoot && isPresent("apt-get")) {
    apt("update", "-qq");
    apt("install", "-y", "-qq", "--no-install-recommends", ...names);
  }
  const still = missing.filter((part) => !isPresent(part.command));
  if (still.length > 0) {
    process.stderr.write("The tests need programs that are not on this machine:\n");
    for (const { command, debianPackage, why } of still) {
      process.stderr.write(`  ${command.padEnd(12)} (Debian package ${debianPackage}): ${why}\n`);
    }
    process.stderr.write(`Install them with: sudo apt-get install ${names.join(" ")}\n`);
    process.exitCode = 1;
  }
}
