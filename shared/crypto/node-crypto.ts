/**
 * Node's cryptography. An `import` of `node:crypto` evaluates every getter of the module, which loads WebCrypto too: a
 * tenth of what a function with signed cookies takes to load.
 */
export const nodeCrypto = process.getBuiltinModule("node:crypto");
