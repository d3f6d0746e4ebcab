import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Flask's session configuration: `SECRET_KEY`, `SECRET_KEY_FALLBACKS` and any other option that a test sets.
 */
export type FlaskConfig = Readonly<Record<string, unknown>>;

/** A running Flask application. */
export interface FlaskServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts `app.py` with the Python that `run.ts` has installed. The application prints its port in its first
 * line.
 */
export async function startFlask(config: FlaskConfig): Promise<FlaskServer> {
  const python = process.env.FLASK_PYTHON;
  if (python === undefined)
    throw new Error("FLASK_PYTHON is not set: start this test with npm run test:flask");
  const child = spawn(python, [fileURLToPath(new URL("app.py", import.meta.url))], {
    env: { ...process.env, FLASK_SESSION_CONFIG: JSON.stringify(config) },
    stdio: ["ignore", "pipe", process.env.FLASK_LOG ? "inherit" : "ignore"],
  });
  const exited = once(child, "exit");
  const line = once(createInterface(child.stdout), "line");
  const [port] = await Promise.race([
    line,
    exited.then(() =>
      Promise.reject(new Error("Flask ended before it printed its port: set FLASK_LOG=1 to see its output")),
    ),
  ]);
  const close = async () => {
    child.kill();
    await exited;
  };
  return { url: `http://localhost:${port}`, close };
}
