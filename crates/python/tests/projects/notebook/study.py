# %% [markdown]
# # Which garden grows best?
# %%
import pandas as pd
import numpy as np
import matplotlib.pyplot as plt
from weather import rain_in
%matplotlib inline
# %%
plants = pd.read_csv("plants.csv")
plants.head()
# %%
# does it load?
!ls *.csv
# %% [markdown]
# Heights are in inches in the first file, sorry
# %%
plants["height"] = plants["height"] * 2.54
plants.describe()
# %%
%%time
old = plants[plants["year"] < 2025]
old_means = old.groupby("garden")["height"].mean()
old_means.plot.bar()
plt.show()
# %%
recent = plants[plants["year"] >= 2025].copy()
recent["rain"] = [rain_in(year) for year in recent["year"]]
# %%
recent.plot.scatter("rain", "height")
plt.show()
# %% [markdown]
# Now the answer
# %%
per_rain = (recent["height"] / recent["rain"]).groupby(recent["garden"]).mean().round(3)
per_rain
# %%
best = per_rain.idxmax()
answer = {"garden": best, "height per rain": float(per_rain.max())}
answer
# %%
pd.DataFrame([answer]).to_csv("answer.csv")
