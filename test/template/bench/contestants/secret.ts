/** The key that all contestants use: 32 bytes of ASCII. */
export const SECRET = process.env.BENCH_SECRET ?? "a-key-of-32-bytes-for-the-bench!";

/** The lifetime of a session in seconds, where the contestant has such an option. */
export const LIFETIME = 31 * 24 * 60 * 60;
