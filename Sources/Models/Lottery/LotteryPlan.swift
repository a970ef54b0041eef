public import Layers

/// What a lottery needs to know of a model: the layers that are masked, and how it goes.
public struct LotteryPlan: Sendable {
  /// The masked layers, from the input upwards.
  public var layers: [MaskedDense]
  /// How masks are found and used.
  public var schedule: LotterySchedule
  /// What a task's sub-network is contrasted with; nil: nothing.
  public var contrast: ContrastPlan?

  /// Names the layers and the schedule.
  public init(
    layers: [MaskedDense], schedule: LotterySchedule, contrast: ContrastPlan? = nil
  ) {
    self.layers = layers
    self.schedule = schedule
    self.contrast = contrast
  }
}
