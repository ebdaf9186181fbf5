# python: >=3.13
import json
json.dumpss(1)
