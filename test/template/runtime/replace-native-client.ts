import { registerHooks } from "node:module";

// Preloaded into the function's process, because AWS's client loads its native part as ./rapid-client.node.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== "./rapid-client.node") return nextResolve(specifier, context);
    return {
      url: new URL("rapid-client.ts", import.meta.url).href,
      format: "module-typescript",
      shortCircuit: true,
    };
  },
});
