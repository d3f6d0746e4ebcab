import { expect, test } from "vitest";
import { OptionError } from "../../../shared/options/option-error.ts";

test("an option error names its option, in its message and apart from it", () => {
  const error = new OptionError("cookie.sameSite", "none needs cookie.secure");
  expect(error.message).toBe("cookie.sameSite: none needs cookie.secure");
  expect(error.option).toBe("cookie.sameSite");
});

test("an option error is a TypeError with a name of its own", () => {
  const error = new OptionError("salt", "must be a non-empty string");
  expect(error).toBeInstanceOf(TypeError);
  expect(`${error}`).toBe("OptionError: salt: must be a non-empty string");
});
