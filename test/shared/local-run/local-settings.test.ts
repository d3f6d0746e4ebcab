import { describe, expect, test } from "vitest";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { readLocalSettings } from "../../../shared/local-run/local-settings.ts";

const KEY = "k".repeat(32);

describe("the settings of a local run", () => {
  test("the local run has defaults for all settings", () => {
    expect(readLocalSettings([], {})).toEqual({ port: 3000, context: {}, checksTypes: true });
    expect(readLocalSettings([], { PORT: "", SESSION_SECRET_KEYS: "" })).toEqual({
      port: 3000,
      context: {},
      checksTypes: true,
    });
  });

  test("the local run reads settings from the command line, like cdk, and from the environment", () => {
    const args = ["-c", "flask=true", "--context", "name=a=b", "-cempty=", "--no-types", "--stack", "Shop"];
    const environment = { PORT: "0", SESSION_SECRET_KEYS: JSON.stringify([KEY, KEY]) };
    expect(readLocalSettings(args, environment)).toEqual({
      port: 0,
      context: { flask: "true", name: "a=b", empty: "" },
      checksTypes: false,
      stack: "Shop",
      secretKeys: [KEY, KEY],
    });
  });

  test.each(["http", "-1", "65536", "30 00", "0x10", "3e3"])("PORT=%s is rejected", (PORT) => {
    expect(() => readLocalSettings([], { PORT })).toThrow(
      new LocalRunError(`PORT must be an integer from 0 to 65535, not "${PORT}".`),
    );
  });

  test.each([
    [["-c", "flask"], 'The option -c takes NAME=VALUE, such as -c flask=true, not "flask".'],
    [["-c", "=x"], 'The option -c takes NAME=VALUE, such as -c flask=true, not "=x".'],
    [["--flask"], "Unknown option '--flask'"],
    [["flask=true"], "Unexpected argument 'flask=true'"],
  ])("the arguments %j are rejected", (args, sentence) => {
    expect(() => readLocalSettings(args, {})).toThrow(LocalRunError);
    expect(() => readLocalSettings(args, {})).toThrow(sentence);
  });

  test.each([
    ["not JSON", "secret", "SESSION_SECRET_KEYS must be a JSON array of secret keys, newest first"],
    [
      "not an array",
      JSON.stringify(KEY),
      "SESSION_SECRET_KEYS must be a JSON array of secret keys, newest first",
    ],
    ["an array of numbers", "[1]", "SESSION_SECRET_KEYS must be a JSON array of secret keys, newest first"],
    [
      "a short key",
      JSON.stringify([KEY, "secret"]),
      "SESSION_SECRET_KEYS: key 2 of the array is shorter than 32 bytes. Use 32 random bytes or more.",
    ],
  ])(
    "a SESSION_SECRET_KEYS that is %s is rejected by an error without the keys",
    (_, SESSION_SECRET_KEYS, sentence) => {
      const read = () => readLocalSettings([], { SESSION_SECRET_KEYS });
      expect(read).toThrow(LocalRunError);
      expect(read).toThrow(sentence);
      expect(read).not.toThrow(/kkk|secret"|"secret/);
    },
  );
});
