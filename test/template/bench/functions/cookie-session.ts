import { change } from "../contestants/cookie-session.ts";
import { countVisits } from "./count-visits.ts";

export const handler = countVisits(change);
