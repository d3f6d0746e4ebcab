import type { SessionOptions } from "./opened-session.ts";
import { Session } from "./session.ts";
import type { ResolvedSettings } from "./session-settings.ts";
import type { URLSafeTimedSerializer } from "./url-safe-timed-serializer.ts";

/** A session in a signed cookie: it remembers how it was opened, so that it is saved alike. */
export class SecureCookieSession extends Session {
  readonly settings: ResolvedSettings;
  readonly serializer: URLSafeTimedSerializer;

  constructor(options: SessionOptions, settings: ResolvedSettings, serializer: URLSafeTimedSerializer) {
    super(options);
    this.settings = settings;
    this.serializer = serializer;
  }
}
