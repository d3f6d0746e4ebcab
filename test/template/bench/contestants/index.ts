import { compressedFlaskCookie } from "../floor/compressed-flask-cookie.ts";
import { createHmacSignature } from "../floor/create-hmac.ts";
import { flaskCookie } from "../floor/flask-cookie.ts";
import { oneShotHmac } from "../floor/one-shot-hmac.ts";
import * as byHand from "./by-hand.ts";
import type { Contestant } from "./contestant.ts";
import * as cookieSession from "./cookie-session.ts";
import { floorContestant } from "./floor.ts";
import * as ironSession from "./iron-session.ts";
import * as reactRouter from "./react-router.ts";
import { SECRET } from "./secret.ts";
import * as secureSession from "./secure-session.ts";
import { projectContestant } from "./this-project.ts";

/** All contestants of the cookie tables. Ratios are relative to the first. */
export const CONTESTANTS: readonly Contestant[] = [
  floorContestant("floor", flaskCookie(SECRET, oneShotHmac)),
  floorContestant("floor with createHmac", flaskCookie(SECRET, createHmacSignature)),
  projectContestant("**this project**"),
  projectContestant("**this project**, `encrypt: true`", { encrypt: true }),
  secureSession,
  byHand,
  cookieSession,
  reactRouter,
  ironSession,
];

/** The contestants that compress. No peer does. */
export const COMPRESSING: readonly Contestant[] = [
  floorContestant("floor with zlib", compressedFlaskCookie(SECRET, oneShotHmac)),
  projectContestant("**this project**, `compress: true`", { compress: true }),
];
