import type { BrowserContext, Page, Response } from "playwright-core";

/** What a visitor does on the page, in the words of what is seen there. */
export class HomePage {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  /** Opens the page in a new tab. */
  static async open(context: BrowserContext, url: string): Promise<HomePage> {
    const home = new HomePage(await context.newPage(), url);
    await home.reload();
    return home;
  }

  /** Types the address and presses Enter. */
  reload(): Promise<Response | null> {
    return this.page.goto(this.#url);
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByLabel("Name").first().fill(name);
    await this.press("Sign in");
    await this.see(`You are signed in as ${name}.`);
  }

  async setKey(name: string, type: string, value: string): Promise<void> {
    const keys = this.section("Your keys");
    await keys.getByLabel("Name").fill(name);
    await keys.getByLabel("Type").selectOption(type);
    await keys.getByLabel("Value").fill(value);
    await this.press("Set the key");
  }

  /** Presses a button. */
  async press(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Waits until a text is seen. */
  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  section(name: string) {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** What is seen of a part of the page, in one line. */
  async textOf(name: string): Promise<string> {
    return (await this.section(name).innerText()).replace(/\s+/g, " ");
  }

  async heading(): Promise<string> {
    return this.page.getByRole("heading", { level: 1 }).innerText();
  }
}
