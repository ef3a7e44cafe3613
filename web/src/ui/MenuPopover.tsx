/** The open menu: a popover with groups of commands and choices. Loaded when the first menu opens. */
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { Header, Keyboard, Menu as AriaMenu, MenuItem as AriaMenuItem, MenuSection, Popover, type Selection, Separator, Text } from "react-aria-components";
import { Icon } from "@/ui/Icon";
import type { MenuGroup } from "@/ui/menu-items";
import { visible } from "@/ui/visible";
import "@/ui/menu.css";

interface MenuPopoverProps {
  label: string;
  groups: MenuGroup[];
  /** What the menu hangs on. */
  anchor: RefObject<Element | null>;
  placement: "bottom start" | "bottom end";
  offset: number;
  onClose: () => void;
}

export default function MenuPopover({ label, groups, anchor, placement, offset, onClose }: MenuPopoverProps) {
  return (
    <Popover className="popover" aria-label={label} triggerRef={anchor} isOpen onOpenChange={(open) => !open && onClose()} placement={placement} offset={offset}>
      <Items groups={groups} label={label} onClose={onClose} />
    </Popover>
  );
}

function Items({ groups, onClose, label }: { groups: MenuGroup[]; onClose: () => void; label: string }) {
  const shown = groups.filter((group) => group.items.length > 0);
  const disabled = useMemo(() => groups.flatMap((g) => g.items.filter((i) => i.disabled).map((i) => i.id)), [groups]);
  const menu = useRef<HTMLDivElement>(null);
  // Who chooses one of several begins where the choice is.
  useEffect(() => {
    const frame = requestAnimationFrame(() => menu.current?.querySelector<HTMLElement>('[role="menuitemradio"][aria-checked="true"]')?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <AriaMenu ref={menu} className="menu" aria-label={label} disabledKeys={disabled} onClose={onClose} autoFocus="first">
      {shown.map((group, index) => (
        <Section key={group.id} group={group} first={index === 0} />
      ))}
    </AriaMenu>
  );
}

function Section({ group, first }: { group: MenuGroup; first: boolean }) {
  const choices = group.items.some((item) => item.checked !== undefined);
  const selected: Selection = new Set(group.items.filter((item) => item.checked).map((item) => item.id));
  return (
    <>
      {!first && <Separator className="menu-line" />}
      <MenuSection
        aria-label={group.title ?? group.items[0]?.label ?? group.id}
        {...(choices ? { selectionMode: group.isMultiple ? ("multiple" as const) : ("single" as const), selectedKeys: selected } : {})}
      >
        {group.title && <Header className="menu-title">{group.title}</Header>}
        {group.items.map((item) => (
          <AriaMenuItem
            key={item.id}
            id={item.id}
            textValue={visible(item.label)}
            className={`menu-item ${item.danger ? "danger" : ""}`}
            onAction={item.onAction}
          >
            {item.icon ? <Icon name={item.icon} size={18} /> : <span className="menu-tick">{item.checked && <Icon name="check" size={16} />}</span>}
            <Text slot="label" className="truncate">{visible(item.label)}</Text>
            {item.icon && item.checked && <Icon name="check" size={16} className="menu-end" />}
            {item.shortcut && <Keyboard>{item.shortcut}</Keyboard>}
          </AriaMenuItem>
        ))}
      </MenuSection>
    </>
  );
}
