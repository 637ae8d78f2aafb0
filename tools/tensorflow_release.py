"""Print the release of the installed TensorFlow as `2.21.0`, without importing it: the patch level is dropped, tf_keras has its own."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed() -> str:
    """The version of whichever TensorFlow package is installed; SystemExit with a sentence when there is none."""
    for package in ("tensorflow-cpu", "tensorflow"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    raise SystemExit("TensorFlow is not installed: pip install '.[tensorflow]'")


if __name__ == "__main__":
    major, minor = installed().split(".")[:2]
    print(f"{major}.{minor}.0")
