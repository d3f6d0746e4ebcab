/** The data of this application's sessions: their keys and the types of their values. Make it yours. */
export interface SessionData {
  /** Stored by `GET /set`, shown by `GET /get`. */
  key: string;
  /** How often `GET /visits` was called. */
  visits: number;
}
