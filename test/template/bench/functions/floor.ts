import { SECRET } from "../contestants/secret.ts";
import { flaskCookie } from "../floor/flask-cookie.ts";
import { oneShotHmac } from "../floor/one-shot-hmac.ts";
import { countVisitsByHand } from "./count-visits-by-hand.ts";

export const handler = countVisitsByHand(flaskCookie(SECRET, oneShotHmac));
