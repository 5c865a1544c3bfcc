#!/usr/bin/env python3
"""Runs notebooks under real Jupyter kernels: ours, and IJava 1.3.0 with our jars on its class path.

    run_notebooks.py --root CHECKOUT --ijava IJAVA_JAR [--only PART_OF_A_NAME]

Needs nbclient, nbformat and jupyter_client (Debian: python3-nbclient). Exit code 0 when every cell did what its
notebook says and printed what is stored, 1 otherwise.
"""
import argparse
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import time

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

TIMEOUT_SECONDS = 240


def install_kernels(data, root, ijava):
    """Registers our kernel the way users do, and IJava by hand."""
    environment = dict(os.environ, JUPYTER_DATA_DIR=str(data))
    subprocess.run([str(root / "maia"), "lab", "--kernel-only"], env=environment, check=True, stdin=subprocess.DEVNULL)
    ours = json.loads((data / "kernels" / "maia4j" / "kernel.json").read_text())
    argv = list(ours["argv"])
    argv[argv.index("-cp") + 1] = os.pathsep.join([str(ijava), argv[argv.index("-cp") + 1]])
    argv[-2] = "io.github.spencerpark.ijava.IJava"
    spec = dict(ours, argv=argv, display_name="IJava 1.3.0", env={
        # without the second half IJava adds a warning to most compile errors
        "IJAVA_COMPILER_OPTS": "--add-modules jdk.incubator.vector -Xlint:-incubating",
        "IJAVA_STARTUP_SCRIPT": "import module java.base; maia.lab.Viz.host();",
    })
    folder = data / "kernels" / "ijava"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))


def plain(cell):
    """The outputs of a cell as text, errors left out: kernels word them differently."""
    text = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            text.append(output.text)
        elif output.output_type != "error":
            text.append(output.data.get("text/plain", "") + "\n")
    return "".join(text)


def run_notebook(file, kernel):
    notebook = nbformat.read(file, as_version=4)
    stored = [plain(cell) for cell in notebook.cells]
    started = time.time()
    try:
        NotebookClient(notebook, timeout=TIMEOUT_SECONDS, startup_timeout=120, record_timing=False,
                       kernel_name=kernel).execute()
        for cell, before in zip(notebook.cells, stored):
            tags = cell.metadata.get("tags", [])
            failed = any(output.output_type == "error" for output in cell.get("outputs", []))
            if failed != ("raises-exception" in tags):
                raise AssertionError("a cell tagged raises-exception did not fail:\n" + cell.source)
            if "varies" not in tags and plain(cell) != before:
                raise AssertionError(f"output differs in\n{cell.source}\nstored:\n{before}\nnow:\n{plain(cell)}")
    except (CellExecutionError, CellTimeoutError, DeadKernelError, AssertionError, RuntimeError) as e:
        print(f"{file.name} under {kernel}: FAILED, {type(e).__name__}\n{str(e)[:3000]}", flush=True)
        return False
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"{file.name} under {kernel}: ok, {cells} code cells, {time.time() - started:.1f} s", flush=True)
    return True


def execute(client, code, interrupt=None):
    """Runs code; returns the reply status and the messages it published."""
    request = client.execute(code)
    messages = []
    if interrupt:
        time.sleep(interrupt[1])
        interrupt[0].interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)
    while reply["parent_header"].get("msg_id") != request:
        reply = client.get_shell_msg(timeout=60)
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") != request:
            continue
        messages.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return reply["content"]["status"], messages


def check_kernel():
    """What only a live kernel shows: interrupts, and prints that are not one message each."""
    manager = KernelManager(kernel_name="maia4j")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        status, messages = execute(client, 'for (int i = 0; i < 5000; i++) System.out.println(i);')
        streams = [m for m in messages if m["msg_type"] == "stream"]
        text = "".join(m["content"]["text"] for m in streams)
        assert status == "ok" and text == "".join(f"{i}\n" for i in range(5000)), "5,000 lines did not arrive in order"
        assert len(streams) < 500, f"5,000 lines took {len(streams)} messages"
        status, _ = execute(client, "while (true);", interrupt=(manager, 2))
        assert status == "error", "an interrupted cell must fail"
        status, messages = execute(client, "1 + 2")
        results = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]
        assert status == "ok" and results == ["3"], f"after an interrupt: {status} {results}"
    except (AssertionError, queue.Empty, RuntimeError) as e:
        print(f"kernel maia4j: FAILED, {type(e).__name__} {e}", flush=True)
        return False
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print("kernel maia4j: ok, output in order, interrupt works", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--ijava", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="", help="only the notebooks whose names contain this")
    options = parser.parse_args()
    root = options.root.resolve()
    samples = root / "sdk" / "lab" / "src" / "test" / "resources" / "notebooks"
    notebooks = sorted(f for f in (root / "notebooks").glob("*.ipynb") if options.only in f.name)
    ok = True
    with tempfile.TemporaryDirectory() as data:
        os.environ["JUPYTER_DATA_DIR"] = data
        os.environ["IPYTHONDIR"] = data
        install_kernels(pathlib.Path(data), root, options.ijava.resolve())
        ok &= check_kernel()
        for file in [samples / "small.ipynb", samples / "portable.ipynb"] + notebooks:
            ok &= run_notebook(file, "maia4j")
        for file in [samples / "portable.ipynb"] + notebooks:
            ok &= run_notebook(file, "ijava")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
