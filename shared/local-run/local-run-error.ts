import { dirname } from "node:path";

/**
 * Error of the local run that the developer can solve, such as an invalid setting, a port in use or a stack
 * that does not synthesize. Only its message is printed.
 */
export class LocalRunError extends Error {
  override readonly name = "LocalRunError";
}

/**
 * Returns the error for a file or folder of the local run that this user cannot read or write, or `error`
 * itself if it is another problem.
 */
export function toFileError(error: unknown, path: string): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (!["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR", "EISDIR"].includes(code)) return error;
  const remedy = "Make it writable for you, or delete it; the next run creates it again.";
  // A file where a folder is needed, such as a file `.local`.
  const place = code === "ENOTDIR" ? dirname(path) : path;
  return new LocalRunError(`${place} cannot be read and written (${code}). ${remedy}`, { cause: error });
}

/**
 * Returns the error for a port that the server cannot listen on, or `error` itself if it is another problem.
 */
export function toPortError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return new LocalRunError(
      `Port ${port} is in use. Choose another one, such as PORT=${port + 1} npm start.`,
      { cause: error },
    );
  if (code === "EACCES")
    return new LocalRunError(
      `Port ${port} is not allowed. Choose one above 1023, such as PORT=3000 npm start.`,
      { cause: error },
    );
  return error;
}

/** Runs a command. For a LocalRunError, prints its message alone and sets the exit code. */
export async function printLocalRunError(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof LocalRunError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
