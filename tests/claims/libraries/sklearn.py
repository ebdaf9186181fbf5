"""scikit-learn's examples: every estimator with small data, and its functions."""

import copy
import inspect
import io
import os

import matplotlib

matplotlib.use("Agg")

import contourpy
import matplotlib.pyplot
import numpy
import scipy.sparse
import sklearn
import sklearn._loss.loss
import sklearn.calibration
import sklearn.callback
import sklearn.cluster
import sklearn.compose
import sklearn.covariance
import sklearn.datasets
import sklearn.decomposition
import sklearn.feature_extraction.image
import sklearn.feature_extraction.text
import sklearn.feature_selection
import sklearn.gaussian_process
import sklearn.inspection
import sklearn.isotonic
import sklearn.linear_model
import sklearn.manifold
import sklearn.metrics
import sklearn.model_selection
import sklearn.neighbors
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.random_projection
import sklearn.svm
import sklearn.tree
import sklearn.utils
import sklearn.utils.metadata_routing
import sklearn.utils.parallel
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.utils.discovery import all_estimators

PACKAGES = ["sklearn"]
MODULES = {"sklearn": sklearn, "numpy": numpy, "scipy": scipy}
NAMESPACES = [
    "sklearn", "sklearn.base", "sklearn.calibration", "sklearn.cluster", "sklearn.compose", "sklearn.covariance", "sklearn.cross_decomposition", "sklearn.datasets", "sklearn.decomposition",
    "sklearn.discriminant_analysis", "sklearn.dummy", "sklearn.ensemble", "sklearn.feature_extraction", "sklearn.feature_extraction.text", "sklearn.feature_selection", "sklearn.gaussian_process", "sklearn.impute",
    "sklearn.inspection", "sklearn.isotonic", "sklearn.kernel_approximation", "sklearn.kernel_ridge", "sklearn.linear_model", "sklearn.manifold", "sklearn.metrics", "sklearn.metrics.pairwise", "sklearn.mixture",
    "sklearn.model_selection", "sklearn.multiclass", "sklearn.multioutput", "sklearn.naive_bayes", "sklearn.neighbors", "sklearn.neural_network", "sklearn.pipeline", "sklearn.preprocessing", "sklearn.random_projection",
    "sklearn.semi_supervised", "sklearn.svm", "sklearn.tree", "sklearn.utils",
]
SKIPPED = dict.fromkeys(["sklearn.datasets.fetch_*", "sklearn.show_versions", "sklearn.utils.deprecated"], "it asks for the network or the machine")
ROWS = numpy.array([[0.1, 1.0, 0.5], [0.2, 1.4, 0.1], [0.3, 0.9, 0.7], [0.9, 0.2, 0.3], [1.2, 0.1, 0.9], [1.1, 0.3, 0.2], [0.15, 1.2, 0.4], [1.0, 0.25, 0.6], [0.25, 1.1, 0.35], [1.3, 0.15, 0.8], [0.05, 1.3, 0.55], [1.05, 0.05, 0.45]])
LABELS = numpy.array([0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1])
TEXTS = ["a red fish", "a blue fish", "one red bird", "two blue birds"] * 3
CLASSES = dict(all_estimators())
# Small enough to be quick.
SMALL = {
    "n_estimators": 3, "max_iter": 20, "n_components": 2, "cv": 2, "n_init": 1, "n_clusters": 2, "n_splits": 2, "n_resampling": 2, "min_patches": 1, "n_neighbors": 2, "n_iter": 2, "max_trials": 5, "n_nearest_features": 1, "perplexity": 2, "n_features_to_select": 1, "min_samples_leaf": 1,
}
# Their first argument is another estimator.
INNER = {"estimator": "sklearn.linear_model.LogisticRegression()", "base_estimator": "sklearn.linear_model.LogisticRegression()"}


