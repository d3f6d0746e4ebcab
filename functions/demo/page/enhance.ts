// biome-ignore lint/suspicious/noExplicitAny: the functions' types know no browser
type BrowserObject = any;
declare const document: BrowserObject;
declare const history: BrowserObject;
declare const DOMParser: BrowserObject;
declare const FormData: BrowserObject;

/**
 * What the page does more where scripts run: it tells times in the visitor's own time zone, sends its forms without
 * leaving the page, and offers a fitting field for each type of value. It runs in the browser, so it may use nothing from
 * outside itself.
 */
export function enhance(): void {
  const byId = (id: string) => document.getElementById(id);

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
    fitField();
    byId("entry-type").addEventListener("change", fitField);
  };

  const say = (sentence: string) => {
    const message = document.createElement("p");
    message.className = "flash";
    message.textContent = sentence;
    byId("status").replaceChildren(message);
  };

  /** What is typed in other forms stays. */
  const typedOutside = (form: BrowserObject): [string, string][] =>
    [...document.querySelectorAll("input[id],select[id],textarea[id]")]
      .filter((field) => field.form !== form)
      .map(({ id, value }) => [id, value]);

  /** Puts an answer in the place of this page, and the focus where it was, or else on the heading of its section. */
  const show = (answer: BrowserObject, form: BrowserObject, submitter: BrowserObject) => {
    const typed = typedOutside(form);
    const heading = form.closest("section").getAttribute("aria-labelledby");
    byId("status").replaceChildren(...answer.getElementById("status").childNodes);
    document.querySelector("main").replaceWith(answer.querySelector("main"));
    for (const [id, value] of typed) if (byId(id)) byId(id).value = value;
    prepare();
    const target = (submitter?.id && byId(submitter.id)) || byId(heading);
    if (target.tagName === "H2") target.tabIndex = -1;
    target.focus();
  };

  /** Errors come as a sentence, since no page is asked for. */
  const send = async (form: BrowserObject, submitter: BrowserObject) => {
    const body = new URLSearchParams([...new FormData(form, submitter)]);
    const response = await fetch(form.getAttribute("action"), { method: "POST", body });
    const [text, type] = [await response.text(), `${response.headers.get("content-type")}`];
    const answer = new DOMParser().parseFromString(type.startsWith("text/html") ? text : "", "text/html");
    if (response.ok && answer.getElementById("status")) {
      history.replaceState(null, "", response.url);
      show(answer, form, submitter);
    } else
      say(type.startsWith("text/plain") ? text : `That did not work (${response.status}). Please try again.`);
  };

  let isSending = false;
  document.addEventListener("submit", async (event: BrowserObject) => {
    const { target: form, submitter } = event;
    if (form.method !== "post") return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    document.querySelector("main").setAttribute("aria-busy", "true");
    await send(form, submitter).catch(() =>
      say("No answer came, so it may have been done or not. Please reload the page."),
    );
    document.querySelector("main").removeAttribute("aria-busy");
    isSending = false;
  });

  prepare();
  // Browsers fill the form again when somebody comes back to the page.
  (globalThis as BrowserObject).addEventListener("pageshow", fitField);
}
