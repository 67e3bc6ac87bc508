"""How many lines of LLVM IR a crate makes, and which functions make them.

    python3 llvm_lines.py FILE.ll [how many functions]

Copies of a generic function count as one function of many copies.
"""

import sys
from collections import Counter


def functions(path):
    """Lines and copies of each function in an LLVM IR file of rustc, which writes the name above each."""
    lines, copies, comment, name = Counter(), Counter(), "?", None
    with open(path, encoding="utf-8", errors="replace") as text:
        for line in text:
            if line.startswith("; ") and not line.startswith("; Function Attrs:"):
                comment = line[2:].strip()
            elif line.startswith("define "):
                name = comment
                copies[name] += 1
            elif line.startswith("}"):
                name = None
            elif name is not None and line.startswith("  "):
                lines[name] += 1
    return lines, copies


def total(path):
    return functions(path)[0].total()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    found, copied = functions(sys.argv[1])
    print(f"{found.total():>9} {copied.total():>7}  (all)")
    for name, count in found.most_common(int(sys.argv[2]) if len(sys.argv) > 2 else 40):
        print(f"{count:>9} {copied[name]:>7}  {name}")
