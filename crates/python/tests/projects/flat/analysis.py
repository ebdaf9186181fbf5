# Quarterly margins. TODO: tidy up before the meeting!!
import os
import sys
import json
import datetime as dt

import numpy as np
import pandas as pd
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

from cleaning import as_numbers, tidy_names
from regions import REGIONS, region_of
import plots

pd.set_option("display.width", 120)
DEBUG = True
RATES = {"EUR": 1.0, "USD": 0.9}
VAT = 0.19

orders = pd.read_csv("data/orders.csv", sep=";")
customers = pd.read_csv("data/customers.csv")
print(orders.head())
print(customers.shape)

# --- cleaning
orders = tidy_names(orders)
orders["price"] = as_numbers(orders["price"])
orders["pieces"] = orders["pieces"].fillna(1).astype(int)
before = len(orders)
orders = orders.drop_duplicates(subset=["order"])
if DEBUG:
    print("dropped", before - len(orders))

# an experiment of last week, not used any more
by_day = orders.groupby("day")["price"].sum()
smooth = by_day.rolling(2).mean()
plots.line(smooth, "smooth.png")

orders["rate"] = orders["currency"].map(RATES)
orders["net"] = orders["price"] * orders["pieces"] * orders["rate"] / (1 + VAT)

table = orders.merge(customers, on="customer", how="left")
table["region"] = [region_of(code) for code in table["postcode"]]
unknown = table[~table["region"].isin(REGIONS)]
print("unknown regions:", len(unknown))
table = table[table["region"].isin(REGIONS)]

for name in REGIONS:
    part = table[table["region"] == name]
    print(name, len(part), round(part["net"].sum(), 2))

with open("costs.json") as file:
    costs = json.load(file)
table["cost"] = table["product"].map(costs["per piece"]) * table["pieces"]
table["margin"] = table["net"] - table["cost"]

plt.hist(table["margin"])
plt.savefig("margins.png")
plt.close()

best = table.sort_values("margin").tail(3)
print(best[["order", "margin"]])

margins = table.groupby("region")["margin"].sum().round(2).to_dict()
share = {name: round(100 * value / sum(margins.values()), 1) for name, value in margins.items()}
print(margins)
print(share)

with open("report-%s.txt" % dt.date.today(), "w") as file:
    file.write(str(share))
