/** The commands that a repository is used with, ready to be pasted into a shell. */
import type { Command } from "@/repositories/Commands";
import { repositories } from "@/text/repositories";

const words = repositories.commands;
const PLAIN = /^[A-Za-z0-9@%+=:,./_-][A-Za-z0-9@%+=:,./_~-]*$/;

/** A word as a shell takes it, whatever is in it. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export const creating: readonly Command[] = [
  { does: words.create, line: "keyshelf repo create NAME" },
  { does: words.createEncrypted, line: "keyshelf repo create NAME --encrypt" },
  { does: words.commit, line: 'keyshelf commit DIR --repo NAME -m "First version"' },
];

export function commit(name: string, isFirst: boolean): Command {
  return { does: words.commit, line: `keyshelf commit DIR --repo ${quoted(name)} -m "${isFirst ? "First version" : "What changed"}"` };
}

export function createEncrypted(name: string): Command {
  return { does: words.createEncrypted, line: `keyshelf repo create ${quoted(name || "NAME")} --encrypt` };
}

export function check(name: string): Command {
  return { does: words.check, line: `keyshelf check --repo ${quoted(name)} --read-data` };
}

/** What reads a repository at a version; `isFirst` says that nothing was before that. */
export function reading(name: string, ref: string, isFirst: boolean): readonly Command[] {
  const repo = `--repo ${quoted(name)}`;
  const lines = [
    { does: words.checkout, line: `keyshelf checkout ${quoted(ref)} DIR ${repo}` },
    { does: words.log, line: `keyshelf log ${repo}` },
  ];
  return isFirst ? lines : [...lines, { does: words.diff, line: `keyshelf diff ${quoted(`${ref}~1`)} ${quoted(ref)} ${repo}` }];
}

/** What lets the commands of another machine reach this service. */
export function connecting(address: string): readonly Command[] {
  return [{ does: words.connect, line: `export KEYSHELF_URL=${quoted(address)} KEYSHELF_TOKEN=…` }];
}
