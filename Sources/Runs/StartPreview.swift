/// What a run will be made of and what it will take, worked out before it starts.
public struct StartPreview: Sendable, Hashable {
  /// Parameters of one kind: those whose paths begin with one name, `experts` or `towers`.
  public struct Part: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The tasks whose own they are, in the order of the data; empty for what all tasks share.
    public var tasks: [String]
    /// How many there are of it.
    public var count: Int
    /// The layers of one, as `88→64→32`; of tables their width, as `×8`; empty for what has neither.
    public var shape: String
    /// How many numbers are learned in all of them.
    public var parameterCount: Int

    /// Describes a part.
    public init(
      name: String, tasks: [String] = [], count: Int, shape: String, parameterCount: Int
    ) {
      self.name = name
      self.tasks = tasks
      self.count = count
      self.shape = shape
      self.parameterCount = parameterCount
    }
  }

  /// The parts, from the inputs to the answers: in the order in which the model declares them.
  public var parts: [Part]
  /// How many numbers are learned.
  public var parameterCount: Int
  /// Multiply-adds of one training step with all tasks on, forward and backward.
  public var multiplyAdds: Double
  /// Bytes that the run will take, estimated.
  public var bytes: Double
  /// Steps if nothing stops the run early.
  public var stepCount: Int
  /// Why it cannot start as asked, in lines; empty if it can.
  public var problem: [String]
  /// What a person should know of what was asked for and does not count, in sentences.
  public var notes: [String] = []

  /// Records what a run would be.
  public init(
    parts: [Part], parameterCount: Int, multiplyAdds: Double, bytes: Double, stepCount: Int
  ) {
    self.parts = parts
    self.parameterCount = parameterCount
    self.multiplyAdds = multiplyAdds
    self.bytes = bytes
    self.stepCount = stepCount
    problem = []
  }

  /// A run that cannot start, for a reason.
  public init(problem: [String]) {
    self.init(parts: [], parameterCount: 0, multiplyAdds: 0, bytes: 0, stepCount: 0)
    self.problem = problem
  }
}
