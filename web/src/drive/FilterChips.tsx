/** The filters of a search as chips: choose one from its menu, take it away with its cross. */
import { useNavigate } from "@tanstack/react-router";
import type { FileType } from "@/api/types";
import { DATE_FILTERS, FILE_TYPES, type FilterSearch, SIZE_FILTERS } from "@/drive/urlState";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import type { MenuItem } from "@/ui/menu-items";

const words = text.drive.search;

interface Chip {
  id: "type" | "date" | "size";
  title: string;
  value: string | undefined;
  choices: { id: string; label: string }[];
}

/** Beside the other types, a “File” of none of them would seem to be any. */
function typeName(type: FileType): string {
  return type === "other" ? words.otherType : text.drive.kinds[type];
}

function chipsOf({ type, date, size }: FilterSearch): Chip[] {
  return [
    { id: "type", title: words.type, value: type && typeName(type), choices: FILE_TYPES.map((id) => ({ id, label: typeName(id) })) },
    { id: "date", title: words.date, value: date && words.dates[date], choices: DATE_FILTERS.map((id) => ({ id, label: words.dates[id] })) },
    { id: "size", title: words.size, value: size && words.sizes[size], choices: SIZE_FILTERS.map((id) => ({ id, label: words.sizes[id] })) },
  ];
}

export function FilterChips({ search }: { search: FilterSearch }) {
  const navigate = useNavigate();
  const set = (id: Chip["id"], value: string | undefined) =>
    void navigate({ to: "/search", search: (old: FilterSearch) => ({ ...old, [id]: value, preview: undefined }), replace: true });

  return (
    <div className="filters">
      <h1 className="visually-hidden">{words.results}</h1>
      <ul className="chips" aria-label={words.filters}>
        {chipsOf(search).map((chip) => (
          <li key={chip.id} className={`chip ${chip.value ? "on" : ""}`}>
            <Menu label={chip.title} groups={[{ id: chip.id, items: menuItems(chip, search[chip.id], set) }]}>
              <Button variant="quiet" className="chip-button">
                {chip.value ? `${chip.title}: ${chip.value}` : chip.title}
              </Button>
            </Menu>
            {chip.value && <IconButton icon="close" size={14} label={words.remove(`${chip.title}: ${chip.value}`)} className="chip-remove" onPress={() => set(chip.id, undefined)} />}
          </li>
        ))}
      </ul>
      {(search.type ?? search.date ?? search.size) && (
        <Button variant="quiet" onPress={() => void navigate({ to: "/search", search: { q: search.q }, replace: true })}>
          {words.clearAll}
        </Button>
      )}
    </div>
  );
}

function menuItems(chip: Chip, current: string | undefined, set: (id: Chip["id"], value: string | undefined) => void): MenuItem[] {
  const any = { id: "any", label: words.any, checked: current === undefined, onAction: () => set(chip.id, undefined) };
  return [any, ...chip.choices.map((choice) => ({ ...choice, checked: choice.id === current, onAction: () => set(chip.id, choice.id) }))];
}
