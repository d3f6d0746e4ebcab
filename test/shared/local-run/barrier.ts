import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Server whose response functions wait for, so that a test decides how many of them run at the same time. */
export interface Barrier {
  readonly url: string;
  /** Waits until a number of functions wait. */
  waiting(count: number): Promise<void>;
  /** Answers all waiting functions, and later ones immediately. */
  open(): void;
}

/** Creates a barrier, which is closed when the test ends. */
export async function makeBarrier(): Promise<Barrier> {
  const responses: ServerResponse[] = [];
  let isOpen = false;
  const server = createServer((_request, response) => {
    responses.push(response);
    if (isOpen) response.end();
    server.emit("arrived");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: async (count) => {
      while (responses.length < count) await new Promise<void>((resolve) => server.once("arrived", resolve));
    },
    open: () => {
      isOpen = true;
      for (const response of responses) response.end();
    },
  };
}
