import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

/** An invocation as the Runtime API describes it. */
interface Invocation {
  readonly bodyJson: string;
  readonly headers: IncomingHttpHeaders;
}

// The three functions of the client's native part, src/native/rapid-client.cc in aws-lambda-ric, which needs
// a C++ compiler and CMake to be built. The native functions block until a report is sent; here the next call
// waits for it.

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let posted: Promise<unknown> = Promise.resolve();

/** Waits for the next invocation and returns it. */
export async function next(): Promise<Invocation> {
  await posted;
  const { body, headers } = await call("GET", "next");
  return { bodyJson: body, headers };
}

/** Reports the result of an invocation. */
export function done(id: string, body: string): void {
  post(`${id}/response`, body, {});
}

/** Reports that an invocation failed. */
export function error(id: string, body: string, cause: string): void {
  post(`${id}/error`, body, { "lambda-runtime-function-xray-error-cause": cause });
}

function post(path: string, body: string, headers: Readonly<Record<string, string>>): void {
  posted = posted.then(() => call("POST", path, body, { "content-type": "application/json", ...headers }));
}

function call(method: string, path: string, body = "", headers: Readonly<Record<string, string>> = {}) {
  const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`;
  return new Promise<{ body: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      text(response).then((answer) => resolve({ body: answer, headers: response.headers }), reject);
    });
    sent.on("error", reject).end(body);
  });
}
