"""Monthly sales: reads a CSV of orders, cleans it, and reports by region and product."""

import argparse
import csv
import logging
import random
import time
from collections import defaultdict
from pathlib import Path

import clew

log = logging.getLogger("sales")

REGIONS = ["north", "south", "east", "west"]
PRODUCTS = {"lamp": 25.0, "chair": 80.0, "table": 210.0, "shelf": 55.0}
VAT = 0.19


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("sales"))
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--top", type=int, default=3)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def set_up_logging(verbose):
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    log.debug("logging is set up")


def write_orders(path, count, seed):
    """Makes up the file that a shop would export."""
    rng = random.Random(seed)
    names = list(PRODUCTS)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order", "month", "region", "product", "quantity"])
        for number in range(count):
            quantity = rng.choice(["1", "2", "3", "5", "", "x"])
            writer.writerow(
                [number, rng.randint(1, 12), rng.choice(REGIONS), rng.choice(names), quantity]
            )
    log.info("wrote %d orders", count)


def read_orders(path):
    started = time.perf_counter()
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    elapsed = time.perf_counter() - started
    log.debug("read %d rows in %.3f s", len(rows), elapsed)
    return rows


def clean(rows):
    kept, rejected = [], []
    for row in rows:
        try:
            quantity = int(row["quantity"])
        except ValueError:
            rejected.append(row)
            continue
        kept.append(
            {
                "month": int(row["month"]),
                "region": row["region"],
                "product": row["product"],
                "quantity": quantity,
            }
        )
    log.info("kept %d, rejected %d", len(kept), len(rejected))
    return kept, rejected


def revenue(row):
    return row["quantity"] * PRODUCTS[row["product"]]


def by_region(rows):
    totals = defaultdict(float)
    for row in rows:
        totals[row["region"]] += revenue(row)
    return dict(totals)


def by_month(rows):
    months = [0.0] * 12
    for row in rows:
        months[row["month"] - 1] += revenue(row)
    return months


def best_products(rows, top):
    totals = defaultdict(int)
    for row in rows:
        totals[row["product"]] += row["quantity"]
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return ranked[:top]


def print_table(title, pairs):
    print(title)
    print("-" * len(title))
    for name, value in pairs:
        print(f"{name:<10}{value:>12,.2f}")
    print()


def draw_bars(months, path):
    """A bar chart for people without a plotting library."""
    peak = max(months)
    lines = []
    for number, value in enumerate(months, start=1):
        bar = "#" * round(30 * value / peak)
        lines.append(f"{number:>2} {bar}")
    path.write_text("\n".join(lines) + "\n")
    log.info("drew %d bars", len(lines))


def main():
    options = parse_arguments()
    set_up_logging(options.verbose)
    options.folder.mkdir(parents=True, exist_ok=True)
    orders = options.folder / "orders.csv"
    write_orders(orders, options.orders, options.seed)

    rows = read_orders(orders)
    kept, rejected = clean(rows)
    if not kept:
        log.error("nothing to report")
        return 1
    share = len(rejected) / len(rows)
    if share > 0.25:
        log.warning("%.0f%% of the orders were rejected", share * 100)
    clew.save(round(share, 3), "rejected_share")

    regions = by_region(kept)
    print_table("Revenue by region", sorted(regions.items()))
    gross = {name: round(value * (1 + VAT), 2) for name, value in regions.items()}
    print_table("With VAT", sorted(gross.items()))
    clew.save(gross, "gross_by_region")

    months = by_month(kept)
    draw_bars(months, options.folder / "months.txt")
    print(f"best month: {months.index(max(months)) + 1}")

    best = best_products(kept, options.top)
    for place, (name, quantity) in enumerate(best, start=1):
        print(f"{place}. {name} ({quantity})")
    clew.save(best, "best_products")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
