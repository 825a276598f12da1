/** Who is there, and what they may do. Times are ms since 1970. */

/** viewer: looks. officer: also acknowledges, shelves, hands over. admin: also users and set-up. */
export const roles = ["viewer", "officer", "admin"] as const;
export type Role = (typeof roles)[number];

export interface Me {
  readonly name: string;
  readonly role: Role;
  /** Goes back in the header `x-hazgate-csrf` of every POST, PUT and DELETE. */
  readonly csrf: string;
}

/** GET /api/me (no login needed). */
export interface Welcome {
  readonly me: Me | null;
  /** No user exists yet: the page asks for the one-time code the box has printed. */
  readonly isFirstStart: boolean;
  readonly siteName: string;
  readonly boxId: string;
  /** A simulated plant: the page offers scenarios. */
  readonly isSimulation: boolean;
  readonly version: string;
  readonly timezone: string;
  /** A wall screen may look without login: `me` is null and every page of a viewer works all the same. */
  readonly isOpenView?: boolean;
}

/** POST /api/login; answer: Me. 401 `login-failed`, 429 `login-locked` (header `retry-after`, seconds). */
export interface LoginRequest {
  readonly name: string;
  readonly password: string;
}

/** POST /api/setup, on first start only; answer: Me. Makes the first admin and logs in. */
export interface SetupRequest extends LoginRequest {
  readonly code: string;
}

/** POST /api/me/password; answer: Me. Ends this user's other sessions. POST /api/logout has no body. */
export interface PasswordRequest {
  readonly old: string;
  readonly password: string;
}

/** GET /api/users (admin): UserView[]; DELETE /api/users/:name */
export interface UserView {
  readonly name: string;
  readonly role: Role;
  readonly createdMs: number;
  readonly lastLoginMs: number | null;
  readonly isLocked: boolean;
}

/** POST /api/users (admin); answer: UserView. */
export interface UserRequest {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** POST /api/users/:name (admin); answer: UserView. What is absent stays; a new role or password ends the sessions. */
export interface UserChange {
  readonly role?: Role;
  readonly password?: string;
  readonly unlock?: true;
}
