/** Secret keys: reads them from Secrets Manager and rotates them. */
export {
  assertSecretKeys,
  type KeyProvider,
  LEAST_KEY_BYTES,
  type SecretKey,
  type SecretKeys,
} from "./crypto/secret-keys.ts";
export {
  type DatedKey,
  endKey,
  formatKeyRing,
  type KeyRing,
  keyId,
  keysOf,
  newSecretKey,
  parseKeyRing,
  type RotationTimes,
  rotateKeys,
} from "./keys/key-ring.ts";
export {
  type RotationRecord,
  type RotationRequest,
  SecretRotation,
  type SecretRotationOptions,
} from "./keys/secret-rotation.ts";
export { readSecretString, type SecretStringOptions } from "./keys/secret-string.ts";
export type { Environment } from "./keys/secrets-manager.ts";
export {
  parseSecretKeys,
  type SecretsManagerKeysOptions,
  secretsManagerKeys,
} from "./keys/secrets-manager-keys.ts";
