/**
 * A serial port made of a pseudo-terminal: we hold the master side, programs open the slave side.
 *
 * - The slave side is kept open once by ourselves, so that the port outlives every client.
 * - It is in raw mode from the start: no echo of what the master writes.
 * - The library's own `open()` streams are not used: they read the slave side (and so steal the replies),
 *   write blockingly (a dead client would hang this process), and their `destroy()` signals process -1,
 *   which means every process of the user.
 */

import { closeSync, renameSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { ReadStream } from "node:tty";

export interface PseudoTerminal extends Disposable {
  /** /dev/pts/N */
  readonly path: string;
  /** Hands bytes to whoever has the port open; never waits. @returns how many were taken. */
  write(bytes: Uint8Array): number;
}

interface NativePty {
  open(
    columns: number,
    rows: number,
  ): { readonly master: number; readonly slave: number; readonly pty: string };
}
interface BinaryLoader {
  requireBinary(file: string): NativePty;
}

/** @throws when the system has no more pseudo-terminals, or the platform is not Linux. */
export function openPseudoTerminal(onBytes: (bytes: Buffer) => void): PseudoTerminal {
  const require = createRequire(import.meta.url);
  const loader: BinaryLoader = require("@lydell/node-pty/requireBinary.js");
  const opened = loader.requireBinary("pty.node").open(80, 24);
  const keeper = new ReadStream(opened.slave);
  keeper.setRawMode(true);
  const master = new ReadStream(opened.master);
  master.on("data", onBytes);
  // The master side gets EIO when the port is taken away; nothing more will come then.
  master.on("error", () => {});
  keeper.on("error", () => {});
  let isOpen = true;
  return {
    path: opened.pty,
    write(bytes) {
      if (!isOpen) return 0;
      try {
        // The master is non-blocking: a full buffer is EAGAIN, and the bytes are lost as on a wire.
        return writeSync(opened.master, bytes);
      } catch {
        return 0;
      }
    },
    [Symbol.dispose]() {
      if (!isOpen) return;
      isOpen = false;
      master.destroy();
      keeper.destroy();
      // The stream works on a duplicate of this one.
      closeSync(opened.slave);
    },
  };
}

/** Lets `link` point to `path`, replacing what stood there, with no moment without it. */
export function pointLink(link: string, path: string): void {
  const fresh = `${link}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(path, fresh);
  renameSync(fresh, link);
}

export function removeLink(link: string): void {
  rmSync(link, { force: true });
}
