"""`run_notebook.py FOLDER < CELLS > TRACEBACKS`: run cells (JSON) in a kernel of this Python; what is read under each that failed, as text."""

import json
import re
import sys

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from nbclient import NotebookClient

COLOUR = re.compile(r"\x1b\[[0-9;]*m")

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in json.load(sys.stdin)])
kernels = KernelSpecManager(kernel_dirs=[])  # whatever else is installed, not that one
manager = AsyncKernelManager(kernel_name=NATIVE_KERNEL_NAME, kernel_spec_manager=kernels)
client = NotebookClient(notebook, km=manager, timeout=300, allow_errors=True, resources={"metadata": {"path": sys.argv[1]}})
client.execute()
shown = ["\n".join(line for out in cell.outputs for line in out.get("traceback", ())) for cell in notebook.cells]
json.dump([COLOUR.sub("", text) for text in shown], sys.stdout)
