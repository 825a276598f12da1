/** What is used of the library's own XML reading; it ships no types for it. */

declare module "onvif/lib/utils.js" {
  /** May call back more than once; `body` are the children of the SOAP body. */
  export function parseSOAPString(
    xml: string,
    callback: (error: Error | null, body: unknown) => void,
    statusCode: number,
  ): void;
}
