"""matplotlib's examples: every method of figures, axes and artists, and pyplot's functions, with small data."""

import io
import logging
import pickle

import matplotlib

matplotlib.use("Agg")

import matplotlib.animation
import matplotlib.backends.backend_pdf
import matplotlib.bezier
import matplotlib.cbook
import matplotlib.cm
import matplotlib.colorbar
import matplotlib.colorizer
import matplotlib.collections
import matplotlib.dates
import matplotlib.font_manager
import matplotlib.gridspec
import matplotlib.image
import matplotlib.layout_engine
import matplotlib.lines
import matplotlib.mlab
import matplotlib.offsetbox
import matplotlib.patches
import matplotlib.pyplot as plt
import matplotlib.style
import matplotlib.textpath
import matplotlib.tri
import matplotlib.widgets
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


def free_line():
    return matplotlib.lines.Line2D([1.0, 2.0], [1.0, 2.0])


def round_axes():
    drawn = plt.figure().add_subplot(projection="polar")
    drawn.plot([0.0, 1.0], [1.0, 2.0])
    drawn.figure.draw_without_rendering()
    return drawn


def uneven(ax):
    image = matplotlib.image.NonUniformImage(ax, extent=(0.0, 3.0, 0.0, 3.0))
    image.set_data([0.5, 1.0, 2.5], [0.5, 1.0, 2.5], numpy.eye(3))
    ax.add_image(image)
    return image


def writing(writer):
    """A writer that has begun."""
    writer.setup(plt.figure(), "w.gif")
    return writer


def unused_epoch():
    """The usual one, where dates were not told of any yet."""
    matplotlib.dates._reset_epoch_test_example()
    return "1970-01-01T00:00:00"


def pick(line):
    """What a canvas tells when the first point of a line is picked."""
    canvas = line.figure.canvas
    mouse = matplotlib.backend_bases.MouseEvent("button_press_event", canvas, 0, 0)
    return matplotlib.backend_bases.PickEvent("pick_event", canvas, mouse, line, ind=[0])


def placed(make):
    """A patch or collection in axes."""
    kind = "add_patch" if issubclass(make, matplotlib.patches.Patch) else "add_collection"
    return part(lambda ax: getattr(ax, kind)(make(*GIVEN[make.__name__][0], **GIVEN[make.__name__][1])))


