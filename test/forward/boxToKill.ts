/** A program to be killed: a box's forwarding half that is on line and has nothing to say. */

import { MemoryOutbox } from "./memoryOutbox.ts";
import { startStation } from "./station.ts";

const [url = "", box = ""] = process.argv.slice(2);
startStation({ settings: { url }, outbox: new MemoryOutbox({ box }) });
