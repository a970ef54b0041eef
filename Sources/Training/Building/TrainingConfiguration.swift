public import Runs

/// What a session takes: the configuration of its run.
public typealias TrainingConfiguration = RunConfiguration
