import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ENGINES, EngineError, installOnce, outputOf, ROOT, run } from "./installation.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const FOLDER = join(ENGINES, "dynamodb-local");
const POM = join(ROOT, "test/template/dynamodb/pom.xml");
const LEAST_JAVA = 17;
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner";
const OR_ENDPOINT = "Or give the URL of a DynamoDB Local that runs: DYNAMODB_ENDPOINT=http://localhost:8000.";

/**
 * Starts AWS's own DynamoDB Local, in memory, without telemetry. The first start downloads some 50 MB with
 * Maven. Its license is in its jar: it requires an AWS account and forbids redistribution.
 *
 * @throws EngineError when Java, Maven or Maven's repository is missing
 */
export async function startDynamoDBLocal(): Promise<ServerProcess> {
  if (javaVersion() < LEAST_JAVA)
    throw new EngineError(
      `DynamoDB Local needs Java ${LEAST_JAVA} or newer as the command java. ${OR_ENDPOINT}`,
    );
  installOnce(FOLDER, readFileSync(POM, "utf8"), fetchJars);
  const jars = join(FOLDER, "lib");
  const options = ["-inMemory", "-disableTelemetry"];
  return startServer("java", (port) => [
    `-Djava.library.path=${jars}`,
    "-cp",
    join(jars, "*"),
    MAIN,
    ...options,
    "-port",
    `${port}`,
  ]);
}

/** Returns the first number of Java's version, or 0 without Java. Java 8 reports itself as 1.8. */
function javaVersion(): number {
  const version = /version "(\d+)/.exec(outputOf("java", ["-version"]) ?? "");
  return Number(version?.[1] ?? 0);
}

function fetchJars(): void {
  if (outputOf("mvn", ["--version"]) === undefined)
    throw new EngineError(
      `DynamoDB Local is fetched with Maven, but there is no command mvn. ${OR_ENDPOINT}`,
    );
  // Both paths are relative, so that the shell splits no space in them.
  const target = relative(join(POM, ".."), join(FOLDER, "lib"));
  const quiet = ["--batch-mode", "--quiet", "-Dstyle.color=never", "--file", relative(ROOT, POM)];
  if (!run("mvn", [...quiet, COPY, "-DincludeScope=runtime", `-DoutputDirectory=${target}`]))
    throw new EngineError(
      `Maven could not fetch DynamoDB Local: check that Maven Central can be reached. ${OR_ENDPOINT}`,
    );
}
