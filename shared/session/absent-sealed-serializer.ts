import { OptionError } from "../crypto/option-error.ts";
import { type SerializerOptions, URLSafeTimedSerializer } from "./url-safe-timed-serializer.ts";

/**
 * What stands for `SealedSerializer` where code is bundled or run without the condition `encrypt`: a function that
 * seals nothing does not carry what seals.
 */
export class SealedSerializer extends URLSafeTimedSerializer {
  /** @throws OptionError always */
  constructor(options: SerializerOptions) {
    super(options);
    throw new OptionError(
      "encrypt",
      "needs the condition `encrypt` (`-c encrypt=true` gives it to the functions)",
    );
  }
}
