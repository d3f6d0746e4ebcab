import type { SessionRequest } from "../../shared/session/session-interface.ts";

/** Request without headers, for tests that add its cookies. */
export const BARE_REQUEST: Omit<SessionRequest, "cookies"> = {
  method: "GET",
  path: "/",
  header: () => undefined,
};
