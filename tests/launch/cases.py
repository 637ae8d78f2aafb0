"""Little programs without TensorFlow, each at a corner of what python does at the start, in the middle and at the end."""

from __future__ import annotations

import io
import textwrap
import zipfile
from typing import Any

from launch.both import VERSION, Case


def one(source: str, **how: Any) -> Case:
    return Case({"program.py": textwrap.dedent(source)}, **how)


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    return content.getvalue()


SHOW = """
import os, sys
main = sys.modules["__main__"]
assert main.__dict__ is globals()
show = {k: v for k, v in list(globals().items()) if k not in ("os", "sys", "main", "__loader__", "__spec__")}
print(show)
print(type(__loader__).__name__, getattr(__loader__, "name", None), getattr(__spec__, "name", None))
print(sys.argv, sys.orig_argv[1:], sys.path[:3], os.getcwd())
print(sys._getframe().f_code.co_filename, sys.flags)
"""

ENDINGS = {
    f"exit-{name}": one(f"import sys; print('before'); sys.exit({value})")
    for name, value in {
        "nothing": "",
        "none": "None",
        "zero": "0",
        "three": "3",
        "true": "True",
        "negative": "-1",
        "large": "300",
        "larger": "2 ** 40 + 3",
        "text": "'some text'",
        "tuple": "(1, 2)",
        "float": "2.5",
    }.items()
}

STARTS = {
    "start-script": one(SHOW, command=("program.py", "--strict", "-m", "x", "--", "-v")),
    "start-dot": one(SHOW, command=("./program.py",)),
    "start-dots": Case({"a/b/x.txt": "", "a/program.py": SHOW}, command=("a/b/../program.py",)),
    "start-module": Case({"program.py": SHOW}, command=("-m", "program", "-x")),
    "start-package": Case({"pack/__init__.py": "print('init')", "pack/__main__.py": SHOW}, command=("-m", "pack", "y")),
    "start-in-package": Case({"pack/__init__.py": "", "pack/sub.py": SHOW}, command=("-m", "pack.sub")),
    "start-no-submodule": Case({"pack/__init__.py": "print('init')"}, command=("-m", "pack.nosuch")),
    "start-no-main": Case({"pack/__init__.py": "print('init')"}, command=("-m", "pack")),
    "start-folder": Case({"fold/__main__.py": SHOW}, command=("fold/", "z")),
    "start-zip": Case({"z.zip": zipped(__main__=SHOW + "import beside", beside="print('beside')")}, command=("z.zip",)),
    "start-safe-path": one(SHOW, interpreter=("-P",)),
    "start-optimized": one(SHOW + "assert False", interpreter=("-OO", "-W", "error", "-u")),
    "start-stdin": one("import sys; print(input()); print(sys.stdin.read())", stdin="a\nb\nc\n"),
    "start-fifo-name": Case({"no_suffix": SHOW}, command=("no_suffix",)),
}

SOURCES = {
    "source-latin-1": Case({"program.py": "# coding: latin-1\nprint(ascii('\xe9'))\n".encode("latin-1")}),
    "source-bom": Case({"program.py": b"\xef\xbb\xbfprint(ascii('\xc3\xa9'))\n"}),
    "source-crlf": Case({"program.py": b"def f():\r\n    1/0\r\nf()\r\n"}),
    "source-futures": one("def f(x: undefined): pass"),
    "source-barry": one("print(1 <> 2)", reports=0),
    "source-syntax": one("x = 1\nprint(x\ny = 2\n", reports=0),
    "source-indent": one("if True:\n    x = 1\n   y = 2\n", reports=0),
    "source-warning": one(r"print('\d')", interpreter=("-W", "default")),
    "source-empty": one(""),
    "source-import-syntax": Case({"program.py": "import broken", "broken.py": "x = = 1"}),
    "source-module-syntax": Case({"program.py": "x = = 1"}, command=("-m", "program")),
    # whygrad has loaded pkgutil by then, plain python has not
    "source-shadows": Case({"program.py": "import pkgutil, json\nprint(pkgutil.mine, json.__file__)", "pkgutil.py": "mine = 1"}),
}

