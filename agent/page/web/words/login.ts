/** Words of logging in and of the first start. */

export const loginWords = {
  title: { zh: "登录", en: "Log in" },
  name: { zh: "用户名", en: "User name" },
  password: { zh: "密码", en: "Password" },
  again: { zh: "再输一次密码", en: "Password again" },
  enter: { zh: "登录", en: "Log in" },
  busy: { zh: "请稍候…", en: "One moment…" },
  setUpTitle: { zh: "首次启动: 创建管理员", en: "First start: make the first admin" },
  setUpHint: {
    zh: "一次性代码打印在网关启动时的终端和日志里。它只能用一次。",
    en: "The box printed the one-time code on its terminal and log when it started. It works once.",
  },
  code: { zh: "一次性代码", en: "One-time code" },
  create: { zh: "创建并登录", en: "Create and log in" },
  differ: { zh: "两次输入的密码不同。", en: "The two passwords differ." },
  simulation: {
    zh: "这是模拟工厂, 不连接任何真实设备。",
    en: "This is a simulated plant; no real device is connected.",
  },
} as const;
