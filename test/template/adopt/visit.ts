import { expect } from "vitest";

/** Calls the examples as a browser with one cookie: counts visits, signs in and signs out. */
export async function visit(url: string): Promise<void> {
  let cookie = "";
  const request = async (path: string, form?: Record<string, string>) => {
    const post = form && { method: "POST", body: new URLSearchParams(form) };
    const response = await fetch(url + path, { headers: { cookie }, redirect: "manual", ...post });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = set.split(";", 1).join();
    return response;
  };
  for (const visits of [1, 2]) expect(await (await request("/visits")).json()).toEqual({ visits });
  expect((await request("/sign-in", { name: "Ada" })).status).toBe(303);
  expect(await (await request("/")).text()).toContain("<h1>Hello, Ada</h1>");
  expect((await request("/sign-out", {})).status).toBe(303);
  expect(await (await request("/")).text()).toContain("<h1>Hello, visitor</h1>");
}
