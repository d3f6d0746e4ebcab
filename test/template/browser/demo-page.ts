import type { BrowserContext, Page, Response } from "playwright-core";

/** Script that never runs an action that the page delays for a second or longer. */
const KEEP_MESSAGES = `{
  const start = setTimeout;
  globalThis.setTimeout = (action, time, ...more) => (time < 1000 ? start(action, time, ...more) : 0);
}`;

/** The actions of a visitor on the demo's page, in the words that the page shows. */
export class DemoPage {
  readonly page: Page;
  readonly #url: string;

  /** @param url the URL of the stack */
  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = new URL("/demo", url).href;
  }

  /**
   * Opens the page in a new tab. Its messages stay until the next response, because a click is lost if the
   * removal of a message moves the button between the press and the release of the mouse. A clock that a test
   * installs afterwards removes them.
   */
  static async open(context: BrowserContext, url: string): Promise<DemoPage> {
    const demo = new DemoPage(await context.newPage(), url);
    await demo.page.addInitScript(KEEP_MESSAGES);
    await demo.reload();
    return demo;
  }

  /** Types the address and presses Enter. */
  reload(): Promise<Response | null> {
    return this.page.goto(this.#url);
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByLabel("Name").first().fill(name);
    await this.press("Sign in");
    // Not the same sentence in the page, which is there a moment earlier: the message moves the buttons below
    // it, and a click that the page moves under is lost.
    await this.page.getByRole("status").getByText(`You are signed in as ${name}.`).waitFor();
  }

  async saveEntry(name: string, type: string, value: string): Promise<void> {
    const entries = this.section("Your entries");
    await entries.getByLabel("Name").fill(name);
    await entries.getByLabel("Type").selectOption(type);
    await entries.getByLabel("Value").fill(value);
    await this.press("Save the entry");
  }

  /** Counts the first visit, which begins a session. */
  async begin(): Promise<void> {
    await this.press("Count a visit");
    await this.see("Visits: 1");
  }

  /** Presses a button. */
  async press(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Waits until a text is visible. */
  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  section(name: string) {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** Returns the visible text of a section of the page, in one line. */
  async textOf(name: string): Promise<string> {
    return (await this.section(name).innerText()).replace(/\s+/g, " ");
  }

  async heading(): Promise<string> {
    return this.page.getByRole("heading", { level: 1 }).innerText();
  }
}
