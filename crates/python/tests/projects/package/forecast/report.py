def render(forecasts):
    lines = [f"{name:<8} " + " ".join(f"{value:8.2f}" for value in values) for name, values in forecasts.items()]
    return "\n".join(lines)
