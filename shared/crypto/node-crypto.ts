/**
 * Node's cryptography module. It is not imported, because `import` of `node:crypto` evaluates every getter of
 * the module and so loads WebCrypto, which takes a tenth of the load time of a function with signed cookies.
 */
export const nodeCrypto = process.getBuiltinModule("node:crypto");
