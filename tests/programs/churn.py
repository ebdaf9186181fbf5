"""Customers that leave: builds features from events, and compares groups of customers."""

import argparse
import logging
from pathlib import Path

import numpy as np
import pandas as pd

import clew

logger = logging.getLogger("churn")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=120)
    parser.add_argument("--folder", default="churn_data")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--sep", default=";")
    return parser.parse_args()


def make_customers(count, rng):
    return pd.DataFrame(
        {
            "customer": np.arange(count),
            "plan": rng.choice(["basic", "plus", "pro"], size=count, p=[0.5, 0.3, 0.2]),
            "age": rng.integers(18, 80, size=count),
            "country": rng.choice(["de", "fr", "pl"], size=count),
        }
    )


def make_events(customers, rng):
    frames = []
    for customer in customers["customer"]:
        visits = int(rng.integers(0, 12))
        frames.append(
            pd.DataFrame(
                {
                    "customer": customer,
                    "day": rng.integers(0, 90, size=visits),
                    "minutes": rng.exponential(12, size=visits).round(1),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def write_inputs(folder, count, sep):
    rng = np.random.default_rng(42)
    customers = make_customers(count, rng)
    events = make_events(customers, rng)
    folder.mkdir(exist_ok=True)
    customers.to_csv(folder / "customers.csv", sep=sep, index=False)
    events.to_csv(folder / "events.csv", sep=sep, index=False)
    logger.info("%d customers, %d events", len(customers), len(events))


def read_inputs(folder, sep):
    customers = pd.read_csv(folder / "customers.csv", sep=sep)
    events = pd.read_csv(folder / "events.csv", sep=sep)
    return customers, events


def check(customers, events):
    if customers["customer"].duplicated().any():
        raise ValueError("customers appear twice")
    unknown = ~events["customer"].isin(customers["customer"])
    if unknown.any():
        raise ValueError(f"{unknown.sum()} events of unknown customers")
    logger.info("inputs are sound")


def add_features(customers, events):
    per_customer = events.groupby("customer").agg(
        visits=("day", "size"), last=("day", "max"), minutes=("minutes", "sum")
    )
    features = customers.merge(per_customer, left_on="customer", right_index=True, how="left")
    features["visits"] = features["visits"].fillna(0).astype(int)
    features["minutes"] = features["minutes"].fillna(0.0)
    features["last"] = features["last"].fillna(-1)
    return features


def label(features, silent_for=30):
    """Whoever was not seen for some days is gone."""
    features["gone"] = features["last"] < 90 - silent_for
    features["age_group"] = pd.cut(
        features["age"], [0, 30, 50, 120], labels=["young", "middle", "old"]
    )


def describe(features):
    print(features.describe().round(2).to_string())
    print(features["plan"].value_counts().to_string())
    missing = features.isna().sum()
    print("missing:", int(missing.sum()))


def churn_by(features, column):
    table = features.groupby(column, observed=True)["gone"].agg(["mean", "size"])
    table["mean"] = table["mean"].round(3)
    return table.sort_values("mean", ascending=False)


def minutes_by_plan(features):
    active = features[features["visits"] > 0]
    per_visit = active["minutes"] / active["visits"]
    return per_visit.groupby(active["plan"]).median().round(2)


def write_report(folder, tables):
    with open(folder / "report.txt", "w") as file:
        for name, table in tables.items():
            file.write(f"== {name}\n{table.to_string()}\n\n")


def main():
    options = arguments()
    logging.basicConfig(level=logging.WARNING if options.quiet else logging.INFO)
    folder = Path(options.folder)
    write_inputs(folder, options.customers, options.sep)
    customers, events = read_inputs(folder, options.sep)
    try:
        check(customers, events)
    except ValueError:
        logger.exception("the inputs are not sound")
        return
    features = add_features(customers, events)
    label(features)
    describe(features)
    print(f"gone: {features['gone'].mean():.1%}")

    by_plan = churn_by(features, "plan")
    by_age = churn_by(features, "age_group")
    print(by_plan.to_string())
    print(by_age.to_string())
    clew.save(by_age, "churn_by_age")

    minutes = minutes_by_plan(features)
    print(minutes.to_string())
    clew.save(minutes, "minutes_by_plan")

    weekly = events.groupby(events["day"] // 7)["minutes"].sum()
    logger.info("%d weeks", len(weekly))
    clew.save(weekly.tolist(), "weekly_minutes")
    write_report(folder, {"plan": by_plan, "age": by_age})


if __name__ == "__main__":
    main()
