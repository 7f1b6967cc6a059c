"""Packs what a stage has learnt into pieces small enough to carry to or from another machine, and puts them together again.

    python -m training.carry pack base FOLDER      runs/base/*.pt -> FOLDER/base.000, base.001, ... of at most 15 MB
    python -m training.carry unpack base FOLDER
"""

import argparse
import io
import tarfile
from pathlib import Path

from .world import RUNS

PIECE_BYTES = 15_000_000


def pack(stage: Path, folder: Path) -> int:
    """-> how many pieces"""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{stage.name}.[0-9][0-9][0-9]"):
        old.unlink()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for path in sorted([*stage.glob("*.pt"), *stage.glob("*.jsonl")]):
            archive.add(path, arcname=path.name)
    whole = buffer.getvalue()
    starts = range(0, len(whole), PIECE_BYTES)
    for number, start in enumerate(starts):
        (folder / f"{stage.name}.{number:03}").write_bytes(whole[start : start + PIECE_BYTES])
    return len(starts)


def unpack(stage: Path, folder: Path) -> None:
    pieces = sorted(folder.glob(f"{stage.name}.[0-9][0-9][0-9]"))
    if not pieces:
        raise SystemExit(f"Cannot unpack {stage.name}: no pieces of it in {folder}")
    stage.mkdir(parents=True, exist_ok=True)
    whole = io.BytesIO(b"".join(piece.read_bytes() for piece in pieces))
    with tarfile.open(fileobj=whole, mode="r:gz") as archive:
        archive.extractall(stage, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pack", "unpack"])
    parser.add_argument("stage")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    if args.what == "pack":
        print(f"{pack(RUNS / args.stage, args.folder)} pieces of {args.stage} in {args.folder}")
    else:
        unpack(RUNS / args.stage, args.folder)


if __name__ == "__main__":
    main()
