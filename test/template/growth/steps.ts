/** A change that a fork makes to the project. */
export interface Step {
  /** Name of what the application has after it, for the message of a failure. */
  readonly what: string;
  /** New files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Changes of files: the path, the string or pattern to replace, and the new string. */
  readonly edits?: readonly (readonly [path: string, before: string | RegExp, after: string])[];
  /** Files and folders to remove. */
  readonly removed?: readonly string[];
}

const ROUTES = "infra/routes.ts";
const HOUSE_RULES = "test/house-rules.ts";
const RESOURCES = "infra/resources.ts";
const FIRST_RESOURCE = "export const RESOURCES: readonly AddResources[] = [\n";
const STACK_IMPORT = 'import type { SessionStack } from "./session-stack.ts";\n';
const FIRST_ROUTE = "export const ROUTES: Routes = {\n";
const RULES = "export const MORE: Readonly<Record<FunctionFile, Partial<FunctionRules>>> = {";

/** Returns the edit that adds a route. */
function route(routeKey: string, file: string): [string, string, string] {
  return [ROUTES, FIRST_ROUTE, `${FIRST_ROUTE}  "${routeKey}": "${file}",\n`];
}

/** Returns the edit that allows a function more than others. */
function rules(file: string, more: string): [string, string, string] {
  return [HOUSE_RULES, RULES, `${RULES}\n  "${file}": ${more},\n`];
}

const SUBFOLDER: Step = {
  what: "a handler in a subfolder with a module beside it",
  files: {
    "functions/cart/add.ts": `import { json } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { priceOf } from "./price.ts";

/** \`POST /cart\`: returns the price of a cart. */
export const handler = withSession((event, session) =>
  json({ price: priceOf(Number(event.queryStringParameters?.count)), isNew: session.isNew }),
);
`,
    "functions/cart/price.ts": `/** Returns the price of some apples. */
export function priceOf(count: number): number {
  return count * 3;
}
`,
    "test/functions/cart/add.test.ts": `import { expect, test } from "vitest";
import { startApplication } from "../application.ts";

test("POST /cart returns the price", async () => {
  const browser = await startApplication();
  expect((await browser.post("/cart?count=2")).json()).toEqual({ price: 6, isNew: true });
});
`,
  },
  edits: [route("POST /cart", "functions/cart/add.ts")],
};

const LIBRARY: Step = {
  what: "a handler that uses Hono",
  files: {
    "functions/shop.ts": `import { Hono } from "hono";
import type { Session } from "lambda-sessions";
import { withSession } from "./runtime/session.ts";

const app = new Hono<{ Bindings: { session: Session } }>();

app.get("/shop", (context) => context.text(context.env.session.isNew ? "Welcome." : "Welcome back."));

/** \`GET /shop\`: the shop. */
export const handler = withSession(async (event, session) => {
  const response = await app.request(event.rawPath, {}, { session });
  return { statusCode: response.status, body: await response.text() };
});
`,
    "test/functions/shop.test.ts": `import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

test("GET /shop welcomes a visitor", async () => {
  expect((await (await startApplication()).get("/shop")).body).toBe("Welcome.");
});
`,
  },
  edits: [
    route("GET /shop", "functions/shop.ts"),
    rules("functions/shop.ts", `{ bytes: 30_000, packages: ["hono"] }`),
  ],
};

const TABLE: Step = {
  what: "a handler with an SDK client and its own table",
  files: {
    "functions/orders.ts": `import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

const { ORDERS_TABLE_NAME } = process.env;
if (!ORDERS_TABLE_NAME) throw new Error("ORDERS_TABLE_NAME must be the name of the table of the orders");

const client = new DynamoDBClient();

/** \`POST /orders\`: stores an order. */
export const handler = withSession(async (_event, session) => {
  const Item = { pk: { S: crypto.randomUUID() }, user: { S: session.user?.id ?? "nobody" } };
  await client.send(new PutItemCommand({ TableName: ORDERS_TABLE_NAME, Item }));
  return json({ order: Item.pk.S });
});
`,
    "infra/shop.ts": `import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { SessionStack } from "./session-stack.ts";

/** Adds what the application needs beside its sessions. */
export function addResources(stack: SessionStack): void {
  const orders = new TableV2(stack, "OrdersTable", {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const { handler } = stack.functionOf("functions/orders.ts");
  orders.grant(handler, "dynamodb:PutItem");
  handler.addEnvironment("ORDERS_TABLE_NAME", orders.tableName);
}
`,
  },
  edits: [
    route("POST /orders", "functions/orders.ts"),
    [RESOURCES, FIRST_RESOURCE, `${FIRST_RESOURCE}  addResources,\n`],
    [RESOURCES, STACK_IMPORT, `${STACK_IMPORT}import { addResources } from "./shop.ts";\n`],
    rules(
      "functions/orders.ts",
      `{
    bytes: 240_000,
    packages: ["@aws-sdk/*", "@smithy/*", "@aws/lambda-invoke-store", "mnemonist", "obliterator"],
    permissions: ["dynamodb:PutItem on OrdersTable"],
  }`,
    ),
  ],
};

