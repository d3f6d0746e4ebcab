import { change } from "../contestants/react-router.ts";
import { countVisits } from "./count-visits.ts";

export const handler = countVisits(change);
