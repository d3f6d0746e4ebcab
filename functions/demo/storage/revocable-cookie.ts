import { renderDevices } from "../page/devices.ts";
import { storage as cookies } from "./cookie.ts";
import type { StorageDescription } from "./storage-description.ts";

/** Describes `storage=revocable-cookie` on the page. Bundles choose it by the condition of that name. */
export const storage: StorageDescription = {
  ...cookies,
  place: `${cookies.place}, and the list of your sessions in DynamoDB`,
  devicesPreview: "Every browser in which you are signed in, each with a button that ends its session.",
  renderDevices,
};
