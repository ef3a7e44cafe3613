/** One file in the list (a row) or in the grid (a card). All its events are handled by the collection. */
import { memo, Suspense } from "react";
import type { ListedFile } from "@/api/types";
import type { ColumnId } from "@/drive/columns";
import { columns as columnTable } from "@/drive/columns";
import { Cell, Size, When } from "@/drive/view/cells";
import { RenameField } from "@/drive/view/RenameField";
import { Thumbnail } from "@/previews/Thumbnail";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";
import { later } from "@/ui/later";
import { visible } from "@/ui/visible";

const RowMarks = later(() => import("@/media/RowMarks"));

export interface ItemProps {
  file: ListedFile;
  index: number;
  isSelected: boolean;
  isFocused: boolean;
  isCut: boolean;
  isDropTarget: boolean;
  isRenaming: boolean;
  inTrash: boolean;
  onRenamed: (file: ListedFile, name: string | null) => void;
  me: string;
}

export function itemElementId(id: string): string {
  return `item-${id}`;
}

function classOf(base: string, props: ItemProps): string {
  const states = { selected: props.isSelected, focused: props.isFocused, cut: props.isCut, "drop-over": props.isDropTarget };
  return [base, ...Object.entries(states).flatMap(([name, on]) => (on ? [name] : []))].join(" ");
}

function Check({ file, isSelected }: Pick<ItemProps, "file" | "isSelected">) {
  return (
    <button type="button" className="check" data-role="check" tabIndex={-1} aria-label={text.drive.selectRow(visible(file.filename))} aria-pressed={isSelected}>
      <Icon name="check" size={14} />
    </button>
  );
}

function Star({ file }: Pick<ItemProps, "file">) {
  const label = file.favorited ? text.drive.actions.unfavorite : text.drive.actions.favorite;
  return (
    <button type="button" className={`item-button star ${file.favorited ? "on" : ""}`} data-role="favorite" tabIndex={-1} aria-label={`${label}: ${visible(file.filename)}`} title={label}>
      <Icon name="star" size={18} filled={file.favorited} />
    </button>
  );
}

function More({ file }: Pick<ItemProps, "file">) {
  return (
    <button type="button" className="item-button more" data-role="menu" tabIndex={-1} aria-label={text.drive.moreActions(visible(file.filename))} title={text.drive.actions.more}>
      <Icon name="more" size={18} />
    </button>
  );
}

function Name({ file, isRenaming, onRenamed }: Pick<ItemProps, "file" | "isRenaming" | "onRenamed">) {
  if (isRenaming) return <RenameField file={file} onDone={(name) => onRenamed(file, name)} />;
  return (
    <span className="item-name truncate" title={visible(file.filename)}>
      {visible(file.filename)}
    </span>
  );
}

function Moving() {
  return (
    <span className="item-moving" title={text.drive.moving}>
      <Icon name="clock" size={14} />
      <span className="visually-hidden">{text.drive.moving}</span>
    </span>
  );
}

function MediaMarks({ file: { media } }: Pick<ItemProps, "file">) {
  if (media === null) return null;
  return (
    <Suspense fallback={null}>
      <RowMarks media={media} />
    </Suspense>
  );
}

interface RowProps extends ItemProps {
  columns: readonly ColumnId[];
  /** Whether it has two lines in place of columns. */
  isCompact: boolean;
  /** Its distance from the top of the first row. */
  top: number;
}

export const Row = memo(function Row(props: RowProps) {
  const { file, index, columns, top, me } = props;
  return (
    <div
      role="row"
      id={itemElementId(file.id)}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={props.isSelected}
      className={classOf("row", props)}
      style={{ transform: `translateY(${top}px)` }}
      draggable={!props.isRenaming}
    >
      <div role="gridcell" className="cell-check">
        <Thumbnail file={file} size={props.isCompact ? 40 : 28} />
        <Check file={file} isSelected={props.isSelected} />
      </div>
      <div role="gridcell" className="cell-name">
        <span className={props.isRenaming ? "row-words renaming" : "row-words"} data-grab>
          <Name {...props} />
          {props.isCompact && (
            <span className="row-sub">
              <When time={file.updated_at} isShort />
              <span aria-hidden="true"> · </span>
              <Size file={file} />
              <MediaMarks file={file} />
            </span>
          )}
        </span>
        {!props.isCompact && <MediaMarks file={file} />}
        {file.moving && <Moving />}
      </div>
      {columns.map((column) => (
        <div key={column} role="gridcell" className={`cell truncate cell-${column} ${columnTable[column].align ?? ""}`}>
          <Cell column={column} file={file} me={me} />
        </div>
      ))}
      <div role="gridcell" className="cell-actions">
        {!props.inTrash && <Star file={file} />}
        <More file={file} />
      </div>
    </div>
  );
});

interface CardProps extends ItemProps {
  width: number;
  height: number;
}

export const Card = memo(function Card(props: CardProps) {
  const { file, index, width, height } = props;
  return (
    <div
      role="gridcell"
      id={itemElementId(file.id)}
      data-index={index}
      data-grab
      aria-selected={props.isSelected}
      aria-label={visible(file.filename)}
      className={classOf("card", props)}
      style={{ inlineSize: width, blockSize: height }}
      draggable={!props.isRenaming}
    >
      <div className={`card-picture ${file.is_folder ? "folder" : ""}`}>
        <Thumbnail file={file} size={Math.round(width)} />
      </div>
      <Check file={file} isSelected={props.isSelected} />
      {!props.inTrash && <Star file={file} />}
      <div className="card-foot">
        <span className="card-words">
          <Name {...props} />
          <span className="card-sub">
            <Size file={file} />
            <span aria-hidden="true"> · </span>
            <When time={file.updated_at} isShort />
          </span>
        </span>
        {file.moving && <Moving />}
        <More file={file} />
      </div>
    </div>
  );
});
