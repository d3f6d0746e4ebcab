import { Hono } from "hono";
import { honoSession } from "lambda-sessions/web";
import { withSession } from "../../../../../functions/runtime/session.ts";
import type { CountContext } from "./count-context.ts";

/** The eight routes as one Hono application. */
export const app = new Hono();
app.use(honoSession(withSession));

const count = (c: CountContext) => c.get("session").increment("visits");
const note = async (c: CountContext) => c.json({ note: c.req.param("id"), visits: await count(c) });

app.get("/visits", async (c: CountContext) => c.json({ visits: await count(c) }));
app.post("/visits", async (c: CountContext) => c.json({ visits: await count(c) }));
app.get("/notes", async (c: CountContext) => c.json({ notes: await count(c) }));
app.post("/notes", async (c: CountContext) => c.json({ notes: await count(c) }));
app.get("/notes/:id", note);
app.put("/notes/:id", note);
app.delete("/notes/:id", note);
app.get("/about", async (c: CountContext) => c.json({ about: await count(c) }));
