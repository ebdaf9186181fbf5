import numpy as np
import pandas as pd

random = np.random.default_rng(0)
rows = 2_000_000
sales = pd.DataFrame(
    {
        "shop": random.integers(0, 500, rows),
        "day": random.integers(0, 365, rows),
        "pieces": random.poisson(3, rows),
        "price": random.gamma(2.0, 5.0, rows),
    }
)
sales["revenue"] = sales["pieces"] * sales["price"]
sales = sales[sales["pieces"] > 0]
shops = pd.DataFrame({"shop": range(500), "region": random.integers(0, 12, 500)})
joined = sales.merge(shops, on="shop")
by_day = joined.groupby(["region", "day"])["revenue"].sum().unstack("region")
smooth = by_day.rolling(28, min_periods=1).mean()
best = joined.sort_values("revenue", ascending=False).head(100)
share = joined.groupby("region")["revenue"].sum() / joined["revenue"].sum()
spread = joined.groupby("shop")["revenue"].agg(["mean", "std", "median"])
print(smooth.tail(1).round(2).to_string())
print(best["revenue"].mean(), share.max(), spread["std"].max())
