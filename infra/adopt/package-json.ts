/** What package.json holds, as far as it is changed. */
export interface PackageJson {
  name: string;
  description?: string;
  readonly version?: string;
  readonly imports: Record<string, unknown>;
  readonly scripts: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
