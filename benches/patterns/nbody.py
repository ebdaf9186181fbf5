class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz
        self.mass = mass


bodies = [Body(i * 1.1, i * 0.7, i * 0.3, 0.1 * i, -0.2 * i, 0.05, 1.0 + i) for i in range(5)]
pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]


def advance(dt):
    for a, b in pairs:
        dx = a.x - b.x
        dy = a.y - b.y
        dz = a.z - b.z
        mag = dt * (dx * dx + dy * dy + dz * dz + 0.01) ** -1.5
        a.vx -= dx * b.mass * mag
        a.vy -= dy * b.mass * mag
        a.vz -= dz * b.mass * mag
        b.vx += dx * a.mass * mag
        b.vy += dy * a.mass * mag
        b.vz += dz * a.mass * mag
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy
        body.z += dt * body.vz


for _ in range(150_000):
    advance(0.001)
print(round(sum(body.x for body in bodies), 6))
