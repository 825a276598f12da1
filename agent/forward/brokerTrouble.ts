/** Errors of sockets, TLS and brokers -> what went wrong, in words an installer can act on (pure). */

import type { UplinkTrouble, Words } from "./uplink.ts";

type TroubleKind = UplinkTrouble["kind"];

/** What is known of a failure: Node's error code, or the broker's reason code. */
export interface Failure {
  readonly code: string | number | undefined;
  readonly message: string;
}

export function trouble(kind: TroubleKind, words: Words): UplinkTrouble {
  return { kind, words };
}

/** A socket or TLS error. `where` is host:port, as configured. */
export function socketTrouble(failure: Failure, where: string): UplinkTrouble {
  const known = failuresByCode[String(failure.code)] ?? tlsFailure(failure);
  if (known !== undefined) {
    return trouble(known.kind, {
      zh: `${where}：${known.zh}`,
      en: `${where}: ${known.en} (${failure.code ?? failure.message})`,
    });
  }
  return trouble("closed", {
    zh: `${where}：连接中断（${failure.message}）`,
    en: `${where}: the connection failed: ${failure.message}`,
  });
}

/** A refusal in CONNACK, PUBACK or SUBACK. `of` says what was refused. */
export function reasonTrouble(code: number, of: Words): UplinkTrouble {
  const reason = reasons[code];
  return trouble(reason?.kind ?? "refused", {
    zh: `服务器拒绝${of.zh}：${reason?.zh ?? "原因未说明"}（0x${code.toString(16)}）`,
    en: `the broker refused ${of.en}: ${reason?.en ?? "no known reason"} (0x${code.toString(16)})`,
  });
}

/** The other side hung up before it had answered CONNECT, without saying why: the likeliest reasons. */
export function brokenOff(
  where: string,
  state: { readonly isTls: boolean; readonly isSecure: boolean },
): UplinkTrouble {
  if (!state.isTls) {
    return trouble("closed", {
      zh: `${where}：对方未应答就关闭了连接；该端口是否需要 TLS（mqtts://）？`,
      en: `${where}: closed before any answer; does this port want TLS (mqtts://)?`,
    });
  }
  if (!state.isSecure) {
    return trouble("untrusted", {
      zh: `${where}：TLS 握手中断；该端口是否支持 TLS？`,
      en: `${where}: the TLS handshake was broken off; does this port speak TLS?`,
    });
  }
  return trouble("untrusted", {
    zh: `${where}：TLS 完成后对方关闭了连接；服务器可能不接受本机证书，请检查 tls.cert 和 tls.key`,
    en: `${where}: closed right after TLS; the broker may not accept our certificate, check tls.cert and tls.key`,
  });
}

interface Known extends Words {
  readonly kind: TroubleKind;
}

const wrongCa: Known = {
  kind: "untrusted",
  zh: "服务器证书不是由配置的 CA 签发，请检查 tls.ca",
  en: "the broker's certificate is not signed by the configured CA; check tls.ca",
};

