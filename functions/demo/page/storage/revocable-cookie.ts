import { devices } from "../devices.ts";
import type { Storage } from "../storage.ts";
import { storage as cookies } from "./cookie.ts";

/** Sessions in cookies, beside a table that lists those of users: the bundle's condition `revocable-cookie`. */
export const storage: Storage = {
  ...cookies,
  place: `${cookies.place}, and the list of your sessions in DynamoDB`,
  devices,
};
