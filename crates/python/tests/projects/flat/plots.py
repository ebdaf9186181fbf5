import matplotlib.pyplot as plt


def line(series, path):
    fig, ax = plt.subplots()
    series.plot(ax=ax)
    fig.savefig(path)
    plt.close(fig)
