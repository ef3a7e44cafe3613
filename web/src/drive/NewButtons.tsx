/** Making a folder and uploading, as buttons. */
import type { NamedTarget } from "@/drive/targets";
import type { Actions } from "@/drive/actions/useActions";
import { pickFiles } from "@/drive/picking";
import { reveal } from "@/drive/reveal";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import { useUploads } from "@/uploads";

export function NewButtons({ target, actions }: { target: NamedTarget | null; actions: Actions }) {
  const { addFiles } = useUploads();

  async function upload(kind: "files" | "folder") {
    const files = await pickFiles(kind);
    if (target && files.length > 0) addFiles(files, target);
  }

  async function newFolder() {
    const folder = target && (await actions.newFolder(target));
    if (folder) reveal(folder.id, target);
  }

  return (
    <div className="new-buttons">
      <Button icon="folderPlus" isDisabled={!target} onPress={() => void newFolder()}>{text.drive.newFolder}</Button>
      <Menu
        label={text.drive.upload}
        groups={[
          {
            id: "upload",
            items: [
              { id: "files", label: text.drive.uploadFiles, icon: "upload", onAction: () => void upload("files") },
              { id: "folder", label: text.drive.uploadFolder, icon: "folder", onAction: () => void upload("folder") },
            ],
          },
        ]}
      >
        <Button variant="primary" icon="upload" isDisabled={!target}>{text.drive.upload}</Button>
      </Menu>
    </div>
  );
}
