import { change } from "../contestants/secure-session.ts";
import { countVisits } from "./count-visits.ts";

export const handler = countVisits(change);