ERRORS = {
    "error-chained": one(
        """
        def f(x):
            return 1 / x
        def g():
            try:
                f(0)
            except ZeroDivisionError as e:
                raise ValueError("no") from e
        class A:
            def __del__(self):
                pass
        print("out")
        g()
        """
    ),
    "error-module": Case({"program.py": "import other", "other.py": "def f(): 1/0\nf()"}, command=("-m", "program")),
    "error-import": one("import no_such_module_at_all"),
    "error-in-import": Case({"program.py": "import other", "other.py": "import nested", "nested.py": "raise OSError(3, 'x', 'y')"}),
    "error-recursion": one("def f(n):\n    return f(n + 1)\nf(0)"),
    "error-bare": one("class E(BaseException): pass\nraise E"),
    "error-str-fails": one("class E(Exception):\n    def __str__(self): 1/0\nraise E"),
    "error-hook": one("import sys\nsys.excepthook = lambda t, v, tb: print('mine', t, v, tb.tb_frame.f_code.co_name, tb.tb_next)\n1/0"),
    "error-hook-fails": one("import sys\ndef hook(*a):\n    raise KeyError('x')\nsys.excepthook = hook\n1/0"),
    "error-hook-exits": one("import sys\nsys.excepthook = lambda *a: sys.exit(5)\n1/0"),
    "error-hook-missing": one("import sys\ndel sys.excepthook\n1/0"),
    "error-last": one("import sys, atexit\natexit.register(lambda: print(sys.last_type, sys.last_value, sys.last_traceback.tb_lineno))\n1/0"),
    "error-exec": one("import os\nos.execv('/no/such', ['x'])"),
    "error-exec-not-executable": one("import os\nos.execv('program.py', ['x'])"),
    "error-execvp": one("import os\ntry:\n    os.execvp('no-such-thing', ['x'])\nexcept OSError as e:\n    print(e)\nprint('after')"),
    "error-exit-type": one("import os\ntry:\n    os._exit('x')\nexcept TypeError as e:\n    print(e)"),
    "interrupt": one("print('x', end='')\nraise KeyboardInterrupt('n')"),
    "interrupt-signal": one("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)"),
    "interrupt-hooked": one("import sys\nsys.excepthook = lambda *a: print('mine')\nraise KeyboardInterrupt"),
    "interrupt-subclass": one("class K(KeyboardInterrupt): pass\nraise K"),
    "terminate": one("import os, signal, time\nprint('x', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(9)", reports=0),
}

LASTS = {
    "last-atexit": one(
        """
        import atexit, sys
        @atexit.register
        def last(): print("last", file=sys.stderr)
        @atexit.register
        def failing(): 1/0
        @atexit.register
        def first(): print("first"); sys.exit(9)
        sys.exit(4)
        """
    ),
    "last-thread": one(
        """
        import threading, time, sys, atexit
        def work():
            time.sleep(0.2); print("thread", file=sys.stderr); raise ValueError("in thread")
        atexit.register(print, "handler")
        threading.Thread(target=work, name="T").start()
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        raise RuntimeError("main")
        """
    ),
    "last-thread-interrupted": one(
        """
        import atexit, os, signal, threading, time
        atexit.register(print, "handler")
        def work():
            time.sleep(0.2); os.kill(os.getpid(), signal.SIGINT); time.sleep(0.2); print("done")
        threading.Thread(target=work).start()
        """
    ),
    "last-executor": one(
        """
        from concurrent.futures import ThreadPoolExecutor
        import time
        pool = ThreadPoolExecutor(1)
        pool.submit(lambda: (time.sleep(0.2), print("done")))
        """
    ),
    "last-exit-now": one("import os, sys\nprint('lost')\nprint('kept', file=sys.stderr)\nos._exit(7)"),
    "last-exit-thread": one("import os, threading, time\nthreading.Thread(target=lambda: os._exit(6)).start()\ntime.sleep(9)"),
    "last-exit-looks": one("import os, pickle, posix\nprint(os._exit.__name__, pickle.loads(pickle.dumps(os._exit)) is os._exit, os._exit.__doc__)"),
    "last-exec": one("import os, sys\nprint('lost')\nos.execv(sys.executable, [sys.executable, '-c', 'print(1); raise SystemExit(3)'])"),
    "last-execvp": one("import os\nos.execvp('sh', ['sh', '-c', 'echo shell; exit 4'])"),
    "last-restart": one(
        """
        import os, sys
        print(sys.argv, sys.orig_argv[1:], flush=True)
        if len(sys.argv) < 3:
            os.execv(sys.executable, [*sys.orig_argv, "again"])
        """,
        command=("program.py", "a"),
    ),
}

