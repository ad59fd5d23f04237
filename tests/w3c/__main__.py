"""Print how many cases of each suite pass: `python -m tests.w3c`. Exit code 1 where one fails that is not listed."""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.w3c.known import known_failures
from tests.w3c.manifests import NOT_CLAIMED, RDF, SPARQL, cases, folder
from tests.w3c.running import run
from tests.w3c.serving import plain_service


def main() -> int:
    """Run every case and print a table."""
    chosen = [case for case in cases(*SPARQL, *RDF) if case.claimed]
    if not chosen:
        print(f"the W3C's test files are not at {folder()}; set EGOVKG_TEST_W3C", file=sys.stderr)
        return 2
    passed: Counter[str] = Counter()
    known: Counter[str] = Counter()
    new = []
    begin = time.perf_counter()
    with plain_service() as service:
        for case in chosen:
            try:
                run(service, case)
                passed[case.suite] += 1
            except AssertionError as error:
                if row := known_failures().get(case.id):
                    known[f"{case.suite} {row.whose}"] += 1
                else:
                    new.append(f"{case.id}: {error}")
    seconds = time.perf_counter() - begin
    total = Counter(case.suite for case in chosen)
    print("suite\tcases\tpassed\tfailed: engine\tfailed: choice\tfailed: ours")
    for suite in (*SPARQL, *RDF):
        ours = len([line for line in new if line.startswith(f"{suite}/")])
        print(suite, total[suite], passed[suite], known[f"{suite} engine"], known[f"{suite} choice"], ours, sep="\t")
    for name, suites in (("SPARQL", SPARQL), ("RDF", RDF)):
        print(f"{name}: {sum(passed[suite] for suite in suites)} of {sum(total[suite] for suite in suites)}")
    print(f"{len(chosen)} cases in {seconds:.0f} s; not claimed and not run: {', '.join(NOT_CLAIMED)}")
    print(*new, sep="\n")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
