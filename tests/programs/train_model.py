"""Trains classifiers on made-up measurements, and picks the better one."""

import json
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import clew


@dataclass(frozen=True)
class Settings:
    samples: int = 240
    features: int = 4
    test_share: float = 0.25
    seed: int = 3
    depth: int = 3


timings = {}


@contextmanager
def timed(name):
    start = time.perf_counter()
    yield
    timings[name] = time.perf_counter() - start


def load_settings(path):
    defaults = asdict(Settings())
    if path.exists():
        defaults.update(json.loads(path.read_text()))
    settings = Settings(**defaults)
    print("settings:", settings)
    return settings


def make_data(settings):
    rng = np.random.default_rng(settings.seed)
    X = rng.normal(size=(settings.samples, settings.features))
    noise = rng.normal(scale=0.4, size=settings.samples)
    score = X[:, 0] * 1.5 - X[:, 1] + 0.5 * X[:, 2] ** 2 + noise
    y = (score > np.median(score)).astype(int)
    return X, y


def summarize(X, y):
    print(f"{X.shape[0]} samples, {X.shape[1]} features")
    for column in range(X.shape[1]):
        values = X[:, column]
        print(f"  feature {column}: {values.mean():+.2f} ± {values.std():.2f}")
    print("classes:", np.bincount(y).tolist())


def scale(train, test):
    scaler = StandardScaler()
    scaled = scaler.fit_transform(train)
    return scaled, scaler.transform(test), scaler


def train_linear(X, y):
    model = LogisticRegression(C=1.0, max_iter=200)
    model.fit(X, y)
    return model


def train_tree(X, y, depth, seed):
    model = DecisionTreeClassifier(max_depth=depth, random_state=seed)
    model.fit(X, y)
    return model


def evaluate(name, model, X, y):
    predicted = model.predict(X)
    accuracy = accuracy_score(y, predicted)
    print(f"{name}: {accuracy:.3f}")
    return accuracy, predicted


def plot_weights(weights, path):
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.bar(range(len(weights)), weights)
    axes.set_xlabel("feature")
    axes.set_ylabel("weight")
    figure.savefig(path)
    plt.close(figure)


def plot_classes(X, y, path):
    figure, axes = plt.subplots()
    for value, color in [(0, "tab:blue"), (1, "tab:red")]:
        chosen = X[y == value]
        axes.scatter(chosen[:, 0], chosen[:, 1], c=color, label=str(value))
    axes.legend()
    figure.savefig(path)
    plt.close(figure)


def main():
    output = Path("model_output")
    output.mkdir(exist_ok=True)
    settings = load_settings(output / "settings.json")
    with timed("data"):
        X, y = make_data(settings)
    summarize(X, y)
    plot_classes(X, y, output / "classes.png")
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=settings.test_share, random_state=settings.seed
    )
    scaled_train, scaled_test, scaler = scale(X_train, X_test)
    clew.save(scaler.mean_.round(6).tolist(), "feature_means")

    with timed("linear"):
        linear = train_linear(scaled_train, y_train)
    linear_accuracy, _ = evaluate("linear", linear, scaled_test, y_test)
    weights = linear.coef_[0].round(4)
    plot_weights(weights, output / "weights.png")
    clew.save(weights, "linear_weights")

    with timed("tree"):
        tree = train_tree(X_train, y_train, settings.depth, settings.seed)
    tree_accuracy, predicted = evaluate("tree", tree, X_test, y_test)
    matrix = confusion_matrix(y_test, predicted)
    print(matrix)
    clew.save(matrix.tolist(), "tree_confusion")

    best = "linear" if linear_accuracy >= tree_accuracy else "tree"
    print(f"the better one: {best}")
    report = {"best": best, "linear": linear_accuracy, "tree": tree_accuracy}
    (output / "report.json").write_text(json.dumps(report))
    (output / "timings.json").write_text(json.dumps(timings))
    print("timed:", ", ".join(sorted(timings)))


if __name__ == "__main__":
    main()
