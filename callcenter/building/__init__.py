"""What the composition root (`callcenter.main`) builds, floor by floor.

    Core → LiveFloor → ServiceFloor → RecordingFloor → TruthFloor → RoutingFloor
    → WebFloor → main.Application

Each floor is a class in a file of its own, stands on the one below and adds its parts as
attributes. What a part asks of a floor above it is asked by a lambda, once everything stands.
"""
