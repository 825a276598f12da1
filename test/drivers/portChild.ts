/** Another program at a serial port: waits for "HOW PATH" on its input, says what came of it, keeps the port until its input ends. */

import { constants, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { SerialPort } from "serialport";
import { ask, outcome, rtuLineTo } from "../fakes/modbusAsk.ts";

const lines = createInterface({ input: process.stdin });
lines.once("line", (text) => {
  const [how = "", path = ""] = text.split(" ");
  void take(how, path).then((said) => process.stdout.write(`${said}\n`));
});
lines.once("close", () => process.exit(0));

async function take(how: string, path: string): Promise<string> {
  switch (how) {
    case "hazgate": {
      const answer = await ask(rtuLineTo(path));
      return answer.ok ? "ok" : `${outcome(answer)}: ${answer.error.message}`;
    }
    case "locked": {
      const port = new SerialPort({ path, baudRate: 9_600, autoOpen: false });
      const error = await new Promise<Error | null>((resolve) => port.open(resolve));
      return error?.message ?? "ok";
    }
    default:
      openSync(path, constants.O_RDWR | constants.O_NOCTTY);
      return "ok";
  }
}
