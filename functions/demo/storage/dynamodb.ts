import { cutTokenCookie } from "../inspection/token-cookie.ts";
import { renderDevices } from "../page/devices.ts";
import type { StorageDescription } from "./storage-description.ts";

/** Describes `storage=dynamodb` on the page. Bundles choose it by the condition `dynamodb`. */
export const storage: StorageDescription = {
  place: "DynamoDB",
  record: "item in the table",
  limit: 400 * 1024,
  rest: "hashes, times and the names of the attributes",
  isInCookie: false,
  cut: (cookie, session) => cutTokenCookie(cookie, session.id),
  devicesPreview: "Every browser in which you are signed in, each with a button that ends its session.",
  renderDevices,
};