def made(name):
    """An estimator as it is before it has seen data."""
    kind = CLASSES[name]
    given = {}
    for parameter in inspect.signature(kind).parameters.values():
        if parameter.name in SMALL and parameter.default is not parameter.empty:
            given[parameter.name] = SMALL[parameter.name]
        elif parameter.name in INNER:
            given[parameter.name] = sklearn.linear_model.LogisticRegression()
    if name in ("ClassifierChain", "MultiOutputClassifier", "RegressorChain", "MultiOutputRegressor"):
        given.pop("n_estimators", None)
    if name in ("GridSearchCV", "HalvingGridSearchCV"):
        given["param_grid"] = {"C": [0.1, 1.0]}
    if name in ("RandomizedSearchCV", "HalvingRandomSearchCV"):
        given["param_distributions"] = {"C": [0.1, 1.0]}
    if name in ("VotingClassifier", "StackingClassifier"):
        given["estimators"] = [("a", sklearn.linear_model.LogisticRegression()), ("b", sklearn.tree.DecisionTreeClassifier())]
    if name in ("VotingRegressor", "StackingRegressor"):
        given["estimators"] = [("a", sklearn.linear_model.Ridge()), ("b", sklearn.tree.DecisionTreeRegressor())]
    if name == "Pipeline":
        given = {"steps": [("a", sklearn.preprocessing.StandardScaler()), ("b", sklearn.linear_model.LogisticRegression())]}
    if name == "FeatureUnion":
        given = {"transformer_list": [("a", sklearn.preprocessing.StandardScaler()), ("b", sklearn.decomposition.PCA(2))]}
    if name == "ColumnTransformer":
        given = {"transformers": [("a", sklearn.preprocessing.StandardScaler(), [0, 1])]}
    if name == "SparseCoder":
        given = {"dictionary": numpy.eye(3)}
    if name in ("RANSACRegressor", "RegressorChain", "MultiOutputRegressor"):
        given["estimator"] = sklearn.linear_model.LinearRegression()
        given.pop("base_estimator", None)
    return kind(**given)


def data(name):
    """What an estimator is fitted with."""
    if name in ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer"):
        return [TEXTS]
    if name == "DictVectorizer":
        return [[{"a": 1.0}, {"b": 2.0}]]
    if name == "FeatureHasher":
        return [[{"a": 1.0}, {"b": 2.0}]]
    if name in ("LabelEncoder", "LabelBinarizer"):
        return [LABELS.copy()]
    if name == "MultiLabelBinarizer":
        return [[(1, 2), (3,)]]
    if name == "IsotonicRegression":
        return [ROWS[:, 0].copy(), LABELS.copy()]
    if name == "PatchExtractor":
        return [numpy.arange(128.0).reshape(2, 8, 8)]
    if name == "KernelCenterer":
        return [ROWS @ ROWS.T]
    if name == "TfidfTransformer":
        return [ROWS.copy()]
    if name.startswith("MultiTask") or name in ("MultiOutputClassifier", "ClassifierChain", "MultiOutputRegressor", "RegressorChain", "CCA", "PLSCanonical", "PLSRegression", "PLSSVD"):
        return [ROWS.copy(), numpy.stack([LABELS, 1 - LABELS], axis=1)]
    return [ROWS.copy(), LABELS.copy()]


FITTED: dict = {}


def fitted(name):
    """A copy of an estimator that has seen data."""
    if name not in FITTED:
        FITTED[name] = made(name).fit(*data(name))
    return copy.deepcopy(FITTED[name])


