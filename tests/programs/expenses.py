"""Expenses in a database: imports them from JSON files, checks them, and settles who owes whom."""

import argparse
import json
import sqlite3
import sys
import time
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import clew

INPUTS = {
    "spring.json": [
        {"who": "ann", "day": "2024-03-02", "what": "food", "amount": "31.20"},
        {"who": "bob", "day": "2024-03-05", "what": "train", "amount": "58.00"},
        {"who": "cid", "day": "2024-04-11", "what": "food", "amount": "12.75"},
        {"who": "ann", "day": "2024-04-31", "what": "rent", "amount": "900"},
    ],
    "summer.json": [
        {"who": "bob", "day": "2024-06-20", "what": "food", "amount": "-4"},
        {"who": "cid", "day": "2024-07-01", "what": "tent", "amount": "140.50"},
        {"who": "ann", "day": "2024-07-09", "what": "food", "amount": "22.05"},
    ],
    "broken.json": "not json",
}


class ImportFailed(Exception):
    """A file that cannot be used at all."""


class Ledger:
    def __init__(self, path):
        self.connection = sqlite3.connect(path)
        self.connection.execute("create table if not exists expense (who, day, what, cents)")
        self.writes = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.connection.commit()
        else:
            self.connection.rollback()
        self.connection.close()
        return False

    def add(self, who, day, what, cents):
        self.connection.execute(
            "insert into expense values (?, ?, ?, ?)", (who, day.isoformat(), what, cents)
        )
        self.writes += 1

    def query(self, text, *values):
        with closing(self.connection.execute(text, values)) as cursor:
            return cursor.fetchall()


def write_inputs(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in INPUTS.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text)


def read_file(path):
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ImportFailed(path.name) from error


def checked(entry):
    day = date.fromisoformat(entry["day"])
    amount = Decimal(entry["amount"])
    if amount <= 0:
        raise ValueError(f"{amount} is not an expense")
    return entry["who"], day, entry["what"], int(amount * 100)


def import_folder(ledger, folder, problems):
    count = 0
    for path in sorted(folder.glob("*.json")):
        try:
            entries = read_file(path)
        except ImportFailed as error:
            problems.append(f"{error}: {type(error.__cause__).__name__}")
            continue
        for entry in entries:
            try:
                row = checked(entry)
            except ValueError as error:
                problems.append(f"{path.name}: {error}")
            else:
                ledger.add(*row)
                count += 1
    return count


def totals(ledger):
    rows = ledger.query("select who, sum(cents) from expense group by who order by who")
    return dict(rows)


def settle(paid):
    """Who gives how much to whom, so that all have paid the same."""
    share = sum(paid.values()) // len(paid)
    balance = {who: cents - share for who, cents in paid.items()}
    transfers = []

    def transfer(giver, taker):
        amount = min(-balance[giver], balance[taker])
        balance[giver] += amount
        balance[taker] -= amount
        transfers.append((giver, taker, amount))

    while min(balance.values()) < 0:
        giver = min(balance, key=balance.get)
        taker = max(balance, key=balance.get)
        transfer(giver, taker)
    return transfers


def show_transfers(transfers):
    for giver, taker, cents in transfers:
        print(f"{giver} -> {taker}: {cents / 100:.2f}")


def export(ledger, path):
    rows = ledger.query("select * from expense order by day")
    with path.open("w") as file:
        for row in rows:
            print(*row, sep=",", file=file)
    print(f"exported {len(rows)} expenses")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command")
    settling = commands.add_parser("settle")
    settling.add_argument("--folder", type=Path, default=Path("expenses"))
    listing = commands.add_parser("list")
    listing.add_argument("--limit", type=int, default=10)
    options = parser.parse_args(sys.argv[1:] or ["settle"])
    if options.command == "list":
        parser.error("nothing to list yet")

    started = time.monotonic()
    write_inputs(options.folder)
    database = options.folder / "ledger.db"
    database.unlink(missing_ok=True)
    problems = []
    with Ledger(database) as ledger:
        count = import_folder(ledger, options.folder, problems)
        print(f"imported {count}, {len(problems)} problems")
        clew.save(problems, "problems")
        paid = totals(ledger)
        for who, cents in paid.items():
            print(f"{who} paid {cents / 100:.2f}")
        clew.save(paid, "paid")
        kinds = ledger.query("select what, count(*) from expense group by what order by what")
        print("kinds:", kinds)
        export(ledger, options.folder / "all.csv")
    transfers = settle(paid)
    show_transfers(transfers)
    clew.save(transfers, "transfers")
    if time.monotonic() - started > 300:
        print("that took long", file=sys.stderr)
    return 3 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
