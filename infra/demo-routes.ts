import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import type { FunctionFile } from "./routes.ts";

/**
 * Routes below `/demo`. The type excludes all others, so that the demo cannot override a route of the
 * application.
 */
export type DemoRoutes = Readonly<Record<`${HttpMethod} /demo${string}`, FunctionFile>>;

/** Routes of the demo: a page that shows a session, and its forms. */
const DEMO_ROUTES: DemoRoutes = {
  "GET /demo": "functions/demo/page.ts",
  "POST /demo/visits": "functions/demo/visits.ts",
  "POST /demo/entries": "functions/demo/entries.ts",
  "POST /demo/tamper": "functions/demo/tamper.ts",
  "POST /demo/sign-in": "functions/demo/sign-in.ts",
  "POST /demo/sign-out": "functions/demo/sign-out.ts",
};

/** Further routes of the demo for a deployment that can list and end its users' sessions. */
const DEMO_USER_SESSION_ROUTES: DemoRoutes = {
  "POST /demo/sessions/end": "functions/demo/sessions-end.ts",
};

/** Returns the routes of the demo for a deployment. */
export function demoRoutes({ hasTable }: { readonly hasTable: boolean }): DemoRoutes {
  return hasTable ? { ...DEMO_ROUTES, ...DEMO_USER_SESSION_ROUTES } : DEMO_ROUTES;
}
