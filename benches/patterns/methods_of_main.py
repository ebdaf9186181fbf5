class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v

    def step(self, dt):
        self.x = self.x + self.v * dt
        if self.x > 10 or self.x < -10:
            self.v = -self.v


def main():
    particles = [Particle(i % 7, (i % 5) - 2) for i in range(100)]
    for _ in range(40_000):
        for particle in particles:
            particle.step(0.1)
    return sum(particle.x for particle in particles)


print(round(main(), 6))
