from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x, y = make_classification(n_samples=6_000, n_features=30, n_informative=12, random_state=0)
x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
forest = RandomForestClassifier(n_estimators=60, random_state=0)
forest.fit(x_train, y_train)
line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
scores = cross_val_score(line, x_train, y_train, cv=5)
line.fit(x_train, y_train)
print(accuracy_score(y_test, forest.predict(x_test)))
print(accuracy_score(y_test, line.predict(x_test)), scores.mean())
