import { once } from "node:events";
import { createServer, Server } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { listenOnLoopback } from "../../../shared/gateway/http-api/loopback-server.ts";

const HAS_IPV6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

/** Port of this process alone, which no system gives to a program that asks for any free one. */
const TAKEN = 10_000 + (process.pid % 10_000);

/** Takes the port on ::1 until the test ends. */
async function takePort(): Promise<void> {
  const other = createServer().listen(TAKEN, "::1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
}

const start = (port: number) =>
  listenOnLoopback(
    port,
    (_request, response) => response.end("here"),
    () => {},
  );

test.skipIf(!HAS_IPV6)("any free port is one that is free on both addresses of localhost", async () => {
  await takePort();
  const { listen } = Server.prototype;
  // The system may choose a port for 127.0.0.1 that another program has on ::1.
  vi.spyOn(Server.prototype, "listen").mockImplementationOnce(function (this: Server) {
    return listen.call(this, { port: TAKEN, host: "127.0.0.1" });
  });
  const { port, close } = await start(0);
  onTestFinished(close);
  expect(port).not.toBe(TAKEN);
  for (const host of ["127.0.0.1", "[::1]"])
    expect(await (await fetch(`http://${host}:${port}`)).text()).toBe("here");
});

test.skipIf(!HAS_IPV6)("a port that another program has on one address of localhost is in use", async () => {
  await takePort();
  await expect(start(TAKEN)).rejects.toMatchObject({ code: "EADDRINUSE" });
  // It is free again on the other address.
  const again = createServer().listen(TAKEN, "127.0.0.1");
  onTestFinished(() => void again.close());
  await once(again, "listening");
});
