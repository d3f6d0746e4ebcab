/**
 * `npm start`: runs the stack on this machine until Ctrl-C. This folder is CommonJS, so that a Node that
 * cannot run TypeScript runs this file as JavaScript and prints what to do. Therefore it has no types and no
 * static imports.
 */
if (process.features.typescript) {
  import("./run/start.ts");
} else {
  console.error(
    `Node ${process.version} cannot run TypeScript. Run npm ci and then npm start, which uses the Node 24 that npm ci installs.`,
  );
  process.exitCode = 1;
}