LEARNING = ["fit", "partial_fit", "fit_transform", "fit_predict"]
KNOWING = [
    "predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "inverse_transform", "score_samples", "score", "kneighbors", "kneighbors_graph", "radius_neighbors", "apply", "decision_path", "staged_predict", "staged_predict_proba",
    "staged_decision_function", "get_feature_names_out", "get_support", "get_params", "get_covariance", "get_precision", "mahalanobis", "sample", "sample_y", "aic", "bic", "perplexity", "path", "densify", "sparsify", "gibbs", "cost_complexity_pruning_path", "get_depth", "get_n_leaves",
    "set_params", "set_output", "build_analyzer", "build_tokenizer", "build_preprocessor", "get_stop_words", "get_metadata_routing", "error_norm", "reconstruction_error", "correct_covariance", "reweight_covariance", "log_marginal_likelihood", "get_indices", "get_shape", "get_submatrix", "restrict", "set_fit_request", "__sklearn_tags__", "__len__", "__getitem__", "radius_neighbors_graph", "dbscan_clustering", "staged_score", "latent_mean_and_variance",
]
# What some methods are given; the others take rows, rows and labels, or nothing.
GIVEN = {"inverse_transform": "fitted('{0}').transform(data('{0}')[0])", "get_indices": "0", "get_shape": "0", "get_submatrix": "0, ROWS.copy()", "restrict": "fitted('{0}').get_support() if hasattr(fitted('{0}'), 'get_support') else [True]", "set_output": "transform='default'", "__getitem__": "0", "path": "ROWS.copy(), LABELS.copy()"}
ALONE = {
    "get_feature_names_out", "get_support", "get_params", "get_covariance", "get_precision", "sample", "densify", "sparsify", "get_depth", "get_n_leaves", "set_params", "build_analyzer", "build_tokenizer", "build_preprocessor", "get_stop_words", "get_metadata_routing", "reconstruction_error", "log_marginal_likelihood", "set_fit_request", "__sklearn_tags__", "__len__",
}


def GENERATED():
    lines = []
    for name, kind in CLASSES.items():
        for method in LEARNING:
            if hasattr(kind, method):
                lines.append(f"made('{name}').{method}(*data('{name}'))")
        if "random_state" in inspect.signature(kind).parameters:
            lines.append(f"seeded('{name}').fit(*data('{name}'))")
        for method in KNOWING:
            if not hasattr(kind, method):
                continue
            if method in GIVEN:
                inside = GIVEN[method].format(name)
            elif method in ALONE:
                inside = ""
            elif method in ("score", "error_norm", "staged_score"):
                inside = f"*data('{name}')" if method != "error_norm" else "numpy.eye(3)"
            else:
                inside = f"data('{name}')[0]"
            lines.append(f"fitted('{name}').{method}({inside})")
        lines.append(f"kind('{name}')()")
    return lines


def seeded(name):
    return made(name).set_params(random_state=0)


def unsorted():
    """Neighbours whose distances are out of order."""
    graph = sklearn.neighbors.kneighbors_graph(ROWS, 2, mode="distance")
    graph.data[:2] = graph.data[1::-1].copy() + [1.0, 0.0]
    return graph


def filling():
    """An imputer that draws what it fills in."""
    return IterativeImputer(max_iter=2, sample_posterior=True).fit(gappy())


def packed():
    """A folder with a folder for each kind of text."""
    os.makedirs("pack/a")
    with open("pack/a/f.txt", "w") as file:
        file.write("a red fish")
    return "pack"


def gappy():
    rows = ROWS.copy()
    rows[0, 0] = numpy.nan
    return rows


def entered():
    """One that has worked, and tells of it."""
    parallel = sklearn.utils.parallel.Parallel(n_jobs=1, verbose=11)
    parallel.__enter__()
    parallel([sklearn.utils.parallel.delayed(id_of)(1)])
    return parallel


def pandas_rows():
    import pandas

    return pandas.DataFrame(ROWS, columns=["a", "b", "c"])


class Own(sklearn.base.ClassifierMixin, sklearn.base.TransformerMixin, sklearn.base.ClusterMixin):
    """What is no estimator of sklearn's, only made of its parts."""

    def fit(self, X, y=None):
        self.labels_ = LABELS.copy()
        return self

    def transform(self, X):
        return X

    def predict(self, X):
        return LABELS.copy()


def id_of(value):
    return value


