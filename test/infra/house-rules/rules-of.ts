import { AUTHORIZER } from "../../../infra/authorized.ts";
import { type FunctionFile, ROTATION_FUNCTION, SESSIONLESS } from "../../../infra/routes.ts";
import type { SessionStorage } from "../../../infra/settings/session-storage.ts";
import {
  AUTHORIZER_PERMISSIONS,
  type FunctionRules,
  MORE,
  ROTATION,
  WITH_SESSION,
  WITHOUT_SESSION,
} from "../../house-rules.ts";

/** All values of the setting `storage`. */
export const STORAGES = Object.keys(WITH_SESSION) as readonly SessionStorage[];

/** Returns the limits of a function of the project with a storage. */
export function rulesOf(file: FunctionFile, storage: SessionStorage): FunctionRules {
  const { bytes, packages, permissions } = kindOf(file, storage);
  const more: Partial<FunctionRules> = MORE[file] ?? {};
  return {
    bytes: bytes + (more.bytes ?? 0),
    packages: [...packages, ...(more.packages ?? [])],
    permissions: [...permissions, ...(more.permissions ?? [])],
    modules: more.modules ?? [],
  };
}

function kindOf(file: FunctionFile, storage: SessionStorage): FunctionRules {
  if (file === ROTATION_FUNCTION) return ROTATION;
  if (SESSIONLESS.includes(file)) return WITHOUT_SESSION;
  const rules = WITH_SESSION[storage];
  if (file !== AUTHORIZER) return rules;
  return { ...rules, permissions: AUTHORIZER_PERMISSIONS[storage] ?? rules.permissions };
}
