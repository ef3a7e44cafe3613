/** Commands to copy, each with what it does. */
import { Fragment } from "react";
import { copyText } from "@/drive/actions/downloading";
import { repositories } from "@/text/repositories";
import { IconButton } from "@/ui/Button";
import "@/repositories/commands.css";

const words = repositories.commands;

export interface Command {
  does: string;
  line: string;
}

export function Commands({ commands }: { commands: readonly Command[] }) {
  return (
    <ul className="commands">
      {commands.map(({ does, line }) => (
        <li key={line} className="command">
          <span className="command-does">{does}</span>
          <code>
            {line.split(" ").map((word, index) => (
              <Fragment key={index}>
                {index > 0 && " "}
                <span>{word}</span>
              </Fragment>
            ))}
          </code>
          <IconButton icon="copy" className="small" label={words.copy(does)} onPress={() => void copyText(line, words.copied)} />
        </li>
      ))}
    </ul>
  );
}
