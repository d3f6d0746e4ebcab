#!/usr/bin/env bash
# Writes what comes in as a comment on the pull request $PULL_REQUEST, in place of the one that bears the same name:
#
#   echo "It is deployed." | .github/comment.sh preview
#
# Needs GitHub's gh with a GH_TOKEN that may write to pull requests, and the variables of a workflow.
set -euo pipefail

marker="<!-- $1 -->"
body=$(printf '%s\n%s\n' "$marker" "$(cat)")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
own=".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id"
earlier=$(gh api --paginate "$comments?per_page=100" --jq "$own" | tail -n 1)

if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --raw-field "body=$body"
else
  gh api --silent --method POST "$comments" --raw-field "body=$body"
fi
