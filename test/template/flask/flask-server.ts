import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Flask's configuration for the session: `SECRET_KEY`, `SECRET_KEY_FALLBACKS` and whatever else a test sets. */
export type FlaskConfig = Readonly<Record<string, unknown>>;

/** A Flask application that runs. */
export interface FlaskServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `app.py` with the Python that `run.ts` has prepared. It tells its port in its first line. */
export async function startFlask(config: FlaskConfig): Promise<FlaskServer> {
  const python = process.env.FLASK_PYTHON;
  if (python === undefined) throw new Error("start this test with npm run test:flask");
  const child = spawn(python, [fileURLToPath(new URL("app.py", import.meta.url))], {
    env: { ...process.env, FLASK_SESSION_CONFIG: JSON.stringify(config) },
    stdio: ["ignore", "pipe", process.env.FLASK_LOG ? "inherit" : "ignore"],
  });
  const exited = once(child, "exit");
  const line = once(createInterface(child.stdout), "line");
  const [port] = await Promise.race([
    line,
    exited.then(() => Promise.reject(new Error("Flask did not start"))),
  ]);
  const close = async () => {
    child.kill();
    await exited;
  };
  return { url: `http://localhost:${port}`, close };
}
