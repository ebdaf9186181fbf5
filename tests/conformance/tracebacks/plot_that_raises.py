"""What pyplot raises reaches the program as it is, also when its figures are looked at afterwards."""
import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

try:
    plt.plot([1, 2], [1, 2, 3])
except ValueError as error:
    print(type(error).__name__, error)
plt.figure(3)
try:
    plt.figure("a", bogus=1)
except Exception as error:
    print(type(error).__name__)
print(plt.get_fignums())
plt.plot([1], [1, 2])
