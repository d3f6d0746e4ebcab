/**
 * `npm start`: runs the stack on this machine until Ctrl-C. This file is CommonJS and JavaScript, so that a
 * Node that cannot run TypeScript runs it too and prints what to do.
 */
if (process.features.typescript) {
  import("./start.ts");
} else {
  console.error(
    `Node ${process.version} cannot run TypeScript. Run npm ci, and npm rebuild if npm ignores scripts. Then npm start uses the Node 24 that they install.`,
  );
  process.exitCode = 1;
}