MAKERS = {
    "made": lambda: made, "fitted": lambda: fitted, "seeded": lambda: seeded, "data": lambda: data, "kind": lambda: CLASSES.__getitem__,
    "ROWS": lambda: ROWS.copy(), "LABELS": lambda: LABELS.copy(), "X": lambda: ROWS.copy(), "y": lambda: LABELS.copy(), "s": lambda: ROWS[:, 0].copy(), "p": lambda: numpy.clip(ROWS[:, 0], 0, 1), "sym": lambda: ROWS @ ROWS.T + numpy.eye(12),
    "rng": lambda: numpy.random.RandomState(0), "csr": lambda: scipy.sparse.csr_matrix(ROWS), "clf": lambda: fitted("LogisticRegression"), "tree": lambda: fitted("DecisionTreeClassifier"), "image": lambda: numpy.arange(64.0).reshape(8, 8),
    "svm_file": lambda: (sklearn.datasets.dump_svmlight_file(ROWS, LABELS, "a.svm"), "a.svm")[1], "out": io.StringIO, "bytes_out": io.BytesIO, "bunch": lambda: sklearn.utils.Bunch(a=[1]), "folds": lambda: sklearn.model_selection.KFold(2),
    "points": lambda: sklearn.neighbors.KDTree(ROWS), "balls": lambda: sklearn.neighbors.BallTree(ROWS), "nearness": lambda: sklearn.neighbors.kneighbors_graph(ROWS, 2, mode="distance"), "graph": lambda: unsorted(),
    "process": lambda: sklearn.gaussian_process.GaussianProcessRegressor().fit(ROWS, LABELS), "imputer": lambda: filling(), "gappy": gappy, "pack": packed, "entered": entered, "own": lambda: Own(), "named": lambda: sklearn.preprocessing.StandardScaler().fit(pandas_rows()), "rows": pandas_rows,
    "half": lambda: sklearn._loss.loss.HalfBinomialLoss(), "raw": lambda: ROWS[:, 0].copy(), "truth": lambda: LABELS.astype(float), "three": lambda: sklearn._loss.loss.HalfMultinomialLoss(n_classes=3), "logits": lambda: ROWS.copy(),
    "router": lambda: sklearn.utils.metadata_routing.MetadataRouter(owner="o"), "mapping": lambda: sklearn.utils.metadata_routing.MethodMapping(), "parallel": lambda: sklearn.utils.parallel.Parallel(n_jobs=1), "tasks": lambda: [sklearn.utils.parallel.delayed(id_of)(ROWS.copy())],
    "shuffled": lambda: sklearn.model_selection.ShuffleSplit(2), "grid": lambda: sklearn.model_selection.ParameterGrid({"a": [1, 2]}), "sampler": lambda: sklearn.model_selection.ParameterSampler({"a": [1, 2]}, 1), "repeated": lambda: sklearn.model_selection.RepeatedKFold(n_splits=2, n_repeats=1), "selector": lambda: sklearn.compose.make_column_selector("a"),
    "nested": lambda: sklearn.model_selection.KFold(2, shuffle=True), "seeded_folds": lambda: sklearn.model_selection.KFold(2, shuffle=True, random_state=numpy.random.RandomState(0)), "matrix": lambda: sklearn.metrics.ConfusionMatrixDisplay(numpy.eye(2)),
}
ARGUMENTS = {
    "X": "X", "x": "X", "y": "y", "Y": "X", "y_true": "y", "y_pred": "y[::-1].copy()", "y_score": "s", "y_prob": "p", "y_proba": "p", "labels": "y", "labels_true": "y", "labels_pred": "y[::-1].copy()", "estimator": "clf", "image": "image", "img": "image", "S": "sym", "emp_cov": "sym", "alpha": "0.1", "alphas": "[0.1]", "n_clusters": "2", "n_components": "2", "probas_pred": "p", "pred_decision": "s", "decision_tree": "tree",
    "a": "y", "b": "y[::-1].copy()", "array": "X", "M": "X", "w": "s", "v": "s", "distances": "sym", "similarity": "sym", "dissimilarities": "sym", "classes": "[0, 1]", "class_weight": "'balanced'", "score_func": "sklearn.metrics.accuracy_score", "indices": "[0, 1]", "mask": "[True, False]", "generator": "None", "seed": "None", "n": "12", "n_packs": "2", "batch_size": "5", "n_population": "5", "n_samples": "6", "n_dim": "3",
    "param_name": "'C'", "param_range": "[0.1, 1.0]", "features": "[0]", "dictionary": "numpy.eye(3)", "affinity": "sym", "adjacency": "sym", "n_features": "3", "min_samples": "2", "max_eps": "1.0", "reachability": "s", "core_distances": "s", "ordering": "y.argsort()", "eps": "0.5", "y_type": "'binary'", "target": "y", "rank": "1", "cv": "2", "arg": "X", "contamination": "0.1", "y_test": "y", "scoring": "'accuracy'", "X1": "X", "X2": "X", "data": "X", "K": "sym", "coef": "s", "bandwidth": "0.5", "random_state": "0",
}
FALLBACKS = ["X, y", "X", "y, y", "sym", "csr", "", "X, X", "s, y", "y, p", "image", "clf, X, y", "tree", "5", "X, 2"]
VARIANTS = {"random_state": ["None", "rng"], "copy": ["False"], "copy_X": ["False"]}
RECEIVERS = {
    "sklearn.compose.make_column_selector": ["selector"], "sklearn.utils.Bunch": ["bunch"], "sklearn.model_selection.BaseCrossValidator": ["folds", "nested"], "sklearn.model_selection.BaseShuffleSplit": ["shuffled"], "sklearn.model_selection.ParameterGrid": ["grid"],
    "sklearn.model_selection.ParameterSampler": ["sampler"], "sklearn.model_selection.RepeatedKFold": ["repeated"],
}
SETTINGS = {"module:sklearn": lambda: dict(sklearn.get_config())}
EXAMPLES = """
sklearn.clone(clf)
sklearn.base.clone(clf)
sklearn.base.is_classifier(clf)
sklearn.get_config()
sklearn.show_versions()
sklearn.set_config(display='text')
sklearn.config_context(display='text')
sklearn.cluster.k_means(X, 2)
sklearn.cluster.k_means(X, 2, random_state=rng)
sklearn.cluster.kmeans_plusplus(X, 2)
sklearn.cluster.affinity_propagation(sym, copy=False)
sklearn.cluster.spectral_clustering(sym, n_clusters=2)
sklearn.pipeline.make_pipeline(clf)
sklearn.pipeline.make_union(clf)
sklearn.compose.make_column_transformer((clf, [0]))
sklearn.compose.make_column_selector('a')
sklearn.compose.make_column_selector('a')(rows)
sklearn.covariance.graphical_lasso(numpy.eye(3), 0.1)
sklearn.covariance.fast_mcd(X)
sklearn.covariance.fast_mcd(X, random_state=rng)
sklearn.decomposition.fastica(X, 2)
sklearn.decomposition.fastica(X, 2, random_state=rng)
sklearn.feature_extraction.image.extract_patches_2d(image, (2, 2), max_patches=2)
sklearn.feature_extraction.image.extract_patches_2d(image, (2, 2), max_patches=2, random_state=rng)
sklearn.inspection.permutation_importance(clf, X, y, n_repeats=1)
sklearn.inspection.permutation_importance(clf, X, y, n_repeats=1, random_state=rng)
sklearn.linear_model.lasso_path(X, s)
sklearn.linear_model.ridge_regression(X, s, 1.0, solver='sag')
sklearn.linear_model.ridge_regression(X, s, 1.0, solver='sag', random_state=rng)
sklearn.manifold.smacof(sym, n_init=1)
sklearn.metrics.silhouette_score(X, y, sample_size=8)
sklearn.metrics.silhouette_score(X, y, sample_size=8, random_state=rng)
sklearn.metrics.make_scorer(sklearn.metrics.accuracy_score)
sklearn.metrics.ConfusionMatrixDisplay(numpy.eye(2))
sklearn.tree.export_text(tree)
sklearn.tree.export_graphviz(tree)
sklearn.tree.export_graphviz(tree, 'x.dot')
sklearn.tree.export_graphviz(tree, out)
sklearn.preprocessing.scale(X, copy=False)
sklearn.preprocessing.normalize(X, copy=False)
sklearn.preprocessing.quantile_transform(X, n_quantiles=5, subsample=6, copy=True)
sklearn.preprocessing.quantile_transform(X, n_quantiles=5, subsample=6, random_state=rng, copy=True)
sklearn.model_selection.train_test_split(X, y)
sklearn.model_selection.train_test_split(X, y, random_state=0)
sklearn.model_selection.train_test_split(X, y, random_state=rng)
sklearn.model_selection.check_cv(2)
sklearn.model_selection.cross_val_score(clf, X, y, cv=2)
sklearn.model_selection.cross_val_predict(clf, X, y, cv=2)
sklearn.model_selection.cross_validate(clf, X, y, cv=2)
sklearn.model_selection.KFold(2)
folds.split(X)
nested.split(X)
shuffled.split(X)
folds.get_n_splits(X)
repeated.split(X)
grid.__iter__()
grid.__len__()
sklearn.datasets.make_blobs()
sklearn.datasets.make_blobs(random_state=rng)
sklearn.datasets.make_classification()
sklearn.datasets.load_iris()
sklearn.datasets.dump_svmlight_file(X, y, 'n.svm')
sklearn.datasets.dump_svmlight_file(X, y, bytes_out)
sklearn.datasets.load_svmlight_file(svm_file)
sklearn.datasets.load_svmlight_files([svm_file])
sklearn.datasets.get_data_home('home')
sklearn.datasets.clear_data_home(sklearn.datasets.get_data_home('home'))
sklearn.datasets.load_files(pack)
sklearn.utils.check_array(X)
sklearn.utils.check_random_state(None)
sklearn.utils.check_random_state(rng)
sklearn.utils.resample(X)
sklearn.utils.shuffle(X, random_state=rng)
sklearn.utils.Bunch(a=X)
bunch.__getattr__('a')
bunch.__setattr__('b', X)
sklearn.utils.validation.check_is_fitted(clf)
sklearn.utils.validation.validate_data(clf, X)
sklearn.utils.extmath.randomized_svd(X, 1, random_state=None)
sklearn.utils.extmath.randomized_svd(X, 1, random_state=rng)
sklearn.utils.extmath.softmax(X, copy=False)
matrix.plot()
sklearn.metrics.ConfusionMatrixDisplay.from_predictions(y, y)
sklearn.inspection.DecisionBoundaryDisplay.from_estimator(fitted2, X[:, :2])
sklearn.calibration.CalibrationDisplay.from_predictions(y, p)
sklearn.model_selection.LearningCurveDisplay.from_estimator(clf, X, y, cv=2)
sklearn.tree.plot_tree(tree)
sklearn.preprocessing.StandardScaler(copy=False).fit_transform(X)
sklearn.linear_model.LinearRegression(copy_X=False).fit(X, y)
sklearn.cluster.KMeans(2, copy_x=False, n_init=1).fit(X)
process.sample_y(X)
process.sample_y(X, random_state=rng)
own.fit_transform(X)
own.fit_predict(X)
own.score(X, y)
clf.set_callbacks()
named.get_feature_names_out()
named.set_params(copy=False)
process.log_marginal_likelihood([0.1, 0.2], clone_kernel=False)
imputer.transform(X)
imputer.transform(gappy)
fitted('SelectKBest').get_support()
fitted('SelectKBest').transform(rows)
points.query(X)
points.query_radius(X, 0.5)
points.kernel_density(X, 0.5)
points.two_point_correlation(X, [0.5])
points.get_arrays()
points.get_n_calls()
points.get_tree_stats()
points.reset_n_calls()
balls.query(X)
balls.get_arrays()
sklearn.neighbors.KDTree(X)
sklearn.neighbors.BallTree(X)
sklearn.neighbors.kneighbors_graph(X, 2)
sklearn.neighbors.kneighbors_graph(fitted('NearestNeighbors'), 2)
sklearn.neighbors.radius_neighbors_graph(X, 0.5)
sklearn.neighbors.sort_graph_by_row_values(graph, warn_when_not_sorted=False)
sklearn.neighbors.sort_graph_by_row_values(graph, copy=True, warn_when_not_sorted=False)
sklearn.neighbors.sort_graph_by_row_values(nearness)
sklearn.model_selection.LearningCurveDisplay(train_sizes=y, train_scores=X, test_scores=X)
sklearn.metrics.DistanceMetric.get_metric('seuclidean', V=s)
sklearn.metrics.pairwise.ArgKmin.compute(X, X, 2)
sklearn.metrics.pairwise.ArgKmin.is_usable_for(X, X, 'euclidean')
sklearn.metrics.pairwise.ArgKmin.valid_metrics()
sklearn.utils._safe_indexing(X, [0, 1])
sklearn.utils._safe_indexing(X, slice(0, 2))
sklearn.utils._align_api_if_sparse(csr)
sklearn.utils.deprecated('it is old')
sklearn.utils.ClassifierTags()
sklearn.utils.InputTags()
sklearn.utils.Tags(estimator_type=None, target_tags=sklearn.utils.TargetTags(required=True))
sklearn._loss.loss.HalfBinomialLoss()
half.loss(truth, raw)
half.loss(truth, raw, None, s)
half.loss(truth, raw, loss_out=s)
half.loss_gradient(truth, raw, None, p, s)
half.gradient(truth, raw, gradient_out=s)
half.gradient(truth, raw, None, s)
half.gradient_hessian(truth, raw, None, s, p)
half.gradient_hessian(truth, raw, gradient_out=s, hessian_out=p)
half.constant_to_optimal_zero(truth)
half.fit_intercept_only(truth)
half.in_y_true_range(truth)
half.in_y_pred_range(p)
half.init_gradient_and_hessian(3)
half.predict_proba(raw)
three.gradient_proba(truth, logits, None, X)
three.gradient_proba(truth, logits, None, X, logits.copy())
three.gradient_proba(truth, logits, proba_out=X)
sklearn.calibration.MethodMapping()
mapping.add(caller='fit', callee='fit')
sklearn.calibration.MetadataRouter(owner='o')
router.add(a=clf, method_mapping=mapping)
router.add_self_request(clf)
router.consumes('fit', ['sample_weight'])
router.route_params(caller='fit', params={})
router.validate_metadata(method='fit', params={})
sklearn.base.is_pandas_na(numpy.nan)
sklearn.base.validate_parameter_constraints({'a': [int]}, {'a': 1}, 'f')
sklearn.calibration.Interval(__import__('numbers').Real, 0, 1, closed='left')
sklearn.calibration.StrOptions({'a'})
sklearn.calibration.StrOptions({'a'}).is_satisfied_by('a')
sklearn.calibration.HasMethods('fit').is_satisfied_by(clf)
sklearn.utils.parallel.Parallel()
parallel.__call__(tasks)
parallel.__enter__()
parallel.format(X)
parallel.debug('m')
parallel.print_progress()
entered.__exit__(None, None, None)
entered.print_progress()
"""
MAKERS["fitted2"] = lambda: sklearn.linear_model.LogisticRegression().fit(ROWS[:, :2], LABELS)
# Words that are left out are checked once.
CACHES = {"sklearn.feature_extraction.text._VectorizerMixin": {"_stop_words_id"}, "sklearn.preprocessing._label.MultiLabelBinarizer": {"_cached_dict"}}
CONFIG = dict(sklearn.get_config())


def restore():
    sklearn.set_config(**CONFIG)
    matplotlib.pyplot.close("all")


def is_no_view(result, value):
    kinds = (list, tuple, dict)
    return isinstance(result, kinds) and isinstance(value, kinds)


def content(value):
    """Trees of neighbours by their points, not by how often they were asked."""
    if type(value).__name__ in ("KDTree", "BallTree", "KDTree32", "BallTree32", "KDTree64", "BallTree64"):
        return [numpy.asarray(value.data)]
    return None
