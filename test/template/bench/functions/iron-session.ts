import { change } from "../contestants/iron-session.ts";
import { countVisits } from "./count-visits.ts";

export const handler = countVisits(change);