CORNERS = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]]
GIVEN = {
    "Annulus": (((1.0, 1.0), 1.0, 0.2), {}), "Arc": (((1.0, 1.0), 1.0, 2.0), {}), "Arrow": ((0.0, 0.0, 1.0, 1.0), {}), "Circle": (((1.0, 1.0), 1.0), {}), "ConnectionPatch": (((0.0, 0.0), (1.0, 1.0), "data"), {}),
    "Ellipse": (((1.0, 1.0), 1.0, 2.0), {}), "FancyArrow": ((0.0, 0.0, 1.0, 1.0), {}), "FancyArrowPatch": (((0.0, 0.0), (1.0, 1.0)), {}), "FancyBboxPatch": (((0.0, 0.0), 1.0, 1.0), {}), "PathPatch": ((matplotlib.path.Path([[0.0, 0.0], [1.0, 1.0]]),), {}),
    "Polygon": (([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]],), {}), "Wedge": (((1.0, 1.0), 1.0, 0.0, 90.0), {}), "EllipseCollection": (([1.0], [1.0], [0.0]), {"offsets": [(1.0, 1.0)]}), "LineCollection": (([[(0.0, 0.0), (1.0, 1.0)]],), {}),
    "PolyCollection": ((CORNERS,), {}), "RegularPolyCollection": ((5,), {"offsets": [(1.0, 1.0)]}), "CircleCollection": (([9.0],), {"offsets": [(1.0, 1.0)]}),
}
PLACED = {
    "annulus": matplotlib.patches.Annulus, "arc": matplotlib.patches.Arc, "arrow": matplotlib.patches.Arrow, "circle": matplotlib.patches.Circle, "connection": matplotlib.patches.ConnectionPatch, "ellipse": matplotlib.patches.Ellipse, "thick": matplotlib.patches.FancyArrow,
    "fancy": matplotlib.patches.FancyArrowPatch, "framed": matplotlib.patches.FancyBboxPatch, "path_patch": matplotlib.patches.PathPatch, "polygon": matplotlib.patches.Polygon, "wedge": matplotlib.patches.Wedge, "ellipses": matplotlib.collections.EllipseCollection,
    "strokes": matplotlib.collections.LineCollection, "polygons": matplotlib.collections.PolyCollection, "pentagons": matplotlib.collections.RegularPolyCollection, "circles": matplotlib.collections.CircleCollection,
}
MAKERS = {
    "ax": axes, "fig": lambda: axes().figure, "line": part(lambda ax: ax.lines[0]), "text": part(lambda ax: ax.text(1.0, 1.0, "t")), "patch": part(lambda ax: ax.add_patch(matplotlib.patches.Rectangle((1.0, 1.0), 1.0, 1.0))),
    "collection": part(lambda ax: ax.scatter([1.0, 2.0], [1.0, 2.0], c=[0.1, 0.9])), "image": part(lambda ax: ax.imshow(numpy.eye(3))), "legend": part(lambda ax: ax.legend()), "bars": part(lambda ax: ax.bar([1.0, 2.0], [1.0, 2.0])), "xaxis": part(lambda ax: ax.xaxis), "tick": part(lambda ax: ax.xaxis.get_major_ticks()[0]),
    "colorbar": part(lambda ax: ax.figure.colorbar(ax.imshow(numpy.eye(3)))), "spine": part(lambda ax: ax.spines["left"]), "spines": part(lambda ax: ax.spines), "note": part(lambda ax: ax.annotate("n", (1.0, 1.0))), "subfigure": lambda: plt.figure().subfigures(1, 2)[0],
    "x": lambda: numpy.array([1.0, 2.0, 3.0, 4.0]), "y": lambda: numpy.array([1.0, 4.0, 2.0, 3.0]), "z": lambda: numpy.arange(16.0).reshape(4, 4), "rgba": lambda: numpy.zeros((4, 4, 4)), "free": lambda: matplotlib.lines.Line2D([1.0, 2.0], [1.0, 2.0]),
    "grid": lambda: matplotlib.gridspec.GridSpec(2, 2), "cell": lambda: matplotlib.gridspec.GridSpec(2, 2)[0, 0], "params": lambda: matplotlib.gridspec.SubplotParams(), "cmap": lambda: matplotlib.colormaps["viridis"].copy(), "norm": lambda: matplotlib.colors.Normalize(0.0, 1.0), "fresh_norm": matplotlib.colors.Normalize,
    "light": matplotlib.colors.LightSource, "mappable": lambda: matplotlib.cm.ScalarMappable(), "registry": lambda: matplotlib.colormaps, "rc": lambda: matplotlib.rcParams, "locator": part(lambda ax: ax.xaxis.get_major_locator()), "formatter": part(lambda ax: ax.xaxis.get_major_formatter()), "date": lambda: __import__("datetime").datetime(2020, 1, 2),
    "tri": lambda: matplotlib.tri.Triangulation([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.2]), "path": lambda: matplotlib.path.Path([[0.0, 0.0], [1.0, 1.0]]), "affine": matplotlib.transforms.Affine2D, "bbox": lambda: matplotlib.transforms.Bbox([[0.0, 0.0], [1.0, 1.0]]), "marker": lambda: matplotlib.markers.MarkerStyle("o"),
    **{name: placed(make) for name, make in PLACED.items()},
    "polar": lambda: copied("polar", round_axes), "contours": part(lambda ax: ax.contour(numpy.arange(9.0).reshape(3, 3), levels=[3.0])), "tricontours": part(lambda ax: ax.tricontour([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.2], [1.0, 2.0, 3.0, 4.0], levels=[2.0])),
    "pie": part(lambda ax: ax.pie([1.0, 2.0])), "events": part(lambda ax: ax.eventplot([1.0, 2.0])[0]), "between": part(lambda ax: ax.fill_between([1.0, 2.0], [1.0, 2.0])), "quads": part(lambda ax: ax.pcolormesh(numpy.eye(2))), "polys": part(lambda ax: ax.pcolor(numpy.eye(2))),
    "step_patch": part(lambda ax: ax.stairs([1.0, 2.0])), "background": part(lambda ax: ax.figure.figimage(numpy.eye(3))), "uneven": part(uneven), "coarse": part(lambda ax: ax.pcolorfast([0.0, 1.0, 3.0], [0.0, 1.0, 3.0], numpy.eye(2))),
    "box": part(lambda ax: ax.add_artist(matplotlib.offsetbox.AnchoredText("t", "upper left"))), "area": lambda: matplotlib.offsetbox.TextArea("t"), "drawing": lambda: matplotlib.offsetbox.DrawingArea(9.0, 9.0), "packed": lambda: matplotlib.offsetbox.HPacker(children=[matplotlib.offsetbox.TextArea("t")]),
    "draggable": lambda: copied("axes", fresh).legend().set_draggable(True), "font": matplotlib.font_manager.FontProperties, "spelled": lambda: matplotlib.textpath.TextPath((0.0, 0.0), "t"), "letters": matplotlib.textpath.TextToPath,
    "slider": lambda: matplotlib.widgets.Slider(plt.figure().add_subplot(), "s", 0.0, 1.0), "button": lambda: matplotlib.widgets.Button(plt.figure().add_subplot(), "b"), "manager": lambda: plt.figure().canvas.manager, "inspector": lambda: matplotlib.artist.ArtistInspector(matplotlib.lines.Line2D([1.0], [1.0])),
    "bivar": lambda: matplotlib.bivar_colormaps["BiPeak"], "multivar": lambda: matplotlib.multivar_colormaps["2VarAddA"], "sequences": lambda: matplotlib.color_sequences, "segmented": lambda: matplotlib.colors.LinearSegmentedColormap.from_list("mine", ["red", "blue"]), "norms": lambda: matplotlib.colors.MultiNorm([matplotlib.colors.Normalize(), matplotlib.colors.Normalize()]),
    "colorizer": matplotlib.colorizer.Colorizer, "layout": lambda: matplotlib.layout_engine.TightLayoutEngine(), "constrained": lambda: matplotlib.layout_engine.ConstrainedLayoutEngine(), "pillow": lambda: writing(matplotlib.animation.PillowWriter()), "writers": lambda: matplotlib.animation.writers,
    "scalar": part(lambda ax: ax.yaxis.get_major_formatter()), "percent": matplotlib.ticker.PercentFormatter, "logarithmic": matplotlib.ticker.LogFormatterMathtext, "logit": matplotlib.ticker.LogitFormatter, "engineering": matplotlib.ticker.EngFormatter, "days": matplotlib.dates.DayLocator, "automatic": matplotlib.dates.AutoDateLocator, "dated": lambda: matplotlib.dates.DateFormatter("%Y"), "converter": matplotlib.dates.DateConverter,
    "followed": lambda: matplotlib.transforms.TransformedPath(matplotlib.path.Path([[0.0, 0.0], [1.0, 1.0]]), matplotlib.transforms.Affine2D()), "wrapped": lambda: matplotlib.transforms.TransformWrapper(matplotlib.transforms.Affine2D()), "bezier": lambda: matplotlib.bezier.BezierSegment([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), "offset": lambda: matplotlib.text.OffsetFrom(free_line(), (0.0, 0.0)),
    "picked": part(lambda ax: (ax.lines[0].set_picker(True), ax.lines[0])[1]), "refiner": lambda: matplotlib.tri.UniformTriRefiner(matplotlib.tri.Triangulation([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.2])), "interpolator": lambda: matplotlib.tri.LinearTriInterpolator(matplotlib.tri.Triangulation([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.2]), [1.0, 2.0, 3.0, 4.0]),
    "bare": matplotlib.artist.Artist, "selector": lambda: matplotlib.lines.VertexSelector(MAKERS["picked"]()), "pick": lambda: pick, "unused_epoch": unused_epoch,
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
    "matplotlib.patches.Annulus": ["annulus"], "matplotlib.patches.Arc": ["arc"], "matplotlib.patches.Arrow": ["arrow"], "matplotlib.patches.Circle": ["circle"], "matplotlib.patches.ConnectionPatch": ["connection"],
    "matplotlib.patches.Ellipse": ["ellipse"], "matplotlib.patches.FancyArrow": ["thick"], "matplotlib.patches.FancyArrowPatch": ["fancy"], "matplotlib.patches.FancyBboxPatch": ["framed"], "matplotlib.patches.PathPatch": ["path_patch"],
    "matplotlib.patches.Polygon": ["polygon"], "matplotlib.patches.Rectangle": ["patch"], "matplotlib.patches.StepPatch": ["step_patch"], "matplotlib.patches.Wedge": ["wedge"], "matplotlib.collections.EllipseCollection": ["ellipses"],
    "matplotlib.collections.EventCollection": ["events"], "matplotlib.collections.FillBetweenPolyCollection": ["between"], "matplotlib.collections.LineCollection": ["strokes"], "matplotlib.collections.PathCollection": ["collection"], "matplotlib.collections.PolyCollection": ["polygons"],
    "matplotlib.collections.PolyQuadMesh": ["polys"], "matplotlib.collections.QuadMesh": ["quads"], "matplotlib.collections.RegularPolyCollection": ["pentagons"], "matplotlib.collections.CircleCollection": ["circles"], "matplotlib.image.AxesImage": ["image"],
    "matplotlib.image.FigureImage": ["background"], "matplotlib.image.NonUniformImage": ["uneven"], "matplotlib.image.PcolorImage": ["coarse"], "matplotlib.contour.QuadContourSet": ["contours"], "matplotlib.tri.TriContourSet": ["tricontours"],
    "matplotlib.projections.polar.PolarAxes": ["polar"], "matplotlib.offsetbox.AnchoredText": ["box"], "matplotlib.offsetbox.TextArea": ["area"], "matplotlib.offsetbox.DrawingArea": ["drawing"], "matplotlib.offsetbox.HPacker": ["packed"],
    "matplotlib.legend.DraggableLegend": ["draggable"], "matplotlib.font_manager.FontProperties": ["font"], "matplotlib.textpath.TextPath": ["spelled"], "matplotlib.textpath.TextToPath": ["letters"], "matplotlib.widgets.Slider": ["slider"],
    "matplotlib.widgets.Button": ["button"], "matplotlib.backend_bases.FigureManagerBase": ["manager"], "matplotlib.artist.ArtistInspector": ["inspector"], "matplotlib.colors.BivarColormap": ["bivar"], "matplotlib.colors.MultivarColormap": ["multivar"],
    "matplotlib.colors.ColorSequenceRegistry": ["sequences"], "matplotlib.colors.LinearSegmentedColormap": ["segmented"], "matplotlib.colors.MultiNorm": ["norms"], "matplotlib.colorizer.Colorizer": ["colorizer"], "matplotlib.layout_engine.LayoutEngine": ["layout"],
    "matplotlib.animation.PillowWriter": ["pillow"], "matplotlib.animation.MovieWriterRegistry": ["writers"], "matplotlib.ticker.ScalarFormatter": ["scalar"], "matplotlib.ticker.PercentFormatter": ["percent"], "matplotlib.ticker.LogFormatterMathtext": ["logarithmic"],
    "matplotlib.ticker.LogitFormatter": ["logit"], "matplotlib.ticker.EngFormatter": ["engineering"], "matplotlib.dates.DayLocator": ["days"], "matplotlib.dates.AutoDateLocator": ["automatic"], "matplotlib.dates.DateFormatter": ["dated"],
    "matplotlib.transforms.TransformedPath": ["followed"], "matplotlib.transforms.TransformWrapper": ["wrapped"], "matplotlib.bezier.BezierSegment": ["bezier"], "matplotlib.text.OffsetFrom": ["offset"], "matplotlib.tri.UniformTriRefiner": ["refiner"],
    "matplotlib.tri.LinearTriInterpolator": ["interpolator"], "matplotlib.container.PieContainer": ["pie"],
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
plt.show()
plt.pause(0.01)
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
matplotlib.set_loglevel('info')
matplotlib.get_cachedir()
matplotlib.style.use('ggplot')
matplotlib.style.context('ggplot')
matplotlib.figure.Figure()
matplotlib.figure.figaspect(2.0)
matplotlib.artist.setp(line, linewidth=3)
matplotlib.artist.getp(line, 'linewidth')
matplotlib.artist.kwdoc(line)
bare.set_label('l')
matplotlib.legend.Legend(ax, [free], ['l'])
matplotlib.legend.Legend.get_legend_handler(legend.get_default_handler_map(), free)
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
matplotlib.dates.set_epoch(unused_epoch)
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
annulus.set_radii(2.0)
annulus.get_radii()
arc.set_width(2.0)
arrow.set_data(x=2.0)
circle.set_radius(2.0)
circle.set_center((2.0, 2.0))
circle.get_radius()
circle.get_corners()
connection.set_patchA(patch)
connection.get_annotation_clip()
ellipse.set_angle(30.0)
ellipse.get_co_vertices()
thick.set_data(dx=2.0)
fancy.set_positions((0.0, 0.0), (2.0, 2.0))
fancy.set_arrowstyle('->')
fancy.get_arrowstyle()
framed.set_boxstyle('round')
framed.set_bounds(0.0, 0.0, 2.0, 2.0)
framed.get_bbox()
framed.get_boxstyle()
path_patch.set_path(path)
polygon.set_xy(z[:, :2])
polygon.get_xy()
patch.set_xy((0.0, 0.0))
patch.get_bbox()
patch.get_corners()
matplotlib.patches.bbox_artist(text, fig.canvas.get_renderer())
matplotlib.patches.draw_bbox(bbox, fig.canvas.get_renderer())
step_patch.set_data([2.0, 1.0])
step_patch.get_data()
wedge.set_theta1(30.0)
matplotlib.patches.ArrowStyle.get_styles()
matplotlib.patches.BoxStyle.pprint_styles()
matplotlib.patches.ConnectionStyle.register('mine', matplotlib.patches.ConnectionStyle.Arc)
events.add_positions([3.0])
events.append_positions([3.0])
events.get_positions()
events.get_segments()
events.set_positions([3.0, 4.0])
events.switch_orientation()
strokes.set_segments([[(0.0, 0.0), (2.0, 2.0)]])
strokes.get_segments()
strokes.get_colors()
ellipses.set_widths([2.0])
ellipses.get_widths()
polygons.set_verts([[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]])
polygons.get_sizes()
pentagons.get_numsides()
circles.set_sizes([4.0])
between.set_data(x[:2], y[:2], 0.0)
quads.get_coordinates()
polys.get_coordinates()
collection.legend_elements()
matplotlib.collections.TriMesh.convert_mesh_to_paths(tri)
matplotlib.tri.TriContourSet(ax, tri, [1.0, 2.0, 3.0, 4.0])
matplotlib.contour.QuadContourSet(ax, z)
contours.clabel()
contours.find_nearest_contour(1.0, 1.0)
contours.legend_elements()
tricontours.clabel()
tricontours.legend_elements()
matplotlib.tri.tricontour(ax, tri, [1.0, 2.0, 3.0, 4.0])
matplotlib.tri.tricontourf(ax, tri, [1.0, 2.0, 3.0, 4.0])
matplotlib.tri.tripcolor(ax, tri, [1.0, 2.0, 3.0, 4.0])
matplotlib.tri.triplot(ax, tri)
matplotlib.tri.Triangulation.get_from_args_and_kwargs(tri)
refiner.refine_triangulation()
refiner.refine_field([1.0, 2.0, 3.0, 4.0])
interpolator.gradient([0.5], [0.5])
image.set_extent((0.0, 2.0, 0.0, 2.0))
image.set_interpolation('nearest')
image.get_extent()
image.get_shape()
image.can_composite()
image.make_image(fig.canvas.get_renderer())
image.write_png('n.png')
image.write_png(out)
background.set_data(z)
background.get_extent()
uneven.set_filternorm(False)
coarse.get_size()
matplotlib.image.composite_images([image], fig.canvas.get_renderer())
matplotlib.image.resample(z, numpy.zeros((8, 8)), affine)
matplotlib._image.calculate_rms_and_diff(numpy.zeros((2, 2, 3), 'u1'), numpy.ones((2, 2, 3), 'u1'))
pie.add_texts([text])
pie.remove()
matplotlib.container.PieContainer([], x, True)
matplotlib.spines.Spines()
matplotlib.spines.SpinesProxy({'left': spine})
box.set_child(area)
box.get_child()
box.get_bbox_to_anchor()
box.set_width(9.0)
area.set_text('u')
area.get_text()
drawing.add_artist(free)
drawing.get_offset()
packed.get_visible_children()
matplotlib.offsetbox.AnchoredOffsetbox('upper left', child=area)
matplotlib.offsetbox.VPacker(children=[area])
matplotlib.offsetbox.DrawingArea(9.0, 9.0)
matplotlib.legend.DraggableLegend(legend)
draggable.disconnect()
draggable.save_offset()
font.set_size(9.0)
font.set_family('serif')
font.get_family()
font.get_name()
font.copy()
matplotlib.font_manager.FontProperties(size=9.0)
matplotlib.font_manager.get_font(matplotlib.font_manager.findfont(font))
matplotlib.textpath.TextPath((0.0, 0.0), 't')
spelled.get_size()
spelled.set_size(9.0)
letters.get_text_path(font, 't')
letters.get_text_width_height_descent('t', font, False)
matplotlib.widgets.Slider(ax, 's', 0.0, 1.0)
matplotlib.widgets.Button(ax, 'b')
slider.set_val(0.5)
slider.on_changed(lambda value: None)
slider.reset()
slider.get_active()
button.on_clicked(lambda event: None)
button.set_active(False)
manager.set_window_title('t')
manager.get_window_title()
manager.resize(9, 9)
manager.destroy()
matplotlib.backend_bases.FigureCanvasBase(fig)
matplotlib.backend_bases.FigureManagerBase(canvas, 9)
matplotlib.backend_bases.DrawEvent('draw_event', canvas, None)
matplotlib.artist.Artist()
matplotlib.artist.ArtistInspector(line)
inspector.get_setters()
inspector.properties()
inspector.pprint_setters()
matplotlib.artist.allow_rasterization(lambda artist, renderer: None)
matplotlib.axis.XAxis(ax)
matplotlib.axis.XTick(ax, 1.0)
matplotlib.axis.Ticker()
matplotlib.axes.Axes(fig, (0.1, 0.1, 0.5, 0.5))
matplotlib.projections.polar.PolarAxes(fig, (0.1, 0.1, 0.5, 0.5))
polar.set_rmax(3.0)
polar.set_theta_offset(1.0)
polar.set_thetagrids([0.0, 90.0])
polar.set_rgrids([1.0])
polar.get_rmax()
polar.get_theta_offset()
matplotlib.colorbar.make_axes(ax)
matplotlib.colorbar.make_axes_gridspec(ax)
matplotlib.lines.VertexSelector(picked)
selector.onpick(pick(selector.line))
selector.process_selected([0], [1.0], [1.0])
matplotlib.lines.segment_hits(0.0, 0.0, x, y, 1.0)
matplotlib.bezier.BezierSegment([[0.0, 0.0], [1.0, 1.0]])
bezier.point_at_t(0.5)
bezier.axis_aligned_extrema()
matplotlib.bezier.get_cos_sin(0.0, 0.0, 1.0, 1.0)
matplotlib.bezier.get_parallels([(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)], 0.1)
matplotlib.path.get_path_collection_extents(affine, [path], [], [(0.0, 0.0)], affine)
bivar.reversed()
bivar.transposed()
bivar.resampled((4, 4))
bivar.with_extremes(bad='red')
bivar.copy()
bivar.get_bad()
multivar.copy()
multivar.with_extremes(bad='red')
matplotlib.colors.ColorConverter().to_rgba('red')
matplotlib.colors.ColorConverter().to_rgba_array(z / 16.0)
sequences.get('tab10')
sequences.keys()
sequences.register('ours', ['red'])
matplotlib.colors.LinearSegmentedColormap.from_list('mine', ['red', 'blue'])
segmented.set_gamma(2.0)
matplotlib.colors.MultiNorm([norm, fresh_norm])
norms.autoscale([x, y])
norms.autoscale_None([x, y])
norms.scaled()
norms.__call__([x, y])
matplotlib.colorizer.Colorizer(norm=norm)
colorizer.set_clim(0.0, 2.0)
colorizer.get_clim()
colorizer.autoscale(x)
colorizer.to_rgba(x)
colorizer.to_rgba(numpy.zeros((2, 2, 4)))
matplotlib.layout_engine.TightLayoutEngine()
layout.execute(fig)
layout.get()
layout.set(pad=2.0)
constrained.execute(fig)
constrained.set(w_pad=1.0)
params.reset()
params.to_dict()
matplotlib.gridspec.GridSpecBase(2, 2)
grid.locally_modified_subplot_params()
matplotlib.gridspec.GridSpecFromSubplotSpec(1, 1, cell).get_topmost_subplotspec()
matplotlib.RcParams({'lines.linewidth': 3.0})
matplotlib.colormaps.__call__()
scalar.set_scientific(False)
scalar.get_useOffset()
scalar.set_powerlimits((0, 1))
percent.convert_to_pct(x)
percent.format_pct(0.5, 1.0)
logarithmic.set_base(2.0)
logit.set_one_half('h')
engineering.format_eng(1000.0)
matplotlib.ticker.FixedFormatter(['a']).set_offset_string('o')
days.set_tzinfo(None)
days.get_unit_generic(3)
automatic.get_locator(date, date.replace(year=2021))
dated.set_tzinfo(None)
converter.default_units(date, xaxis)
converter.convert(date, None, xaxis)
converter.axisinfo(None, xaxis)
followed.get_affine()
followed.get_fully_transformed_path()
followed.invalidate()
followed.set_children(affine)
wrapped.set(affine)
matplotlib.transforms.Affine2D.from_values(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
matplotlib.transforms.Bbox.from_bounds(0.0, 0.0, 1.0, 1.0)
bbox.ignore(True)
bbox.mutated()
bbox.frozen()
matplotlib.text.OffsetFrom(free, (0.0, 0.0))
offset.get_unit()
offset.set_unit('pixels')
matplotlib.animation.adjusted_figsize(2.0, 2.0, 40, 2)
matplotlib.animation.PillowWriter()
matplotlib.animation.PillowWriter().setup(fig, 'w.gif')
pillow.grab_frame()
pillow.saving(fig, 'w.gif', 40)
matplotlib.animation.PillowWriter.isAvailable()
matplotlib.animation.HTMLWriter()
writers.is_available('pillow')
writers.list()
writers.register('ours')
matplotlib.axes.subplot_class_factory(matplotlib.axes.Axes)
polar.get_yaxis_text2_transform(x)
quads.get_paths()
letters.get_text_path('x', 'y')
"""
EXAMPLES = "\n".join(line for line in EXAMPLES.splitlines() if "allows nothing" not in line)
PARAMETERS = dict.copy(matplotlib.rcParams)


def restore():
    plt.close("all")
    logging.getLogger("matplotlib").setLevel(logging.NOTSET)
    dict.update(matplotlib.rcParams, PARAMETERS)
    matplotlib.patches.ConnectionStyle._style_list.pop("mine", None)
    if "ours" in matplotlib.color_sequences:
        matplotlib.color_sequences.unregister("ours")
    if "mine" in matplotlib.colormaps:
        matplotlib.colormaps.unregister("mine")


def is_no_view(result, value):
    # What is shown by one figure is one thing; the data of what is drawn are copies.
    return False


# What is worked out for drawing.
HANDLES = ("PdfPages",)
CACHES = {
    "matplotlib.tri._triangulation.Triangulation": {"_trifinder", "_cpp_triangulation", "_edges", "_neighbors"},
    "matplotlib.artist.Artist": {"stale", "_stale", "stale_callback", "figure", "_parent_figure", "axes", "_axes", "_remove_method", "_callbacks", "_sticky_edges", "_mouseover", "_tightbbox", "_path_effects", "_renderer", "_invalidx", "_invalidy", "_subslice", "_imcache", "_path", "_paths", "_rgbacache", "_transformed_path", "_xy", "_x", "_y", "_transform"},
    "matplotlib.transforms.TransformNode": {"_invalid", "_parents", "_shorthand_name", "_inverted", "_mtx", "_points", "_ignore", "_minpos", "_transformed_path", "_transformed_points"},
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
    if isinstance(value, (matplotlib.colors.BivarColormap, matplotlib.colors.MultivarColormap)):
        own = value.copy()
        return [own.name, own([numpy.linspace(-0.1, 1.1, 5)] * own.n_variates)]
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
