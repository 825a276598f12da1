/** Logging in and out, and the first user of a new box. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type {
  LoginRequest,
  Me,
  PasswordRequest,
  SetupRequest,
  Welcome,
} from "../protocol/access.ts";
import { get, post, type Trouble } from "./api.ts";
import { after } from "./browserClock.ts";
import { welcome } from "./session.ts";

const retryMs = 2_000;

/** Asks the box who it is and whom it takes us for; asks again until it answers. */
export async function hearWelcome(): Promise<void> {
  const answer = await get<Welcome>("/api/me");
  if (answer.ok) welcome.value = answer.value;
  else if (welcome.peek() === null) after(retryMs, () => void hearWelcome());
}

export function login(request: LoginRequest): Promise<Result<Me, Trouble>> {
  return enter("/api/login", request);
}

export function setUp(request: SetupRequest): Promise<Result<Me, Trouble>> {
  return enter("/api/setup", request);
}

/** The box begins a new session with the new password, and ends all others of this user. */
export function changeOwnPassword(request: PasswordRequest): Promise<Result<Me, Trouble>> {
  return enter("/api/me/password", request);
}

/** Forgets the session here only when the box has ended it. */
export async function logout(): Promise<Result<null, Trouble>> {
  const answer = await post<unknown>("/api/logout", {});
  if (!answer.ok) return fail(answer.error);
  const known = welcome.peek();
  if (known !== null) welcome.value = { ...known, me: null };
  return ok(null);
}

async function enter(
  path: string,
  request: LoginRequest | PasswordRequest,
): Promise<Result<Me, Trouble>> {
  const answer = await post<Me>(path, request);
  const known = welcome.peek();
  if (answer.ok && known !== null) {
    welcome.value = { ...known, me: answer.value, isFirstStart: false };
  }
  return answer;
}
