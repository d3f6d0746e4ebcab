import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import type { Deployment, FunctionFile } from "./routes.ts";

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
};

/** Further routes of the demo without `signIn=oidc`, whose own routes sign visitors in and out. */
const DEMO_SIGN_IN_ROUTES: DemoRoutes = {
  "POST /demo/sign-in": "functions/demo/sign-in.ts",
  "POST /demo/sign-out": "functions/demo/sign-out.ts",
};

/** Further routes of the demo with `signIn=oidc`: a section that needs a fresh sign-in, and its form. */
const DEMO_OIDC_ROUTES: DemoRoutes = {
  "GET /demo/fresh": "functions/demo/fresh.ts",
  "POST /demo/fresh": "functions/demo/fresh.ts",
};

/** Further routes of the demo for a deployment that can list and end its users' sessions. */
const DEMO_USER_SESSION_ROUTES: DemoRoutes = {
  "POST /demo/sessions/end": "functions/demo/sessions-end.ts",
};

/** All functions of the demo. */
export const DEMO_FILES: readonly FunctionFile[] = Object.values({
  ...DEMO_ROUTES,
  ...DEMO_SIGN_IN_ROUTES,
  ...DEMO_OIDC_ROUTES,
  ...DEMO_USER_SESSION_ROUTES,
});

/** Returns the routes of the demo for a deployment. */
export function demoRoutes({ hasTable, hasOidc = false }: Deployment): DemoRoutes {
  return {
    ...DEMO_ROUTES,
    ...(hasOidc ? DEMO_OIDC_ROUTES : DEMO_SIGN_IN_ROUTES),
    ...(hasTable && DEMO_USER_SESSION_ROUTES),
  };
}
