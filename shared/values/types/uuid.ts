/** UUID that Flask reads as Python's `uuid.UUID`, not as a string. */
export class UUID {
  /** Canonical form: lower case, with hyphens (RFC 9562, section 4). */
  readonly value: string;

  /**
   * @param text 32 hexadecimal digits, with or without hyphens
   * @throws TypeError for any other string
   */
  constructor(text: string) {
    const hex = text.replaceAll("-", "").toLowerCase();
    if (!/^[\da-f]{32}$/.test(hex))
      throw new TypeError("text: a UUID must be 32 hexadecimal digits, with or without hyphens");
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
