import type { ProjectName } from "./project-name.ts";

/** The changelog of a project that begins, with the template's name and version. */
export function changelog({ npm }: ProjectName, template: string): string {
  return `# Changelog

All notable changes, in the form of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## Unreleased

### Added

- ${npm}, made from the template ${template}.
`;
}
