"""Keeps a stock of parts: applies a day's movements to it and says what to order."""

import json
import logging
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import clew

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s: %(message)s")
logger = logging.getLogger(__name__)

STOCK = [
    {"sku": "bolt", "count": 120, "minimum": 100, "price": 0.1},
    {"sku": "nut", "count": 300, "minimum": 150, "price": 0.05},
    {"sku": "plate", "count": 12, "minimum": 10, "price": 7.5},
    {"sku": "hinge", "count": 40, "minimum": 25, "price": 2.25},
]
MOVEMENTS = [
    ["out", "bolt", 60],
    ["in", "nut", 50],
    ["out", "plate", 20],
    ["out", "wheel", 1],
    ["out", "hinge", 18],
    ["in", "bolt", 10],
    ["out", "plate", 5],
    ["count", "nut", 333],
]


class StockError(Exception):
    """A movement that cannot be."""


class UnknownPart(StockError):
    pass


class TooFew(StockError):
    def __init__(self, sku, wanted, there):
        super().__init__(f"{wanted} of {sku} wanted, {there} there")
        self.missing = wanted - there


@dataclass
class Part:
    sku: str
    count: int
    minimum: int
    price: float

    def value(self):
        return self.count * self.price

    def is_low(self):
        return self.count < self.minimum


@dataclass
class Journal:
    lines: list = field(default_factory=list)

    def note(self, text):
        self.lines.append(text)
        logger.info(text)


@contextmanager
def stage(name):
    logger.info("%s begins", name)
    try:
        yield
    finally:
        logger.info("%s is over", name)


class Warehouse:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.parts = {}
        self.journal = Journal()
        self.refused = []
        self.shortfall = 0

    def load(self):
        text = (self.folder / "stock.json").read_text()
        for entry in json.loads(text):
            part = Part(**entry)
            self.parts[part.sku] = part
        self.journal.note(f"{len(self.parts)} parts loaded")

    def find(self, sku):
        if sku not in self.parts:
            raise UnknownPart(sku)
        return self.parts[sku]

    def apply(self, kind, sku, count):
        part = self.find(sku)
        if kind == "in":
            part.count += count
        elif kind == "out":
            if count > part.count:
                raise TooFew(sku, count, part.count)
            part.count -= count
        elif kind == "count":
            difference = count - part.count
            part.count = count
            self.journal.note(f"{sku} was off by {difference}")
        else:
            raise StockError(f"no such movement: {kind}")

    def apply_all(self, movements):
        for kind, sku, count in movements:
            try:
                self.apply(kind, sku, count)
            except TooFew as error:
                self.shortfall += error.missing
                self.refused.append([sku, count])
                self.journal.note(f"refused: {error}")
            except StockError as error:
                self.refused.append([sku, count])
                self.journal.note(f"refused: {error!r}")

    def worth(self):
        return round(sum(part.value() for part in self.parts.values()), 2)

    def orders(self):
        wanted = {}
        for part in self.parts.values():
            if part.is_low():
                wanted[part.sku] = 2 * part.minimum - part.count
        return wanted

    def print_stock(self):
        for part in self.parts.values():
            mark = "!" if part.is_low() else " "
            print(f"{mark} {part.sku:<8}{part.count:>5}{part.value():>10.2f}")

    def write(self):
        target = self.folder / "stock.after.json"
        target.write_text(json.dumps([vars(part) for part in self.parts.values()], indent=1))
        (self.folder / "journal.txt").write_text("\n".join(self.journal.lines))

    def run(self):
        with stage("loading"):
            self.load()
        before = self.worth()
        print(f"worth {before} in the morning")
        clew.save(before, "worth_before")
        with stage("movements"):
            movements = json.loads((self.folder / "movements.json").read_text())
            self.apply_all(movements)
        self.print_stock()
        after = self.worth()
        print(f"worth {after} in the evening ({after - before:+.2f})")
        clew.save(self.refused, "refused")
        orders = self.orders()
        for sku, count in orders.items():
            print(f"order {count} of {sku}")
        clew.save(orders, "orders")
        self.write()
        return len(self.refused)


def prepare(folder):
    (folder / "stock.json").write_text(json.dumps(STOCK))
    (folder / "movements.json").write_text(json.dumps(MOVEMENTS))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        warehouse = Warehouse(folder)
        refused = warehouse.run()
        print(f"{refused} movements refused, {warehouse.shortfall} pieces short")
        print(sorted(path.name for path in folder.iterdir()))
    return 2 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
