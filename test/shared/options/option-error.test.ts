import { expect, test } from "vitest";
import { OptionError } from "../../../shared/options/option-error.ts";

test("an OptionError names its option in the message and in a property", () => {
  const error = new OptionError("cookie.sameSite", "none needs cookie.secure");
  expect(error.message).toBe("cookie.sameSite: none needs cookie.secure");
  expect(error.option).toBe("cookie.sameSite");
});

test("an OptionError is a TypeError with its own name", () => {
  const error = new OptionError("salt", "must be a non-empty string");
  expect(error).toBeInstanceOf(TypeError);
  expect(`${error}`).toBe("OptionError: salt: must be a non-empty string");
});
