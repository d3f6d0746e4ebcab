// biome-ignore lint/suspicious/noExplicitAny: the functions' types know no browser
type BrowserObject = any;
declare const document: BrowserObject;
declare const history: BrowserObject;
declare const DOMParser: BrowserObject;
declare const FormData: BrowserObject;

/**
 * Enhances the page in browsers that run scripts: shows times in the visitor's time zone, submits forms
 * without leaving the page, shows messages beside their form and removes them after a while, and adapts the
 * input field to the type of value.
 *
 * The browser receives this function's source text, so the function must not use anything from outside.
 */
export function enhance(): void {
  /** Milliseconds until a message disappears, and until screen readers have noticed a new live region. */
  const [MESSAGE_TIME, REGION_TIME] = [8000, 100];

  const main = () => document.querySelector("main");
  const byId = (id: string) => document.getElementById(id);
  const status = byId("status");
  const timers: number[] = [];

  const showTimes = () => {
    for (const time of document.querySelectorAll("time"))
      time.textContent = new Date(time.dateTime).toLocaleString("en", {
        dateStyle: "medium",
        timeStyle: "medium",
      });
  };

  const fitField = () => {
    const [type, field] = [byId("entry-type"), byId("entry-value")];
    const kind = { number: "number", date: "date" }[type.value as string];
    const fitting = document.createElement(kind ? "input" : "textarea");
    for (const { name, value } of field.attributes) if (name !== "type") fitting.setAttribute(name, value);
    if (kind) Object.assign(fitting, { type: kind, step: "any" });
    fitting.value = field.value;
    field.replaceWith(fitting);
  };

  const prepare = () => {
    showTimes();
    // The first screen has no form for entries.
    if (!byId("entry-type")) return;
    fitField();
    byId("entry-type").addEventListener("change", fitField);
  };

  const later = (time: number, action: () => void) => timers.push(setTimeout(action, time) as never);

  /** Fades messages out. The style sheet defines the duration. */
  const removeMessages = () => {
    status.className = "old";
    later(400, () => status.replaceChildren());
  };

  /** Inserts messages after an element, so that they cover nothing. */
  const showMessages = (messages: BrowserObject[], after: BrowserObject, time?: number) => {
    for (const timer of timers.splice(0)) clearTimeout(timer);
    status.replaceChildren();
    status.className = "";
    after.after(status);
    later(REGION_TIME, () => {
      status.replaceChildren(...messages);
      status.scrollIntoView({ block: "nearest" });
      if (time) later(time, removeMessages);
    });
  };

  /** Shows a sentence below a form. It stays until the next message, because the visitor has to act on it. */
  const say = (sentence: string, form: BrowserObject) => {
    const message = document.createElement("p");
    message.className = "flash error";
    message.textContent = sentence;
    showMessages([message], form);
  };

  /** Returns the fields that the visitor has filled in other forms, to keep them. */
  const typedOutside = (form: BrowserObject): [string, string][] =>
    [...document.querySelectorAll("input[id],select[id],textarea[id]")]
      .filter((field) => field.form !== form)
      .map(({ id, value }) => [id, value]);

  /**
   * Replaces the page by the response. Moves the focus to the refusal of the cookie if there is one, and
   * otherwise to the same button, the heading of its section or the heading of the page.
   */
  const show = (answer: BrowserObject, form: BrowserObject, submitter: BrowserObject) => {
    const typed = typedOutside(form);
    const heading = form.closest("section").getAttribute("aria-labelledby");
    const messages = [...answer.getElementById("status").childNodes];
    main().replaceWith(answer.querySelector("main"));
    for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
    prepare();
    const target = byId("refused") || (submitter?.id && byId(submitter.id)) || byId(heading) || byId("top");
    if (target.tagName !== "BUTTON") target.tabIndex = -1;
    target.focus();
    const block = target.closest("form") || (target.id === "top" ? target.nextElementSibling : target);
    showMessages(messages, block, MESSAGE_TIME);
  };

  /** Submits a form. The request does not ask for HTML, so errors arrive as a sentence. */
  const send = async (form: BrowserObject, submitter: BrowserObject) => {
    const body = new URLSearchParams([...new FormData(form, submitter)]);
    const response = await fetch(form.getAttribute("action"), { method: "POST", body });
    const [text, type] = [await response.text(), `${response.headers.get("content-type")}`];
    const answer = new DOMParser().parseFromString(type.startsWith("text/html") ? text : "", "text/html");
    if (response.ok && answer.getElementById("status")) {
      history.replaceState(null, "", response.url);
      show(answer, form, submitter);
    } else
      say(
        type.startsWith("text/plain") ? text : `That did not work (${response.status}). Please try again.`,
        form,
      );
  };

  let isSending = false;
  document.addEventListener("submit", async (event: BrowserObject) => {
    const { target: form, submitter } = event;
    // The sign-out at an identity provider is no form of the demo: it leads to another page.
    if (form.method !== "post" || !form.getAttribute("action").startsWith("/demo")) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    main().setAttribute("aria-busy", "true");
    await send(form, submitter).catch(() =>
      say("No answer came, so it may have been done or not. Please reload the page.", form),
    );
    main().removeAttribute("aria-busy");
    isSending = false;
  });

  prepare();
  later(MESSAGE_TIME, removeMessages);
  // Browsers restore typed fields when the visitor comes back to the page.
  (globalThis as BrowserObject).addEventListener("pageshow", () => byId("entry-type") && fitField());
}
