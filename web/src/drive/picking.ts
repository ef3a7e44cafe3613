/** Choosing files or a folder of this machine. */

/** Resolves with what the person chose; empty when they chose nothing. */
export function pickFiles(kind: "files" | "folder"): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.webkitdirectory = kind === "folder";
    // Some browsers open the chooser only for inputs that are part of the page.
    input.hidden = true;
    document.body.append(input);
    const finish = () => {
      resolve([...(input.files ?? [])]);
      input.remove();
    };
    input.addEventListener("change", finish, { once: true });
    input.addEventListener("cancel", finish, { once: true });
    input.click();
  });
}
