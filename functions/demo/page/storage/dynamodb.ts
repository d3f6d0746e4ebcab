import { devices } from "../devices.ts";
import type { Storage } from "../storage.ts";
import { cutTokenCookie } from "../token-cookie.ts";

/** Sessions in a table: the bundle's condition `dynamodb`. */
export const storage: Storage = {
  place: "DynamoDB",
  record: "item in the table",
  limit: 400 * 1024,
  rest: "hashes, times and the names of the attributes",
  isInCookie: false,
  cut: (cookie, session) => cutTokenCookie(cookie, session.id),
  devices,
};