const failuresByCode: Readonly<Record<string, Known>> = {
  ECONNREFUSED: {
    kind: "unreachable",
    zh: "没有程序在该端口监听，请检查地址、端口和服务器",
    en: "nothing listens there; check address, port and broker",
  },
  ENOTFOUND: {
    kind: "unreachable",
    zh: "找不到该主机名，请检查地址和 DNS",
    en: "no such host; check the address and DNS",
  },
  EAI_AGAIN: { kind: "unreachable", zh: "DNS 暂无应答", en: "DNS gives no answer" },
  ETIMEDOUT: { kind: "unreachable", zh: "无应答", en: "no answer" },
  EHOSTUNREACH: { kind: "unreachable", zh: "没有到该主机的路由", en: "no route to this host" },
  ENETUNREACH: { kind: "unreachable", zh: "网络不可达", en: "no network" },
  ECONNRESET: { kind: "closed", zh: "对方复位了连接", en: "the other side reset the connection" },
  EPIPE: { kind: "closed", zh: "对方关闭了连接", en: "the other side closed the connection" },
  SELF_SIGNED_CERT_IN_CHAIN: wrongCa,
  DEPTH_ZERO_SELF_SIGNED_CERT: wrongCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: wrongCa,
  UNABLE_TO_GET_ISSUER_CERT: wrongCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: wrongCa,
  CERT_SIGNATURE_FAILURE: wrongCa,
  CERT_HAS_EXPIRED: {
    kind: "untrusted",
    zh: "服务器证书已过期，或本机时钟不对",
    en: "the broker's certificate has expired, or this box's clock is wrong",
  },
  CERT_NOT_YET_VALID: {
    kind: "untrusted",
    zh: "服务器证书尚未生效，请检查本机时钟",
    en: "the broker's certificate is not valid yet; check this box's clock",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    kind: "untrusted",
    zh: "服务器证书上的名称与地址不符",
    en: "the broker's certificate is for another name than this address",
  },
};

function tlsFailure(failure: Failure): Known | undefined {
  const text = `${failure.code} ${failure.message}`;
  if (/wrong.version.number|packet.length.too.long/i.test(text)) {
    return {
      kind: "untrusted",
      zh: "该端口不支持 TLS，请检查端口，或改用 mqtt://",
      en: "this port speaks no TLS; check the port, or use mqtt://",
    };
  }
  if (/certificate.required|handshake.failure|alert.+(certificate|unknown.ca)/i.test(text)) {
    return {
      kind: "untrusted",
      zh: "服务器不接受本机的证书，请检查 tls.cert 和 tls.key",
      en: "the broker does not accept our certificate; check tls.cert and tls.key",
    };
  }
  if (/key.values.mismatch|no.start.line|asn1|bad.decrypt|PEM/i.test(text)) {
    return {
      kind: "untrusted",
      zh: "证书或密钥文件无法使用（格式不对或不成对）",
      en: "a certificate or key file cannot be used: wrong format, or they do not belong together",
    };
  }
  return undefined;
}

const notAllowed: Known = {
  kind: "unauthorised",
  zh: "没有权限（检查服务器的 ACL）",
  en: "not authorised; check the broker's access list",
};
const wrongPassword: Known = {
  kind: "unauthorised",
  zh: "用户名或密码错误",
  en: "wrong user name or password",
};
const wrongVersion: Known = {
  kind: "refused",
  zh: "不支持该 MQTT 版本，请改用 protocol: 4",
  en: "it does not speak this version of MQTT; try protocol: 4",
};
const tooLarge: Known = {
  kind: "refused",
  zh: "消息超过服务器允许的大小",
  en: "larger than it accepts",
};
const busy: Known = { kind: "refused", zh: "服务器忙", en: "it is busy" };

/** MQTT 3.1.1 return codes (below 0x80) and MQTT 5 reason codes. */
const reasons: Readonly<Record<number, Known>> = {
  1: wrongVersion,
  2: { kind: "refused", zh: "不接受该客户端标识", en: "it does not accept the client id" },
  3: busy,
  4: wrongPassword,
  5: notAllowed,
  132: wrongVersion,
  133: { kind: "refused", zh: "不接受该客户端标识", en: "it does not accept the client id" },
  134: wrongPassword,
  135: notAllowed,
  136: busy,
  137: busy,
  138: { kind: "unauthorised", zh: "本机已被封禁", en: "this box is banned" },
  142: {
    kind: "refused",
    zh: "另一台设备用同样的标识登录",
    en: "another client uses the same id",
  },
  144: { kind: "refused", zh: "不接受该主题", en: "it does not accept the topic" },
  149: tooLarge,
  151: { kind: "refused", zh: "超出配额", en: "quota exceeded" },
  153: { kind: "refused", zh: "不接受该内容格式", en: "it does not accept the payload" },
};
