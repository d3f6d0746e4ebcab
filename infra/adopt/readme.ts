import type { ProjectName } from "./project-name.ts";

/** The README of a project that begins: its two commands, how it is deployed, and where all else is told. */
export function readme({ npm, stack }: ProjectName): string {
  return `# ${npm}

An application with sessions, on AWS Lambda.

\`\`\`sh
npm ci && npm start   # serves the whole stack on http://localhost:3000
npm ci && npm test    # tests it
\`\`\`

Both need Node 20 or newer and the npm registry.

\`\`\`sh
npx cdk bootstrap   # once for each account and region
npx cdk deploy      # the stack ${stack}; prints its URL
npx cdk destroy     # takes its keys and logs along
\`\`\`

## Where things are

| folder | what is in it |
|---|---|
| \`functions/\` | what it does: one file for each route; \`runtime/\` wires the session once |
| \`infra/\` | where it runs: the CDK app, its routes and settings, and \`local/\`, the same stack on a laptop |
| \`shared/\` | how sessions work; no code of this application |
| \`test/\` | the same tree again, and \`support/\` for tests of handlers |

- [Recipes](docs/recipes.md): add a handler, bring your own store
- [Concepts](docs/concepts.md): what a session is, what protects it, what it cannot do
- [Settings](docs/settings.md), [sessions in DynamoDB](docs/dynamodb.md), [keys](docs/keys.md),
  [delivery](docs/delivery.md), [runbook](docs/runbook.md), [decisions](docs/decisions/README.md)
- [Upgrading](docs/upgrading.md): how later changes of the template get in here

[License of the template](LICENSE) · [Changelog](CHANGELOG.md) · [Contributing](CONTRIBUTING.md) · [Security](SECURITY.md)
`;
}
