import { handle } from "hono/aws-lambda";
import { app } from "./application.ts";

/** The eight routes as one Hono application. */
export const handler = handle(app);
