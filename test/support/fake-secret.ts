import { randomUUID } from "node:crypto";
import { type Answer, failure, type ReceivedRequest } from "./fake-secrets-manager.ts";

/** Failure of a call: before it has an effect, or after it, so that only its response is lost. */
export type CallFault = "throttled" | "broken" | "cut off" | "answer lost";

interface Version {
  text?: string;
  readonly stages: Set<string>;
}

/** Parameters of a call. */
type Parameters = Readonly<Record<string, string | undefined>> & {
  readonly VersionStages?: readonly string[];
};

/**
 * Secret with its versions and labels, as Secrets Manager handles them
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html). Script a
 * FakeSecretsManager with `secret.answer`.
 */
export class FakeSecret {
  /** Number of calls. */
  calls = 0;
  /** Called before each call, with its number from 0. */
  onCall: (call: number) => void = () => {};
  /** Called after each change of the current text. */
  onChange: (text: string) => void = () => {};
  /** Returns the failure of a call by its number from 0. */
  faultOf: (call: number) => CallFault | undefined = () => undefined;
  /**
   * Removes AWSPENDING from the version that becomes current. A successful rotation may end with the label on
   * that version or on none
   * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html).
   */
  dropsPending = false;
  readonly #versions = new Map<string, Version>();

  constructor(text: string) {
    this.change(text);
  }

  /** Current text of the secret. */
  get text(): string {
    return this.#holder("AWSCURRENT")?.[1].text ?? "";
  }

  /** Returns the id of the version with a label. */
  idOf(stage: string): string | undefined {
    return this.#holder(stage)?.[0];
  }

  /** Changes the secret by hand: a new version becomes current immediately. */
  change(text: string): void {
    const id = randomUUID();
    this.#versions.set(id, { text, stages: new Set() });
    this.#move("AWSCURRENT", id);
    this.onChange(text);
  }

  /**
   * Begins a rotation as Secrets Manager does. Returns the id of a version without a text, or of one that is
   * already pending.
   */
  beginRotation(): string {
    const [pending, { stages = new Set() } = {}] = this.#holder("AWSPENDING") ?? [];
    if (pending !== undefined && !stages.has("AWSCURRENT")) return pending;
    const id = randomUUID();
    this.#versions.set(id, { stages: new Set() });
    this.#move("AWSPENDING", id);
    return id;
  }

  /** Answers a request. It is bound, so that it can be passed without its secret. */
  readonly answer = ({ headers, body }: ReceivedRequest): Answer => {
    const call = this.calls++;
    this.onCall(call);
    const fault = this.faultOf(call);
    if (fault === "throttled") return failure(400, "ThrottlingException");
    if (fault === "broken") return failure(500, "InternalServiceError");
    if (fault === "cut off") return "hang up";
    const before = this.text;
    const answer = this.#do(`${headers["x-amz-target"]}`.split(".")[1] ?? "", JSON.parse(body));
    if (this.text !== before) this.onChange(this.text);
    return fault === "answer lost" ? "hang up" : answer;
  };

  #do(action: string, parameters: Parameters): Answer {
    switch (action) {
      case "DescribeSecret":
        return ok({ VersionIdsToStages: this.#stages() });
      case "GetSecretValue":
        return this.#get(parameters);
      case "PutSecretValue":
        return this.#put(parameters);
      case "UpdateSecretVersionStage":
        return this.#update(parameters);
      default:
        return failure(400, "UnknownOperationException");
    }
  }

  #stages(): object {
    const labelled = [...this.#versions].filter(([, { stages }]) => stages.size > 0);
    return Object.fromEntries(labelled.map(([id, { stages }]) => [id, [...stages]]));
  }

  #get({ VersionId = this.idOf("AWSCURRENT") ?? "" }: Parameters): Answer {
    const { text } = this.#versions.get(VersionId) ?? {};
    return text === undefined ? failure(400, "ResourceNotFoundException") : ok({ SecretString: text });
  }

  #put({ ClientRequestToken: id = "", SecretString: text = "", VersionStages = [] }: Parameters): Answer {
    const known = this.#versions.get(id) ?? { stages: new Set<string>() };
    if (known.text !== undefined && known.text !== text) return failure(400, "ResourceExistsException");
    this.#versions.set(id, { ...known, text });
    for (const stage of VersionStages) this.#move(stage, id);
    return ok({});
  }

  #update({ VersionStage = "", MoveToVersionId, RemoveFromVersionId }: Parameters): Answer {
    const holder = this.idOf(VersionStage);
    const isGone = VersionStage === "AWSCURRENT" && MoveToVersionId === undefined;
    if (holder !== RemoveFromVersionId || isGone) return failure(400, "InvalidParameterException");
    this.#move(VersionStage, MoveToVersionId);
    if (this.dropsPending && VersionStage === "AWSCURRENT") this.#move("AWSPENDING", undefined);
    return ok({});
  }

  #move(stage: string, to: string | undefined): void {
    const [from, version] = this.#holder(stage) ?? [];
    version?.stages.delete(stage);
    if (to !== undefined) this.#versions.get(to)?.stages.add(stage);
    if (stage === "AWSCURRENT" && from !== undefined && from !== to) this.#move("AWSPREVIOUS", from);
  }

  #holder(stage: string): [id: string, version: Version] | undefined {
    return [...this.#versions].find(([, { stages }]) => stages.has(stage));
  }
}

function ok(body: object): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
