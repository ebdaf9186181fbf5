import heapq


def shortest(graph, start):
    distance = {start: 0}
    heap = [(0, start)]
    while heap:
        cost, node = heapq.heappop(heap)
        if cost > distance[node]:
            continue
        for other, weight in graph[node]:
            total = cost + weight
            if other not in distance or total < distance[other]:
                distance[other] = total
                heapq.heappush(heap, (total, other))
    return distance


graph = {i: [((i * 7 + k * 13) % 20_000, (i + k) % 17 + 1) for k in range(1, 9)] for i in range(20_000)}
print(sum(sum(shortest(graph, start).values()) for start in range(6)))
