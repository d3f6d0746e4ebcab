import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { DELIVERY_SETTINGS } from "../../../infra/delivery/delivery-settings.ts";
import { type Job, WORKFLOWS, type Workflow } from "./workflow.ts";

const read = (file: string) => readFileSync(join(PROJECT_ROOT, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** All jobs, each with its file, its name and its workflow. */
const JOBS = WORKFLOWS.flatMap((workflow) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job, Workflow] => [
    `${workflow.file} ${name}`,
    job,
    workflow,
  ]),
);

/** The jobs that sign in to AWS, each with the repository variable that contains its role. */
const AWS_JOBS: Readonly<Record<string, string>> = {
  "deploy.yml deploy": "AWS_DEPLOY_ROLE",
  "diff.yml diff": "AWS_DIFF_ROLE",
  "preview.yml deploy": "AWS_PREVIEW_ROLE",
  "preview.yml destroy": "AWS_PREVIEW_ROLE",
};

function jobOf(name: string): Job {
  const [, job] = JOBS.find(([of]) => of === name) ?? [];
  if (!job) throw new Error(`no workflow has the job ${name}`);
  return job;
}

test("there are workflows for checks, comparison, deployment and previews", () => {
  expect(WORKFLOWS.map(({ file }) => file).toSorted()).toEqual([
    "checks.yml",
    "deploy.yml",
    "diff.yml",
    "preview.yml",
  ]);
});

