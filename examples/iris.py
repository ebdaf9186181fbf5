"""How long is an iris's petal, given its width and its kind? The flowers are made up."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

import clew

# Mean length and width of a petal, in centimetres.
petals = {"setosa": (1.5, 0.25), "versicolor": (4.3, 1.3), "virginica": (5.6, 2.0)}
flowers = 50

random = np.random.default_rng(1936)
kinds = np.repeat(list(petals), flowers)
width = np.concatenate([random.normal(w, w / 6, flowers) for _, w in petals.values()])
length = np.concatenate([random.normal(l, l / 10, flowers) for l, _ in petals.values()])
iris = pd.DataFrame({"kind": kinds, "width": width, "length": length})

# Columns that are mapped from the kind: one to draw with, two to fit with.
iris["color"] = iris["kind"].map({"setosa": "blue", "versicolor": "green", "virginica": "red"})
iris["is_versicolor"] = iris["kind"].map(lambda kind: int(kind == "versicolor"))
iris["is_virginica"] = iris["kind"].map(lambda kind: int(kind == "virginica"))

print(iris.groupby("kind")[["width", "length"]].mean().round(2))

plt.scatter(iris["width"], iris["length"], c=iris["color"])
plt.xlabel("width")
plt.ylabel("length")
plt.savefig("iris.png")

widest = iris.loc[iris["width"].idxmax()]
print(f"The widest petal is that of a {widest['kind']}: {widest['width']:.2f} cm.")

features = iris[["width", "is_versicolor", "is_virginica"]]
model = LinearRegression()
model.fit(features, iris["length"])

score = model.score(features, iris["length"])
print(f"The model explains {score:.1%} of the variance.")

clew.save(model, "iris model")
