import { devices } from "../page/devices.ts";
import { storage as cookies } from "./cookie.ts";
import type { StorageDescription } from "./storage-description.ts";

/** Sessions in cookies, beside a table that lists those of users: the bundle's condition `revocable-cookie`. */
export const storage: StorageDescription = {
  ...cookies,
  place: `${cookies.place}, and the list of your sessions in DynamoDB`,
  devicesPreview: "Every browser in which you are signed in, each with a button that ends its session.",
  devices,
};
