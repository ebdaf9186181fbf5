REGIONS = ["north", "south"]
_FIRST = {"1": "north", "2": "north", "7": "south", "8": "south"}


def region_of(postcode):
    return _FIRST.get(str(postcode)[:1], "elsewhere")
