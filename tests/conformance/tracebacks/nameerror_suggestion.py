def compute_total(values): return sum(values)
total_value = 3
def f():
    local_name = 1
    return compute_totl([local_nme])
f()
