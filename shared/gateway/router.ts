import findMyWay from "find-my-way";

/** Route of a request, with the variables of its path. */
export interface RouteMatch<Route> {
  readonly route: Route;
  /** Values of the path variables; absent if the route has none. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

type Table = ReturnType<typeof findMyWay>;

/**
 * Selects a route as API Gateway does: a full match before a greedy one (`{proxy+}`) before `$default`, and a
 * literal before a `{variable}`. An exact method precedes `ANY`, which AWS does not document. Paths are
 * case-sensitive. A trailing slash counts; additional leading slashes do not.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export class Router<Route extends { readonly routeKey: string }> {
  /** Tables by kind and method, such as `full GET`. They are searched in the order of precedence. */
  readonly #tables = new Map<string, Table>();
  #default: Route | undefined;

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.routeKey === "$default") this.#default = route;
      else this.#add(route);
    }
  }

  /** Returns the route for a method and a decoded path, or undefined if API Gateway responds with 404. */
  match(method: string, path: string): RouteMatch<Route> | undefined {
    // The library decodes the path, and would treat ? and # as its end.
    const encoded = encodeURI(path.replace(/^\/+/, "/")).replace(/[?#]/g, encodeURIComponent);
    for (const table of [`full ${method}`, "full ANY", `greedy ${method}`, "greedy ANY"]) {
      const found = this.#tables.get(table)?.find("GET", encoded);
      const values = Object.values(found?.params ?? {}) as string[];
      // A variable never matches an empty segment.
      if (found && !values.includes("")) return toMatch(found.store as Route, values);
    }
    return this.#default && { route: this.#default };
  }

  #add(route: Route): void {
    const [method = "", path = ""] = route.routeKey.split(" ");
    const key = `${path.includes("+}") ? "greedy" : "full"} ${method}`;
    const table = this.#tables.get(key) ?? findMyWay({ maxParamLength: Number.MAX_SAFE_INTEGER });
    this.#tables.set(key, table);
    table.on("GET", toPattern(path), () => {}, route);
  }
}

/**
 * Returns a path in the syntax of find-my-way. Variables are numbered, because it allows fewer characters in
 * names.
 */
function toPattern(path: string): string {
  let count = 0;
  return path
    .replaceAll(":", "::")
    .replace(/\{[^}]+\+\}$/, "*")
    .replace(/\{[^}]+\}/g, () => `:v${count++}`);
}

function toMatch<Route extends { readonly routeKey: string }>(
  route: Route,
  values: string[],
): RouteMatch<Route> {
  const names = [...route.routeKey.matchAll(/\{([^}]+?)\+?\}/g)].map((match) => match[1] as string);
  if (names.length === 0) return { route };
  return {
    route,
    pathParameters: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])),
  };
}
