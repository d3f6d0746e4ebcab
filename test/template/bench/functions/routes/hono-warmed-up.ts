import { handle } from "hono/aws-lambda";
import { app } from "./application.ts";

/** The Hono application, which answers a request of its own while the function starts. */
export const handler = handle(app);

await app.request("/warm-up");