test("all workflows use an action at the same commit", () => {
  const pins = WORKFLOWS.flatMap(({ text }) => [...text.matchAll(/uses: ([\w.-]+\/[\w.-]+)@(\S+ # \S+)/g)]);
  const byAction = Map.groupBy(pins, ([, action]) => action);
  expect(byAction.size).toBeGreaterThan(2);
  for (const [action, all] of byAction) expect(new Set(all.map(([, , pin]) => pin)).size, action).toBe(1);
});

describe.each(WORKFLOWS.map((workflow) => [workflow.file, workflow] as const))("%s", (_, workflow) => {
  test("a workflow pins its actions to commits and names their versions", () => {
    const lines = workflow.text.split("\n").filter((line) => /\buses:/.test(line));
    const others = lines.filter((line) => !/uses: \.\/\.github\/workflows\//.test(line));
    expect(
      others.filter((line) => !/uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  test("a workflow refers to no secret of the repository", () => {
    expect(workflow.text).not.toMatch(/\bsecrets\b|aws-access-key-id|aws-secret-access-key|AKIA/i);
  });

  test("a workflow runs only scripts that package.json has", () => {
    const names = [...workflow.text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("a workflow never runs with the base branch's rights, and its scripts contain no expression but the matrix", () => {
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(Object.keys(workflow.on)).not.toContain("workflow_run");
    const scriptsOfSteps = Object.values(workflow.jobs).flatMap(({ steps = [] }) =>
      steps.map(({ run }) => run),
    );
    expect(scriptsOfSteps.filter((run) => /\$\{\{(?! matrix\.)/.test(run ?? ""))).toEqual([]);
  });

  test("a workflow gives its jobs no permissions by default", () => {
    expect(workflow.permissions).toEqual({});
  });
});

describe.each(JOBS)("%s", (name, job) => {
  const { permissions = {} } = job;

  test("a job declares the permissions that it needs, and has a timeout", () => {
    expect(job.permissions).toBeDefined();
    expect(permissions["id-token"]).toBe(name in AWS_JOBS ? "write" : undefined);
    expect(permissions["pull-requests"]).toBe(name.endsWith(" comment") ? "write" : undefined);
    expect(Object.keys(permissions).toSorted()).toEqual(
      Object.keys(permissions)
        .filter((one) => ["contents", "id-token", "pull-requests"].includes(one))
        .toSorted(),
    );
    expect(permissions.contents ?? "read").toBe("read");
    expect(job.uses ?? job["timeout-minutes"]).toBeTruthy();
  });

  test("a job leaves no token in its checkout", () => {
    const checkouts = (job.steps ?? []).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const { with: options } of checkouts)
      expect(options).toMatchObject({ "persist-credentials": false });
  });
});

describe("jobs with AWS roles", () => {
  test("exactly the jobs of AWS_JOBS sign in to AWS, each with its own role", () => {
    const takers = JOBS.flatMap(([name, { steps = [] }]) =>
      steps
        .filter(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"))
        .map(({ with: options }) => [name, options?.["role-to-assume"]]),
    );
    const expected = Object.entries(AWS_JOBS).map(([name, variable]) => [name, `\${{ vars.${variable} }}`]);
    expect(takers.toSorted()).toEqual(expected.toSorted());
  });

  test.each(Object.entries(AWS_JOBS))("%s is skipped where the variable %s is empty", (name, variable) => {
    expect(jobOf(name).if).toContain(`vars.${variable} != ''`);
  });

  const own = "github.event.pull_request.head.repo.full_name == github.repository";
  const read = "github.event.pull_request.user.login != 'dependabot[bot]'";
  const labelled = "contains(github.event.pull_request.labels.*.name, 'preview')";

  test.each([
    [
      "deploy.yml deploy",
      "vars.AWS_DEPLOY_ROLE != '' && github.ref == 'refs/heads/main' && (needs.newest.outputs.commit == github.sha || github.run_attempt > 1)",
    ],
    ["diff.yml diff", `vars.AWS_DIFF_ROLE != '' && ${own} && ${read}`],
    [
      "preview.yml deploy",
      `vars.AWS_PREVIEW_ROLE != '' && github.event_name == 'pull_request' && github.event.pull_request.state == 'open' && github.event.action != 'unlabeled' && ${labelled} && ${own} && ${read}`,
    ],
    [
      "preview.yml destroy",
      `vars.AWS_PREVIEW_ROLE != '' && (github.event_name == 'workflow_dispatch' || ( (github.event.action == 'closed' && ${labelled} || github.event.action == 'unlabeled' && github.event.label.name == 'preview') && ${own}))`,
    ],
  ])("%s runs on this condition, and never for a pull request from a fork", (name, condition) => {
    expect(jobOf(name).if?.replace(/\s+/g, " ")).toBe(condition);
  });

  test("deployment requires the checks, uses the compared stage, and runs one at a time", () => {
    const deploy = jobOf("deploy.yml deploy");
    expect([deploy.needs, jobOf("deploy.yml newest").needs]).toEqual(["newest", "checks"]);
    expect(deploy.concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
    const commands = (name: string) => (jobOf(name).steps ?? []).map(({ run = "" }) => run).join("\n");
    expect(commands("deploy.yml deploy")).toMatch(/cdk deploy .*-c stage=prod/);
    expect(commands("diff.yml diff")).toMatch(/cdk synth .*-c stage=prod/);
    for (const name of ["preview.yml deploy", "preview.yml destroy"])
      expect(commands(name)).toMatch(/cdk (deploy|destroy) .*-c stage=dev -c "stackName=\$STACK"/);
  });

  test("deployment uses the branch and the environments that the roles trust", () => {
    const { branch, environment, previewEnvironment } = DELIVERY_SETTINGS;
    expect(jobOf("deploy.yml deploy").if).toContain(`github.ref == 'refs/heads/${branch.default}'`);
    expect(jobOf("deploy.yml deploy").environment).toMatchObject({ name: environment.default });
    expect(jobOf("preview.yml deploy").environment).toMatchObject({ name: previewEnvironment.default });
    expect(jobOf("preview.yml destroy").environment).toBe(previewEnvironment.default);
    expect(jobOf("diff.yml diff").environment).toBeUndefined();
  });
});

describe("a hotfix", () => {
  const checks = WORKFLOWS.find(({ file }) => file === "checks.yml");
  const dispatch = WORKFLOWS.find(({ file }) => file === "deploy.yml")?.on.workflow_dispatch;

  test("a hotfix is deployed by hand, and waits for the checks that need the npm registry alone", () => {
    expect(dispatch).toMatchObject({ inputs: { hotfix: { type: "boolean", default: false } } });
    expect(jobOf("deploy.yml checks").with).toEqual({ hotfix: `\${{ inputs.hotfix == true }}` });
    const gate = Object.entries(checks?.jobs ?? {}).filter(
      ([, { if: condition }]) => condition === undefined,
    );
    expect(gate.map(([name]) => name)).toEqual(["test", "check"]);
    const commands = jobOf("checks.yml check").strategy?.matrix.command ?? [];
    expect(commands.map((command) => command.replace(/ --? .*/, ""))).toEqual([
      ...["npm run check", "npm run synth", "npm run synth", "npm run delivery"],
    ]);
    expect(jobOf("checks.yml more").if).toBe(`\${{ !inputs.hotfix }}`);
  });

  test("a hotfix waits for no run of another commit", () => {
    expect(checks?.concurrency?.group).toBe(
      `checks-\${{ github.ref }}\${{ inputs.hotfix && '-hotfix' || '' }}`,
    );
  });

  test("the runbook and the page on delivery name the inputs and jobs as they are", () => {
    expect(read("docs/delivery.md")).toContain("gh workflow run deploy.yml -f hotfix=true\n");
    expect(read("docs/runbook.md")).toContain('select(.name == "deploy")');
    expect(jobOf("deploy.yml deploy").name).toBeUndefined();
  });
});

describe("the checks", () => {
  const { text } = WORKFLOWS.find(({ file }) => file === "checks.yml") ?? { text: "" };
  const local = read(".ci/run");
  // npm test includes test:app.
  const suites = Object.keys(scripts).filter((name) => name.startsWith("test:") && name !== "test:app");

  test.each(suites)("the workflow of the checks and .ci/run both run npm run %s", (name) => {
    expect(text).toContain(`npm run ${name}\n`);
    expect(local).toContain(`step npm run ${name}\n`);
  });

  test("the workflow of the checks runs every command of .ci/run", () => {
    const whole = text.replaceAll("npm run check", "npm run check npm run lint npm run types npm run synth");
    const commands = [...local.matchAll(/^(.*?)\bstep (npm|npx) (.+)$/gm)].map(
      ([, variables, tool, rest]) => `${variables}${tool} ${rest}`,
    );
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.filter((command) => !whole.includes(command))).toEqual([]);
  });

  test("the workflow of the checks runs on every Node version that the README names", () => {
    expect(parse(text).jobs.test.strategy.matrix.node).toEqual([20, 22, 24]);
  });
});

describe("Dependabot", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as {
    updates: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
  };

  const lists: Readonly<Record<string, string>> = {
    npm: "package-lock.json",
    pip: "requirements.txt",
    maven: "pom.xml",
    gomod: "go.mod",
  };
  const directoriesOf = (list: string) => {
    const found = globSync(`**/${list}`, {
      cwd: PROJECT_ROOT,
      exclude: ["**/node_modules/**", "cdk.out/**"],
    });
    return found.map((file) => (dirname(file) === "." ? "/" : `/${dirname(file)}`));
  };

  test.each(Object.entries(lists))(
    "Dependabot updates every folder that has packages of %s: %s",
    (ecosystem, list) => {
      const looked = updates.filter((update) => update["package-ecosystem"] === ecosystem);
      const directories = looked.flatMap((update) => update.directories ?? [update.directory]);
      expect(directories.toSorted()).toEqual(directoriesOf(list).toSorted());
    },
  );

  test("Dependabot updates the actions", () => {
    expect(updates).toContainEqual(
      expect.objectContaining({ "package-ecosystem": "github-actions", directory: "/" }),
    );
  });
});
