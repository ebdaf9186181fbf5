"""matplotlib's examples: every method of figures, axes and artists, and pyplot's functions, with small data."""

import io
import pickle

import matplotlib

matplotlib.use("Agg")

import matplotlib.animation
import matplotlib.backends.backend_pdf
import matplotlib.cbook
import matplotlib.cm
import matplotlib.colorbar
import matplotlib.collections
import matplotlib.dates
import matplotlib.gridspec
import matplotlib.image
import matplotlib.lines
import matplotlib.mlab
import matplotlib.patches
import matplotlib.pyplot as plt
import matplotlib.style
import matplotlib.tri
import numpy

matplotlib.rcParams.update({"figure.figsize": (2.0, 2.0), "figure.dpi": 40, "savefig.dpi": 40})
PACKAGES = ["matplotlib"]
MODULES = {"matplotlib": matplotlib, "plt": plt, "numpy": numpy}
SPELLED = {"matplotlib.pyplot": "plt"}
NAMESPACES = [
    "matplotlib", "matplotlib.pyplot", "matplotlib.figure", "matplotlib.axes", "matplotlib.artist", "matplotlib.axis", "matplotlib.lines", "matplotlib.text", "matplotlib.patches", "matplotlib.collections", "matplotlib.image",
    "matplotlib.legend", "matplotlib.colorbar", "matplotlib.colors", "matplotlib.cm", "matplotlib.ticker", "matplotlib.dates", "matplotlib.gridspec", "matplotlib.style", "matplotlib.animation", "matplotlib.transforms", "matplotlib.path", "matplotlib.container", "matplotlib.spines", "matplotlib.tri", "matplotlib.markers",
]
SKIPPED = dict.fromkeys(
    ["plt.ginput", "plt.waitforbuttonpress", "plt.pause", "plt.show", "*.ginput", "*.waitforbuttonpress", "plt.install_repl_displayhook", "plt.uninstall_repl_displayhook", "plt.switch_backend", "*.start_event_loop", "*.stop_event_loop", "*.flush_events", "matplotlib.use", "matplotlib.test", "matplotlib.set_loglevel", "animation.to_html5_video", "*.switch_backends", "*.blocking_input", "plt.get_plot_commands", "plt.set_loglevel", "plt.xkcd", "*.pick", "ax.ArtistList"],
    "it waits for a person or needs a screen or another program",
)


def axes():
    """Axes with a line."""
    return copied("axes", fresh)


def part(choose):
    """Something that stands in such axes."""

    def make():
        drawn = fresh()
        found = choose(drawn)
        drawn.figure.draw_without_rendering()
        return found

    return lambda: copied(make, make)


COPIES: dict = {}


def copied(key, make):
    """A copy of what is made once, for that takes most of the time."""
    if key not in COPIES:
        COPIES[key] = pickle.dumps(make())
        plt.close("all")
    return pickle.loads(COPIES[key])


def fresh():
    figure, drawn = plt.subplots()
    # The fewer ticks, the sooner it is drawn.
    drawn.locator_params(nbins=2)
    drawn.plot([1.0, 2.0, 3.0], [1.0, 4.0, 2.0], label="one")
    # Ticks and limits are made when they are first asked for.
    figure.draw_without_rendering()
    return drawn


