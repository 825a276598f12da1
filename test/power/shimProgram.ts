/** Changes a folder in each way that the preload library has to see. Arguments: folder, file of claims. */

import {
  appendFileSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  writevSync,
} from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

const [folder = "", claimsFile = ""] = process.argv.slice(2);
const at = (name: string): string => join(folder, name);
const syncFolder = (): void => {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
};

const claims = openSync(claimsFile, "a");
const whole = openSync(at("synced"), "w+");
writeSync(whole, "first ");
writevSync(whole, [Buffer.from("second "), Buffer.from("third ")]);
writeSync(whole, Buffer.from("FIRST"), 0, 5, 0);
fsyncSync(whole);
syncFolder();
writeSync(claims, "synced\n");
writevSync(whole, [Buffer.from("not "), Buffer.from("synced")], 100);

const cut = openSync(at("cut"), "w+");
writeSync(cut, "a long text that is cut short");
ftruncateSync(cut, 6);
ftruncateSync(cut, 10);

writeFileSync(at("old"), "renamed");
renameSync(at("old"), at("new"));
writeFileSync(at("gone"), "unlinked");
unlinkSync(at("gone"));
mkdirSync(at("below"));
appendFileSync(join(at("below"), "line"), "one\n");
appendFileSync(join(at("below"), "line"), "two\n");
mkdirSync(at("empty"));
rmdirSync(at("empty"));
writeFileSync(at("again"), "a first content");
writeFileSync(at("again"), "another");

const text = `require("node:fs").writeFileSync(${JSON.stringify(at("thread"))}, "by a thread")`;
new Worker(text, { eval: true });
