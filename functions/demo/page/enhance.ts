// biome-ignore lint/suspicious/noExplicitAny: the functions' types know no browser
type BrowserObject = any;
declare const document: BrowserObject;
declare const location: BrowserObject;
declare const history: BrowserObject;
declare const DOMParser: BrowserObject;

/**
 * What the page does more where scripts run: it tells times in the visitor's own time, sends its forms without leaving
 * the page, and offers a fitting field for each type of value. It runs in the browser, so it may use nothing from
 * outside itself.
 */
export function enhance(): void {
  const showTimes = () => {
    for (const time of document.querySelectorAll("time"))
      time.textContent = new Date(time.dateTime).toLocaleString(undefined, {
        dateStyle: "medium",
        timeStyle: "medium",
      });
  };

  const fitField = () => {
    const [type, field] = ["key-type", "key-value"].map((id) => document.getElementById(id));
    if (!type) return;
    const kind = { number: "number", date: "datetime-local" }[type.value as string];
    const fitting = document.createElement(kind ? "input" : "textarea");
    for (const { name, value } of field.attributes) if (name !== "type") fitting.setAttribute(name, value);
    if (kind) Object.assign(fitting, { type: kind, step: "any" });
    if (!kind) fitting.value = field.value;
    field.replaceWith(fitting);
  };

  /** Puts the parts of an answer in the place of this page's, and keeps the focus where it was. */
  const show = (text: string, url: string) => {
    const answer = new DOMParser().parseFromString(text, "text/html");
    const focused = document.activeElement?.id;
    const status = document.getElementById("status");
    status.replaceChildren(...(answer.getElementById("status")?.childNodes ?? []));
    document.querySelector("main").replaceWith(answer.querySelector("main"));
    document.title = answer.title;
    history.replaceState(null, "", url);
    prepare();
    const target = (focused && document.getElementById(focused)) || document.querySelector("h1");
    if (target.tagName === "H1") target.tabIndex = -1;
    target.focus();
  };

  const send = async (form: BrowserObject, submitter: BrowserObject) => {
    const body = new URLSearchParams([...new (globalThis as BrowserObject).FormData(form, submitter)]);
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { accept: "text/html" },
    });
    const isPage = answer.headers.get("content-type")?.startsWith("text/html");
    if (!isPage) throw new Error(`${answer.status}`);
    show(await answer.text(), answer.redirected ? answer.url : location.href);
  };

  const prepare = () => {
    showTimes();
    fitField();
    document.getElementById("key-type")?.addEventListener("change", fitField);
  };

  document.addEventListener("submit", (event: BrowserObject) => {
    const { target: form, submitter } = event;
    if (form.method !== "post") return;
    event.preventDefault();
    send(form, submitter).catch((error: Error) => {
      const problem = document.createElement("p");
      problem.className = "flash";
      problem.textContent = `That did not work (${error.message}). Please try again.`;
      document.getElementById("status").replaceChildren(problem);
    });
  });
  prepare();
}
