def number(text):
    """A price as people type it: 1.234,50 or 12.5"""
    text = str(text).strip().replace("EUR", "").replace("$", "").strip()
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    return float(text)