MAKERS = {
    "ax": axes, "fig": lambda: axes().figure, "line": part(lambda ax: ax.lines[0]), "text": part(lambda ax: ax.text(1.0, 1.0, "t")), "patch": part(lambda ax: ax.add_patch(matplotlib.patches.Rectangle((1.0, 1.0), 1.0, 1.0))),
    "collection": part(lambda ax: ax.scatter([1.0, 2.0], [1.0, 2.0], c=[0.1, 0.9])), "image": part(lambda ax: ax.imshow(numpy.eye(3))), "legend": part(lambda ax: ax.legend()), "bars": part(lambda ax: ax.bar([1.0, 2.0], [1.0, 2.0])), "xaxis": part(lambda ax: ax.xaxis), "tick": part(lambda ax: ax.xaxis.get_major_ticks()[0]),
    "colorbar": part(lambda ax: ax.figure.colorbar(ax.imshow(numpy.eye(3)))), "spine": part(lambda ax: ax.spines["left"]), "spines": part(lambda ax: ax.spines), "note": part(lambda ax: ax.annotate("n", (1.0, 1.0))), "subfigure": lambda: plt.figure().subfigures(1, 2)[0],
    "x": lambda: numpy.array([1.0, 2.0, 3.0, 4.0]), "y": lambda: numpy.array([1.0, 4.0, 2.0, 3.0]), "z": lambda: numpy.arange(16.0).reshape(4, 4), "rgba": lambda: numpy.zeros((4, 4, 4)), "free": lambda: matplotlib.lines.Line2D([1.0, 2.0], [1.0, 2.0]),
    "grid": lambda: matplotlib.gridspec.GridSpec(2, 2), "cell": lambda: matplotlib.gridspec.GridSpec(2, 2)[0, 0], "params": lambda: matplotlib.gridspec.SubplotParams(), "cmap": lambda: matplotlib.colormaps["viridis"].copy(), "norm": lambda: matplotlib.colors.Normalize(0.0, 1.0), "fresh_norm": matplotlib.colors.Normalize,
    "light": matplotlib.colors.LightSource, "mappable": lambda: matplotlib.cm.ScalarMappable(), "registry": lambda: matplotlib.colormaps, "rc": lambda: matplotlib.rcParams, "locator": part(lambda ax: ax.xaxis.get_major_locator()), "formatter": part(lambda ax: ax.xaxis.get_major_formatter()), "date": lambda: __import__("datetime").datetime(2020, 1, 2),
    "tri": lambda: matplotlib.tri.Triangulation([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.2]), "path": lambda: matplotlib.path.Path([[0.0, 0.0], [1.0, 1.0]]), "affine": matplotlib.transforms.Affine2D, "bbox": lambda: matplotlib.transforms.Bbox([[0.0, 0.0], [1.0, 1.0]]), "marker": lambda: matplotlib.markers.MarkerStyle("o"),
    "canvas": lambda: axes().figure.canvas, "animation": lambda: quiet_animation(), "pdf": lambda: matplotlib.backends.backend_pdf.PdfPages("p.pdf"), "png": lambda: (matplotlib.image.imsave("i.png", numpy.eye(16)), "i.png")[1], "out": io.BytesIO, "ax2": lambda: plt.figure().add_subplot(),
}


def quiet_animation():
    figure, drawn = plt.subplots()
    (line,) = drawn.plot([1.0, 2.0], [1.0, 2.0])
    made = matplotlib.animation.FuncAnimation(figure, lambda frame: [line], frames=2, repeat=False)
    made._draw_was_started = True
    return made


