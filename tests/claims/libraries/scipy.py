"""SciPy's examples."""

import io

import asyncio
import concurrent.futures
import multiprocessing.util

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot
import numpy
import scipy.cluster.hierarchy
import scipy.cluster.vq
import scipy.constants
import scipy.differentiate
import scipy.fft
import scipy.fftpack
import scipy.integrate
import scipy.interpolate
import scipy.io
import scipy.io.arff
import scipy.io.wavfile
import scipy.linalg
import scipy.linalg.blas
import scipy.linalg.interpolative
import scipy.linalg.lapack
import scipy.ndimage
import scipy.odr
import scipy.optimize
import scipy.signal
import scipy.signal.windows
import scipy.sparse
import scipy.sparse.csgraph
import scipy.sparse.linalg
import scipy.spatial
import scipy.spatial.distance
import scipy.spatial.transform
import scipy.special
import scipy.stats
import scipy.stats.contingency
import scipy.stats.mstats
import scipy.stats.qmc
import scipy.stats.sampling

PACKAGES = ["scipy"]
CALLS = {"scipy.fft.set_workers": ["1"]}
MODULES = {"scipy": scipy, "numpy": numpy}
NAMESPACES = [
    "scipy.cluster.hierarchy", "scipy.cluster.vq", "scipy.constants", "scipy.fft", "scipy.integrate", "scipy.interpolate", "scipy.io",
    "scipy.linalg", "scipy.ndimage", "scipy.optimize", "scipy.signal", "scipy.sparse", "scipy.sparse.csgraph", "scipy.sparse.linalg",
    "scipy.spatial", "scipy.spatial.distance", "scipy.spatial.transform", "scipy.special", "scipy.stats", "scipy.stats.qmc",
]
SKIPPED = dict.fromkeys(
    # LAPACK's norms crash where a letter is not what they know.
    ["*.test", "scipy.datasets.*", "scipy.linalg.lapack.?lan*", "scipy.linalg.lapack.?lamch", "scipy.linalg.lapack.?t*", "scipy.linalg.lapack.?uncsd"],
    "it runs SciPy's own tests, asks for the network or crashes",
)
SQUARE = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]


def file_of(name, write):
    write(name)
    return name


def stepper():
    return scipy.integrate.RK45(lambda t, y: -y, 0.0, [1.0], 1.0)


def solver():
    made = scipy.integrate.ode(lambda t, y: -y)
    made.set_initial_value([1.0], 0.0)
    return made


def matrix(kind, family="array"):
    return lambda: getattr(scipy.sparse, f"{kind}_{family}")(numpy.array([[0.0, 1.0], [2.0, 3.0]]))


def set_up(jacobian):
    """An approximation at a point."""
    jacobian.setup(numpy.zeros(2), numpy.array([-1.0, -2.0]), lambda x: numpy.asarray(x) - [1.0, 2.0])
    return jacobian


