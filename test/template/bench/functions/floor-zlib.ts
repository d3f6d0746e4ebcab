import { SECRET } from "../contestants/secret.ts";
import { compressedFlaskCookie } from "../floor/compressed-flask-cookie.ts";
import { oneShotHmac } from "../floor/one-shot-hmac.ts";
import { countVisitsByHand } from "./count-visits-by-hand.ts";

export const handler = countVisitsByHand(compressedFlaskCookie(SECRET, oneShotHmac));
