/** Login by the examples of the RFCs and by what cameras send in their place. */

import { describe, expect, test } from "vitest";
import { createLogin, parseChallenges } from "../../drivers/cameras/digest.ts";

const mufasa = { username: "Mufasa", password: "Circle of Life" };
const nonce7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";

function loginOf(
  credentials = mufasa,
  { isSecure = false, cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" } = {},
) {
  return createLogin({ credentials, isSecure, randomHex: () => cnonce });
}
function response(header: string | undefined): string | undefined {
  return /response="([0-9a-f]+)"/.exec(header ?? "")?.[1];
}

describe("digest login", () => {
  test("answers the examples of RFC 7616, and takes SHA-256 where both are offered", () => {
    const offer = (algorithm: string): string =>
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce7616}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
    const answer = (offers: readonly string[]): string | undefined => {
      const login = loginOf();
      expect(login.authorization({ method: "GET", uri: "/dir/index.html" })).toBeNull();
      expect(login.refused(offers, null)).toBe("again");
      return login.authorization({ method: "GET", uri: "/dir/index.html" })?.header;
    };
    expect(response(answer([offer("MD5")]))).toBe("8ca523f5e9506fed4657c9700eebdbec");
    const sha = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
    expect(response(answer([offer("SHA-256")]))).toBe(sha);
    const both = answer([offer("MD5"), offer("SHA-256")]);
    expect(response(both)).toBe(sha);
    expect(both).toContain("algorithm=SHA-256, qop=auth, nc=00000001");
    expect(response(answer([`${offer("MD5")}, ${offer("SHA-256")}`]))).toBe(sha);
  });

  test("answers the example of RFC 2617, and of RFC 2069 without qop and cnonce", () => {
    const credentials = { username: "Mufasa", password: "Circle Of Life" };
    const login = loginOf(credentials, { cnonce: "0a4f113b" });
    const offer = `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`;
    login.refused([`${offer}, qop="auth,auth-int"`], null);
    const request = { method: "GET", uri: "/dir/index.html" };
    const first = login.authorization(request);
    expect(response(first?.header)).toBe("6629fae49393a05397450978507c4ef1");
    login.refused([offer], null);
    const without = login.authorization(request)?.header;
    expect(response(without)).toBe("670fd8c2df070c60b045671b8b24ff02");
    expect(without).not.toMatch(/qop|nc=|cnonce/);
  });

  test("reads realms with commas and quotes, nonces that end in =, names in any case, several offers in one line", () => {
    const [digest, basic, ...more] = parseChallenges([
      `DIGEST Realm="a, b=\\"c\\"" ,NONCE="MTIzNA==",stale=TRUE, algorithm="MD5",qop=auth, Basic realm="x"`,
    ]);
    expect(more).toEqual([]);
    expect(digest?.scheme).toBe("digest");
    expect(Object.fromEntries(digest?.parameters ?? [])).toEqual({
      realm: 'a, b="c"',
      nonce: "MTIzNA==",
      stale: "TRUE",
      algorithm: "MD5",
      qop: "auth",
    });
    expect(basic?.scheme).toBe("basic");
    const login = loginOf();
    login.refused([`Digest realm="a, b=\\"c\\"",nonce="MTIzNA=="`], null);
    expect(login.authorization({ method: "GET", uri: "/" })?.header).toContain(
      'realm="a, b=\\"c\\"", nonce="MTIzNA=="',
    );
  });

  test("counts each use of a nonce, and begins at 1 with a new one", () => {
    const login = loginOf();
    const count = (): string | undefined =>
      /nc=([0-9a-f]{8})/.exec(login.authorization({ method: "GET", uri: "/" })?.header ?? "")?.[1];
    login.refused([`Digest realm="r", nonce="1", qop="auth"`], null);
    expect([count(), count(), count()]).toEqual(["00000001", "00000002", "00000003"]);
    const sent = login.authorization({ method: "GET", uri: "/" });
    expect(login.refused([`Digest realm="r", nonce="2", qop="auth"`], sent)).toBe("again");
    expect(count()).toBe("00000001");
  });

  test("takes a refusal of a fresh nonce as a wrong password unless it is called stale", () => {
    const login = loginOf();
    login.refused([`Digest realm="r", nonce="1", qop="auth"`], null);
    const first = login.authorization({ method: "GET", uri: "/" });
    expect(login.refused([`Digest realm="r", nonce="2", qop="auth", stale=true`], first)).toBe(
      "again",
    );
    const second = login.authorization({ method: "GET", uri: "/" });
    expect(login.refused([`Digest realm="r", nonce="3", qop="auth"`], second)).toBe("unauthorised");
  });

  test("hashes the session variant with nonce and cnonce", () => {
    const login = loginOf(mufasa, { cnonce: "0a4f113b" });
    login.refused([`Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"`], null);
    const sess = login.authorization({ method: "GET", uri: "/" })?.header;
    // Computed apart by: printf | md5sum.
    expect(response(sess)).toBe("6bbb701580752dbd2df427a3dd02f9c1");
    expect(sess).toContain("algorithm=MD5-sess");
  });

  test("gives Basic only where nothing else is offered, and never after Digest over a readable connection", () => {
    const login = loginOf();
    expect(login.refused([`Basic realm="x"`, `Digest realm="r", nonce="1"`], null)).toBe("again");
    expect(login.authorization({ method: "GET", uri: "/" })?.header).toMatch(/^Digest /);
    expect(login.refused([`Basic realm="x"`], null)).toBe("unsupported");
    const old = loginOf();
    expect(old.refused([`Basic realm="x"`], null)).toBe("again");
    expect(old.isReadable).toBe(true);
    const sent = old.authorization({ method: "GET", uri: "/" });
    expect(sent?.header).toBe("Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl");
    expect(old.refused([`Basic realm="x"`], sent)).toBe("unauthorised");
    const secure = loginOf(mufasa, { isSecure: true });
    secure.refused([`Digest realm="r", nonce="1"`], null);
    expect(secure.refused([`Basic realm="x"`], null)).toBe("again");
    expect(secure.isReadable).toBe(false);
  });

  test("offers nothing to schemes, algorithms and qops that it does not know", () => {
    for (const offer of [
      "NTLM",
      "Bearer realm=x",
      `Digest realm="r", nonce="1", algorithm=MD4`,
      `Digest realm="r", nonce="1", qop="auth-int"`,
      `Digest realm="r"`,
      "",
      `Digest realm="never closed`,
    ]) {
      expect(loginOf().refused([offer], null), offer).toBe("unsupported");
    }
  });
});
