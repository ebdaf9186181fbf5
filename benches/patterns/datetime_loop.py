from datetime import date, datetime, timedelta

start = date(2020, 1, 1)
months = {}
for i in range(1_000_000):
    day = start + timedelta(days=i % 3000)
    key = (day.year, day.month)
    months[key] = months.get(key, 0) + day.weekday()
print(len(months), datetime(2020, 1, 1).isoformat())
