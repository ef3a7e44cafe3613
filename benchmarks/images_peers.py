"""Servers that pictures are compared with: sharp behind Node.js, and nginx, each if it is here."""

import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import free_port

SHARP = r"""
const http = require("node:http"), path = require("node:path"), sharp = require("sharp");
const [folder, port] = process.argv.slice(2);
sharp.cache(false);
const made = {
  jpg: (image) => image.jpeg({ quality: 80 }),
  webp: (image) => image.webp({ quality: 80 }),
  avif: (image) => image.avif({ quality: 50, effort: 3, chromaSubsampling: "4:2:0" }),
};
http.createServer(async (request, response) => {
  const [, name, format] = request.url.split("/");
  try {
    const image = sharp(path.join(folder, name)).autoOrient().resize({ width: 512 });
    const body = await made[format](image).toBuffer();
    response.writeHead(200, { "content-type": "image/" + format, "content-length": body.length });
    response.end(body);
  } catch (error) {
    response.writeHead(500);
    response.end(String(error));
  }
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
"""

NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types {{ image/jpeg jpg; video/mp4 mp4; }}
  {temporary}
  server {{ listen 127.0.0.1:{port}; root {files}; }}
}}
"""


Address = Callable[[str], str]
"""Tells where a picture is served 512 pixels wide, in the format of an extension."""


class NotHereError(Exception):
    """Why a server cannot be compared with."""


@contextmanager
def sharp(folder: Path, picture: Path) -> Generator[Address]:
    """Serve a picture with sharp, installed into `folder`. Raises `NotHereError`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotHereError("Node.js and npm are needed")
    folder.mkdir()
    (folder / "server.js").write_text(SHARP)
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "sharp"],
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
    )
    if installed.returncode != 0:
        raise NotHereError("npm cannot install it")
    port = free_port()
    command = [node, "server.js", str(picture.parent), str(port)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield lambda extension: f"http://127.0.0.1:{port}/{picture.name}/{extension}"
        finally:
            server.terminate()


@contextmanager
def nginx(folder: Path, files: Path) -> Generator[str | None]:
    """Serve the files of a folder with one process of nginx; None where there is no nginx."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    folder.mkdir()
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, files=files, port=port, temporary=temporary))
    command = [program, "-p", str(folder), "-c", str(config)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
