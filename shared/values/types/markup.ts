/** HTML that a page may contain without escaping (MarkupSafe's `Markup`). */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
    Object.freeze(this);
  }

  /**
   * Escapes a value for HTML content and quoted attributes. Returns Markup unchanged (`markupsafe.escape`).
   */
  static escape(value: unknown): Markup {
    if (value instanceof Markup) return value;
    return new Markup(String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`));
  }

  toString(): string {
    return this.html;
  }

  toJSON(): string {
    return this.html;
  }
}
