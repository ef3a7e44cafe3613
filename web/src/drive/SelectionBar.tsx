/** What can be done with the selected files. */
import type { ListedFile } from "@/api/types";
import { allFavorited, type Commands } from "@/drive/commands";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { focusFiles } from "@/ui/focusFiles";
import { formatBytes } from "@/ui/format";

interface SelectionBarProps {
  files: readonly ListedFile[];
  inTrash: boolean;
  isSelectingAll: boolean;
  commands: Commands;
  onClear: () => void;
}

const words = text.drive.actions;

export function SelectionBar({ files, inTrash, isSelectingAll, commands, onClear }: SelectionBarProps) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const starred = allFavorited(files);
  /** The bar goes with its files, and the keyboard must not go with it. */
  const leaving = (act: () => void) => () => {
    focusFiles();
    act();
  };
  return (
    <div className="selection-bar" role="toolbar" aria-label={text.drive.selectedCount(files.length)}>
      <IconButton icon="close" label={text.drive.clearSelection} shortcut="Esc" className="small" onPress={leaving(onClear)} />
      <p className="selection-count tabular">
        <strong>{text.drive.selectedCount(files.length)}</strong>
        <span className="muted selection-size">{isSelectingAll ? text.drive.selectingAll : formatBytes(bytes)}</span>
      </p>
      {inTrash ? (
        <>
          <Button variant="quiet" icon="restore" onPress={leaving(() => commands.restore(files))}>{words.restore}</Button>
          <Button variant="quiet" icon="trash" className="dangerous" onPress={leaving(() => commands.deleteForever(files))}>{words.deleteForever}</Button>
        </>
      ) : (
        <>
          <Button variant="quiet" icon="download" onPress={() => commands.download(files)}>{words.download}</Button>
          <Button variant="quiet" icon="move" onPress={leaving(() => commands.choose("move", files))}>{words.move}</Button>
          <Button variant="quiet" icon="copy" onPress={() => commands.choose("copy", files)}>{words.copy}</Button>
          <IconButton icon="star" filled={starred} label={starred ? words.unfavorite : words.favorite} onPress={() => commands.favorite(files, !starred)} />
          <IconButton icon="trash" label={words.trash} shortcut="Del" className="dangerous" onPress={leaving(() => commands.trash(files))} />
        </>
      )}
    </div>
  );
}
