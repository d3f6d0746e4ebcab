/** A UUID that goes back to Flask as Python's `uuid.UUID`, not as text. */
export class UUID {
  /** In the usual form: lower case, with hyphens (RFC 9562, section 4). */
  readonly value: string;

  /**
   * @param text 32 hexadecimal digits, with hyphens or without
   * @throws TypeError for any other text
   */
  constructor(text: string) {
    const hex = text.replaceAll("-", "").toLowerCase();
    if (!/^[\da-f]{32}$/.test(hex)) throw new TypeError("a UUID has 32 hexadecimal digits");
    this.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    Object.freeze(this);
  }

  toString(): string {
    return this.value;
  }

  toJSON(): string {
    return this.value;
  }
}
