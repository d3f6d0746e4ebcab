import { change } from "../contestants/by-hand.ts";
import { countVisits } from "./count-visits.ts";

export const handler = countVisits(change);
