/** Passwords: argon2id, and which ones are allowed. */

import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { commonPasswords } from "./commonPasswords.ts";
import { type Refused, refused } from "./refusals.ts";
import { createTurns, type Turns } from "./turns.ts";

/** OWASP's smallest for argon2id: about 0.2 s on an industrial box. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const saltBytes = 16;
/** Checks that may wait for the one that runs; beyond it the page says that it is busy. */
const waitingMax = 16;

export const passwordCharsMin = 10;
export const passwordCharsMax = 256;

export interface Passwords {
  /** A line that holds method, cost, salt and hash. Null: too many are waiting. */
  hash(password: string): Promise<string> | null;
  /** `kept` null: an unknown user; takes as long as for a known one and is false. Null: too many are waiting. */
  verify(password: string, kept: string | null): Promise<boolean> | null;
}

/** One at a time: a check takes 19 MiB and a core, and the box has more important things to do. */
export function createPasswords(): Passwords {
  const turns: Turns = createTurns(waitingMax);
  const dummy = keptOf({ ...cost, salt: randomBytes(saltBytes), tag: randomBytes(cost.tagLength) });
  return {
    hash(password) {
      const salt = randomBytes(saltBytes);
      return turns(async () => {
        const tag = await derive({ ...cost, message: normal(password), nonce: salt });
        return keptOf({ ...cost, salt, tag });
      });
    },
    verify(password, kept) {
      const parts = partsOf(kept ?? dummy);
      if (parts === null) return Promise.resolve(false);
      return turns(async () => {
        const { tag, salt, ...rest } = parts;
        const got = await derive({
          ...rest,
          message: normal(password),
          nonce: salt,
          tagLength: tag.length,
        });
        return timingSafeEqual(got, tag) && kept !== null;
      });
    },
  };
}

/** Length, and no well-known ones: rules on composition only make passwords worse. Null: allowed. */
export function passwordFault(password: string, name: string): Refused | null {
  const plain = normal(password);
  const length = [...plain].length;
  if (length < passwordCharsMin) return refused("password-short");
  if (length > passwordCharsMax) return refused("password-long");
  const lower = plain.toLowerCase();
  const isKnown =
    commonPasswords.has(lower) ||
    commonPasswords.has(lower.replace(/[\d!@#$%^&*._-]+$/, "")) ||
    new Set(lower).size < 4 ||
    (name.length >= 3 && lower.includes(name.toLowerCase()));
  return isKnown ? refused("password-common") : null;
}

/** The same characters, whatever keyboard composed them. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

interface Kept {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

function keptOf({ memory, passes, parallelism, salt, tag }: Kept): string {
  const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(tag)}`;
}

function partsOf(kept: string): Kept | null {
  const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(kept);
  if (form === null) return null;
  const [, memory, passes, parallelism, salt = "", tag = ""] = form;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}

function derive(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, tag) => {
      if (error === null) resolve(tag);
      else reject(error);
    });
  });
}