const SECRET: Step = {
  what: "a second secret",
  files: {
    "functions/payment.ts": `import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

const { PAYMENT_SECRET_ARN = "" } = process.env;

/** \`GET /payment\`: returns whether payment is set up. */
export const handler = withSession((_event, session) =>
  json({ isReady: PAYMENT_SECRET_ARN !== "", isNew: session.isNew }),
);
`,
  },
  edits: [
    route("GET /payment", "functions/payment.ts"),
    [
      "infra/shop.ts",
      'import { RemovalPolicy } from "aws-cdk-lib";',
      'import { RemovalPolicy, Validations } from "aws-cdk-lib";',
    ],
    [
      "infra/shop.ts",
      "import type { SessionStack }",
      'import { Secret } from "aws-cdk-lib/aws-secretsmanager";\nimport type { SessionStack }',
    ],
    [
      "infra/shop.ts",
      /\n\}\n$/,
      `
  const secret = new Secret(stack, "PaymentKey", { removalPolicy: RemovalPolicy.DESTROY });
  Validations.of(secret).acknowledge({
    id: "AwsSolutions-SMG4",
    reason: "The payment provider has no interface that could rotate its key.",
  });
  const payment = stack.functionOf("functions/payment.ts").handler;
  secret.grantRead(payment);
  payment.addEnvironment("PAYMENT_SECRET_ARN", secret.secretArn);
}
`,
    ],
    rules(
      "functions/payment.ts",
      `{
    permissions: ["secretsmanager:DescribeSecret on PaymentKey", "secretsmanager:GetSecretValue on PaymentKey"],
  }`,
    ),
  ],
};

const SESSIONLESS: Step = {
  what: "a function without a session that uses process.env and try",
  files: {
    "functions/health.ts": `/** \`GET /health\`: returns the region. */
export const handler = async () => {
  try {
    return { statusCode: 200, body: new URL(\`https://\${process.env.AWS_REGION}.example\`).host };
  } catch {
    return { statusCode: 500 };
  }
};
`,
  },
  edits: [
    route("GET /health", "functions/health.ts"),
    [
      ROUTES,
      "export const SESSIONLESS: readonly FunctionFile[] = [",
      'export const SESSIONLESS: readonly FunctionFile[] = ["functions/health.ts", ',
    ],
  ],
};

const UNDOCUMENTED: Step = {
  what: "an export without a comment",
  files: { "functions/cart/limits.ts": "export const HIGHEST_PRICE = 1000;\n" },
  edits: [
    [
      "functions/cart/price.ts",
      "/** Returns the price",
      'import { HIGHEST_PRICE } from "./limits.ts";\n\n/** Returns the price',
    ],
    ["functions/cart/price.ts", "return count * 3;", "return Math.min(count * 3, HIGHEST_PRICE);"],
  ],
};

const EXAMPLES = [
  "home",
  "set",
  "get",
  "visits",
  "session",
  "sign-in",
  "sign-out",
  "sessions",
  "sessions-end",
];

const WITHOUT_EXAMPLES: Step = {
  what: "all examples and the demo removed",
  removed: [
    ...EXAMPLES.map((name) => `functions/${name}.ts`),
    ...["home", "set-and-get", "visits", "session", "sign-in", "sessions"].map(
      (name) => `test/functions/${name}.test.ts`,
    ),
    ...["functions/demo", "test/functions/demo", "infra/demo-routes.ts"],
  ],
  edits: [
    ...EXAMPLES.map(
      (name) => [ROUTES, new RegExp(`^ {2}"[A-Z]+ /[^"]*": "functions/${name}\\.ts",\n`, "m"), ""] as const,
    ),
    [ROUTES, /^import .*demo-routes.*\n/m, ""],
    [ROUTES, /^ +\.\.\.demoRoutes\(.*\n/m, ""],
    [ROUTES, /^ +\.\.\.DEMO_FILES,\n/m, ""],
    [
      "functions/runtime/session-data.ts",
      /(?<=SessionData \{\n)[^}]*?(?= {2}\/\*\* The claims)/,
      "  cart: number;\n",
    ],
  ],
};

/** The steps that add. Each builds on the previous ones, and none makes another one's tests pass. */
export const GROWTH: readonly Step[] = [SUBFOLDER, LIBRARY, TABLE, SECRET, SESSIONLESS, UNDOCUMENTED];

/** The step after them, which removes. */
export const REMOVAL: readonly Step[] = [WITHOUT_EXAMPLES];
