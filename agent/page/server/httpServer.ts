/** The HTTP server: its bounds, headers and words of refusal. What it serves is given by page.ts. */

import type { Server, ServerOptions } from "node:https";
import { join } from "node:path";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastifyStatic from "@fastify/static";
import websocket from "@fastify/websocket";
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Certificate } from "./ownCertificate.ts";
import { type RefusalCode, type Refused, refused } from "./refusals.ts";

export type PageHttp = FastifyInstance<Server>;

const bodyBytesMax = 64 * 1024;
const headerBytesMax = 16 * 1024;
/** Until the headers are there; a connection that says nothing is closed by this too. */
const headersMs = 8_000;
/** Until the whole request is there. */
const requestMs = 15_000;
const checkEveryMs = 2_000;
const keepAliveMs = 30_000;
const stallMs = 60_000;
const requestsPerSocketMax = 10_000;
const connectionsMax = 1_500;
const perAddressMax = 120;
/** Requests of one address; a page at its busiest asks for a few a second. */
const rateMax = 600;
const rateWindowMs = 10_000;
const wordBytesMax = 1_024;

const builtDir = join(import.meta.dirname, "../built");
const notBuilt =
  "The page is not built yet: run `npm run build` once.\n页面尚未构建: 请先运行一次 npm run build\n";

export async function createHttpServer(options: {
  readonly tls: Certificate | null;
  /** Addresses whose word on the client's address is believed. */
  readonly proxies: readonly string[];
  readonly onTrouble: (what: string, why: unknown) => void;
}): Promise<PageHttp> {
  const { tls, proxies } = options;
  const https: ServerOptions = {
    ...(tls === null ? {} : { ...tls, minVersion: "TLSv1.2" as const }),
    headersTimeout: headersMs,
    connectionsCheckingInterval: checkEveryMs,
    maxHeaderSize: headerBytesMax,
  };
  const bounds = {
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: stallMs,
    maxRequestsPerSocket: requestsPerSocketMax,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    trustProxy: proxies.length === 0 ? false : [...proxies],
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (_error: FastifyError, _request: unknown, reply: FastifyReply): void => {
      void refuse(reply, refused("bad-request"));
    },
  };
  // One type for both: the two servers differ in nothing that is used here.
  const app =
    tls === null
      ? (fastify({ ...bounds, http: https }) as unknown as PageHttp)
      : (fastify({ ...bounds, https }) as unknown as PageHttp);
  app.server.maxConnections = connectionsMax;
  boundAddresses(app.server, new Set(proxies));
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const code = codeOf(error);
    if (code === "trouble")
      options.onTrouble(`${request.method} ${request.routeOptions.url}`, error);
    await refuse(reply, refused(code));
  });
  await app.register(helmet, headers(tls !== null));
  await app.register(cookie);
  await app.register(rateLimit, { max: rateMax, timeWindow: rateWindowMs });
  await app.register(websocket, {
    options: { maxPayload: wordBytesMax, perMessageDeflate: false, clientTracking: true },
  });
  return app;
}

/** After the API's routes and its guard. */
export async function serveBuilt(app: PageHttp): Promise<void> {
  await app.register(fastifyStatic, {
    root: builtDir,
    cacheControl: false,
    preCompressed: true,
    dotfiles: "ignore",
    setHeaders(reply, path) {
      // Built files are named by their content; the page that names them is not.
      const isHashed = path.startsWith(join(builtDir, "assets"));
      reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (request.url === "/" && request.method === "GET") {
      return await reply.type("text/plain; charset=utf-8").send(notBuilt);
    }
    return await refuse(reply, refused("not-found"));
  });
}

export async function refuse(
  reply: FastifyReply,
  { status, body, retryAfterS }: Refused,
): Promise<FastifyReply> {
  if (retryAfterS !== null) reply.header("retry-after", retryAfterS);
  return await reply.code(status).header("cache-control", "no-store").send(body);
}

function codeOf({ code, statusCode }: FastifyError): RefusalCode {
  if (statusCode === 413) return "too-large";
  if (statusCode === 415) return "wrong-type";
  if (statusCode === 429) return "too-many";
  if (statusCode === 404) return "not-found";
  const isAsked = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isAsked || code?.startsWith("FST_ERR_CTP") ? "bad-request" : "trouble";
}

/** Our own list: the usual one lets fonts and styles come from anywhere. */
function headers(isTls: boolean): Parameters<typeof helmet>[1] {
  const none = ["'none'"];
  const self = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: self,
        imgSrc: ["'self'", "blob:", "data:"],
        objectSrc: none,
        baseUri: none,
        formAction: self,
        frameAncestors: none,
      },
    },
    strictTransportSecurity: isTls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    // Browsers heed these two over TLS only, and complain about them otherwise.
    crossOriginOpenerPolicy: isTls ? { policy: "same-origin" } : false,
    originAgentCluster: isTls,
  };
}

/** One address cannot take all connections; a proxy speaks for many. */
function boundAddresses(server: Server, proxies: ReadonlySet<string>): void {
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const address = "remoteAddress" in socket ? String(socket.remoteAddress) : "";
    if (proxies.has(address)) return;
    const before = open.get(address) ?? 0;
    if (before >= perAddressMax) {
      socket.destroy();
      return;
    }
    open.set(address, before + 1);
    socket.once("close", () => {
      const now = (open.get(address) ?? 1) - 1;
      if (now === 0) open.delete(address);
      else open.set(address, now);
    });
  });
}
