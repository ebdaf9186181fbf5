import csv
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Series:
    name: str
    values: list = field(default_factory=list)

    def __len__(self):
        return len(self.values)

    def upto(self, at):
        return Series(self.name, self.values[:at])


def read_series(path):
    found = defaultdict(list)
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if not row["value"].strip():
                continue
            found[row["name"]].append(float(row["value"]))
    return [Series(name, values) for name, values in sorted(found.items())]
