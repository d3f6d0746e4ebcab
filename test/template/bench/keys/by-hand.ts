import { createHmac, hash } from "node:crypto";

const { SESSION_SECRET_ARN, AWS_ENDPOINT_URL_SECRETS_MANAGER = "", AWS_REGION = "" } = process.env;
const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = process.env;

/** Makes the same call, signed by hand (AWS Signature Version 4), without retries, timeouts and checks. */
export function handler(): Promise<readonly string[]> {
  const { host, hostname, port } = new URL(AWS_ENDPOINT_URL_SECRETS_MANAGER);
  const body = JSON.stringify({ SecretId: SESSION_SECRET_ARN });
  const options = { hostname, port, method: "POST", path: "/", headers: signedHeaders(host, body) };
  return new Promise((resolve, reject) => {
    const request = process.getBuiltinModule("node:http").request(options, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve([JSON.parse(JSON.parse(text).SecretString).SECRET_KEY]);
    });
    request.on("error", reject).end(body);
  });
}

function signedHeaders(host: string, body: string): Record<string, string | number> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  const scope = `${day}/${AWS_REGION}/secretsmanager/aws4_request`;
  const target = "secretsmanager.GetSecretValue";
  const type = "application/x-amz-json-1.1";
  const names = "content-type;host;x-amz-date;x-amz-target";
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${names}\n${hash("sha256", body)}`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash("sha256", canonical)}`;
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${hmac(key, text).toString("hex")}`;
  return {
    authorization,
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    host,
    "x-amz-date": date,
    "x-amz-target": target,
  };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
