/**
 * `npm start`: runs the stack on this machine until Ctrl-C. This folder is CommonJS, because a Node that
 * cannot run TypeScript then runs this file as JavaScript, and can print what to do. So it has no types and
 * no static imports.
 */
if (process.features.typescript) {
  import("./run/start.ts");
} else {
  console.error(
    `Node ${process.version} cannot run TypeScript. Run npm ci and then npm start, which uses the Node 24 that npm ci installs.`,
  );
  process.exitCode = 1;
}