CALLS = {"matplotlib.backends.backend_pdf.PdfPages": ["'n.pdf'"], "plt.getp": ["line", "line, 'linewidth'"], "plt.get": ["line, 'linewidth'"], "plt.setp": ["line, linewidth=3"]}
ARGUMENTS = {
    "x": "x", "y": "y", "X": "z", "Y": "z", "Z": "z", "s": "'t'", "b": "True", "height": "y", "width": "1.0", "C": "z", "ax": "ax2", "artist": "free", "a": "free", "line": "free", "label": "'l'", "xlabel": "'x'", "ylabel": "'y'", "labels": "['a', 'b']", "color": "'red'", "c": "'red'", "ec": "'red'", "alpha": "0.5", "positions": "x", "xmin": "1.0", "xmax": "2.0", "ymin": "1.0", "ymax": "2.0", "scale": "'linear'",
    "data": "z", "left": "1.0", "right": "2.0", "bottom": "1.0", "top": "2.0", "value": "'linear'", "fname": "'f.png'", "fig": "fig", "figure": "fig", "arr": "z", "mappable": "image", "text": "'t'", "xy": "(1.0, 1.0)", "title": "'t'", "x1": "x", "y1": "y", "y2": "y", "ticks": "[1.0, 2.0]", "dataset": "[x, y]", "xranges": "[(1.0, 1.0)]", "yrange": "(1.0, 1.0)", "dx": "0.5", "dy": "0.5", "rect": "(0.1, 0.1, 0.5, 0.5)", "bounds": "(0.1, 0.1, 0.4, 0.4)", "spec": "cell", "locator": "matplotlib.ticker.NullLocator()", "formatter": "matplotlib.ticker.NullFormatter()",
    "visible": "True", "level": "1.0", "t": "None", "transform": "affine", "rasterized": "False", "zorder": "2", "path_effects": "[]", "aspect": "1", "facecolor": "'red'", "nrows": "1", "num": "1", "cmap": "'viridis'", "norm": "norm", "positions": "x", "u": "y", "v": "x", "ls": "'--'", "lw": "2", "w": "2", "h": "2", "size": "8", "fontsize": "8", "family": "'serif'", "val": "2.0", "picker": "True", "position": "[0.1, 0.1, 0.5, 0.5]", "loc": "'upper left'", "axis": "'x'", "points": "[[1.0, 1.0]]", "q": "0.5", "N": "4", "M": "4", "args": "x", "*args": "x, y", "props": "{}", "gridOn": "True", "in_layout": "True", "gid": "'g'", "url": "'u'", "snap": "True", "func": "lambda value: None", "vmin": "0.0", "vmax": "1.0", "A": "z", "handles": "[free]", "n": "2", "obj": "free", "event": "None", "renderer": "None", "angle": "30.0", "dpi": "40", "name": "'l'", "anchor": "'C'", "limits": "[0.0, 1.0]", "mode": "'expand'", "xdata": "x", "ydata": "y", "bbox": "bbox", "ec": "'red'", "fc": "'red'", "d": "date", "num1": "1", "values": "x", "theta": "0.5", "degrees": "30.0", "bboxes": "[bbox]", "i": "0", "px": "x", "py": "y", "hatch": "'/'", "other": "ax2", "child": "free", "coll": "matplotlib.collections.LineCollection([])", "im": "matplotlib.image.FigureImage(fig)", "p": "matplotlib.patches.Circle((0.0, 0.0), 1.0)", "tab": "matplotlib.table.Table(ax2)", "cont": "[free]",
}
FALLBACKS = ["", "x, y", "x", "z", "'t'", "1.0", "1.0, 2.0", "1.0, 1.0, 't'", "x, y, y", "[1.0, 2.0]", "'x'", "True", "'f.png'", "x, x, y, y", "(1.0, 1.0), (2.0, 2.0)", "free", "'red'", "[x, y]", "None", "1", "z, z, z", "numpy.arange(300.0)", "numpy.arange(300.0), numpy.arange(300.0)", "tri", "tri, [1.0, 2.0, 3.0, 4.0]", "image", "cell", "norm", "'viridis'", "bbox", "date", "'x', 'y'", "rgba", "1, 2, 1", "matplotlib.ticker.NullLocator()", "0.1, 0.1, 0.5, 0.5", "[0.1, 0.1, 0.5, 0.5]", "'a', (1.0, 1.0)", "0, 1, 1, 2", "free, 'label', 'l'", "[(1.0, 1.0)], (1.0, 1.0)", "lambda value: None"]
VARIANTS = {"ax": ["ax2"]}
RECEIVERS = {
    "matplotlib.RcParams": ["rc"], "matplotlib.figure.Figure": ["fig"], "matplotlib.figure.SubFigure": ["subfigure"], "matplotlib.axes.Axes": ["ax"], "matplotlib.artist.Artist": ["image"], "matplotlib.axis.XAxis": ["xaxis"], "matplotlib.axis.Tick": ["tick"], "matplotlib.legend.Legend": ["legend"], "matplotlib.colorbar.Colorbar": ["colorbar"],
    "matplotlib.lines.Line2D": ["line"], "matplotlib.text.Text": ["text"], "matplotlib.text.Annotation": ["note"], "matplotlib.patches.Patch": ["patch"], "matplotlib.collections.Collection": ["collection"], "matplotlib.container.Container": ["bars"], "matplotlib.spines.Spine": ["spine"], "matplotlib.spines.Spines": ["spines"],
    "matplotlib.gridspec.GridSpecBase": ["grid"], "matplotlib.gridspec.GridSpec": ["grid"], "matplotlib.gridspec.SubplotSpec": ["cell"], "matplotlib.gridspec.SubplotParams": ["params"], "matplotlib.cm.ColormapRegistry": ["registry"], "matplotlib.cm.ScalarMappable": ["mappable"], "matplotlib.colors.Colormap": ["cmap"], "matplotlib.colors.LightSource": ["light"],
    "matplotlib.colors.Normalize": ["norm", "fresh_norm"], "matplotlib.ticker.Formatter": ["formatter"], "matplotlib.ticker.Locator": ["locator"], "matplotlib.animation.Animation": ["animation"], "matplotlib.backends.backend_pdf.PdfPages": ["pdf"], "matplotlib.tri.Triangulation": ["tri"], "matplotlib.path.Path": ["path"],
    "matplotlib.transforms.Affine2D": ["affine"], "matplotlib.transforms.Bbox": ["bbox"], "matplotlib.transforms.BboxBase": ["bbox"], "matplotlib.transforms.Transform": ["affine"], "matplotlib.transforms.Affine2DBase": ["affine"], "matplotlib.markers.MarkerStyle": ["marker"], "matplotlib.backend_bases.FigureCanvasBase": ["canvas"],
}
EXAMPLES = """
plt.plot(x, y)
plt.figure()
plt.subplots()
plt.savefig('f.png')
plt.savefig(out)
plt.imread(png)
plt.imsave('n.png', z)
plt.close(fig)
plt.sca(ax2)
plt.setp(line, linewidth=3)
plt.getp(line, 'linewidth')
plt.get_fignums()
plt.title('t')
plt.figure(num=fig)
fig.savefig('f.png')
fig.savefig(out)
fig.add_subplot()
fig.suptitle('t')
fig.get_axes()
fig.draw_without_rendering()
ax.plot(x, y)
ax.hist(x)
ax.set_title('t')
ax.set_xlim(0.0, 9.0)
ax.get_xlim()
ax.add_patch(matplotlib.patches.Circle((0.0, 0.0), 1.0))
ax.add_line(free)
ax.cla()
line.set_color('red')
line.set_data(x, y)
line.remove()
text.set_text('u')
patch.set_width(2.0)
collection.set_array(y[:2])
image.set_data(z)
image.set_clim(0.0, 2.0)
legend.set_title('t')
colorbar.set_label('l')
bars.remove()
bars.get_children()
xaxis.set_label_text('l')
spine.set_visible(False)
spines.__getitem__('left')
matplotlib.rc('lines', linewidth=3)
matplotlib.rc_context()
matplotlib.rcdefaults()
matplotlib.rcParams.__setitem__('lines.linewidth', 3)
matplotlib.rcParams.__getitem__('lines.linewidth')
matplotlib.get_backend()
matplotlib.get_cachedir()
matplotlib.style.use('ggplot')
matplotlib.style.context('ggplot')
matplotlib.figure.Figure()
matplotlib.figure.figaspect(2.0)
matplotlib.artist.setp(line, linewidth=3)
matplotlib.artist.getp(line, 'linewidth')
matplotlib.artist.kwdoc(line)
matplotlib.legend.Legend(ax, [free], ['l'])
matplotlib.colorbar.Colorbar(ax2, image)
matplotlib.lines.Line2D(x, y)
matplotlib.text.Text(1.0, 1.0, 't')
matplotlib.patches.Circle((0.0, 0.0), 1.0)
matplotlib.patches.BoxStyle('round')
matplotlib.collections.LineCollection([[(0.0, 0.0), (1.0, 1.0)]])
patch.contains_point((1.0, 1.0))
matplotlib.image.imread(png)
matplotlib.image.imsave('n.png', z)
matplotlib.image.thumbnail(png, 't.png', scale=1.0)
matplotlib.image.pil_to_array(__import__('PIL.Image').Image.new('RGB', (2, 2)))
matplotlib.container.Container([free])
matplotlib.gridspec.GridSpec(2, 2)
grid.set_width_ratios([1.0, 2.0])
grid.update(left=0.2)
grid.tight_layout(fig)
grid.subplots()  # allows nothing: it has no figure
params.update(left=0.2)
registry.register(cmap, name='mine')
registry.unregister('mine')  # allows nothing: it is not there
matplotlib.cm.ScalarMappable()
mappable.to_rgba(x)
mappable.set_clim(0.0, 1.0)
cmap.__call__(0.5)
cmap.set_bad('red')
norm.__call__(x)
fresh_norm.__call__(x)
norm.inverse(0.5)
matplotlib.colors.to_rgb('red')
matplotlib.dates.date2num(date)
matplotlib.dates.get_epoch()
matplotlib.dates.DateFormatter('%Y')
matplotlib.ticker.MaxNLocator(3)
matplotlib.animation.FuncAnimation(fig, lambda frame: [], frames=2)  # allows warnings: it is never drawn
animation.save('a.gif', writer='pillow')
animation.pause()
matplotlib.backends.backend_pdf.PdfPages('n.pdf')
pdf.savefig(fig)
pdf.infodict()
pdf.close()
pdf.__enter__()
matplotlib.tri.Triangulation(x, y)
tri.set_mask([False] * len(tri.triangles))
tri.get_trifinder()
matplotlib.mlab.detrend_mean(x)
matplotlib.cbook.flatten([x, [y]])
matplotlib.path.Path(z[:, :2])
affine.translate(1.0, 1.0)
affine.rotate(0.5)
bbox.set_points(numpy.ones((2, 2)))
matplotlib.transforms.Bbox(numpy.ones((2, 2)))
matplotlib.markers.MarkerStyle('o')
canvas.print_figure('c.png')
canvas.draw()
"""
EXAMPLES = "\n".join(line for line in EXAMPLES.splitlines() if "allows nothing" not in line)
PARAMETERS = dict.copy(matplotlib.rcParams)


