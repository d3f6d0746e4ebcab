import { describe, expect, test, vi } from "vitest";
import { runProject } from "./local-project.ts";

const HANDLER = "export const handler = () => process.env;";

/** Runs a function that returns its variables, with a content of `.env.local`. */
async function runWith(text: string, variables: Record<string, string> = {}) {
  const entry = { entry: "fn.ts", function: { Environment: { Variables: variables } } };
  const running = await runProject({ "fn.ts": HANDLER, ".env.local": text }, { $default: entry });
  const variablesNow = async () => (await (await fetch(running.url)).json()) as Record<string, string>;
  return { ...running, variablesNow };
}

describe("the file .env.local", () => {
  test("the file .env.local sets variables of every function, in the format of Node's --env-file", async () => {
    const text = `# a comment\nAPI_URL=https://api.example # why\nAPI_KEY="a b"\nexport OTHER='1\n2'\n`;
    const { variablesNow, terminal } = await runWith(text);
    expect(await variablesNow()).toMatchObject({
      API_URL: "https://api.example",
      API_KEY: "a b",
      OTHER: "1\n2",
    });
    expect(terminal.text).toContain(".env.local sets for every function: API_KEY, API_URL, OTHER.\n");
  });

  test("the file .env.local may begin with a byte order mark", async () => {
    const { variablesNow, terminal } = await runWith("\uFEFFA=1\nB=2");
    expect(await variablesNow()).toMatchObject({ A: "1", B: "2" });
    expect(terminal.text).toContain(".env.local sets for every function: A, B.\n");
  });

  test("the file .env.local overrides the variables of the stack", async () => {
    const { variablesNow } = await runWith("QUEUE=local", { QUEUE: "deployed", OTHER: "deployed" });
    expect(await variablesNow()).toMatchObject({ QUEUE: "local", OTHER: "deployed" });
  });

  test("the file .env.local may set AWS credentials, which never come from the developer's environment", async () => {
    vi.stubEnv("AWS_SESSION_TOKEN", "the developer's");
    const { variablesNow } = await runWith("AWS_ACCESS_KEY_ID=given");
    const variables = await variablesNow();
    expect(variables.AWS_ACCESS_KEY_ID).toBe("given");
    expect(variables).not.toHaveProperty("AWS_SESSION_TOKEN");
  });

  test("a change of .env.local takes effect at the next request, without a restart", async () => {
    const { project, variablesNow, terminal } = await runWith("A=1");
    expect((await variablesNow()).A).toBe("1");
    await project.write(".env.local", "B=2");
    const variables = await variablesNow();
    expect([variables.A, variables.B]).toEqual([undefined, "2"]);
    expect(terminal.text).toContain(".env.local sets for every function: B.\n");
    await project.write(".env.local", "");
    expect(await variablesNow()).not.toHaveProperty("B");
    expect(terminal.text).toContain(".env.local sets no variable.\n");
  });

  test("reserved variables in .env.local are ignored, and a message names them", async () => {
    const text = `AWS_REGION=eu-west-1\nSESSION_SECRET_KEYS=["mine"]\nAWS_LAMBDA_FUNCTION_NAME=x\n_HANDLER=x\nA=1`;
    const { variablesNow, terminal } = await runWith(text);
    const variables = await variablesNow();
    expect(variables).toMatchObject({ AWS_REGION: "us-east-1", A: "1" });
    expect(variables.SESSION_SECRET_KEYS).not.toContain("mine");
    expect(terminal.text).toContain(
      ".env.local cannot set AWS_LAMBDA_FUNCTION_NAME, AWS_REGION, SESSION_SECRET_KEYS, _HANDLER: the local run itself sets the variables of AWS and of the session. Remove them from the file.\n",
    );
  });

  test("messages about .env.local contain neither values nor invalid lines", async () => {
    const { variablesNow, terminal } = await runWith("sk live secret1=x\nA=secret2\n");
    await variablesNow();
    expect(terminal.text).toContain(
      ".env.local has a line whose name is not a valid variable name. Use letters, digits and underscores; the line is ignored.\n",
    );
    expect(terminal.text).not.toContain("secret");
  });

  test("without the file .env.local nothing is set and nothing is printed", async () => {
    const { url, terminal } = await runProject({ "fn.ts": HANDLER }, { $default: "fn.ts" });
    await fetch(url);
    expect(terminal.text).not.toContain(".env.local");
  });
});
