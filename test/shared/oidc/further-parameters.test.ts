import { describe, expect, test } from "vitest";
import { OptionError } from "../../../shared/options/option-error.ts";
import { SignInWorld } from "./sign-in-world.ts";

async function begin(path: string, parameters: Readonly<Record<string, string>>): Promise<URLSearchParams> {
  const world = await SignInWorld.start({ parameters });
  return new URL(await world.begin(world.browser(), path)).searchParams;
}

describe("further parameters of the authorization request", () => {
  test("further parameters are sent with each sign-in, beside those of the protocol", async () => {
    const sent = await begin("/sign-in", { access_type: "offline", prompt: "consent" });
    expect(Object.fromEntries(sent)).toMatchObject({
      access_type: "offline",
      prompt: "consent",
      response_type: "code",
      code_challenge_method: "S256",
    });
  });

  test("further parameters do not weaken a step-up, whose prompt comes first", async () => {
    const sent = await begin("/sign-in?maxAge=60", { prompt: "none" });
    expect(sent.getAll("prompt")).toEqual(["login"]);
  });

  test.each(["state", "redirect_uri", "nonce", "code_challenge", "request"])(
    "further parameters cannot replace %s of the sign-in: the option is refused by name",
    async (name) => {
      const started = SignInWorld.start({ parameters: { [name]: "x" } });
      await expect(started).rejects.toThrow(OptionError);
      await expect(started).rejects.toThrow(`parameters.${name}: is set by the sign-in itself`);
    },
  );

  test("a further parameter that is an empty string is refused by name", async () => {
    await expect(SignInWorld.start({ parameters: { audience: "" } })).rejects.toThrow("parameters.audience");
  });
});