def restore():
    plt.close("all")
    dict.update(matplotlib.rcParams, PARAMETERS)
    if "mine" in matplotlib.colormaps:
        matplotlib.colormaps.unregister("mine")


def is_no_view(result, value):
    # What is shown by one figure is one thing; the data of what is drawn are copies.
    return False


# What is worked out for drawing.
HANDLES = ("PdfPages",)
CACHES = {
    "matplotlib.tri._triangulation.Triangulation": {"_trifinder", "_cpp_triangulation", "_edges", "_neighbors"},
    "matplotlib.artist.Artist": {"stale", "_stale", "stale_callback", "figure", "_parent_figure", "axes", "_axes", "_remove_method", "_callbacks", "_sticky_edges", "_mouseover", "_tightbbox", "_path_effects", "_renderer", "_invalidx", "_invalidy", "_subslice", "_path", "_transformed_path", "_xy", "_x", "_y", "_transform"},
    "matplotlib.transforms.TransformNode": {"_invalid", "_parents", "_shorthand_name", "_inverted", "_mtx", "_points", "_ignore", "_minpos"},
}
DRAWN = (matplotlib.artist.Artist, matplotlib.container.Container, matplotlib.colorbar.Colorbar, matplotlib.spines.Spines)


def content(value):
    """Artists and figures by what their figure shows, colormaps by their colours."""
    if isinstance(value, matplotlib.figure.FigureBase):
        root = value.figure if isinstance(value, matplotlib.figure.SubFigure) else value
        return shown(root)
    if isinstance(value, DRAWN):
        first = value
        if isinstance(value, matplotlib.colorbar.Colorbar):
            first = value.ax
        elif isinstance(value, matplotlib.spines.Spines):
            first = value["left"]
        elif isinstance(value, matplotlib.container.Container):
            first = value[0] if len(value) else None
        figure = getattr(first, "figure", None)
        return [simple(value), shown(figure) if figure is not None else None]
    if isinstance(value, matplotlib.backend_bases.FigureCanvasBase):
        return shown(value.figure)
    if isinstance(value, matplotlib.colors.Colormap):
        own = value.copy()
        return [own.name, own(numpy.array(range(-1, own.N + 1)))]
    if isinstance(value, matplotlib.transforms.Bbox):
        return [value.get_points().tolist()]
    if isinstance(value, matplotlib.transforms.Affine2DBase):
        return [value.get_matrix().tolist()]
    if isinstance(value, (matplotlib.transforms.TransformNode, matplotlib.ticker.TickHelper, matplotlib.cbook.CallbackRegistry)):
        return simple(value)
    if isinstance(value, matplotlib.path.Path):
        return [value.vertices, value.codes]
    return None


def simple(value):
    """The attributes that are plain values."""
    kinds = (bool, int, float, str, tuple, type(None))
    hidden = CACHES["matplotlib.artist.Artist"] | CACHES["matplotlib.transforms.TransformNode"]
    return sorted((name, repr(part)) for name, part in getattr(value, "__dict__", {}).items() if isinstance(part, kinds) and name not in hidden)


def shown(figure):
    """The picture of a figure, and what its artists are told about themselves."""
    while figure.figure is not None and figure.figure is not figure:
        figure = figure.figure
    figure.canvas.draw()
    axes_ = [(ax.get_xlim(), ax.get_ylim(), ax.get_title(), len(ax.get_children())) for ax in figure.axes]
    return [bytes(figure.canvas.buffer_rgba()), repr(axes_), repr([child.get_label() for child in figure.findobj()])]
