public import Datasets
import Layers
import Runs

extension CrossDistil {
  /// The base, and what teachers and students learn from.
  public struct Configuration: ModelConfiguration {
    /// Which model the heads are put on.
    public var base = "hard-sharing"
    /// How a teacher comes to be.
    public var teacher = Teaching.alternating.rawValue
    /// Epochs that a static teacher is trained before it is frozen.
    public var teacherEpochs = 1
    /// α at the start.
    public var share = 0.5
    /// τ at the start.
    public var temperature = 2.0
    /// m at the start.
    public var margin = 1.0
    /// β₁ at the start.
    public var fineAbove = 0.5
    /// β₂ at the start.
    public var fineBelow = 0.5
    /// Rows of a batch of which all pairs count; of more, every n-th pair.
    public var pairedRows = 1_024
    /// Whether a teacher's logits are calibrated.
    public var calibrates = true
    /// What the learning rate is multiplied by for P and Q, which start far from rare events' odds.
    public var calibrationRate = 10.0
    /// Whether a teacher's errors are corrected.
    public var corrects = true
    /// Whether the soft part is multiplied by τ².
    public var scalesSoft = false
    /// What is chosen about hard sharing as the base.
    public var hardSharing = HardSharing.Configuration()
    /// What is chosen about OMoE as the base.
    public var omoe = OMoE.Configuration()
    /// What is chosen about MMoE as the base.
    public var mmoe = MMoE.Configuration()
    /// What is chosen about PLE as the base.
    public var ple = PLE.Configuration()
    /// What is chosen about cross-stitch as the base.
    public var crossStitch = CrossStitch.Configuration()
    /// What is chosen about STEM-Net as the base.
    public var stemNet = STEMNet.Configuration()

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption(
          "base", .word(\.base, of: CrossDistil.bases.map(\.name)), "what the heads are put on"),
        ModelOption(
          "teacher", .word(\.teacher, of: Teaching.allCases.map(\.rawValue)),
          "how teacher and student move: in turns, in one update, or one after the other"),
        ModelOption(
          "teacher-epochs", .whole(\.teacherEpochs), "epochs of a static teacher before it stops"),
        ModelOption(
          "alpha", .number(\.share, in: shares), "what soft labels count against hard ones"),
        ModelOption("tau", .number(\.temperature, in: temperatures), "temperature of soft labels"),
        ModelOption(
          "margin", .number(\.margin, in: margins), "logit that errors are corrected to"),
        ModelOption("beta1", .number(\.fineAbove, in: shares), "what the order ++ over +− counts"),
        ModelOption("beta2", .number(\.fineBelow, in: shares), "what the order −+ over −− counts"),
        ModelOption(
          "pairs", .count(\.pairedRows), "rows of a batch of which all pairs count; else some"),
        ModelOption("calibrate", .flag(\.calibrates), "teachers' logits by Platt's line"),
        ModelOption(
          "calibration-rate", .number(\.calibrationRate), "the learning rate's factor for them"),
        ModelOption("correct", .flag(\.corrects), "teachers' errors, by the labels"),
        ModelOption("scale-soft", .flag(\.scalesSoft), "the soft part by tau squared"),
      ] + CrossDistil.bases.flatMap(\.options)
    }

    static let shares = 0.0...1.0
    static let temperatures = 0.1...100.0
    static let margins = 0.0...100.0
  }

  /// How a teacher comes to be.
  public enum Teaching: String, Sendable, CaseIterable {
    /// In every step the teacher, its calibration and the student move one after another.
    case alternating
    /// They move in one update.
    case joint
    /// A network of its own is trained first, and stands still from then on.
    case first = "static"
  }

  /// A model that heads can be put on.
  struct Base: Sendable {
    let name: String
    let options: [ModelOption<Configuration>]
    let check: @Sendable (Configuration, [TaskDefinition]) throws(ModelError) -> Void
    let make:
      @Sendable (
        Configuration, InputSpecification, [TaskDefinition], Builder
      ) -> any RepresentationModel

    init<Model: RepresentationModel>(
      _ type: Model.Type, _ name: String,
      _ path: WritableKeyPath<Configuration, Model.Configuration> & Sendable
    ) {
      self.name = name
      options = Model.Configuration.options.map { $0.lifted(to: path, under: name) }
      check = { (configuration, tasks) throws(ModelError) in
        try Model.check(configuration[keyPath: path], of: name, for: tasks)
      }
      make = { configuration, input, tasks, builder in
        Model(configuration[keyPath: path], input: input, tasks: tasks, builder: builder)
      }
    }
  }

  /// Every base, one line each.
  static let bases = [
    Base(HardSharing.self, "hard-sharing", \.hardSharing), Base(OMoE.self, "omoe", \.omoe),
    Base(MMoE.self, "mmoe", \.mmoe), Base(PLE.self, "ple", \.ple),
    Base(CrossStitch.self, "cross-stitch", \.crossStitch),
    Base(STEMNet.self, "stem-net", \.stemNet),
  ]

  /// The base of a name; the first one of none.
  static func base(of configuration: Configuration) -> Base {
    bases.first { $0.name == configuration.base } ?? bases[0]
  }

  /// Needs two binary tasks, and choices of no other base than the chosen one.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    let binary = tasks.indicesWithClasses.map { tasks[$0] }
    guard binary.count >= 2 else {
      throw .unfitData(
        model: name, needs: "two binary tasks or more, whose labels order each other's rows",
        found: binary.first.map { "one binary task: \(printable($0.name))" } ?? "no binary task",
        fix: "choose another model, or add a binary task to the schema")
    }
    for base in bases where base.name != configuration.base {
      guard
        let choice = base.options.first(where: {
          $0.text(of: configuration) != $0.text(of: Configuration())
        })
      else { continue }
      throw .badValue(
        model: name, option: choice.name, found: choice.text(of: configuration),
        expected: "it with model.base=\(base.name); the base is \(configuration.base)")
    }
    try base(of: configuration).check(configuration, tasks)
  }

  /// Says which teachers are never told a positive row from a negative one: where of every two labels
  /// one implies the other, no pair is +− over −+.
  public static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles {
    let binary = tasks.indicesWithClasses
    let pairs = labels()
    var roles = TaskRoles()
    for own in binary {
      let isTold = binary.contains { other in
        let counts = pairs.counts(of: own, with: other)
        return other != own && counts.firstAlone > 0 && counts.secondAlone > 0
      }
      guard !isTold else { continue }
      let name = printable(tasks[own].name)
      roles.notices.append(
        "the teacher of \(name) is never told \(name)=1 from \(name)=0: no training rows have "
          + "\(name) alone and another label alone; its soft labels say little, a smaller alpha "
          + "counts them less")
    }
    return roles
  }
}
