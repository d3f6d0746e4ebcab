import connectDynamoDB from "connect-dynamodb";
import express from "express";
import session from "express-session";
import serverless from "serverless-http";
import { SECRET } from "../contestants/secret.ts";

const Store = connectDynamoDB(session);
const app = express();
app.use(
  session({
    store: new Store({ table: process.env.SESSION_TABLE_NAME ?? "", hashKey: "pk" }),
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
  }),
);
app.get("/visits", ({ session }, response) => {
  session.visits = Number(session.visits ?? 0) + 1;
  response.json({ visits: session.visits });
});

/** A common stack of libraries: Express on Lambda, with sessions in DynamoDB. */
export const handler = serverless(app);
