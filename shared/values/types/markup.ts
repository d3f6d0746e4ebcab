/** HTML that is safe to put into a page as it is (MarkupSafe's `Markup`). */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
    Object.freeze(this);
  }

  /** Text made safe for HTML's element content and quoted attributes; Markup stays as it is (`markupsafe.escape`). */
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
