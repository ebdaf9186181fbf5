"""Trains a model."""
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import helpers

alpha = float(sys.argv[1])
here = Path(__file__).name
frame = pd.read_csv("houses.csv")
frame["rooms"] = frame["rooms"].fillna(frame["rooms"].median())
frame.loc[frame["area"] < 10, "area"] = 10
scratch = frame.copy()
scratch["dense"] = scratch["rooms"] / scratch["area"]
densest = scratch["dense"].max()
scratch = None
frame = frame.assign(size=helpers.scaled(frame["area"], 2))
columns = [name for name in frame.columns if name != "price"]
X, y = frame[columns].to_numpy(), frame["price"].to_numpy()
scaler = StandardScaler()
X = scaler.fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = Ridge(alpha=alpha)
model.fit(X_train, y_train)
score = model.score(X_test, y_test)
if score > 0 and alpha:
    kind = "good"
else:
    kind = "bad"
match kind:
    case "good":
        grade = 1
    case _:
        grade = 0
runs = 0
def note(value):
    global runs, noted
    runs += 1
    noted = value
note(score)
best, *others = sorted(zip(np.abs(model.coef_), columns), reverse=True)
weights = {name: round(float(weight), 6) for weight, name in [best, *others]}
predicted = model.predict(X_test)
report = pd.DataFrame({"price": y_test, "predicted": predicted.round(6)})
report.to_csv("report.csv", index=False)
again = pd.read_csv("report.csv")
error = float((again["price"] - again["predicted"]).abs().mean())
text = f"{here}: {score:.4f}, {kind}, off by {error:.2f}"
print(text)
