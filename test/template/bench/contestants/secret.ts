/** The key that all contestants use: 32 bytes as text. */
export const SECRET = process.env.BENCH_SECRET ?? "a-key-of-32-bytes-for-the-bench!";

/** For how many seconds a session lives where the contestant asks. */
export const LIFETIME = 31 * 24 * 60 * 60;
