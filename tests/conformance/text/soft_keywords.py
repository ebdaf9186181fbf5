match = 1
case = 2
_ = 3
type = 4
print(match, case, _, type)
match.real
match[0] if 0 else None
match = {"case": {"type": 1}}
match["case"]["type"] += 1
print(match)
def case(match): return match
print(case(match=5))
class type:
    case = match
type.case
print(type.case is match)
match = lambda *a: a
match(1)
match (2, 3)
match [0] if 0 else 0
