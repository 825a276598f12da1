import { MemoryOutbox } from "./memoryOutbox.ts";
import { describeOutbox } from "./outboxContract.ts";

describeOutbox("in memory, as the forwarder's tests use it", async () => {
  const outbox = new MemoryOutbox();
  return {
    outbox,
    async seal(lane, records) {
      outbox.seal(...Array.from({ length: records }, () => ({ lane })));
    },
    async [Symbol.asyncDispose]() {},
  };
});