MAKERS = {
    "a": lambda: numpy.array(SQUARE), "b": lambda: numpy.array([1.0, 2.0, 3.0]), "v": lambda: numpy.array([3.0, 1.0, 2.0, 5.0, 4.0, 6.0, 7.5, 8.0]),
    "w": lambda: numpy.array([1.0, 4.0, 0.5, 2.0, 2.5, 3.0, 1.0, 0.0]), "t": lambda: numpy.linspace(0.0, 7.0, 8), "k": lambda: numpy.array([3, 1, 2, 5, 4]),
    "points": lambda: numpy.array([[0.0, 0.0], [1.0, 0.1], [0.2, 1.0], [1.1, 1.2], [0.5, 0.4], [2.0, 0.3]]),
    "image": lambda: numpy.arange(36.0).reshape(6, 6), "mask": lambda: numpy.arange(36).reshape(6, 6) % 3 == 0, "f": lambda: lambda x, *more: (x - 1.0) ** 2,
    "slope": lambda: lambda t, y: -y, "line": lambda: lambda x, m, n: m * x + n, "system": lambda: lambda x: [x[0] - 1.0, x[1] - 2.0],
    "bowl": lambda: lambda x: float(numpy.sum((numpy.asarray(x) - 1.0) ** 2)), "rng": lambda: numpy.random.default_rng(0), "state": lambda: numpy.random.RandomState(0),
    "csr": matrix("csr"), "csc": matrix("csc"), "coo": matrix("coo"), "lil": matrix("lil"), "dok": matrix("dok"), "dia": matrix("dia"), "bsr": matrix("bsr"),
    "linkage": lambda: scipy.cluster.hierarchy.linkage(numpy.array([[0.0], [1.0], [5.0], [6.5]])), "sets": lambda: scipy.cluster.hierarchy.DisjointSet([1, 2, 3]),
    "node": lambda: scipy.cluster.hierarchy.to_tree(scipy.cluster.hierarchy.linkage(numpy.array([[0.0], [1.0], [5.0]]))),
    "stepper": stepper, "solver": solver, "dense": lambda: (lambda made: (made.step(), made.dense_output())[1])(stepper()),
    "spline": lambda: scipy.interpolate.CubicSpline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 2.0]), "smooth": lambda: scipy.interpolate.UnivariateSpline(numpy.arange(6.0), numpy.arange(6.0) ** 2),
    "poly": lambda: scipy.interpolate.PPoly(numpy.array([[1.0, 2.0]]), numpy.array([0.0, 1.0, 2.0])), "bernstein": lambda: scipy.interpolate.BPoly(numpy.array([[1.0, 2.0]]), numpy.array([0.0, 1.0, 2.0])),
    "barycentric": lambda: scipy.interpolate.BarycentricInterpolator([0.0, 1.0, 2.0], [0.0, 1.0, 4.0]), "aaa": lambda: scipy.interpolate.AAA(numpy.linspace(0, 1, 20), numpy.linspace(0, 1, 20) ** 2),
    "bspline": lambda: scipy.interpolate.make_interp_spline(numpy.arange(6.0), numpy.arange(6.0) ** 2), "linear": lambda: scipy.interpolate.interp1d([0.0, 1.0], [0.0, 2.0]),
    "hessian": lambda: (lambda made: (made.initialize(2, "hess"), made)[1])(scipy.optimize.BFGS()), "bounds": lambda: scipy.optimize.Bounds([0.0], [1.0]),
    "lti": lambda: scipy.signal.lti([1.0], [1.0, 2.0]), "sos": lambda: scipy.signal.butter(2, 0.3, output="sos"), "window": lambda: scipy.signal.ShortTimeFFT(numpy.ones(4), 2, 1.0),
    "tree": lambda: scipy.spatial.KDTree(numpy.random.RandomState(0).rand(6, 2)), "hull": lambda: scipy.spatial.ConvexHull(numpy.random.RandomState(0).rand(6, 2), incremental=True),
    "delaunay": lambda: scipy.spatial.Delaunay(numpy.random.RandomState(0).rand(6, 2)), "voronoi": lambda: scipy.spatial.Voronoi(numpy.random.RandomState(0).rand(6, 2)),
    "sphere": lambda: scipy.spatial.SphericalVoronoi(numpy.concatenate([numpy.eye(3), -numpy.eye(3)])), "rotation": lambda: scipy.spatial.transform.Rotation.from_euler("z", [[90.0], [45.0]], degrees=True),
    "operator": lambda: scipy.sparse.linalg.aslinearoperator(numpy.array(SQUARE)), "superlu": lambda: scipy.sparse.linalg.splu(scipy.sparse.csc_array(numpy.array(SQUARE))),
    "norm": lambda: scipy.stats.norm, "poisson": lambda: scipy.stats.poisson, "frozen": lambda: scipy.stats.norm(0.0, 1.0), "many": lambda: scipy.stats.multivariate_normal, "many_frozen": lambda: scipy.stats.multivariate_normal([0.0, 0.0]),
    "kde": lambda: scipy.stats.gaussian_kde([1.0, 2.0, 4.0]), "Normal": lambda: scipy.stats.Normal(mu=0.0, sigma=1.0), "sobol": lambda: scipy.stats.qmc.Sobol(2, rng=0), "halton": lambda: scipy.stats.qmc.Halton(2, rng=0),
    "sampler": lambda: scipy.stats.sampling.DiscreteAliasUrn([0.5, 0.5]), "mat_file": lambda: file_of("a.mat", lambda name: scipy.io.savemat(name, {"a": numpy.eye(2)})),
    "wav_file": lambda: file_of("a.wav", lambda name: scipy.io.wavfile.write(name, 8000, numpy.zeros(4, "i2"))), "mm_file": lambda: file_of("a.mtx", lambda name: scipy.io.mmwrite(name, numpy.eye(2))),
    "npz_file": lambda: file_of("a.npz", lambda name: scipy.sparse.save_npz(name, scipy.sparse.csr_array(numpy.eye(2)))), "hb_file": lambda: file_of("a.hb", lambda name: scipy.io.hb_write(name, scipy.sparse.csc_array(numpy.eye(2)))),
    "netcdf": lambda: scipy.io.netcdf_file("a.nc", "w"), "fortran": lambda: scipy.io.FortranFile("a.unf", "w"), "table": lambda: numpy.array([[3, 5], [4, 6]]), "bytes_out": io.BytesIO,
    "odr": lambda: scipy.odr.ODR(scipy.odr.Data([1.0, 2.0, 3.0], [2.0, 4.0, 6.1]), scipy.odr.Model(lambda beta, x: beta[0] * x), beta0=[1.0]), "data": lambda: scipy.odr.Data([1.0], [2.0]),
    "arff": lambda: io.StringIO("@relation r\n@attribute a numeric\n@data\n1\n"), "axes": lambda: matplotlib.pyplot.gca(),
    "fortran_a": lambda: numpy.array(SQUARE, order="F"), "stepped": lambda: (lambda made: (made.step(), made)[1])(stepper()),
    "rough": lambda: scipy.interpolate.AAA(numpy.linspace(-1, 1, 200), numpy.exp(numpy.linspace(-1, 1, 200)), rtol=0, max_terms=40, clean_up=False),
    "broyden": lambda: set_up(scipy.optimize.BroydenFirst()), "krylov": lambda: set_up(scipy.optimize.KrylovJacobian()), "single": lambda: scipy.stats.qmc.Halton(1, rng=0),
    "bspline2": lambda: scipy.interpolate.RectBivariateSpline(numpy.arange(5.0), numpy.arange(5.0), numpy.arange(25.0).reshape(5, 5)),
}
ARGUMENTS = {
    "a": "a", "A": "a", "b": "b", "x": "v", "y": "w", "input": "image", "data": "v", "image": "image", "X": "points", "XA": "points", "XB": "points", "u": "v", "v": "w", "Z": "linkage",
    "sample": "v", "samples": "v", "data1": "v", "data2": "w", "rvs": "v", "cdf": "'norm'", "N": "8", "n": "3", "M": "8", "Nx": "8", "sym": "True", "f": "f", "func": "f", "fun": "bowl", "x0": "numpy.array([0.5, 0.5])",
    "sigma": "1.0", "size": "3", "weights": "numpy.ones((3, 3))", "weights1d": "numpy.ones(3)", "structure": "None", "ab": "a", "csgraph": "csr", "arrays": "[a, a]", "observed": "table", "table": "table", "points": "points",
    "t": "t", "num": "8", "order": "2", "Wn": "0.3", "wp": "0.2", "ws": "0.3", "gpass": "3", "gstop": "40", "sos": "sos", "d": "numpy.ones((2, 2))", "c": "numpy.array([1.0, 2.0, 3.0])", "r": "2", "k": "1", "l": "1", "u": "v", "m": "3", "p": "0.5", "q": "0.5",
    "shape": "(2, 2)", "system": "lti", "fs": "10.0", "s": "1.0", "*args": "v, w", "*samples": "v, w", "lam": "0.5", "lmbda": "0.5", "mean": "0.0", "std": "1.0", "y0": "[1.0]", "t_span": "(0.0, 1.0)", "xdata": "v", "ydata": "v", "dA": "0.1",
    "window": "'hann'", "Nx": "8", "numtaps": "5", "cutoff": "0.3", "bands": "[0, 0.1, 0.2, 0.5]", "desired": "[1, 0]", "beta": "1.0", "nbar": "4", "sll": "30", "at": "100", "att": "50", "alpha": "0.5", "tau": "3.0", "sides": "'onesided'", "footprint": "None", "angle": "30", "shift": "1", "zoom": "2", "matrix": "numpy.eye(2)", "mapping": "lambda at: at", "coordinates": "numpy.array([[1.0, 2.0], [1.0, 2.0]])", "rank": "1", "percentile": "50", "filter_size": "3", "function": "numpy.mean", "derivative2": "scipy.ndimage.sobel", "derivative": "scipy.ndimage.sobel", "widths": "[1, 2]", "peaks": "[3]", "nperseg": "4",
}
FALLBACKS = ["", "v", "v, w", "a", "a, b", "a, a", "points", "points, points", "image", "image, 2", "b", "0.5", "0.5, 0.5", "1, 0.5", "0.5, 0.5, 0.5", "2, 0.5, 0.5, 0.5", "3, 2", "csr", "csc", "csc, numpy.ones(2)", "csr, 0", "f, 0.0, 2.0", "bowl, [0.5, 0.5]", "system, [0.0, 0.0]", "linkage", "linkage, 2", "table", "v, 2", "[v, w]", "sos, v", "[1.0], [1.0, 0.5]", "[1.0], [1.0, 0.5], v", "v > 2, w > 2", "v > 2", "mask", "(v, w)", "lti", "f, v", "rotation", "8", "t, v", "image > 9", "5, 0.3"]
VARIANTS = {
    **dict.fromkeys(["overwrite_a", "overwrite_b", "overwrite_x", "overwrite_ab", "overwrite_data", "overwrite_a_band", "overwrite_c", "overwrite", "no_plot"], ["True"]),
    "out": ["OUT"], "output": ["OUT"], "rng": ["None", "rng"], "random_state": ["None", "state"], "copy": ["False"],
}
KINDS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
SPARSE = {f"scipy.sparse.{kind}_array": [kind] for kind in KINDS} | {f"scipy.sparse.{kind}_matrix": [f"{kind}_matrix"] for kind in KINDS}
MAKERS |= {f"{kind}_matrix": matrix(kind, "matrix") for kind in KINDS}
RECEIVERS = {
    **SPARSE, "scipy.cluster.hierarchy.DisjointSet": ["sets"], "scipy.cluster.hierarchy.ClusterNode": ["node"], "scipy.integrate.OdeSolver": ["stepper"], "scipy.integrate.ode": ["solver"], "scipy.integrate.DenseOutput": ["dense"],
    "scipy.interpolate.CubicSpline": ["spline"], "scipy.interpolate.UnivariateSpline": ["smooth"], "scipy.interpolate.PPoly": ["poly"], "scipy.interpolate.BPoly": ["bernstein"], "scipy.interpolate.BarycentricInterpolator": ["barycentric"], "scipy.interpolate.AAA": ["aaa"], "scipy.interpolate.BSpline": ["bspline"], "scipy.interpolate.interp1d": ["linear"], "scipy.interpolate.RectBivariateSpline": ["bspline2"],
    "scipy.optimize.BFGS": ["hessian"], "scipy.optimize.Bounds": ["bounds"], "scipy.signal.lti": ["lti"], "scipy.signal.ShortTimeFFT": ["window"], "scipy.spatial.KDTree": ["tree"], "scipy.spatial.ConvexHull": ["hull"], "scipy.spatial.Delaunay": ["delaunay"], "scipy.spatial.Voronoi": ["voronoi"], "scipy.spatial.SphericalVoronoi": ["sphere"],
    "scipy.spatial.transform.Rotation": ["rotation"], "scipy.sparse.linalg.LinearOperator": ["operator"], "scipy.sparse.linalg.SuperLU": ["superlu"], "scipy.stats.rv_continuous": ["norm"], "scipy.stats.rv_discrete": ["poisson"], "scipy.stats.gaussian_kde": ["kde"], "scipy.stats.Normal": ["Normal"],
    "scipy.stats._distn_infrastructure.rv_frozen": ["frozen"], "scipy.stats._distn_infrastructure.rv_continuous_frozen": ["frozen"], "scipy.stats._distn_infrastructure.rv_generic": ["norm"], "scipy.stats._multivariate.multi_rv_generic": ["many"], "scipy.stats._multivariate.multi_rv_frozen": ["many_frozen"],
    "scipy.stats.qmc.Sobol": ["sobol"], "scipy.stats.qmc.Halton": ["halton"], "scipy.stats.sampling.DiscreteAliasUrn": ["sampler"], "scipy.io.netcdf_file": ["netcdf"], "scipy.io.FortranFile": ["fortran"], "scipy.odr.ODR": ["odr"], "scipy.odr.Data": ["data"],
}
SETTINGS = {
    "module:scipy.special": lambda: scipy.special.geterr(),
    "module:scipy.cluster.hierarchy": lambda: list(scipy.cluster.hierarchy._link_line_colors),
}
# What they worked out once.
CACHES = {
    "scipy.interpolate._polyint.BarycentricInterpolator": {"_diff_cij", "_diff_baryint"},
    "scipy.interpolate._bary_rational._BarycentricRational": {"_poles", "_residues", "_roots"},
    "scipy.sparse.linalg._interface.LinearOperator": {"_CustomLinearOperator__adj", "_MatrixLinearOperator__adj", "__adj"},
    "scipy.sparse.linalg._interface.MatrixLinearOperator": {"_MatrixLinearOperator__adj", "__adj"},
}
HANDLES = ("netcdf_file", "FortranFile")
EXAMPLES = """
scipy.linalg.inv(a, overwrite_a=True)
scipy.linalg.qr_insert(numpy.eye(3), a, b, 1)
scipy.linalg.qr_delete(numpy.eye(3), a, 1)
scipy.linalg.qr_update(numpy.eye(3), a, b, b)
scipy.linalg.qr_update(numpy.eye(3), a, b, b.copy(), True)
scipy.linalg.clarkson_woodruff_transform(a, 2)
scipy.linalg.clarkson_woodruff_transform(a, 2, rng)
scipy.linalg.ldl(fortran_a, overwrite_a=True)
scipy.linalg.qz(a, fortran_a, overwrite_b=True)
scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), b, overwrite_b=True)
scipy.linalg.solve_banded((1, 1), a, b, overwrite_b=True)
scipy.linalg.solve_banded((1, 1), a, b, overwrite_ab=True)
scipy.linalg.solveh_banded(numpy.array([[4.0, 4.0, 4.0], [0.1, 0.1, 0.1]]), b, lower=True)
scipy.linalg.cholesky_banded(numpy.array([[4.0, 4.0], [0.1, 0.1]]), overwrite_ab=True, lower=True)
scipy.linalg.eig_banded(fortran_a, overwrite_a_band=True)
scipy.linalg.qr_multiply(a, a.copy(), overwrite_c=True)
scipy.linalg.interpolative.svd(a, 1)
scipy.linalg.interpolative.estimate_rank(a, 0.1)
scipy.linalg.interpolative.reconstruct_interp_matrix(numpy.array([0, 1]), numpy.ones((1, 1)))
scipy.ndimage.gaussian_filter(image, 1.0, output=image)
scipy.ndimage.sobel(image, -1, image)
scipy.ndimage.laplace(image, image)
scipy.ndimage.median_filter(image, 3, None, image)
scipy.ndimage.rotate(image, 30)
scipy.fft.fft(v, overwrite_x=True)
scipy.fft.set_workers(1)
scipy.fft.get_workers()
scipy.fftpack.fft(v, overwrite_x=True)
scipy.signal.detrend(v, overwrite_data=True)
scipy.signal.lti([1.0], [1.0, 2.0])
scipy.cluster.hierarchy.dendrogram(linkage, no_plot=True)
scipy.cluster.hierarchy.set_link_color_palette(['r', 'g'])
scipy.cluster.hierarchy.DisjointSet(iter([1, 2]))
sets.add(4)
sets.merge(1, 2)
sets.subset(1)
scipy.cluster.vq.kmeans(points, 2)
scipy.cluster.vq.kmeans(points, 2, rng=rng)
scipy.cluster.vq.kmeans2(points, 2, minit='points')
scipy.integrate.quad(f, 0.0, 1.0)
scipy.integrate.solve_ivp(slope, (0.0, 1.0), [1.0])
scipy.integrate.qmc_quad(bowl, [0.0], [1.0])
scipy.integrate.qmc_quad(bowl, [0.0, 0.0], [1.0, 1.0], qrng=halton)
scipy.integrate.RK45(slope, 0.0, [1.0], 1.0)
stepper.step()
stepped.dense_output()
dense(0.5)
solver.integrate(0.5)
solver.set_integrator('dopri5')
solver.successful()
poly.extend(numpy.array([[3.0]]), numpy.array([3.0]))
barycentric.add_xi([3.0], [9.0])
barycentric.set_yi([0.0, 2.0, 8.0])
smooth.set_smoothing_factor(0.5)
scipy.interpolate.UnivariateSpline.validate_input(t, v, None, [0.0, 7.0], 3, 0.0, 'extrapolate', False)
aaa.clean_up()
rough.clean_up()
scipy.optimize.minimize(bowl, [0.0, 0.0])
scipy.optimize.curve_fit(line, v, w)
scipy.optimize.differential_evolution(bowl, [(0.0, 2.0)], maxiter=2, polish=False)
scipy.optimize.differential_evolution(bowl, [(0.0, 2.0)], maxiter=2, polish=False, rng=rng)
scipy.optimize.differential_evolution(bowl, [(0.0, 2.0)], maxiter=2, polish=False, seed=state)
scipy.optimize.dual_annealing(bowl, [(0.0, 2.0)], maxiter=3)
scipy.optimize.basinhopping(bowl, [0.0], niter=1)
scipy.optimize.quadratic_assignment(a, a)
scipy.optimize.quadratic_assignment(a, a, method='2opt')
scipy.optimize.show_options()
scipy.optimize.shgo(bowl, [(0.0, 2.0), (0.0, 2.0)])
hessian.update(numpy.array([1.0, 0.5]), numpy.array([0.5, 1.0]))
hessian.get_matrix()
scipy.sparse.random_array((2, 2))
scipy.sparse.random_array((2, 2), rng=rng)
scipy.sparse.save_npz('n.npz', csr)
scipy.sparse.load_npz(npz_file)
scipy.sparse.csr_array(a)
scipy.sparse.csr_array(csr)
csr.__setitem__((0, 0), 9.0)
csr.setdiag(7.0)
csr.resize((3, 3))
csr.eliminate_zeros()
csr.__iadd__(csr)
csr.__imul__(2.0)
csr.toarray(out=numpy.zeros((2, 2)))
lil.__setitem__((0, 0), 9.0)
dok.pop((0, 1))
dok.update({(0, 0): 9.0})
scipy.sparse.linalg.eigsh(scipy.sparse.csc_array(a), 1)
scipy.sparse.linalg.svds(scipy.sparse.csc_array(a), 1)
scipy.sparse.linalg.spsolve(csc, numpy.ones(2))
scipy.sparse.linalg.spsolve_triangular(scipy.sparse.csr_array(numpy.tril(a)), b, overwrite_b=True)
scipy.sparse.linalg.spsolve_triangular(scipy.sparse.csr_array(numpy.tril(a)), b, overwrite_A=True)
scipy.sparse.linalg.factorized(csc)
scipy.sparse.linalg.use_solver(useUmfpack=False)
scipy.sparse.csgraph.shortest_path(numpy.array([[0.0, 1.0], [2.0, 0.0]]), overwrite=True)
scipy.spatial.KDTree(points)
scipy.spatial.ConvexHull(points)
scipy.spatial.Delaunay(points)
scipy.spatial.HalfspaceIntersection(numpy.array([[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [1.0, 1.0, -1.0]]), numpy.array([0.2, 0.2]))
hull.add_points(numpy.array([[3.0, 3.0]]))
scipy.spatial.convex_hull_plot_2d(hull)
scipy.spatial.delaunay_plot_2d(delaunay, axes)
sphere.sort_vertices_of_regions()
scipy.spatial.distance.cdist(points, points, out=numpy.zeros((6, 6)))
rotation.__setitem__(0, rotation[1])
scipy.spatial.transform.RotationSpline([0.0, 1.0], rotation)
scipy.spatial.transform.Slerp([0.0, 1.0], rotation)
scipy.spatial.transform.Rotation.random()
scipy.spatial.transform.Rotation.random(2, rng)
scipy.special.seterr(all='warn')
scipy.special.errstate(all='raise')
scipy.special.errstate(all='raise').__enter__()
scipy.special.geterr()
scipy.special.gamma(v, w)
scipy.special.airy(v, w, w.copy(), w.copy(), w.copy())
scipy.special.ellipj(v, v, w, w.copy(), w.copy(), w.copy())
scipy.special.betainc(1.0, 2.0, 0.5, numpy.array(0.0))
scipy.special.mathieu_cem(1, 1.0, v, w, w.copy())
scipy.special.obl_ang1(1, 1, 1, 0.5, numpy.array(0.0), numpy.array(0.0))
scipy.special.pro_rad1_cv(1, 1, 1, 1, v, w, w.copy())
scipy.stats.bootstrap((v,), numpy.mean, n_resamples=9)
scipy.stats.bootstrap((v,), numpy.mean, n_resamples=9, rng=rng)
scipy.stats.bootstrap((v,), numpy.mean, n_resamples=9, random_state=rng)
norm.rvs(size=2)
norm.rvs(size=2, random_state=state)
norm.freeze(0.0, 1.0)
norm.__call__(0.0, 1.0)
frozen.rvs(2)
frozen.rvs(2, random_state=state)
many.rvs([0.0, 0.0])
many.rvs([0.0, 0.0], random_state=state)
many.logpdf([0.0, 0.0], [0.0, 0.0])
many_frozen.entropy()
many.cdf([0.5, 0.6, 0.7, 0.1], numpy.zeros(4), numpy.eye(4) + 0.1)
many_frozen.cdf([0.5, 0.6])
kde.resample(2)
kde.resample(2, state)
kde.set_bandwidth(0.5)
Normal.sample(2)
Normal.sample(2, rng=rng)
Normal.reset_cache()
scipy.stats.qmc.Sobol(2, rng=rng)
sobol.random(2)
sobol.fast_forward(2)
sampler.rvs(2)
scipy.stats.sampling.DiscreteAliasUrn([0.5, 0.5], random_state=state)
scipy.io.savemat('n.mat', {'a': a})
scipy.io.savemat(bytes_out, {'a': a})
scipy.io.loadmat(mat_file)
scipy.io.loadmat(mat_file, {'c': 1})
scipy.io.whosmat(mat_file)
scipy.io.mmwrite('n.mtx', a)
scipy.io.mmread(mm_file)
scipy.io.mminfo(mm_file)
scipy.io.arff.loadarff(arff)
scipy.io.hb_write('n.hb', csc)
scipy.io.hb_read(hb_file)
scipy.io.netcdf_file('n.nc', 'w')
scipy.io.FortranFile('n.unf', 'w')
netcdf.createDimension('x', 2)
scipy.io.wavfile.write('n.wav', 8000, numpy.zeros(4, 'i2'))
scipy.io.wavfile.read(wav_file)
scipy.odr.odr(lambda beta, x: beta[0] * x, [1.0], [2.0, 4.0, 6.1], [1.0, 2.0, 3.0])
scipy.odr.Data([1.0], [2.0])
odr.run()
odr.set_job(fit_type=2)
data.set_meta(a=1)
hessian.initialize(2, 'hess')
hessian.update(numpy.array([1.0, 2.0]), numpy.array([2.0, 1.0]))
hessian.dot(numpy.array([1.0, 2.0]))
hessian.get_matrix()
broyden.setup(v[:2], w[:2], f)
broyden.solve(v[:2])
broyden.rsolve(v[:2])
broyden.matvec(v[:2])
broyden.rmatvec(v[:2])
broyden.update(v[:2], w[:2])
broyden.todense()
broyden.aspreconditioner()
krylov.matvec(v[:2])
krylov.solve(v[:2])
krylov.update(v[:2], w[:2])
krylov.setup(v[:2], w[:2], f)
krylov.aspreconditioner()
csr_matrix.asfptype()
csr_matrix.getH()
csr_matrix.get_shape()
csr_matrix.getcol(0)
csr_matrix.getrow(0)
csr_matrix.getformat()
csr_matrix.getmaxprint()
csr_matrix.getnnz()
csr_matrix.set_shape((1, 4))
csr_matrix.todense()
csr_matrix.todense(None, numpy.empty((2, 2)))
csr_matrix.todense(out=numpy.empty((2, 2)))
lil_matrix.getrowview(0)
lil.getrowview(0)
dok.items()
dok.keys()
dok.values()
dok_matrix.items()
scipy.io.netcdf_variable(v, 'd', 8, (8,), ('x',))
scipy.stats.qmc.MultinomialQMC([0.5, 0.5], 2, engine=single)
"""
COLOURS = list(scipy.cluster.hierarchy._link_line_colors)


def restore():
    matplotlib.pyplot.close("all")
    scipy.special.seterr(all="ignore")
    scipy.cluster.hierarchy.set_link_color_palette(COLOURS)


def is_no_view(result, value):
    return isinstance(result, (numpy.ufunc, numpy.dtype)) or callable(value) and not hasattr(value, "__dict__")


def content(value):
    """Trees and hulls of C by what they show."""
    if isinstance(value, (scipy.spatial.ConvexHull, scipy.spatial.Delaunay, scipy.spatial.Voronoi)):
        return [value.points, value.npoints if hasattr(value, "npoints") else 0]
    if isinstance(value, scipy.stats.rv_continuous | scipy.stats.rv_discrete):
        return [value.name, value.shapes, value._random_state]
    if isinstance(value, scipy.signal.ShortTimeFFT):
        return [value.win, value.hop, value.fs, value.fft_mode, value.mfft, value.scaling, value.phase_shift]
    if isinstance(value, scipy.stats.Normal):
        return [dict(value._original_parameters), value.tol, value.validation_policy]
    if isinstance(value, scipy.spatial.transform.Rotation):
        return [value.as_quat()]
    return None
