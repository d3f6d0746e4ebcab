import type { SessionOptions } from "../session/opened-session.ts";
import { Session } from "../session/session.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { URLSafeTimedSerializer } from "./url-safe-timed-serializer.ts";

/** What writes and reads the values of cookies. */
export type SessionSerializer = Pick<URLSafeTimedSerializer, "dumps" | "verify">;

/** A session in a signed cookie: it remembers how it was opened, so that it is saved alike. */
export class SecureCookieSession extends Session {
  readonly settings: ResolvedSettings;
  readonly serializer: SessionSerializer;

  constructor(options: SessionOptions, settings: ResolvedSettings, serializer: SessionSerializer) {
    super(options);
    this.settings = settings;
    this.serializer = serializer;
  }
}
