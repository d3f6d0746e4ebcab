import findMyWay from "find-my-way";

/** Route of a request, with the variables of its path. */
export interface RouteMatch<Route> {
  readonly route: Route;
  /** Absent when the route has no path variable. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

type Table = ReturnType<typeof findMyWay>;

/**
 * Chooses a route as API Gateway does: a full match before a greedy one (`{proxy+}`) before `$default`, and a
 * literal before a `{variable}`. An exact method is chosen before `ANY`, which AWS does not document. Paths
 * are case-sensitive, a slash at the end counts, extra ones at the front do not.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export class Router<Route extends { readonly routeKey: string }> {
  /** Tables by kind and method, such as `full GET`, so that the order of look-ups is the precedence. */
  readonly #tables = new Map<string, Table>();
  #default: Route | undefined;

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.routeKey === "$default") this.#default = route;
      else this.#add(route);
    }
  }

  /** Returns the route of a method and a decoded path, or undefined where API Gateway answers 404. */
  match(method: string, path: string): RouteMatch<Route> | undefined {
    // The library decodes what it is given, and takes these two for the path's end.
    const encoded = encodeURI(path.replace(/^\/+/, "/")).replace(/[?#]/g, encodeURIComponent);
    for (const table of [`full ${method}`, "full ANY", `greedy ${method}`, "greedy ANY"]) {
      const found = this.#tables.get(table)?.find("GET", encoded);
      const values = Object.values(found?.params ?? {}) as string[];
      // A variable matches one segment or more, never an empty one.
      if (found && !values.includes("")) return matched(found.store as Route, values);
    }
    return this.#default && { route: this.#default };
  }

  #add(route: Route): void {
    const [method = "", path = ""] = route.routeKey.split(" ");
    const key = `${path.includes("+}") ? "greedy" : "full"} ${method}`;
    const table = this.#tables.get(key) ?? findMyWay({ maxParamLength: Number.MAX_SAFE_INTEGER });
    this.#tables.set(key, table);
    table.on("GET", pattern(path), () => {}, route);
  }
}

/**
 * Returns a path in the syntax of find-my-way. Variables are numbered, because it allows fewer characters in
 * names.
 */
function pattern(path: string): string {
  let count = 0;
  return path
    .replaceAll(":", "::")
    .replace(/\{[^}]+\+\}$/, "*")
    .replace(/\{[^}]+\}/g, () => `:v${count++}`);
}

function matched<Route extends { readonly routeKey: string }>(
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
