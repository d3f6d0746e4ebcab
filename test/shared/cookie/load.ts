import type { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import type { SignatureAge, SignatureRefusal } from "../../../shared/crypto/timestamp-signer.ts";
import type { PlainObject } from "../../../shared/values/plain-object.ts";

/** The object and when it was signed (seconds since the epoch), or why the text is refused. */
export type Loaded =
  | { readonly values: PlainObject; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal | "unreadable_payload" };

/** Verifies and parses a text at once. A session does so in two steps. */
export function load(
  serializer: Pick<URLSafeTimedSerializer, "verify">,
  text: string,
  age: SignatureAge,
): Loaded {
  const verified = serializer.verify(text, age);
  if (verified.refusal !== undefined) return verified;
  const values = verified.read();
  return values === undefined ? { refusal: "unreadable_payload" } : { values, signedAt: verified.signedAt };
}
