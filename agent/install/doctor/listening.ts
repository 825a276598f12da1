/** Whether the page can listen where the site file says. */

import { once } from "node:events";
import { createServer } from "node:net";
import { listenOf } from "../../../config/shape/page.ts";
import { word } from "../../../config/words/bilingual.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

/** `isAgentRunning`: then the port is taken by it, as it should be. */
export async function lookAtPage(
  listen: string,
  isAgentRunning: boolean,
  tell: Tell,
): Promise<void> {
  const { well, bad } = findingsOf("page", tell);
  const place = listenOf(listen);
  if (place === null) return;
  const code = await listenError(place);
  if (code === null) well(`${listen}: 可以监听`, `${listen}: free to listen on`);
  else if (code === "EADDRINUSE" && isAgentRunning) {
    well(`${listen}: 网关正在用`, `${listen}: used by the running agent`);
  } else if (code === "EADDRINUSE") {
    bad(
      word(`${listen}: 端口被别的程序占用`, `${listen}: another program uses this port`),
      command(`sudo ss -ltnp 'sport = :${place.port}'`),
    );
  } else if (code === "EACCES") {
    bad(
      word(
        `${listen}: 本用户不能用 1024 以下的端口`,
        `${listen}: this user may not use a port below 1024`,
      ),
      word(
        "用 8080 之类的端口, 或在 systemd 服务里写 AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "use a port such as 8080, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the service",
      ),
    );
  } else {
    bad(
      word(`${listen}: 不能监听 (${code})`, `${listen}: cannot listen (${code})`),
      word(
        "page.listen 写本机有的地址, 或 0.0.0.0",
        "set page.listen to an address of this box, or 0.0.0.0",
      ),
    );
  }
}

async function listenError(place: {
  readonly host: string;
  readonly port: number;
}): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(place);
    await once(server, "listening");
    return null;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    server.close();
  }
}