PROCESSES = {
    "process-fork": one(
        """
        import atexit, os, sys
        atexit.register(lambda: print("handler", flush=True))
        child = os.fork()
        if child == 0:
            print("child", flush=True)
            raise ValueError("in the child")
        print("waited", os.waitpid(child, 0)[1])
        """
    ),
    "process-fork-exit": one("import os\nif os.fork() == 0:\n    os._exit(3)\nprint(os.wait()[1])"),
    "process-daemon": one(
        """
        import os, sys, time
        if os.fork() == 0:
            os.closerange(0, 3)
            time.sleep(90)
            os._exit(0)
        """
    ),
    **{
        f"process-{method}": one(
            f"""
            import multiprocessing as mp, os, sys
            from dataclasses import dataclass
            @dataclass
            class Point:
                x: int
            def double(p):
                return Point(2 * p.x)
            def show(q):
                q.put((__name__, sys.argv[1:], os._exit.__module__))
            if __name__ == "__main__":
                context = mp.get_context({method!r})
                with context.Pool(1) as pool:
                    print(pool.map(double, [Point(1), Point(2)]))
                queue = context.SimpleQueue()
                process = context.Process(target=show, args=(queue,))
                process.start(); print(queue.get()[:2]); process.join(); print(process.exitcode)
            """,
            command=("program.py", "x"),
        )
        for method in ("spawn", "fork", "forkserver")
    },
    "process-child": one("import subprocess\nprint(subprocess.check_output(['ls', '/proc/self/fd']))"),
}

SELVES = {
    "self-pickle": one(
        """
        import dataclasses, inspect, pickle, typing
        @dataclasses.dataclass
        class A:
            x: "B"
        class B: pass
        print(pickle.loads(pickle.dumps(A(1))), typing.get_type_hints(A), inspect.getsource(B), inspect.getmodule(B))
        """
    ),
    "self-deleted": one("import os\nos.remove(__file__)\nos.chdir('/')\nprint('gone')"),
    "self-asyncio": one(
        """
        import asyncio
        async def f():
            await asyncio.sleep(0.01)
            raise ValueError("in a task")
        async def main():
            print(await asyncio.gather(f(), return_exceptions=True))
            await f()
        asyncio.run(main())
        """
    ),
    "self-main-thread": one("import threading\nprint(threading.current_thread().name, threading.active_count())"),
    "self-descriptors": one("f = open('x', 'w')\nprint(f.fileno())"),
    "self-finalizer": one("class A:\n    def __del__(self): print('finalized')\na = A()"),
    "self-much-output": one("import sys\nfor _ in range(2000): sys.stdout.write('x' * 999 + chr(10))\nsys.stderr.write('e' * 300000 + chr(10))"),
}

STREAMS = {
    "stream-replaced": one("import io, sys\nsys.stdout = io.StringIO()\nsys.stderr = io.StringIO()\nprint('x')\n1/0"),
    "stream-none": one("import sys\nsys.stdout = sys.stderr = None\nprint('x')\n1/0"),
    "stream-exit-none": one("import sys\nsys.stderr = None\nsys.exit('x')"),
    "stream-closed": one("import sys\nsys.stderr.close()\n1/0"),
    "stream-stdout-closed": one("import sys\nsys.stdout.close()"),
    "stream-descriptor-closed": one("import os\nos.close(2)"),
    "stream-descriptor-reused": one("import os\nos.close(2)\nf = open('mine', 'w')\nprint(f.fileno(), flush=True)"),
    "stream-redirected": one("import os\nos.dup2(os.open('log', os.O_WRONLY | os.O_CREAT), 2)\n1/0"),
    "stream-all-closed": one("import os\nprint('x', flush=True)\nos.closerange(3, 100)"),
    "stream-full": one("import os\nos.dup2(os.open('/dev/full', os.O_WRONLY), 1)\nprint('x')"),
}

ALL: dict[str, Case] = {**ENDINGS, **STARTS, **SOURCES, **ERRORS, **LASTS, **PROCESSES, **SELVES, **STREAMS}

CASES = {name: case for name, case in ALL.items() if "-P" not in case.interpreter or VERSION >= (3, 11)}
